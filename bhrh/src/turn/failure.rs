//! What becomes of a handler that fails: a log line, and an answer while there can be one.

use std::any::Any;
use std::fmt::{self, Display};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Status};
use crate::exchange::Exchange;
use crate::exchange::wire::Loss;
use crate::handler::outcome::Outcome;

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
        Err(payload) => Err(Failure::of_panic(payload)),
    }
}

impl Failure {
    /// What a panic has to say.
    #[cold]
    pub(super) fn of_panic(payload: Box<dyn Any + Send>) -> Failure {
        let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(text), _) => (*text).to_owned(),
            (_, Some(text)) => text.clone(),
            _ => "of no known type".to_owned(),
        };
        drop_payload(payload);
        Failure::Panicked(text)
    }
}

/// Drops what a panic has thrown. That may run code of the user's, which may panic in turn; what
/// it throws then is leaked.
pub(crate) fn drop_payload(payload: Box<dyn Any + Send>) {
    if let Err(thrown) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(thrown);
    }
}

/// Runs code that logs. A panic of the handler's log ends there.
pub(super) fn logged(http: &mut Exchange<'_>, log: impl FnOnce(&Exchange<'_>)) {
    let _ = caught(http, |http| {
        log(http);
        Ok(())
    });
}

/// The pages that a failure may have. A page can fail like anything else that asks hooks, so that
/// there is a next one.
#[derive(Clone, Copy)]
enum Page {
    /// The handler's own.
    Own,
    /// The original, in the original format.
    Original,
    /// Text that no hook is asked about.
    Bare,
}

impl Page {
    fn send(self, http: &mut Exchange<'_>, failure: &Failure) -> Outcome {
        match self {
            Page::Own => {
                let handler = http.handler();
                let loss = http.live_wire().wire.loss.get();
                let (code, message, explain) = match failure.wanted_status() {
                    Some(status) => {
                        (status.code, status.message.as_deref(), status.explain.as_deref())
                    }
                    None => (failure.status_by(loss), None, None),
                };
                Ok(handler.send_error(http, code, message, explain)?)
            }
            Page::Original => {
                http.error_message_format = Some(crate::base::ERROR_MESSAGE_FORMAT.into());
                http.error_content_type = Some(crate::base::ERROR_CONTENT_TYPE.into());
                Ok(crate::base::send_error(http, 500, None, None)?)
            }
            Page::Bare => page_without_hooks(http),
        }
    }
}

impl Failure {
    /// The status that a method has asked for by its error.
    fn wanted_status(&self) -> Option<&Status> {
        match self {
            Failure::Returned(error) => error.wanted_status(),
            Failure::Panicked(_) => None,
        }
    }

    /// Whether it says that the connection has ended.
    pub(super) fn is_of_connection(&self) -> bool {
        use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut};
        let Failure::Returned(error) = self else { return false };
        let io = std::error::Error::source(error).and_then(|it| it.downcast_ref());
        io.map(std::io::Error::kind).is_some_and(|kind| {
            matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | TimedOut)
        })
    }

    /// The status of a failure that asks for none.
    fn status_by(&self, loss: Option<Loss>) -> u16 {
        match (self, loss) {
            (Failure::Returned(_), Some(Loss::TimedOut)) => 408,
            (Failure::Returned(_), Some(Loss::NoThread)) => 503,
            _ => 500,
        }
    }
}

/// Logs failures. A page often fails for the reason that the method did, which is one thing to
/// know.
#[derive(Default)]
struct Told(String);

impl Told {
    fn log(&mut self, http: &mut Exchange<'_>, failure: &Failure) {
        let said = catch_unwind(AssertUnwindSafe(|| failure.to_string())).unwrap_or_default();
        if !said.is_empty() && said == self.0 {
            return;
        }
        self.0 = said;
        let loss = http.live_wire().wire.loss.get();
        logged(http, |http| log_failure(http, failure, loss));
    }
}

/// Logs a failure, and answers it if nothing of a response has left. `false`: the connection has
/// to be cut.
#[cold]
pub(super) fn recover(http: &mut Exchange<'_>, failure: &Failure) -> bool {
    let live = http.live_wire();
    let mut told = Told::default();
    told.log(http, failure);
    // The deadline was the method's. The answer has the time that all writing has.
    http.set_deadline(None);
    let loss = live.wire.loss.get();
    let asked_for = failure.wanted_status().is_some() && loss.is_none();
    http.close_connection |= !asked_for || http.closes_after_errors();
    if loss == Some(Loss::Gone) {
        return false;
    }
    let wire = live.wire;
    wire.page_logged.set(Some(0));
    let is_answered = try_pages(http, failure, &mut told);
    wire.page_logged.set(None);
    is_answered
}

/// Sends the first page that can be sent.
fn try_pages(http: &mut Exchange<'_>, failure: &Failure, told: &mut Told) -> bool {
    let live = http.live_wire();
    for page in [Page::Own, Page::Original, Page::Bare] {
        // The clock may send what has gathered at any time, so looking and dropping are one step.
        if !live.discard() {
            return false;
        }
        match caught(http, |http| page.send(http, failure)) {
            Ok(()) if http.is_answered() => return true,
            Ok(()) => {}
            Err(failure) => told.log(http, &failure),
        }
        http.close_connection = true;
    }
    false
}

/// The error page of a handler whose hooks are all suspect.
fn page_without_hooks(http: &mut Exchange<'_>) -> Outcome {
    let page = "500 Internal Server Error\n";
    let wire = http.live_wire().wire;
    if !http.is_logged_late() && wire.has_no_line_of(500) {
        logged(http, |http| http.log_request(500));
    }
    let mut composing = wire.composing.borrow_mut();
    composing.begin_head("HTTP/1.1", 500, "Internal Server Error", None);
    http.push_request_id(&mut composing);
    drop(composing);
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

/// Logs a failure: none of those that the error page itself logs.
pub(super) fn log_failure(http: &Exchange<'_>, failure: &Failure, loss: Option<Loss>) {
    let request = named(http);
    match (failure, loss) {
        (_, Some(Loss::Gone)) => log_loss(http, loss),
        (Failure::Panicked(what), _) => {
            http.log_error(format_args!("{request}: the handler panicked: {what}"));
        }
        (Failure::Returned(error), Some(Loss::TimedOut)) => {
            http.log_error(format_args!("Request timed out: {error}"));
        }
        (Failure::Returned(_), Some(Loss::NoThread)) => log_loss(http, loss),
        (Failure::Returned(error), None) if error.is_untold() => {
            http.log_error(format_args!("{request}: the handler failed: {error}"));
        }
        _ => {}
    }
}

/// Logs that the connection has failed, where no error of the handler's says how.
pub(super) fn log_loss(http: &Exchange<'_>, loss: Option<Loss>) {
    match loss {
        Some(Loss::TimedOut) => http.log_error(format_args!("Request timed out: timed out")),
        Some(Loss::NoThread) => http.log_error(format_args!(
            "{}: no thread was free to wait for the client (max_threads)",
            named(http)
        )),
        Some(Loss::Gone) | None => {
            http.log_debug(format_args!("{}: the client went away", named(http)));
        }
    }
}
