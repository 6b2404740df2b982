//! A WebSocket that stays with its loop.

use std::any::Any;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::close::{Closed, GONE};
use super::decoder::FrameRules;
use super::frame::Opcode;
use super::listener::Listener;
use super::message::Message;
use super::options::Options;
use super::outgoing::{CLOSE_TIME, Outgoing, Sender};
use super::session::{Heard, Session};
use super::violation::Violation;
use crate::exchange::Server;
use crate::exchange::outlet::{Flow, Outlet};
use crate::exchange::resident::{Line, Resident, Stay};
use crate::turn::drop_payload;

/// With how many bytes that wait for a client nothing more is heard from it.
const ENOUGH: usize = 64 << 10;

/// A WebSocket without a thread. Times are those of its loop.
pub(super) struct Parked {
    session: Session,
    outgoing: Arc<Outgoing>,
    outlet: Arc<Outlet>,
    server: Server,
    /// What has come with the request.
    early: Vec<u8>,
    limit: u64,
    keep_alive: Option<Duration>,
    send_time: Duration,
    heard_at: Duration,
    /// When it was pinged because it was silent. It has not been heard since.
    pinged_at: Option<Duration>,
    /// What the client has to take by when.
    owing: Option<Owing>,
    /// When it was seen that a close frame was sent.
    closing_since: Option<Duration>,
    /// How it ends, once what waits has been sent.
    ending: Option<Stay>,
    /// `None`: it has been told of the end.
    listener: Option<Box<dyn Listener>>,
    complaint: Option<String>,
}

/// What waits for the client.
#[derive(Debug, Clone, Copy)]
struct Owing {
    since: Duration,
    /// How much the client has taken, in all, when all that waited then is taken.
    goal: u64,
}

impl Owing {
    fn new(now: Duration, flow: Flow) -> Owing {
        Owing { since: now, goal: flow.taken + flow.waiting as u64 }
    }
}

impl Parked {
    pub(super) fn new(
        outgoing: Arc<Outgoing>,
        outlet: Arc<Outlet>,
        options: &Options,
        early: Vec<u8>,
        server: Server,
        listener: Box<dyn Listener>,
    ) -> Parked {
        let rules = FrameRules::new(true, outgoing.compresses(), options.message);
        Parked {
            session: Session::new(rules),
            outgoing,
            outlet,
            server,
            early,
            limit: options.message,
            keep_alive: options.keep_alive,
            send_time: options.send_time,
            heard_at: Duration::ZERO,
            pinged_at: None,
            owing: None,
            closing_since: None,
            ending: None,
            listener: Some(listener),
            complaint: None,
        }
    }

    /// Listens to bytes to their end, or its own.
    fn listen(&mut self, bytes: &mut [u8]) {
        let mut start = 0;
        while start < bytes.len() && self.ending.is_none() {
            match self.session.hear(&mut bytes[start..], Some(self.limit)) {
                Ok((used, heard)) => {
                    start += used;
                    match heard {
                        Some(heard) => self.react(heard),
                        None => return,
                    }
                }
                Err(violation) => self.fail(violation),
            }
        }
    }

    fn react(&mut self, heard: Heard) {
        match heard {
            Heard::Content { kind, ends: true } => {
                match Message::new(kind, self.session.take_content()) {
                    Ok(message) => self.tell(message),
                    Err(violation) => self.fail(violation),
                }
            }
            Heard::Content { .. } | Heard::Pong(_) => {}
            Heard::Ping(control) => {
                // A client that has gone is noticed when the loop looks.
                let _ = self.outgoing.control(Opcode::Pong, control.payload());
            }
            Heard::Close(closed) => {
                let _ = self.outgoing.close(closed.code, "");
                self.end(Stay::Over, closed);
            }
        }
    }

    /// Hands a message on.
    fn tell(&mut self, message: Message) {
        let Some(listener) = &mut self.listener else { return };
        let sender = Sender::new(&self.outgoing);
        let told = catch_unwind(AssertUnwindSafe(|| listener.message(&sender, message)));
        let what = match told {
            Ok(Ok(())) => return,
            Ok(Err(error)) if is_of_connection(&error) => return self.lose(&error.to_string()),
            Ok(Err(error)) => error.to_string(),
            Err(payload) => {
                // It is in no state to be told.
                self.drop_listener();
                words(payload)
            }
        };
        self.complaint = Some(format!("WebSocket: {what}"));
        self.say_good_bye(1011, "");
    }

    /// Fails the connection (section 7.1.7).
    fn fail(&mut self, violation: Violation) {
        self.complaint = Some(format!("WebSocket: {violation}"));
        self.say_good_bye(violation.close_code(), &violation.to_string());
    }

    /// Sends a close frame, and comes to an end.
    fn say_good_bye(&mut self, code: u16, reason: &str) {
        let _ = self.outgoing.close(code, reason);
        self.end(Stay::Over, Closed { code, reason: reason.to_owned() });
    }

    fn end(&mut self, how: Stay, closed: Closed) {
        if self.ending.is_some() {
            return;
        }
        self.ending = Some(how);
        let Some(listener) = &mut self.listener else { return };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| listener.closed(&closed))) {
            self.complaint = Some(format!("WebSocket: {}", words(payload)));
        }
        self.drop_listener();
    }

    fn drop_listener(&mut self) {
        let listener = self.listener.take();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(listener))) {
            self.complaint = Some(format!("WebSocket: {}", words(payload)));
        }
    }

    /// When the client is too slow to take what waits.
    fn owes_until(&mut self, now: Duration, flow: Flow) -> Option<Duration> {
        self.owing = match self.owing {
            _ if flow.waiting == 0 => None,
            Some(owing) if flow.taken < owing.goal => Some(owing),
            _ => Some(Owing::new(now, flow)),
        };
        self.owing.map(|owing| owing.since + self.send_time)
    }

    /// When a client that says nothing is pinged, or has gone.
    fn check_pulse(&mut self, now: Duration) -> Option<Duration> {
        let time = self.keep_alive?;
        if self.pinged_at.is_none() && self.heard_at + time <= now {
            let _ = self.outgoing.control(Opcode::Ping, b"");
            self.pinged_at = Some(now);
        }
        let since = self.pinged_at.unwrap_or(self.heard_at);
        if since + time <= now && since < now {
            self.lose("no answer to a ping");
        }
        Some(since + time)
    }
}

impl Resident for Parked {
    fn begin(&mut self, line: Arc<dyn Line>, now: Duration) {
        self.heard_at = now;
        self.outlet.begin(line);
        let mut early = std::mem::take(&mut self.early);
        self.listen(&mut early);
    }

    fn listens(&self) -> bool {
        self.ending.is_none() && self.outlet.waiting() <= ENOUGH
    }

    fn hear(&mut self, bytes: &mut [u8], now: Duration) {
        self.heard_at = now;
        self.pinged_at = None;
        self.listen(bytes);
    }

    fn hear_the_end(&mut self) {
        self.end(Stay::Over, Closed { code: GONE, reason: String::new() });
    }

    fn lose(&mut self, why: &str) {
        self.end(Stay::Cut, Closed { code: GONE, reason: why.to_owned() });
    }

    fn let_go(&mut self) {
        self.lose("the server cannot keep it");
    }

    fn look(&mut self, now: Duration, heard_all: bool) -> Stay {
        if self.ending.is_none() && self.server.is_shutting_down() {
            self.say_good_bye(1001, "the server is shutting down");
        }
        let flow = match self.outlet.flush() {
            Ok(flow) => flow,
            Err(error) => {
                self.lose(&error.to_string());
                return Stay::Cut;
            }
        };
        match self.ending {
            Some(Stay::Over) if flow.waiting == 0 => return Stay::Over,
            Some(Stay::Cut) => return Stay::Cut,
            _ => {}
        }
        let owes_until = self.owes_until(now, flow);
        if owes_until.is_some_and(|until| until <= now) {
            self.lose("the client takes its messages too slowly");
            return Stay::Cut;
        }
        let mut until = owes_until;
        let mut at_the_latest =
            |time: Option<Duration>| until = until.into_iter().chain(time).min();
        if self.ending.is_none() {
            if self.outgoing.has_closed() {
                let since = *self.closing_since.get_or_insert(now);
                if since + CLOSE_TIME <= now {
                    self.lose("no answer to a close frame");
                }
                at_the_latest(Some(since + CLOSE_TIME));
            } else if heard_all {
                at_the_latest(self.check_pulse(now));
            }
        }
        match self.ending {
            Some(Stay::Cut) => Stay::Cut,
            _ => Stay::Until(until),
        }
    }

    fn holds(&self) -> usize {
        self.early.capacity() + self.session.holds() + self.outlet.holds()
    }

    fn take_complaint(&mut self) -> Option<String> {
        self.complaint.take()
    }
}

/// Whatever has ended it.
impl Drop for Parked {
    fn drop(&mut self) {
        self.hear_the_end();
        self.outlet.end();
    }
}

impl fmt::Debug for Parked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parked").field("outgoing", &self.outgoing).finish_non_exhaustive()
    }
}

/// Whether it says that the client has gone.
fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, TimedOut};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | TimedOut
    )
}

/// What a panic has to say.
fn words(payload: Box<dyn Any + Send>) -> String {
    let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic of no known type".to_owned(),
    };
    drop_payload(payload);
    text
}
