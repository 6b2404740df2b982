//! What a peer can do wrong. The connection fails then, with a close code that says why (RFC 6455
//! section 7.4.1).

use std::fmt;

/// A peer's mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// A reserved bit is set that no extension defines.
    ReservedBit,
    /// An opcode that RFC 6455 does not define.
    UnknownOpcode(u8),
    /// A length in more bytes than it needs, or with its highest bit set.
    BadLength,
    /// A control frame in fragments.
    FragmentedControl,
    /// A control frame with more than 125 bytes.
    LongControl,
    /// A continuation, but there is no message to continue.
    NothingToContinue,
    /// A new message inside of another.
    Interleaved,
    /// A client's frame without a mask.
    Unmasked,
    /// A server's frame with a mask.
    Masked,
    /// A close frame with a payload of one byte, or with a code that must not be sent.
    BadClose,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Content that cannot be decompressed.
    #[cfg(feature = "websocket-deflate")]
    BadCompression,
    /// A frame that is longer than the limit.
    FrameTooLarge,
    /// A message that is longer than the limit.
    MessageTooLarge,
}

impl Violation {
    /// The code of the close frame that answers it.
    pub(crate) fn close_code(self) -> u16 {
        match self {
            Violation::NotUtf8 => 1007,
            #[cfg(feature = "websocket-deflate")]
            Violation::BadCompression => 1007,
            Violation::FrameTooLarge | Violation::MessageTooLarge => 1009,
            _ => 1002,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Violation::ReservedBit => "a reserved bit is set",
            Violation::UnknownOpcode(opcode) => return write!(f, "unknown opcode {opcode}"),
            Violation::BadLength => "a frame's length is badly encoded",
            Violation::FragmentedControl => "a control frame is fragmented",
            Violation::LongControl => "a control frame is longer than 125 bytes",
            Violation::NothingToContinue => "a continuation without a beginning",
            Violation::Interleaved => "a message inside of another",
            Violation::Unmasked => "a client's frame is not masked",
            Violation::Masked => "a server's frame is masked",
            Violation::BadClose => "an invalid close frame",
            Violation::NotUtf8 => "text that is not UTF-8",
            #[cfg(feature = "websocket-deflate")]
            Violation::BadCompression => "content that cannot be decompressed",
            Violation::FrameTooLarge => "a frame is too large",
            Violation::MessageTooLarge => "a message is too large",
        })
    }
}
