//! WebSocket frames, without a connection.

use crate::kit::websocket::close;
use crate::kit::websocket::decoder::{FrameRules, MessageKind};
use crate::kit::websocket::frame::{FrameHead, Opcode, write_with};
use crate::kit::websocket::session::{Heard, Session};

/// What frames may be like.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub from_client: bool,
    pub compression: bool,
    /// The longest frame and the longest message.
    pub frame: u64,
    pub message: u64,
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Closed(u16, String),
    /// A fault: the code of the close frame for it.
    Failed(u16),
}

/// Listens to the pieces. Returns what was heard, and the frames that are owed.
pub fn hear<'p>(rules: Rules, pieces: impl IntoIterator<Item = &'p [u8]>) -> (Vec<Seen>, Vec<u8>) {
    let mut session = Session::new(FrameRules {
        from_client: rules.from_client,
        compression: rules.compression,
        longest: rules.frame,
    });
    let mask = (!rules.from_client).then_some([1, 2, 3, 4]);
    let (mut seen, mut owed) = (Vec::new(), Vec::new());
    for piece in pieces {
        let mut bytes = piece.to_vec();
        let mut start = 0;
        while start < bytes.len() {
            let heard = match session.hear(&mut bytes[start..], Some(rules.message)) {
                Ok((used, heard)) => {
                    start += used;
                    heard
                }
                Err(violation) => {
                    let payload = close::payload(violation.close_code(), "");
                    owe(&mut owed, Opcode::Close, &payload, mask);
                    seen.push(Seen::Failed(violation.close_code()));
                    break;
                }
            };
            let Some(heard) = heard else { continue };
            match &heard {
                Heard::Ping(control) => owe(&mut owed, Opcode::Pong, control.payload(), mask),
                Heard::Close(closed) => {
                    owe(&mut owed, Opcode::Close, &close::payload(closed.code, ""), mask);
                }
                _ => {}
            }
            seen.push(match heard {
                Heard::Content { ends: false, .. } => continue,
                Heard::Content { kind: MessageKind::Text, .. } => {
                    Seen::Text(session.take_content())
                }
                Heard::Content { kind: MessageKind::Binary, .. } => {
                    Seen::Binary(session.take_content())
                }
                Heard::Ping(control) => Seen::Ping(control.payload().to_vec()),
                Heard::Pong(control) => Seen::Pong(control.payload().to_vec()),
                Heard::Close(closed) => Seen::Closed(closed.code, closed.reason),
            });
        }
    }
    (seen, owed)
}

fn owe(owed: &mut Vec<u8>, opcode: Opcode, payload: &[u8], mask: Option<[u8; 4]>) {
    let length = payload.len() as u64;
    write_with(owed, &FrameHead { last: true, compressed: false, opcode, mask, length }, payload);
}

/// The content of a compressed message.
#[cfg(feature = "websocket-deflate")]
pub fn compressed(content: &[u8]) -> Vec<u8> {
    crate::kit::websocket::deflate::deflate(content)
}
