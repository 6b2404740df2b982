//! What goes out: the response to the current request, and its framing.
//!
//! ```text
//!            status line, fields        end_headers            body            handler returns
//! Idle ────────────────────────▶ Idle ──────────────▶ Body(framing) ─────▶ … ─────────────────▶ Idle
//!              (in `head`)          │                      │
//!                                   └─ interim (1xx): Idle └─ framing Open: the head waits until the
//!                                                             body's length, or that it is long, is known
//! ```
//!
//! Bytes that are ready gather in `ready` and leave together: when the handler returns, when it
//! flushes, when `ready` is full, before the connection is read from.

mod content;
mod end;

use std::io;
use std::ops::Range;

use super::response_rules::{Damage, ResponseRules, version_keeps};
use super::wire::Link;
use crate::proto::chunked::{self, ChunkedDecoder};
use crate::proto::framing::ResponseFraming;
use crate::proto::response::{HeadFault, ResponseHead, Tracked};

/// How much output gathers before it leaves.
const READY: usize = 32 << 10;

/// How much of a body waits for its length to be known.
const HELD: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    /// No final response has been begun, or only in `head`.
    #[default]
    Idle,
    /// The head is complete; this is how the body is delimited.
    Body(ResponseFraming),
}

/// The output side of a connection.
#[derive(Debug, Default)]
pub(crate) struct Output {
    ready: Vec<u8>,
    head: ResponseHead,
    held: Vec<u8>,
    rules: ResponseRules,
    stage: Stage,
    /// What the head said of its length, for complaints.
    announced: u64,
    own_chunks: Option<Box<ChunkedDecoder>>,
    damage: Option<Damage>,
    /// Where in `ready` this exchange's final response begins.
    response_start: usize,
    /// Where in `ready` its blank line is, as long as nothing of it has left.
    blank_line: Option<usize>,
    /// Where in `ready` it says `Connection: keep-alive`, if it does: before its blank line.
    keep_alive: Range<usize>,
    /// It says `Connection: close`, so that it has to be.
    says_close: bool,
    /// Some of this exchange's final response has left.
    has_left: bool,
    /// Something counts as an answer that was no final response (Python's profile only).
    interim_answer: bool,
    /// The connection did not take everything: what goes on now would go on after a hole.
    lost: bool,
    status: u16,
    body_bytes: u64,
}

impl Output {
    /// Turns to the response to another request.
    #[inline(always)]
    pub(crate) fn begin(&mut self, rules: ResponseRules) {
        self.rules = rules;
        self.head.allow_controls(rules.profile.control_in_value);
        self.head.clear();
        self.held.clear();
        self.stage = Stage::Idle;
        self.own_chunks = None;
        self.damage = None;
        self.response_start = self.ready.len();
        self.blank_line = None;
        self.says_close = false;
        self.has_left = false;
        self.interim_answer = false;
        self.status = 0;
        self.body_bytes = 0;
    }

    /// Whether the head of the final response has been ended: no field can be added.
    pub(crate) fn is_head_ended(&self) -> bool {
        self.stage != Stage::Idle
    }

    /// The head under construction. It cannot be begun twice.
    pub(crate) fn head(&mut self) -> &mut ResponseHead {
        &mut self.head
    }

    /// Whether the request has HTTP/0.9's form, so that head fields go nowhere.
    pub(crate) fn is_simple(&self) -> bool {
        self.rules.simple
    }

    /// The status of the final response; 0 before it.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// Bytes of body that the response had, coding not counted.
    pub(crate) fn body_bytes(&self) -> u64 {
        let none = self.stage == Stage::Body(ResponseFraming::None) || self.rules.head_request;
        if none { 0 } else { self.body_bytes }
    }

    /// Whether the head of a final response has been ended.
    pub(crate) fn is_answered(&self) -> bool {
        self.stage != Stage::Idle || self.interim_answer
    }

    /// Whether some of the final response is beyond recall.
    pub(crate) fn has_left(&self) -> bool {
        self.has_left
    }

    /// Whether the connection has failed to take some of the output.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whether so much is ready that it should leave before more is added.
    pub(crate) fn is_full(&self) -> bool {
        self.ready.len() > READY
    }

    /// Drops the response, none of which has left, so that another can take its place.
    pub(crate) fn discard(&mut self) {
        let start = self.response_start.min(self.ready.len());
        self.ready.truncate(start);
        let rules = self.rules;
        self.begin(rules);
    }

    /// Drops whatever has not left, because the connection is going to be cut.
    pub(crate) fn abandon(&mut self) {
        self.ready.clear();
        self.head.clear();
        self.held.clear();
    }

    /// Begins a head with a status line, unless the request has been answered; with `Server` and
    /// `Date`, if there are any.
    #[inline(always)]
    pub(crate) fn begin_head(
        &mut self,
        version: &str,
        code: u16,
        phrase: &str,
        automatic: Option<(&str, &str)>,
    ) {
        if self.stage != Stage::Idle || self.has_left {
            self.head.refuse(HeadFault::AnsweredTwice(code));
        } else if code == 101 && self.rules.profile.frame_body {
            self.head.refuse(HeadFault::NoUpgrade);
        } else {
            // A handler that was passed the request may speak another version than the first.
            self.rules.server_11 = version_keeps(version);
            match automatic {
                Some((server, date)) => self.head.open(version, code, phrase, server, date),
                None => self.head.status_line(version, code, phrase),
            }
        }
    }

    /// Ends the head. `closing`: the connection is going to close after this exchange.
    #[inline(always)]
    pub(crate) fn end_head(&mut self, link: &Link<'_>, closing: bool) -> io::Result<()> {
        if self.rules.simple {
            self.stage = Stage::Body(match self.rules.head_request {
                true => ResponseFraming::None,
                false => ResponseFraming::UntilClose,
            });
            return Ok(());
        }
        // An open framing keeps the head here, though it has been ended.
        let ended = self.is_head_ended();
        let framing = match ended {
            true => ResponseFraming::None,
            false => self.rules.framing(&mut self.head),
        };
        let status = match self.head.status() {
            Some(status) if !ended && !self.head.is_refused() => status,
            _ => return Err(self.head_refusal(ended)),
        };
        if status < 200 {
            return self.end_interim(link, closing);
        }
        if let ResponseFraming::Length(length) = framing {
            self.announced = length;
        }
        self.status = status;
        self.response_start = self.ready.len();
        self.stage = Stage::Body(framing);
        if framing == ResponseFraming::OwnChunks {
            self.own_chunks = Some(Box::new(ChunkedDecoder::new()));
        }
        if framing != ResponseFraming::Open {
            self.complete_head(closing);
        }
        Ok(())
    }

    /// Ends the head for a handler that has not.
    #[cold]
    fn end_head_late(&mut self, link: &Link<'_>, closing: bool) -> io::Result<()> {
        self.end_head(link, closing)
    }

    /// Why a head cannot be ended.
    #[cold]
    fn head_refusal(&mut self, ended: bool) -> io::Error {
        let Some(fault) = self.head.take_fault() else {
            let what = "end_headers: there is no response to end; call send_response first";
            return io::Error::new(io::ErrorKind::InvalidInput, what);
        };
        if !ended {
            self.head.clear();
        }
        io::Error::new(io::ErrorKind::InvalidInput, fault)
    }

    /// RFC 9110 section 15.2: no interim response to an HTTP/1.0 client.
    fn is_unwanted_interim(&self) -> bool {
        let interim = self.head.status().is_some_and(|status| status < 200);
        interim && self.rules.profile.frame_body && !self.rules.client_11
    }

    /// An interim response leaves at once: it is of use only before the final one.
    #[cold]
    fn end_interim(&mut self, link: &Link<'_>, closing: bool) -> io::Result<()> {
        if self.is_unwanted_interim() {
            self.head.clear();
            return Ok(());
        }
        self.interim_answer = !self.rules.profile.frame_body && closing;
        self.head.move_to(&mut self.ready);
        self.ready.extend_from_slice(b"\r\n");
        self.head.clear();
        self.response_start = self.ready.len();
        // Whatever has left of this one is no part of the final response.
        self.has_left = false;
        self.send(link)
    }

    /// `100 Continue`, sent with whatever leaves next; `false` if it is too late for it.
    pub(crate) fn interim_continue(&mut self) -> bool {
        let timely = self.stage == Stage::Idle && !self.has_left;
        if timely {
            self.ready.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
            self.response_start = self.ready.len();
        }
        timely
    }

    /// Puts the rest of the head in front of the body: the `Connection` field that fits, the blank
    /// line, and what was held back.
    #[inline(always)]
    fn complete_head(&mut self, closing: bool) {
        let Stage::Body(framing) = self.stage else { return };
        let profile = &self.rules.profile;
        let closing = closing || framing == ResponseFraming::UntilClose;
        if closing && profile.announce_close {
            self.head.remove(Tracked::KeepAlive);
            if !self.head.says_close() {
                self.head.own("Connection", b"close", None);
            }
        } else if !closing
            && profile.confirm_keep_alive
            && !self.rules.client_11
            && !self.head.has(Tracked::KeepAlive)
        {
            self.head.own("Connection", b"keep-alive", Some(Tracked::KeepAlive));
        }
        self.says_close = self.head.says_close();
        let announced = closing || self.says_close;
        let line = self.head.line(Tracked::KeepAlive);
        self.keep_alive = self.ready.len() + line.start..self.ready.len() + line.end;
        self.head.move_to(&mut self.ready);
        self.blank_line = (!announced && !self.has_left).then_some(self.ready.len());
        self.ready.extend_from_slice(b"\r\n");
        self.head.clear();
    }

    /// Settles an open framing: the body is as long as what is held, or goes on.
    fn settle(&mut self, goes_on: bool, closing: bool) {
        let framing = match (goes_on, self.rules.head_request) {
            (_, true) => ResponseFraming::None,
            (false, _) => ResponseFraming::Length(0),
            (true, _) if self.rules.client_11 && self.rules.server_11 => ResponseFraming::Chunked,
            (true, _) => ResponseFraming::UntilClose,
        };
        self.stage = Stage::Body(framing);
        match framing {
            ResponseFraming::Chunked => {
                self.head.own("Transfer-Encoding", b"chunked", None);
            }
            ResponseFraming::Length(_) => self.automatic_length(self.held.len() as u64),
            // What GET's answer would have said: the length of the body that was written here,
            // and is dropped. Nothing written says nothing.
            ResponseFraming::None if !goes_on && self.body_bytes > 0 => {
                self.automatic_length(self.body_bytes);
            }
            _ => {}
        }
        self.complete_head(closing);
        let held = std::mem::take(&mut self.held);
        if framing == ResponseFraming::Chunked && !held.is_empty() {
            chunked::push_size_line(&mut self.ready, held.len());
            self.ready.extend_from_slice(&held);
            self.ready.extend_from_slice(b"\r\n");
        } else {
            self.ready.extend_from_slice(&held);
        }
        self.held = held;
        self.held.clear();
    }

    fn automatic_length(&mut self, length: u64) {
        self.head.field("Content-Length", length);
    }

    /// Appends to what is ready, or sends both if that would be too much to gather.
    fn put(&mut self, link: &Link<'_>, bytes: &[u8]) -> io::Result<usize> {
        if self.ready.len() + bytes.len() <= READY {
            self.ready.extend_from_slice(bytes);
        } else {
            self.send_with(link, bytes)?;
        }
        Ok(bytes.len())
    }

    /// Sends what is ready.
    pub(crate) fn send(&mut self, link: &Link<'_>) -> io::Result<()> {
        self.send_with(link, &[])
    }

    fn send_with(&mut self, link: &Link<'_>, bytes: &[u8]) -> io::Result<()> {
        if self.ready.is_empty() && bytes.is_empty() {
            return Ok(());
        }
        if self.lost {
            self.ready.clear();
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "an earlier write failed"));
        }
        self.has_left |= self.ready.len() > self.response_start || !bytes.is_empty();
        self.blank_line = None;
        self.response_start = 0;
        let result = link.transmit(&self.ready, bytes);
        self.lost = result.is_err();
        self.ready.clear();
        result
    }

    /// What is ready to be sent.
    pub(crate) fn ready(&self) -> &[u8] {
        &self.ready
    }

    /// Forgets it: it has been sent, or never will be. The connection is put down.
    pub(crate) fn put_down(&mut self) {
        self.ready.clear();
        if self.ready.capacity() > 4 * READY {
            self.ready = Vec::new();
        }
        self.response_start = 0;
        self.blank_line = None;
        self.lost = false;
    }

    /// `flush_headers`: what there is of the head leaves.
    pub(crate) fn flush_head(&mut self, link: &Link<'_>) -> io::Result<()> {
        if self.stage == Stage::Idle && self.head.is_begun() && !self.rules.simple {
            if let Some(fault) = self.head.take_fault() {
                self.head.clear();
                return Err(io::Error::new(io::ErrorKind::InvalidInput, fault));
            }
            if self.is_unwanted_interim() {
                return Ok(());
            }
            self.head.move_to(&mut self.ready);
            self.has_left = true;
        }
        self.flush(link)
    }

    /// `wfile.flush`: everything so far leaves, an open framing is settled.
    pub(crate) fn flush(&mut self, link: &Link<'_>) -> io::Result<()> {
        if self.stage == Stage::Body(ResponseFraming::Open) {
            self.settle(true, link.wire.closing.get());
        }
        self.send(link)
    }
}
