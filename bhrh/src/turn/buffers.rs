//! What a thread serves by, and what a connection takes along from one service to the next.

use std::io;

use crate::exchange::Undropped;
use crate::exchange::wire::Wire;
use crate::proto::head::RequestHead;
use crate::proto::head_reader::HeadReader;

/// The buffers of a thread that serves connections, one after another.
#[derive(Debug, Default)]
pub(crate) struct TurnBuffers {
    pub(crate) wire: Wire,
    pub(super) reader: HeadReader,
    pub(super) head: RequestHead,
    /// How many requests the connection may still have.
    pub(super) requests_left: u64,
}

/// What a connection's next turn goes on from.
#[derive(Debug)]
pub(crate) struct Resume {
    /// What has come and was not understood yet.
    pub(crate) unread: Vec<u8>,
    reader: HeadReader,
    /// How many bytes there have to be before another turn can come to anything.
    pub(crate) at_least: usize,
    /// The client has closed its side.
    at_end: bool,
    /// How many requests it may still have.
    requests_left: u64,
    /// The rest of a body that nobody reads, which is dropped as it comes.
    pub(crate) undropped: Option<Box<Undropped>>,
}

impl Resume {
    /// The beginning of a connection.
    pub(crate) fn new(requests_left: u64) -> Resume {
        Resume {
            unread: Vec::new(),
            reader: HeadReader::default(),
            at_least: 0,
            at_end: false,
            requests_left,
            undropped: None,
        }
    }

    /// Forgets what has come of a request, and what it was taken for.
    pub(crate) fn forget(&mut self) {
        self.unread = Vec::new();
        self.reader = HeadReader::default();
        self.at_least = 0;
        self.undropped = None;
    }
}

impl TurnBuffers {
    /// Takes up a connection where it was put down.
    #[inline(always)]
    pub(crate) fn take_up(&mut self, resume: &mut Resume) {
        let undropped = resume.undropped.take();
        self.wire.input.get_mut().take_up(&mut resume.unread, resume.at_end, undropped);
        self.wire.loss.set(None);
        self.reader = resume.reader;
        self.requests_left = resume.requests_left;
    }

    /// Puts it down.
    #[inline(always)]
    pub(crate) fn put_down(&mut self, resume: &mut Resume) {
        let input = self.wire.input.get_mut();
        (resume.at_end, resume.undropped) = input.put_down(&mut resume.unread);
        resume.reader = std::mem::take(&mut self.reader);
        resume.requests_left = self.requests_left;
    }

    /// Forgets the connection that was taken up, after a panic in the middle of its service.
    #[cold]
    pub(crate) fn forget_connection(&mut self) {
        self.put_down(&mut Resume::new(0));
        self.send_ready(|_| ());
        self.wire.take_moved();
    }

    /// How many bytes have come and were not read.
    pub(crate) fn unread(&mut self) -> usize {
        self.wire.input.get_mut().unread().len()
    }

    /// Whether no request has begun: nothing has come, or line ends that will be skipped (RFC 9112
    /// section 2.2).
    pub(crate) fn is_between_requests(&mut self) -> bool {
        self.wire.input.get_mut().unread().iter().all(|byte| matches!(byte, b'\r' | b'\n'))
    }

    /// Whether the rest of a body is to be [dropped](super::drop_body) before the next turn.
    pub(crate) fn is_dropping(&mut self) -> bool {
        self.wire.input.get_mut().is_dropping()
    }

    /// Whether the client has closed its side.
    pub(crate) fn at_end(&mut self) -> bool {
        self.wire.input.get_mut().at_end()
    }

    /// Reads more by `read`.
    pub(crate) fn fill(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.wire.input.get_mut().fill_by(read)
    }

    /// Whether as much is ready to be sent as should leave before the next turn: answers to
    /// pipelined requests leave together, but they do not pile up without bound.
    pub(crate) fn is_full(&self) -> bool {
        self.wire.is_full()
    }

    /// Hands what is ready to be sent to `send`, and forgets it.
    pub(crate) fn send_ready<T>(&mut self, send: impl FnOnce(&[u8]) -> T) -> T {
        self.wire.send_ready(send)
    }
}
