//! A transport made for the tests: every byte of the conversation has its bits inverted on the wire.
//! It shows that the engine knows no transport, and what a new one has to bring.

use std::io::{self, IoSlice};

use super::channel::Channel;
use super::socket::{Received, Socket};

/// A socket whose bytes are inverted.
#[derive(Debug)]
pub(crate) struct Scrambled(Socket);

impl From<Socket> for Scrambled {
    fn from(socket: Socket) -> Scrambled {
        Scrambled(socket)
    }
}

/// How much is scrambled for one write.
const PIECE: usize = 64 << 10;

/// Inverts bytes. Twice is not at all.
pub(crate) fn scramble(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
}

fn scrambled(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| !*byte).collect()
}

impl Channel for Scrambled {
    fn socket(&self) -> &Socket {
        &self.0
    }

    fn socket_mut(&mut self) -> &mut Socket {
        &mut self.0
    }

    fn read(&self, room: &mut [u8]) -> io::Result<Received> {
        let received = self.0.read(room)?;
        scramble(&mut room[..received.count]);
        Ok(received)
    }

    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        self.0.write(&[IoSlice::new(&scrambled(&first[..first.len().min(PIECE)]))])
    }

    fn write_without_waiting(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_without_waiting(&scrambled(&bytes[..bytes.len().min(PIECE)]))
    }

    fn is_at_end(&self) -> bool {
        self.0.is_at_end()
    }

    fn half_close(&self) -> io::Result<()> {
        self.0.half_close()
    }
}
