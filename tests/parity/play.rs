//! Plays one case on a fresh connection and keeps every byte that comes back.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use crate::case::{Case, End, Step};
use crate::server::PATIENCE;

const PAUSE: Duration = Duration::from_millis(30);

/// Shows that a connection is still open and in step: no handler has such a method.
pub(crate) const LAST_REQUEST: &[u8] =
    b"END / HTTP/1.1\r\nHost: parity\r\nConnection: close\r\n\r\n";

/// What came back, or why the case could not be played to its end.
pub(crate) fn play(address: SocketAddr, case: &Case) -> Result<Vec<u8>, String> {
    let mut client = Client::connect(address).map_err(|error| error.to_string())?;
    for step in &case.steps {
        match step {
            Step::Send(bytes) => client.send(bytes),
            Step::Pause => thread::sleep(PAUSE),
            Step::Await(part) => client.read_until(part)?,
        }
    }
    match case.end {
        End::Closed => {}
        End::Open => client.send(LAST_REQUEST),
        End::HalfClosed => client.finish_sending(),
    }
    client.read_to_end()?;
    Ok(client.reply)
}

struct Client {
    stream: TcpStream,
    reply: Vec<u8>,
}

impl Client {
    fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, reply: Vec::new() })
    }

    /// A server may refuse a request before it has read all of it, and close: no fault.
    fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    fn finish_sending(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    fn read_until(&mut self, part: &[u8]) -> Result<(), String> {
        while !self.reply.windows(part.len()).any(|window| window == part) {
            if !self.read_some()? {
                let part = part.escape_ascii();
                return Err(format!("closed before {part}: {}", self.reply.escape_ascii()));
            }
        }
        Ok(())
    }

    fn read_to_end(&mut self) -> Result<(), String> {
        while self.read_some()? {}
        Ok(())
    }

    /// Whether there may be more.
    fn read_some(&mut self) -> Result<bool, String> {
        let mut chunk = [0; 65536];
        match self.stream.read(&mut chunk) {
            Ok(0) => Ok(false),
            Ok(length) => {
                self.reply.extend_from_slice(&chunk[..length]);
                Ok(true)
            }
            // A close with unread bytes, as of a request refused half-way, arrives as a reset.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(false),
            Err(error) => Err(format!("not closed ({error}) after: {}", self.reply.escape_ascii())),
        }
    }
}
