//! What comes in: the bytes of the connection that nobody has read yet, and the body they hold.

use std::io;

use crate::error::Error;
use crate::headers::Fields;
use crate::proto::chunked::ChunkedDecoder;
use crate::proto::framing::BodyLength;
use crate::protocol_error::ProtocolError;

/// How much room a read from the connection is given. One page less than is customary would do
/// for most requests; this holds a browser's head and a small body.
pub(super) const ROOM: usize = 8 << 10;

/// How large a buffer may be and still be kept for the next connection.
const KEPT: usize = 256 << 10;

/// Up to how many unread bytes are copied between a connection and a thread's buffer.
const COPIED: usize = 2 << 10;

/// The connection's unread bytes and the state of the current request's body.
#[derive(Debug, Default)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    /// The thread's own buffer, while `bytes` is a connection's.
    own: Vec<u8>,
    start: usize,
    end: usize,
    /// The connection has ended.
    at_end: bool,
    body: Body,
    /// How much content a body of unknown length may still have.
    allowed: u64,
    limit: u64,
    /// `100 Continue` is still to be sent, when the handler first reads.
    continue_on_read: bool,
    /// The client may be waiting for a `100 Continue` that it did not get.
    unanswered_expectation: bool,
    /// The body is not read any more, but dropped.
    dropping: Option<Dropping>,
}

/// How much of a body that was left unread is dropped.
#[derive(Debug, Clone, Copy)]
struct Dropping {
    /// How many bytes have been dropped.
    dropped: u64,
    /// How many bytes may be.
    limit: u64,
}

/// A body that is dropped as it comes, while its connection waits for more of it.
#[derive(Debug)]
pub(crate) struct Undropped {
    body: Body,
    allowed: u64,
    limit: u64,
    dropping: Dropping,
}

impl Undropped {
    /// How many bytes have been dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropping.dropped
    }
}

#[derive(Debug)]
enum Body {
    Bytes(u64),
    Chunked(Box<ChunkedDecoder>),
    /// Its end cannot be found any more.
    Broken,
}

impl Default for Body {
    fn default() -> Self {
        Body::Bytes(0)
    }
}

/// What became of a body that a handler left unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leftover {
    /// The next request begins where the input goes on, after this many bytes of this body.
    Dropped { bytes: u64 },
    /// More of it has to come before it can be dropped.
    Coming,
    /// Where the next request begins cannot be told.
    Unreadable,
}

impl Input {
    /// The bytes that have come and were not read.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Whether the connection has ended.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Takes out the bytes that have come and were not read.
    #[cold]
    pub(super) fn take_unread(&mut self) -> Vec<u8> {
        let unread = self.unread().to_vec();
        self.consume(unread.len());
        unread
    }

    /// Drops bytes that were understood.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    #[inline(always)]
    fn make_room(&mut self) {
        if self.bytes.len() - self.end >= ROOM / 4 {
            return;
        }
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.bytes.len() - self.end < ROOM / 4 {
            // The vector's own growth sees to it that a long head is not copied for each piece.
            self.bytes.resize(self.end + ROOM, 0);
        }
    }

    /// Reads more bytes by `read`, behind the unread ones; nothing is sent before.
    pub(crate) fn fill_by(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.make_room();
        let count = read(&mut self.bytes[self.end..])?;
        self.end += count;
        self.at_end |= count == 0;
        Ok(count)
    }

    /// Takes up a connection: what it had left unread, and whether it has ended.
    #[inline(always)]
    pub(crate) fn take_up(
        &mut self,
        unread: &mut Vec<u8>,
        at_end: bool,
        undropped: Option<Box<Undropped>>,
    ) {
        if let Some(undropped) = undropped {
            self.go_on_dropping(*undropped);
        }
        self.start = 0;
        self.end = unread.len();
        self.at_end = at_end;
        if unread.len() > COPIED {
            self.own = std::mem::replace(&mut self.bytes, std::mem::take(unread));
        } else if !unread.is_empty() {
            if self.bytes.len() < unread.len() {
                self.bytes.resize(ROOM, 0);
            }
            self.bytes[..unread.len()].copy_from_slice(unread);
            unread.clear();
        }
    }

    /// Puts a connection down: what is unread goes with it, the buffer stays. A long rest goes in
    /// the buffer that it came in, so that a client that drips costs no copies.
    #[inline(always)]
    pub(crate) fn put_down(&mut self, unread: &mut Vec<u8>) -> (bool, Option<Box<Undropped>>) {
        let length = self.end - self.start;
        if length > COPIED {
            self.bytes.copy_within(self.start..self.end, 0);
            self.bytes.truncate(length);
            *unread = std::mem::replace(&mut self.bytes, std::mem::take(&mut self.own));
        } else {
            // Mostly there is nothing, and copying nothing is a call as well.
            if length > 0 {
                unread.extend_from_slice(&self.bytes[self.start..self.end]);
            } else if unread.is_empty() && unread.capacity() > 0 {
                *unread = Vec::new();
            }
            if self.bytes.len() > KEPT {
                self.bytes = std::mem::take(&mut self.own);
            }
        }
        self.start = 0;
        self.end = 0;
        let undropped = self.dropping.map(|dropping| self.put_down_body(dropping));
        self.body = Body::Bytes(0);
        (std::mem::take(&mut self.at_end), undropped)
    }

    #[cold]
    fn put_down_body(&mut self, dropping: Dropping) -> Box<Undropped> {
        self.dropping = None;
        let body = std::mem::take(&mut self.body);
        Box::new(Undropped { body, allowed: self.allowed, limit: self.limit, dropping })
    }

    #[cold]
    fn go_on_dropping(&mut self, undropped: Undropped) {
        let Undropped { body, allowed, limit, dropping } = undropped;
        (self.body, self.allowed, self.limit) = (body, allowed, limit);
        self.dropping = Some(dropping);
    }

    /// Turns to the body of a request whose head has just been consumed.
    /// One of unknown length may have `limit` bytes of content.
    #[inline(always)]
    pub(crate) fn begin_body(&mut self, length: BodyLength, limit: u64, expects_continue: bool) {
        (self.allowed, self.limit) = (limit, limit);
        self.body = match length {
            BodyLength::Bytes(count) => Body::Bytes(count),
            BodyLength::Chunked => Body::Chunked(Box::new(ChunkedDecoder::new())),
        };
        self.continue_on_read = false;
        // A client that has begun to send is not waiting.
        let waits = !self.body_is_done() && self.unread().is_empty();
        self.unanswered_expectation = expects_continue && waits;
    }

    /// Whether the body has been read to its end.
    pub(crate) fn body_is_done(&self) -> bool {
        match &self.body {
            Body::Bytes(left) => *left == 0,
            Body::Chunked(decoder) => decoder.is_done(),
            Body::Broken => false,
        }
    }

    /// Lets the first read of the body send `100 Continue`, if the client waits for it.
    pub(crate) fn set_continue_on_read(&mut self) {
        self.continue_on_read = self.unanswered_expectation;
    }

    /// Notes that the client was told to go on.
    pub(crate) fn continue_sent(&mut self) {
        self.continue_on_read = false;
        self.unanswered_expectation = false;
    }

    /// Whether the next read will send `100 Continue` first.
    pub(super) fn wants_continue(&self) -> bool {
        self.continue_on_read && self.unanswered_expectation && self.unread().is_empty()
    }

    /// How much of a body of known length is still to be read.
    pub(super) fn length_ahead(&self) -> Option<u64> {
        match &self.body {
            Body::Bytes(left) => Some(*left),
            _ => None,
        }
    }

    /// Whether the whole body of a request has come behind its head, which is `head` bytes long and
    /// has not been consumed. For a chunked body this is a guess from its last bytes.
    #[inline(always)]
    pub(crate) fn holds(&self, head: usize, body: BodyLength) -> bool {
        match body {
            BodyLength::Bytes(0) => true,
            _ if self.at_end => true,
            BodyLength::Bytes(count) => count <= (self.unread().len() - head) as u64,
            BodyLength::Chunked => self.unread()[head..].ends_with(b"0\r\n\r\n"),
        }
    }

    /// Whether the whole rest of a body of known length has come already.
    pub(crate) fn body_is_here(&self) -> bool {
        match &self.body {
            Body::Bytes(left) => *left <= self.unread().len() as u64,
            _ => false,
        }
    }

    /// How much content is known to come next, so that it needs no decoding.
    pub(super) fn content_ahead(&self) -> u64 {
        match &self.body {
            Body::Bytes(left) => *left,
            Body::Chunked(decoder) => decoder.content_ahead(),
            Body::Broken => 0,
        }
    }

    /// Takes note of content that went past the buffer.
    pub(super) fn skip_content(&mut self, count: usize) -> io::Result<()> {
        match &mut self.body {
            Body::Bytes(left) => *left -= count as u64,
            Body::Chunked(decoder) => {
                decoder.skip_content(count as u64);
                self.allow(count)?;
            }
            Body::Broken => {}
        }
        Ok(())
    }

    /// Takes note that some of the body has come, so the client does not wait to be told to go on.
    pub(super) fn body_has_begun(&mut self) {
        self.unanswered_expectation = false;
    }

    /// The connection has ended inside the body.
    #[cold]
    pub(super) fn ended_early(&mut self) -> io::Error {
        self.at_end = true;
        self.body = Body::Broken;
        body_error(io::ErrorKind::UnexpectedEof, &ProtocolError::BodyEndsEarly)
    }

    /// Decodes what has come into `output`.
    pub(super) fn decode(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let unread = &self.bytes[self.start..self.end];
        let chunked = matches!(self.body, Body::Chunked(_));
        let (used, written) = match &mut self.body {
            Body::Bytes(left) => {
                let count = unread.len().min(output.len());
                let count = count.min(usize::try_from(*left).unwrap_or(count));
                output[..count].copy_from_slice(&unread[..count]);
                *left -= count as u64;
                (count, count)
            }
            Body::Chunked(decoder) => match decoder.decode(unread, output) {
                Ok(decoded) => (decoded.used, decoded.written),
                Err(error) => {
                    self.body = Body::Broken;
                    return Err(body_error(io::ErrorKind::InvalidData, &error));
                }
            },
            Body::Broken => {
                let error = ProtocolError::BadChunk("unreadable since an earlier error");
                return Err(body_error(io::ErrorKind::InvalidData, &error));
            }
        };
        self.consume(used);
        if chunked {
            self.allow(written)?;
        }
        Ok(written)
    }

    /// Counts content of a body of unknown length.
    fn allow(&mut self, count: usize) -> io::Result<()> {
        match self.allowed.checked_sub(count as u64) {
            Some(left) => self.allowed = left,
            None => {
                self.body = Body::Broken;
                let error = ProtocolError::BodyTooLarge { limit: self.limit };
                return Err(body_error(io::ErrorKind::FileTooLarge, &error));
            }
        }
        Ok(())
    }

    /// Drops what a handler left of a body, up to `limit` bytes, so that the next request is found
    /// where it begins. What has not come yet is dropped by [`drop_more`](Input::drop_more).
    pub(crate) fn drop_body(&mut self, limit: u64) -> Leftover {
        if self.body_is_done() {
            return Leftover::Dropped { bytes: 0 };
        }
        if self.will_not_drain(limit) {
            return Leftover::Unreadable;
        }
        self.dropping = Some(Dropping { dropped: 0, limit });
        self.drop_more()
    }

    /// Whether a body is being dropped.
    pub(crate) fn is_dropping(&self) -> bool {
        self.dropping.is_some()
    }

    /// Drops what has come of a body that nobody reads.
    #[cold]
    pub(crate) fn drop_more(&mut self) -> Leftover {
        let Some(Dropping { mut dropped, limit }) = self.dropping.take() else {
            return Leftover::Dropped { bytes: 0 };
        };
        let mut scratch = [0; 4096];
        while !self.body_is_done() {
            if self.unread().is_empty() && !self.at_end {
                self.dropping = Some(Dropping { dropped, limit });
                return Leftover::Coming;
            }
            match self.decode(&mut scratch) {
                Ok(count) => dropped += count as u64,
                Err(_) => return Leftover::Unreadable,
            }
            if dropped > limit || self.unread().is_empty() && self.at_end && !self.body_is_done() {
                return Leftover::Unreadable;
            }
        }
        Leftover::Dropped { bytes: dropped }
    }

    /// Whether the body was left unread in a way that will close the connection.
    pub(crate) fn will_not_drain(&self, limit: u64) -> bool {
        match &self.body {
            Body::Broken => true,
            Body::Bytes(left) if *left > limit => true,
            _ => self.unanswered_expectation && !self.body_is_here() && !self.body_is_done(),
        }
    }

    pub(super) fn trailers(&self) -> Fields {
        match &self.body {
            Body::Chunked(decoder) if decoder.is_done() => decoder.trailers().clone(),
            _ => Fields::default(),
        }
    }
}

/// An error of the body for the handler. If the handler passes it on, the request is answered with
/// the status of the error.
pub(super) fn body_error(kind: io::ErrorKind, error: &ProtocolError) -> io::Error {
    let status = match error.explanation() {
        Some(explanation) => Error::status((error.status(), error.to_string(), explanation)),
        None => Error::status((error.status(), error.to_string())),
    };
    io::Error::new(kind, status)
}
