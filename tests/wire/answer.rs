//! A handler that is one function.

use std::borrow::Cow;
use std::time::SystemTime;

use bhrh::{Dispatch, Exchange, Handler, IntoOutcome};

/// Answers every command by calling a function, speaks HTTP/1.1, and says `S` for `Server` and `D`
/// for `Date`.
pub(crate) struct Answer<F> {
    run: F,
    protocol: &'static str,
}

/// A handler that answers every command like this.
pub(crate) fn answer<F, R>(run: F) -> Answer<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    Answer { run, protocol: "HTTP/1.1" }
}

impl<F> Answer<F> {
    /// The same with another `protocol_version`.
    pub(crate) fn speaking(self, protocol: &'static str) -> Answer<F> {
        Answer { protocol, ..self }
    }
}

impl<F, R> Handler for Answer<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled((self.run)(http).into_outcome())
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        self.protocol.into()
    }

    fn version_string<'s>(&'s self, _: &'s Exchange<'_>) -> Cow<'s, str> {
        "S".into()
    }

    fn date_time_string(&self, _: Option<SystemTime>) -> Cow<'_, str> {
        "D".into()
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some(self.date_time_string(None))
    }
}
