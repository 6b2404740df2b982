//! What can be wrong with the text of a route.

/// What is wrong, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PatternFault {
    pub(crate) wrong: String,
    pub(crate) help: String,
}

impl PatternFault {
    pub(crate) fn new(wrong: impl Into<String>, help: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), help: help.into() }
    }
}
