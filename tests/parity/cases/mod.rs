//! The cases: every way of talking to a server that the notes on Python's behaviour mention.
//!
//! Each file is one kind, mostly a table; each kind is a test of its own.

use std::collections::BTreeSet;

use crate::case::Case;
use crate::compare::compare;
use crate::safer;

mod bodies;
mod error_pages;
mod expectations;
mod header_fields;
mod logging;
mod methods;
mod options;
mod persistence;
mod pipelines;
mod request_lines;
mod simple_handlers;
mod truncation;

macro_rules! kinds {
    ($($kind:ident)*) => {
        $(
            #[test]
            fn $kind() {
                compare(self::$kind::cases());
            }
        )*

        fn all() -> Vec<Case> {
            let mut all = Vec::new();
            $( all.extend(self::$kind::cases()); )*
            all
        }
    };
}

kinds! {
    bodies error_pages expectations header_fields logging methods options persistence pipelines
    request_lines simple_handlers truncation
}

#[test]
fn every_case_has_its_own_name() {
    let mut names = BTreeSet::new();
    for case in all() {
        assert!(names.insert(case.name()), "{} twice", case.name());
    }
    assert!(names.len() >= 200, "only {}", names.len());
}

#[test]
fn every_safer_row_is_about_a_case() {
    let all = all();
    for row in safer::rows() {
        assert!(all.iter().any(|case| row.names(case)), "no case is called {:?}", row.case);
        assert!(row.clause.contains(' ') && row.why.contains(' '), "{}: no reason", row.case);
    }
}
