//! One connection over any stream: without an engine, without clocks.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

use super::turn::{self, Memory, Next, Session};
use crate::exchange::Server;
use crate::exchange::wire::{Link, Transport};
use crate::handler::Handler;
use crate::limits::Limits;
use crate::profile::Profile;

/// A stream as a transport.
struct StreamTransport<S> {
    stream: RefCell<S>,
}

impl<S: Read + Write> Transport for StreamTransport<S> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.borrow_mut().read(buffer)
    }

    fn write(&self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.stream.borrow_mut().write_vectored(slices)
    }

    fn is_slow(&self) -> bool {
        false
    }
}

/// Serves one connection to its end.
pub(crate) fn serve(
    handler: &dyn Handler,
    stream: impl Read + Write,
    client_address: SocketAddr,
    profile: Profile,
    limits: Limits,
) -> io::Result<()> {
    let server = Server::absent();
    let session = Session { handler, server: &server, client_address, profile, limits };
    let transport = StreamTransport { stream: RefCell::new(stream) };
    let mut memory = Memory::default();
    loop {
        match turn::turn(&session, &mut memory, &transport) {
            Next::Turn => {}
            Next::Read => {
                let link = Link { wire: &memory.wire, transport: &transport };
                memory.wire.input.borrow_mut().fill(&link)?;
            }
            Next::Close(_) => {
                let link = Link { wire: &memory.wire, transport: &transport };
                memory.wire.output.borrow_mut().send(&link)?;
                return transport.stream.into_inner().flush();
            }
        }
    }
}
