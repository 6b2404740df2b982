//! A client and a connection in memory: everything is said at once, and nothing waits.

use std::cell::RefCell;
use std::io::{self, Read, Write};

use super::pipe;
use super::response::{Stage, stage};
use crate::exchange::Server;
use crate::handler::Handler;
use crate::logging;
use crate::net::duplex;
use crate::settings::Limits;
use crate::settings::Profile;
use crate::trusted::Trusted;
use crate::turn::blocking;

/// Lets a handler answer `said`, and then `withheld` unless it has answered before. Returns the
/// bytes that it sent, and the lines that the log would have had.
#[inline]
pub(crate) fn converse(
    handler: &dyn Handler,
    said: &[u8],
    withheld: Withheld<'_>,
    profile: Profile,
    trusted: Option<&Trusted>,
) -> (Vec<u8>, Vec<String>) {
    let mut stream = Duplex { said, withheld, output: Vec::new() };
    let client = ([127, 0, 0, 1], 49152).into();
    let server = Server::alone(None, trusted.cloned());
    let limits = Limits::default();
    let handed_out = RefCell::new(None);
    // Another protocol hears the rest of what is said, and then the end.
    let hand_out = |stream: &mut &mut Duplex<'_>| -> io::Result<Box<dyn duplex::Duplex>> {
        let (own, its) = pipe::pair();
        own.say_all(std::mem::take(&mut stream.said));
        handed_out.replace(Some(own));
        Ok(Box::new(its))
    };
    let served =
        || blocking::serve(handler, &mut stream, Some(&hand_out), &server, client, profile, limits);
    let (result, log) = logging::sink::collect(served);
    if let Some(own) = handed_out.take() {
        // It may be in a thread of its own.
        let end = (&own).read_to_end(&mut stream.output);
        debug_assert!(end.is_ok(), "the memory has failed");
    }
    // Memory neither ends early nor times out, but a method may fail in the middle of a response.
    let cut = |error: io::Error| error.kind() == io::ErrorKind::ConnectionAborted;
    debug_assert!(result.err().is_none_or(cut), "the memory has failed");
    (stream.output, log)
}

/// What a client says only to a server that wants to read it and has not answered yet.
#[derive(Default)]
pub(crate) struct Withheld<'a> {
    pub(super) bytes: &'a [u8],
    /// For each request before it: whether it is HEAD.
    pub(super) earlier_to_head: &'a [bool],
}

struct Duplex<'a> {
    said: &'a [u8],
    withheld: Withheld<'a>,
    output: Vec<u8>,
}

impl Read for Duplex<'_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.said.is_empty() && !self.withheld.bytes.is_empty() {
            let withheld = std::mem::take(&mut self.withheld);
            if !matches!(stage(&self.output, withheld.earlier_to_head), Stage::Final) {
                self.said = withheld.bytes;
            }
        }
        self.said.read(buffer)
    }
}

impl Write for Duplex<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
