//! A handler that is one function, and how it is asked.

use std::borrow::Cow;

use bhrh::testing::Response;
use bhrh::{Dispatch, Exchange, Handler, IntoOutcome};

/// Answers every command by calling a function, and speaks HTTP/1.1.
pub(crate) struct App<F>(pub(crate) F);

impl<F, R> Handler for App<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled((self.0)(http).into_outcome())
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }
}

/// An app of this function.
pub(crate) fn app<F, R>(run: F) -> App<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    App(run)
}

/// The answer to a request for `/` with these fields.
pub(crate) fn ask(handler: &dyn Handler, method: &str, fields: &[(&str, &str)]) -> Response {
    bhrh_tests::request(handler, method, "/", fields, b"")
}
