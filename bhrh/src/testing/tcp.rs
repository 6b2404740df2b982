//! A client over TCP. It sends from a thread of its own, so that neither side waits for the other
//! when both have much to say.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::response::{Response, Stage, responses, stage};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a body is withheld from a server that says nothing: what curl does
/// (RFC 9110 section 10.1.1 wants a limit).
const WITHHOLD: Duration = Duration::from_secs(1);

/// Sends these bytes and no more, and reads until the server closes.
#[inline]
pub(super) fn raw(address: SocketAddr, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let stream = connect(address)?;
    thread::scope(|scope| {
        scope.spawn(|| {
            // A server that has heard enough does not read the rest.
            let _ = (&stream).write_all(bytes);
            let _ = stream.shutdown(Shutdown::Write);
        });
        let mut received = Vec::new();
        match (&stream).read_to_end(&mut received) {
            // What came before a reset came.
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
            _ => Ok(received),
        }
    })
}

/// Sends `said`, and then `withheld` unless it is answered before. Reads one response for each
/// of `to_head`, which says that it answers HEAD; fewer if the server closes.
#[inline]
pub(super) fn converse(
    address: SocketAddr,
    said: &[u8],
    withheld: &[u8],
    to_head: &[bool],
) -> io::Result<(Vec<Response>, Vec<u8>)> {
    let stream = connect(address)?;
    thread::scope(|scope| {
        // What the server does not take shows in what it answers.
        let saying = scope.spawn(|| (&stream).write_all(said));
        let go_on = || {
            scope.spawn(|| match saying.join() {
                Ok(Ok(())) => (&stream).write_all(withheld),
                _ => Ok(()),
            });
        };
        let go_on = (!withheld.is_empty()).then_some(go_on);
        let result = receive(&stream, go_on, to_head);
        // The sender may be held up by a server that has stopped reading.
        let _ = stream.shutdown(Shutdown::Both);
        result
    })
}

/// Reads the responses, and lets the withheld bytes be sent when it is time, if there are any.
#[inline]
fn receive(
    mut stream: &TcpStream,
    mut go_on: Option<impl FnOnce()>,
    to_head: &[bool],
) -> io::Result<(Vec<Response>, Vec<u8>)> {
    let earlier = &to_head[..to_head.len().saturating_sub(1)];
    let (mut received, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
    loop {
        stream.set_read_timeout(Some(if go_on.is_some() { WITHHOLD } else { PATIENCE }))?;
        let count = match stream.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // What came before a reset came.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
            Err(error) => match go_on.take() {
                // The server waits for the body without asking for it.
                Some(go_on) => {
                    go_on();
                    continue;
                }
                None => return Err(in_words(error, &received)),
            },
        };
        received.extend_from_slice(&buffer[..count]);
        match stage(&received, earlier) {
            Stage::Nothing => {}
            Stage::Interim => {
                if let Some(go_on) = go_on.take() {
                    go_on();
                }
            }
            Stage::Final => go_on = None,
        }
        let responses = responses(&received, to_head, count == 0);
        if count == 0 || responses.len() == to_head.len() {
            return Ok((responses, received));
        }
    }
}

/// Systems report a time-out as "would block".
#[inline]
fn in_words(error: io::Error, received: &[u8]) -> io::Error {
    if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        return error;
    }
    let so_far = received.escape_ascii();
    let message = format!("nothing within {} seconds after \"{so_far}\"", PATIENCE.as_secs());
    io::Error::new(io::ErrorKind::TimedOut, message)
}

#[inline]
pub(super) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
