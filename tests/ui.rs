//! The macro as the compiler's user sees it: what it accepts, and each message that it gives.
//!
//! `tests/off` has the messages of features that are off. `TRYBUILD=overwrite` writes the expected
//! messages anew.

#[test]
fn accepted() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn refused() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}
