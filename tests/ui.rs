//! The macro as the compiler's user sees it: what it accepts, and each message that it gives.
//!
//! `TRYBUILD=overwrite` writes the expected messages anew.

#[test]
fn accepted() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn refused() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

/// Features that are off are named.
#[cfg(not(feature = "signals"))]
#[test]
fn without_features() {
    trybuild::TestCases::new().compile_fail("ui/off/*.rs");
}
