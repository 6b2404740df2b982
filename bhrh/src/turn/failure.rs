//! What becomes of a handler that fails: a log line, and an answer while there can be one.

use std::any::Any;
use std::fmt::{self, Display};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;
use crate::exchange::Exchange;
use crate::exchange::wire::Loss;
use crate::handler::Outcome;

/// What went wrong while a handler ran.
pub(super) enum Failure {
    Returned(Error),
    Panicked(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Returned(error) => error.fmt(f),
            Failure::Panicked(what) => f.write_str(what),
        }
    }
}

/// Runs a piece of the user's code; a panic in it ends there.
pub(super) fn caught(
    http: &mut Exchange<'_>,
    run: impl FnOnce(&mut Exchange<'_>) -> Outcome,
) -> Result<(), Failure> {
    // What a panic leaves half done is the response, and that is discarded or cut.
    match catch_unwind(AssertUnwindSafe(|| run(http))) {
        Ok(outcome) => outcome.map_err(Failure::Returned),
        Err(panic) => Err(panicked(panic)),
    }
}

#[cold]
fn panicked(panic: Box<dyn Any + Send>) -> Failure {
    Failure::Panicked(panic_message(&*panic))
}

pub(super) fn panic_message(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "of no known type".to_owned(),
    }
}

/// Logs a failure, and answers it if nothing of a response has left. `false`: the connection has
/// to be cut.
#[cold]
pub(super) fn recover(http: &mut Exchange<'_>, failure: &Failure) -> bool {
    let link = http.wire_link();
    let wire = link.wire;
    // A page often fails for the reason that the method did, which is one thing to know.
    let mut told = String::new();
    let mut log = |http: &mut Exchange<'_>, failure: &Failure| {
        let said = catch_unwind(AssertUnwindSafe(|| failure.to_string())).unwrap_or_default();
        if !said.is_empty() && said == told {
            return;
        }
        told = said;
        let _ = caught(http, |http| {
            log_failure(http, failure, wire.loss.get());
            Ok(())
        });
    };
    log(http, failure);
    // It was the method's. The answer has the time that all writing has.
    http.set_deadline(None);
    let asked_for = match failure {
        Failure::Returned(error) => error.wanted_status().is_some() && wire.loss.get().is_none(),
        Failure::Panicked(_) => false,
    };
    http.close_connection |= !asked_for || http.closes_after_errors();
    if wire.loss.get() == Some(Loss::Gone) {
        return false;
    }
    let own_page = |http: &mut Exchange<'_>| {
        let handler = http.handler();
        let (code, message, explain) = match failure {
            Failure::Returned(error) => match error.wanted_status() {
                Some(status) => (status.code, status.message.as_deref(), status.explain.as_deref()),
                None if wire.loss.get() == Some(Loss::TimedOut) => (408, None, None),
                None => (500, None, None),
            },
            Failure::Panicked(_) => (500, None, None),
        };
        Ok(handler.send_error(http, code, message, explain)?)
    };
    let original_page = |http: &mut Exchange<'_>| {
        http.error_message_format = Some(crate::base::ERROR_MESSAGE_FORMAT.into());
        http.error_content_type = Some(crate::base::ERROR_CONTENT_TYPE.into());
        Ok(crate::base::send_error(http, 500, None, None)?)
    };
    // An error page can fail like anything else that asks hooks, so there is a next one.
    let pages: [&dyn Fn(&mut Exchange<'_>) -> Outcome; 3] =
        [&own_page, &original_page, &page_without_hooks];
    for page in pages {
        // The clock may send what has gathered at any time, so looking and dropping are one step.
        if !link.discard() {
            return false;
        }
        match caught(http, page) {
            Ok(()) if http.is_answered() => return true,
            Ok(()) => {}
            Err(failure) => log(http, &failure),
        }
        http.close_connection = true;
    }
    false
}

/// The error page of a handler whose hooks are all suspect.
fn page_without_hooks(http: &mut Exchange<'_>) -> Outcome {
    let page = "500 Internal Server Error\n";
    let wire = http.wire_link().wire;
    wire.composing.borrow_mut().begin_head("HTTP/1.1", 500, "Internal Server Error", None);
    http.send_header("Connection", "close");
    http.send_header("Content-Type", "text/plain");
    http.send_header("Content-Length", page.len());
    http.end_head()?;
    Ok(http.wfile.write_all(page.as_bytes())?)
}

/// A request as its log lines name it.
pub(super) fn named<'a>(http: &Exchange<'a>) -> impl Display + use<'a> {
    struct Named<'a>(&'a str, &'a str);
    impl Display for Named<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Named("", _) => f.write_str("a bad request"),
                Named(command, path) => write!(f, "{command} {path}"),
            }
        }
    }
    Named(http.command, http.path)
}

/// The log line of a failure: none of those that the error page itself will have.
pub(super) fn log_failure(http: &Exchange<'_>, failure: &Failure, loss: Option<Loss>) {
    let request = named(http);
    match (failure, loss) {
        (_, Some(Loss::Gone)) => {
            http.log_debug(format_args!("{request}: the client went away"));
        }
        (Failure::Panicked(what), _) => {
            http.log_error(format_args!("{request}: the handler panicked: {what}"));
        }
        (Failure::Returned(error), Some(Loss::TimedOut)) => {
            http.log_error(format_args!("Request timed out: {error}"));
        }
        (Failure::Returned(error), None) if error.wanted_status().is_none() => {
            http.log_error(format_args!("{request}: the handler failed: {error}"));
        }
        _ => {}
    }
}
