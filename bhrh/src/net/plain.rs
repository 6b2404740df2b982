//! The plain transport: the bytes of the conversation are the bytes on the wire.

use std::io::{self, IoSlice};

use super::channel::Channel;
use super::duplex::Duplex;
use super::socket::{Received, Socket};

/// A socket as it is.
#[derive(Debug)]
pub(crate) struct Plain(Socket);

impl From<Socket> for Plain {
    fn from(socket: Socket) -> Plain {
        Plain(socket)
    }
}

impl Channel for Plain {
    fn socket(&self) -> &Socket {
        &self.0
    }

    fn socket_mut(&mut self) -> &mut Socket {
        &mut self.0
    }

    #[inline(always)]
    fn read(&self, room: &mut [u8]) -> io::Result<Received> {
        self.0.read(room)
    }

    #[inline(always)]
    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.write(slices)
    }

    fn write_without_waiting(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_without_waiting(bytes)
    }

    fn is_at_end(&self) -> bool {
        self.0.is_at_end()
    }

    fn hand_out(&self) -> io::Result<Box<dyn Duplex>> {
        Ok(Box::new(self.0.duplicate()?))
    }

    fn half_close(&self) -> io::Result<()> {
        self.0.half_close()
    }
}
