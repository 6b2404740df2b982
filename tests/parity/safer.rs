//! Where bhrh does not do as Python does, on any profile, and what it does instead.

use crate::case::Case;

/// One difference that is meant.
pub(crate) struct Safer {
    /// The name of a case, with its options or, for all options, without them.
    pub(crate) case: &'static str,
    /// Who asks for the difference.
    pub(crate) clause: &'static str,
    /// What Python's way would lead to.
    pub(crate) why: &'static str,
    /// The statuses of all responses bhrh sends, the 501 to the client's `END` included.
    pub(crate) statuses: &'static [u16],
    /// A part of bhrh's reply.
    pub(crate) reply_has: &'static str,
    /// A part of bhrh's log.
    pub(crate) log_has: &'static str,
}

impl Safer {
    /// Whether this row is about that case.
    pub(crate) fn names(&self, case: &Case) -> bool {
        case.name
            .strip_suffix(self.case)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with("1: ") || rest.ends_with("0: "))
    }
}

pub(crate) const SAFER: &[Safer] = &[];
