//! Methods whose features are off name their feature.
//!
//! `TRYBUILD=overwrite` writes the expected messages anew.

#[test]
fn features_that_are_off_are_named() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
