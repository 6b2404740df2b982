//! WebSocket frames: the same in any pieces, and the same that tungstenite finds in them.

use std::io::{self, Read, Write};

use super::splits::splits;
use bhrh::__internals::websocket::{Rules, Seen, hear};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

const RULES: Rules =
    Rules { from_client: true, compression: false, frame: 1 << 20, message: 1 << 20 };

/// Checks the bytes of a client.
pub fn check(bytes: &[u8]) {
    let whole = hear(RULES, [bytes]);
    for pieces in splits(bytes) {
        assert_eq!(whole, hear(RULES, pieces), "{}", bytes.escape_ascii());
    }
    agrees(&whole.0, bytes);
    // Compressed content, and frames of a server: no faults, whatever they are.
    for rules in [Rules { compression: true, ..RULES }, Rules { from_client: false, ..RULES }] {
        let whole = hear(rules, [bytes]);
        for pieces in splits(bytes) {
            assert_eq!(whole, hear(rules, pieces), "{}", bytes.escape_ascii());
        }
    }
}

/// Compares with what tungstenite finds. It reads a frame only when all of it has come, and takes
/// lengths in more bytes than they need.
fn agrees(seen: &[Seen], bytes: &[u8]) {
    let (theirs, failed) = second_reading(bytes);
    let ended = |seen: &&Seen| !matches!(seen, Seen::Failed(_));
    let mut ours: Vec<Seen> = seen.iter().take_while(ended).cloned().collect();
    // The code 1014 is younger than tungstenite's list of codes.
    if let Some(Seen::Closed(code @ 1014, reason)) = ours.last_mut() {
        (*code, *reason) = (1002, "Protocol violation".to_owned());
    }
    let bytes = bytes.escape_ascii();
    if seen.iter().all(|seen| ended(&seen)) {
        assert_eq!(ours, theirs, "{bytes}");
        let closed = matches!(ours.last(), Some(Seen::Closed(..)));
        assert!(closed || !failed, "only tungstenite fails: {bytes}");
    } else {
        assert!(theirs.starts_with(&ours), "{ours:?} {theirs:?}: {bytes}");
    }
}

/// What tungstenite finds, and whether it found a fault.
fn second_reading(bytes: &[u8]) -> (Vec<Seen>, bool) {
    let mut config = WebSocketConfig::default();
    config.max_frame_size = Some(1 << 20);
    config.max_message_size = Some(1 << 20);
    let mut socket = WebSocket::from_raw_socket(Client(bytes), Role::Server, Some(config));
    let mut seen = Vec::new();
    loop {
        seen.push(match socket.read() {
            Ok(Message::Text(text)) => Seen::Text(text.as_bytes().to_vec()),
            Ok(Message::Binary(bytes)) => Seen::Binary(bytes.to_vec()),
            Ok(Message::Ping(payload)) => Seen::Ping(payload.to_vec()),
            Ok(Message::Pong(payload)) => Seen::Pong(payload.to_vec()),
            Ok(Message::Close(Some(frame))) => {
                Seen::Closed(frame.code.into(), frame.reason.as_str().to_owned())
            }
            Ok(Message::Close(None)) => Seen::Closed(1005, String::new()),
            Ok(Message::Frame(_)) => continue,
            // The client has sent all that it sends.
            Err(Error::Io(_)) => return (seen, false),
            Err(Error::ConnectionClosed) => return (seen, false),
            Err(_) => return (seen, true),
        });
    }
}

/// A client that sends bytes, then nothing, and takes everything.
struct Client<'b>(&'b [u8]);

impl Read for Client<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.0.read(room)? {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for Client<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
