//! What a connection knows between two calls: how far its protocol is, and content that waits.

use std::io::{self, IoSlice};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::codec::{Codec, FRAGMENT, Records};
use super::suites::Orders;
use crate::net::encryption::Encryption;

/// What a client gets that speaks plain HTTP here.
const PLAIN_HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 53\r\n\
    Connection: close\r\n\
    \r\n\
    This port speaks HTTPS: the URL begins with https://\n";

#[derive(Debug)]
pub(super) struct Session {
    protocol: Protocol,
    /// What was decrypted and not read: from `taken` on.
    plain: Vec<u8>,
    taken: usize,
    /// The last read has emptied the socket.
    pub(super) drained: bool,
    /// The client has broken the protocol.
    failed: bool,
    /// The socket has ended before the client's `close_notify` came, and not by this side's doing.
    is_truncated: bool,
    /// This side has closed the socket.
    is_closed: bool,
    /// There was something to say while a thread was writing, which says it next.
    pub(super) is_asked_to_reply: bool,
}

#[derive(Debug)]
enum Protocol {
    /// Nothing has come yet.
    Unbegun(Arc<Orders>),
    Tls(Box<Codec>),
    /// It does not speak TLS. This is left to be said.
    Refused(&'static [u8]),
}

impl Session {
    pub(super) fn new(orders: Arc<Orders>) -> Session {
        Session {
            protocol: Protocol::Unbegun(orders),
            plain: Vec::new(),
            taken: 0,
            drained: false,
            failed: false,
            is_truncated: false,
            is_closed: false,
            is_asked_to_reply: false,
        }
    }

    pub(super) fn partial(&self) -> &[u8] {
        match &self.protocol {
            Protocol::Tls(codec) => codec.partial(),
            Protocol::Unbegun(_) | Protocol::Refused(_) => &[],
        }
    }

    pub(super) fn has_plain(&self) -> bool {
        self.taken < self.plain.len()
    }

    /// Content that was decrypted before.
    pub(super) fn take_plain(&mut self, room: &mut [u8]) -> Option<usize> {
        if !self.has_plain() {
            return None;
        }
        let count = room.len().min(self.plain.len() - self.taken);
        room[..count].copy_from_slice(&self.plain[self.taken..self.taken + count]);
        self.taken += count;
        if !self.has_plain() {
            self.plain = Vec::new();
            self.taken = 0;
        }
        Some(count)
    }

    pub(super) fn is_handshaking(&self) -> bool {
        match &self.protocol {
            Protocol::Tls(codec) => codec.is_handshaking(),
            Protocol::Unbegun(_) => true,
            Protocol::Refused(_) => false,
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.failed || matches!(self.protocol, Protocol::Refused(_))
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(&self.protocol, Protocol::Tls(codec) if codec.has_ended())
    }

    /// Whether what the client sends was cut off (RFC 8446 section 6.1).
    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// This side closes the socket, so that its end says nothing of the client.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    /// The socket has ended.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.is_truncated |= !self.has_ended() && !self.is_closed;
        match &mut self.protocol {
            Protocol::Tls(codec) => codec.end(),
            Protocol::Unbegun(_) | Protocol::Refused(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Understands input, which begins with what was partial. A panic of rustls' ends the
    /// connection and nothing else.
    pub(super) fn understand(&mut self, input: &mut [u8], room: &mut [u8]) -> io::Result<usize> {
        if let Protocol::Unbegun(orders) = &self.protocol {
            // A record of a handshake begins with 22, and a method with a letter.
            if input.first().is_some_and(u8::is_ascii_alphabetic) {
                self.protocol = Protocol::Refused(PLAIN_HTTP);
                return Ok(0);
            }
            self.protocol = Protocol::Tls(Box::new(Codec::new(orders.for_client(input))?));
        }
        let Session { protocol, plain, failed, .. } = self;
        let Protocol::Tls(codec) = protocol else { return Ok(0) };
        let mut count = 0;
        let mut keep = |content: &[u8]| {
            let (fits, rest) = content.split_at(content.len().min(room.len() - count));
            room[count..count + fits.len()].copy_from_slice(fits);
            count += fits.len();
            plain.extend_from_slice(rest);
        };
        let received = catch_unwind(AssertUnwindSafe(|| codec.receive(input, &mut keep)));
        let received = received.unwrap_or_else(|_| {
            *protocol = Protocol::Refused(&[]);
            Err(io::Error::other("the TLS library has panicked"))
        });
        *failed |= received.is_err();
        received.map(|()| count)
    }

    /// Whether what is to be said can wait for the next response.
    pub(super) fn replies_may_wait(&self) -> bool {
        matches!(&self.protocol, Protocol::Tls(codec) if !self.failed && codec.replies_may_wait())
    }

    pub(super) fn has_replies(&self) -> bool {
        match &self.protocol {
            Protocol::Tls(codec) => codec.has_replies(),
            Protocol::Refused(text) => !text.is_empty(),
            Protocol::Unbegun(_) => false,
        }
    }

    pub(super) fn take_replies(&mut self, records: &mut Records) {
        match &mut self.protocol {
            Protocol::Tls(codec) => codec.take_replies(records),
            Protocol::Refused(text) => records.push(std::mem::take(text)),
            Protocol::Unbegun(_) => {}
        }
    }

    /// The same, with what would wait for the next content.
    pub(super) fn take_all_replies(&mut self, records: &mut Records) {
        self.take_replies(records);
        if let Protocol::Tls(codec) = &mut self.protocol {
            codec.make_replies(records);
        }
    }

    pub(super) fn seal(&mut self, content: &[u8], records: &mut Records) -> io::Result<()> {
        match &mut self.protocol {
            Protocol::Tls(codec) if !self.failed => codec.seal(content, records),
            _ => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The words with which this side ends, unless the client has broken the protocol.
    pub(super) fn say_goodbye(&mut self, records: &mut Records) -> io::Result<()> {
        match &mut self.protocol {
            Protocol::Tls(codec) if !self.failed => codec.say_goodbye(records),
            _ => Ok(()),
        }
    }

    pub(super) fn encryption(&self) -> Option<Encryption> {
        match &self.protocol {
            Protocol::Tls(codec) => codec.encryption(),
            Protocol::Unbegun(_) | Protocol::Refused(_) => None,
        }
    }

    /// How much memory its buffers take.
    pub(super) fn holds(&self) -> usize {
        let protocol = match &self.protocol {
            Protocol::Tls(codec) => codec.holds(),
            Protocol::Unbegun(_) | Protocol::Refused(_) => 0,
        };
        self.plain.capacity() + protocol
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Encrypts what the slices hold, in turn and up to `most` bytes. Small slices share a record.
    /// Says how much it was.
    pub(super) fn seal_all(
        &mut self,
        slices: &[IoSlice<'_>],
        most: usize,
        joined: &mut Vec<u8>,
        records: &mut Records,
    ) -> io::Result<usize> {
        if let [one] = slices {
            let part = &one[..one.len().min(most)];
            if !part.is_empty() {
                self.seal(part, records)?;
            }
            return Ok(part.len());
        }
        joined.clear();
        let mut left = most;
        for slice in slices {
            let mut part = &slice[..slice.len().min(left)];
            left -= part.len();
            if !joined.is_empty() || part.len() < FRAGMENT {
                let (fits, rest) = part.split_at(part.len().min(FRAGMENT - joined.len()));
                joined.extend_from_slice(fits);
                part = rest;
                if joined.len() == FRAGMENT {
                    self.seal(joined, records)?;
                    joined.clear();
                }
            }
            if !part.is_empty() {
                self.seal(part, records)?;
            }
        }
        if !joined.is_empty() {
            self.seal(joined, records)?;
        }
        Ok(most - left)
    }
}
