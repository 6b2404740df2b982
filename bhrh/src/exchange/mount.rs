//! Where an exchange stands among handlers that are mounted in one another.

use std::borrow::Cow;

use crate::handler::outcome::Dispatch;
use crate::rare::Rare;

/// Where an exchange stands among mounted handlers.
#[derive(Debug, Default)]
pub(super) struct Mount<'a> {
    /// What has been taken off the front of the path.
    pub(super) prefix: Cow<'a, str>,
    /// Whether another handler is asked if this one has no answer.
    pub(super) has_fallback: bool,
    /// Whether that handler has commands of its own to add to an answer to OPTIONS.
    pub(super) has_options: bool,
    pub(super) missed: Rare<Missed>,
    /// What a 405 has to say in its `Allow` field.
    pub(super) allow: Rare<String>,
}

/// What a handler had for the one around it instead of an answer.
#[derive(Debug, Default)]
pub(super) struct Missed {
    pub(super) instead: Option<Dispatch>,
    /// What the path allows, where only the handler around this one may know the command.
    pub(super) allow: Option<String>,
}

impl<'a> Mount<'a> {
    /// For a handler that is passed the exchange as it is.
    pub(super) fn lend(&self) -> Mount<'a> {
        Mount { prefix: self.prefix.clone(), missed: Rare::NONE, allow: Rare::NONE, ..*self }
    }

    /// What the handler had instead of an answer.
    pub(super) fn take_missed(&mut self) -> Rare<Missed> {
        self.missed.take()
    }

    /// Notes what an inner handler had instead of an answer, for the handler around this one.
    pub(super) fn note_missed(&mut self, missed: Rare<Missed>) {
        self.missed = missed;
    }

    /// What was noted of commands that the path allows, once.
    pub(super) fn take_allow_for_others(&mut self) -> Option<String> {
        self.missed.get_mut()?.allow.take()
    }

    /// Notes commands that the path allows, for the handler around this one.
    pub(super) fn allow_for_others(&mut self, allow: Option<String>) {
        if allow.is_some() {
            let missed = self.missed.get_or_default();
            missed.allow = either(missed.allow.take(), allow);
        }
    }

    /// Whether a 405 still has to get its `Allow` field.
    pub(super) fn has_allow(&self) -> bool {
        self.allow.is_some()
    }

    /// Takes note of a field of the handler's. Its own `Allow` takes the place of the runtime's.
    pub(super) fn note_field(&mut self, name: &str) {
        if self.allow.is_some() && name.eq_ignore_ascii_case("Allow") {
            self.allow = Rare::NONE;
        }
    }
}

/// The commands of both lists, or of the only one.
pub(super) fn either(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(both(&first, &second)),
        (first, second) => first.or(second),
    }
}

/// The commands of both lists, each once.
pub(super) fn both(first: &str, second: &str) -> String {
    let mut names: Vec<&str> = first.split(", ").collect();
    names.extend(second.split(", ").filter(|name| !first.split(", ").any(|it| it == *name)));
    names.join(", ")
}
