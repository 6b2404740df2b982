//! Empty: this package is for its test, which needs bhrh without features.
