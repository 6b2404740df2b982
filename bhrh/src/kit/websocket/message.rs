//! Messages as users have them.

use super::decoder::MessageKind;
use super::violation::Violation;

/// A message that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Message {
    /// Of content that is whole.
    pub(super) fn new(kind: MessageKind, mut content: Vec<u8>) -> Result<Message, Violation> {
        // What was decompressed in steps has room that a program which keeps many small messages
        // would keep, too.
        if content.capacity() / 2 > content.len() {
            content.shrink_to_fit();
        }
        match kind {
            MessageKind::Binary => Ok(Message::Binary(content)),
            // It has been checked, so this is another look at most.
            MessageKind::Text => {
                String::from_utf8(content).map(Message::Text).map_err(|_| Violation::NotUtf8)
            }
        }
    }
}
