//! A transport made for the tests: every byte of the conversation has its bits inverted on the
//! wire. It shows that the engine knows no transport, and what a new one has to bring.

use std::io::{self, IoSlice};
use std::net::TcpStream;
use std::time::Duration;

use super::channel::Channel;
use super::duplex::Duplex;
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

    fn hand_out(&self) -> io::Result<Box<dyn Duplex>> {
        Ok(Box::new(ScrambledDuplex(self.0.duplicate()?)))
    }

    fn half_close(&self) -> io::Result<()> {
        self.0.half_close()
    }
}

/// The same for another protocol.
#[derive(Debug)]
struct ScrambledDuplex(TcpStream);

impl Duplex for ScrambledDuplex {
    fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        let count = Duplex::read(&self.0, room)?;
        scramble(&mut room[..count]);
        Ok(count)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Duplex::write(&self.0, &scrambled(&bytes[..bytes.len().min(PIECE)]))
    }

    fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(time)
    }

    fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(time)
    }

    fn finish(&self) -> io::Result<()> {
        self.0.finish()
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn reset_on_close(&self) {
        self.0.reset_on_close();
    }
}
