//! What goes out: the response to the current request, and its framing.
//!
//! ```text
//!          end_headers            body            handler returns
//! Idle ──────────────▶ Body(framing) ─────▶ … ─────────────────▶ Idle
//!            │              │
//!            │              └─ framing Open: the head waits in `head` until the body's length, or
//!            │                 that it is long, is known
//!            └─ interim (1xx): Idle
//! ```
//!
//! Bytes gather in `ready`, the content of the chunk in progress in `held`, and leave together:
//! when the handler returns, when it flushes, when there are many, before the connection is read
//! from, and when a clock finds that they have been gathering for too long ([`super::gathered`]).
//! All of this is behind a lock. Sending may have to wait for the client, so it happens without the
//! lock: see [`leaving`].

pub(super) mod content;
mod end;
pub(super) mod late_sender;
pub(super) mod leaving;

use std::ops::Range;
use std::sync::Arc;

use self::late_sender::LateSender;
use super::composing::Composing;
use super::filter::Filter;
use super::gathered::Gather;
use super::response_rules::{Damage, ResponseRules};
use crate::proto::chunked::{self, ChunkedDecoder};
use crate::proto::framing::ResponseFraming;
use crate::proto::response::{ResponseHead, Tracked};

/// How much output gathers before it leaves.
const READY: usize = 32 << 10;

/// How much of a body waits for its length to be known.
const HELD: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    /// No final response has been begun.
    #[default]
    Idle,
    /// The head is complete; this is how the body is delimited.
    Body(ResponseFraming),
}

/// The output side of a connection.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Framed, in the order in which it leaves.
    ready: Vec<u8>,
    /// Content whose framing is open, or content of the chunk in progress.
    held: Vec<u8>,
    /// How many bytes can be gathered before anything has to be decided: see
    /// [`write_quickly`](Output::write_quickly).
    quick_room: usize,
    /// The head of a response whose framing is open.
    head: ResponseHead,
    /// What the response may be, once its head has ended.
    rules: ResponseRules,
    stage: Stage,
    /// A coding that the content goes through, such as gzip.
    pub(super) filter: Option<Box<dyn Filter>>,
    /// The `Content-Length` of the head, for the message if the body has another length.
    announced: u64,
    own_chunks: Option<Box<ChunkedDecoder>>,
    damage: Option<Damage>,
    /// Where in `ready` this exchange's final response begins.
    response_start: usize,
    /// Where in `ready` its blank line is, as long as nothing of it has left.
    blank_line: Option<usize>,
    /// Where in `ready` it says `Connection: keep-alive`, if it does: before its blank line.
    keep_alive: Range<usize>,
    /// The response says `Connection: close`, so the connection has to close.
    says_close: bool,
    /// The connection will close after this exchange, as far as is known.
    pub(super) closing: bool,
    /// Some of this exchange's final response has left.
    has_left: bool,
    /// The connection did not take everything, so later bytes would follow a gap.
    lost: bool,
    /// The writer is sending what was ready: see [`leaving`].
    away: bool,
    /// The clock could not send what was due, so the writer has to.
    overdue: bool,
    /// How many pieces have left.
    departures: u64,
    /// What the clock sends through, while the connection is served.
    pub(super) sender: Option<Arc<dyn LateSender>>,
    status: u16,
    body_bytes: u64,
}

impl Gather for Output {
    fn piece(&self) -> u64 {
        let gathering = !self.ready.is_empty()
            || !self.held.is_empty()
            || self.stage == Stage::Body(ResponseFraming::Open)
            || self.filter.as_ref().is_some_and(|filter| filter.holds());
        if gathering && !self.away { self.departures + 1 } else { 0 }
    }
}

impl Output {
    /// Turns to the response to another request.
    #[inline(always)]
    pub(super) fn begin(&mut self) {
        self.held.clear();
        self.quick_room = 0;
        self.stage = Stage::Idle;
        self.own_chunks = None;
        self.damage = None;
        self.response_start = self.ready.len();
        self.blank_line = None;
        self.says_close = false;
        self.has_left = false;
        self.status = 0;
        self.body_bytes = 0;
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

    /// Whether the connection has failed to take some of the output.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whether so much is ready that it should leave before more is added.
    pub(crate) fn is_full(&self) -> bool {
        self.ready.len() > READY
    }

    /// Drops the response, so that another can take its place. `false`: some of it has left
    /// already.
    pub(super) fn discard(&mut self) -> bool {
        if self.has_left {
            return false;
        }
        self.filter = None;
        let start = self.response_start.min(self.ready.len());
        self.ready.truncate(start);
        self.begin();
        true
    }

    /// Drops what has not left of the response, because the connection is going to be cut. Earlier
    /// responses are complete, and stay.
    pub(crate) fn abandon(&mut self) {
        self.ready.truncate(self.response_start);
        self.held.clear();
        self.quick_room = 0;
        self.filter = None;
        self.stage = Stage::Idle;
    }

    /// Begins the body behind a complete final head, delimited as `framing` says. Returns whether
    /// the first write may be a quick one. For a request in HTTP/0.9's form, whose response has no
    /// head, see [`start_simple`](Output::start_simple).
    #[inline(always)]
    pub(super) fn start(
        &mut self,
        composing: &mut Composing,
        framing: ResponseFraming,
        status: u16,
        closing: bool,
    ) -> bool {
        if let ResponseFraming::Length(length) = framing {
            self.announced = length;
        }
        self.rules = composing.rules;
        self.status = status;
        self.response_start = self.ready.len();
        self.stage = Stage::Body(framing);
        if framing == ResponseFraming::OwnChunks {
            self.own_chunks = Some(Box::new(ChunkedDecoder::new()));
        }
        let open = framing == ResponseFraming::Open;
        if open {
            std::mem::swap(&mut self.head, &mut composing.head);
            composing.head.clear();
        } else {
            self.complete_head(&mut composing.head, framing, closing);
        }
        if let Some(filter) = &mut self.filter {
            filter.begun(open);
        }
        self.measure_quick_room(framing)
    }

    /// Begins a body without a head, for a request in HTTP/0.9's form.
    #[cold]
    pub(super) fn start_simple(&mut self, rules: ResponseRules) {
        self.rules = rules;
        self.stage = Stage::Body(match rules.head_request {
            true => ResponseFraming::None,
            false => ResponseFraming::UntilClose,
        });
    }

    /// Adds a complete interim head. The final response begins behind it.
    #[cold]
    pub(super) fn interim(&mut self, head: &mut ResponseHead) {
        head.move_to(&mut self.ready);
        self.ready.extend_from_slice(b"\r\n");
        head.clear();
        self.response_start = self.ready.len();
        // The interim head may have left. Nothing of the final response has.
        self.has_left = false;
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

    /// Makes the lines of an unfinished head ready to leave.
    #[cold]
    pub(super) fn partial_head(&mut self, head: &mut ResponseHead) {
        head.move_to(&mut self.ready);
        self.has_left = true;
    }

    /// Puts the rest of the head in front of the body: the `Connection` field that fits, and the
    /// blank line.
    #[inline(always)]
    fn complete_head(&mut self, head: &mut ResponseHead, framing: ResponseFraming, closing: bool) {
        let profile = &self.rules.profile;
        let leaves = self.rules.leaves;
        let closing = closing || framing == ResponseFraming::UntilClose || leaves;
        // The last head of HTTP says nothing about persistence.
        if closing && profile.announce_close && !leaves {
            head.remove(Tracked::KeepAlive);
            if !head.says_close() {
                head.push_trusted("Connection", b"close", None);
            }
        } else if !closing
            && profile.confirm_keep_alive
            && !self.rules.client_11
            && !head.has(Tracked::KeepAlive)
        {
            head.push_trusted("Connection", b"keep-alive", Some(Tracked::KeepAlive));
        }
        self.says_close = head.says_close();
        let announced = closing || self.says_close;
        let line = head.line(Tracked::KeepAlive);
        self.keep_alive = self.ready.len() + line.start..self.ready.len() + line.end;
        head.move_to(&mut self.ready);
        self.blank_line = (!announced && !self.has_left).then_some(self.ready.len());
        self.ready.extend_from_slice(b"\r\n");
    }

    /// Decides an open framing. `goes_on`: more content follows; else the held bytes are the whole
    /// body.
    fn decide_framing(&mut self, goes_on: bool) {
        let framing = match (goes_on, self.rules.head_request) {
            (_, true) => ResponseFraming::None,
            (false, _) => ResponseFraming::Length(0),
            (true, _) if self.rules.client_11 && self.rules.server_11 => ResponseFraming::Chunked,
            (true, _) => ResponseFraming::UntilClose,
        };
        self.stage = Stage::Body(framing);
        let mut head = std::mem::take(&mut self.head);
        match framing {
            ResponseFraming::Chunked => {
                head.push_trusted("Transfer-Encoding", b"chunked", None);
            }
            ResponseFraming::Length(_) => {
                head.push_handler_field("Content-Length", self.held.len() as u64);
            }
            // The length in the response to GET would be that of the body that the handler has
            // written here, and that is dropped. If it wrote no body, that length is not known.
            ResponseFraming::None if !goes_on && self.body_bytes > 0 => {
                head.push_handler_field("Content-Length", self.body_bytes);
            }
            _ => {}
        }
        self.complete_head(&mut head, framing, self.closing);
        self.head = head;
        // With chunks, the held bytes become the content of the first chunk.
        if framing != ResponseFraming::Chunked {
            self.ready.append(&mut self.held);
        }
    }

    /// Ends the chunk in progress, if there is one.
    fn end_chunk(&mut self) {
        if !self.held.is_empty() && self.stage == Stage::Body(ResponseFraming::Chunked) {
            chunked::push_size_line(&mut self.ready, self.held.len());
            self.ready.append(&mut self.held);
            self.ready.extend_from_slice(chunked::CHUNK_END);
        }
    }
}
