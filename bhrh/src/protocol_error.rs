//! Why the server refuses a request: one table of statuses and messages.

use std::error::Error as StdError;
use std::fmt;

use crate::quote::Repr;

/// Why a request is refused. Each has the status that the client gets; its `Display` is the
/// message, in Python's words where Python knows the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProtocolError {
    // Python's own.
    RequestLineTooLong,
    BadVersion(String),
    UnsupportedVersion(String),
    BadSyntax(String),
    BadSimpleType(String),
    FieldLineTooLong {
        limit: usize,
    },
    TooManyFields {
        limit: usize,
    },
    // What RFC 9112 demands and Python lets pass.
    HeadTooLong {
        limit: usize,
    },
    TruncatedHead,
    NoMethod,
    BadMethod(String),
    BadTarget(String),
    NotSecured,
    BareLf,
    BareCr,
    Nul,
    MalformedField(String),
    ControlInValue(String),
    FoldedField,
    HostMissing,
    HostRepeated,
    BadHost(String),
    BadContentLength(String),
    LengthsDiffer,
    LengthRepeated,
    UnderscoredFraming(String),
    ContentTypeRepeated,
    LengthAndTransferEncoding,
    TransferEncodingBefore11,
    UnknownTransferCoding(String),
    ChunkedNotLast(String),
    UnmetExpectation(String),
    // In the body.
    BadChunk(&'static str),
    BodyEndsEarly,
    BodyTooLarge {
        limit: u64,
    },
    // In time.
    HeadTimeout,
    // In number.
    TooManyConnections {
        limit: usize,
    },
    TooManyFromAddress {
        limit: usize,
    },
    /// A request has waited for a thread in vain.
    NoThread,
    /// Its client holds too much of the memory for requests that have not come whole.
    NoMemory,
}

impl ProtocolError {
    /// The status that the client gets.
    pub(crate) fn status(&self) -> u16 {
        use ProtocolError::*;
        match self {
            RequestLineTooLong => 414,
            UnsupportedVersion(_) => 505,
            FieldLineTooLong { .. } | TooManyFields { .. } | HeadTooLong { .. } => 431,
            UnknownTransferCoding(_) => 501,
            UnmetExpectation(_) => 417,
            NotSecured => 421,
            BodyTooLarge { .. } => 413,
            HeadTimeout => 408,
            TooManyConnections { .. } | TooManyFromAddress { .. } | NoThread | NoMemory => 503,
            BadVersion(_)
            | BadSyntax(_)
            | BadSimpleType(_)
            | TruncatedHead
            | NoMethod
            | BadMethod(_)
            | BadTarget(_)
            | BareLf
            | BareCr
            | Nul
            | MalformedField(_)
            | ControlInValue(_)
            | FoldedField
            | HostMissing
            | HostRepeated
            | BadHost(_)
            | BadContentLength(_)
            | LengthsDiffer
            | LengthRepeated
            | UnderscoredFraming(_)
            | ContentTypeRepeated
            | LengthAndTransferEncoding
            | TransferEncodingBefore11
            | ChunkedNotLast(_)
            | BadChunk(_)
            | BodyEndsEarly => 400,
        }
    }

    /// The message, if it is not the status code's own phrase.
    pub(crate) fn message(&self) -> Option<String> {
        match self {
            ProtocolError::RequestLineTooLong
            | ProtocolError::HeadTimeout
            | ProtocolError::TooManyConnections { .. }
            | ProtocolError::TooManyFromAddress { .. }
            | ProtocolError::NoThread => None,
            _ => Some(self.to_string()),
        }
    }

    /// The explanation, if it is not the status code's own.
    pub(crate) fn explanation(&self) -> Option<String> {
        match self {
            ProtocolError::FieldLineTooLong { limit } => {
                Some(format!("got more than {limit} bytes when reading header line"))
            }
            ProtocolError::TooManyFields { limit } => {
                Some(format!("got more than {limit} headers"))
            }
            ProtocolError::HeadTooLong { limit } => {
                Some(format!("got more than {limit} bytes of header"))
            }
            ProtocolError::BodyTooLarge { limit } => {
                // A Content-Length may say it before anything has come.
                Some(format!("the limit is {limit} bytes of content"))
            }
            ProtocolError::TooManyConnections { limit } => {
                Some(format!("the server has {limit} connections already"))
            }
            ProtocolError::TooManyFromAddress { limit } => {
                Some(format!("the server has {limit} connections from this address already"))
            }
            ProtocolError::NoThread => {
                Some("the server has no thread to spare for this request".into())
            }
            ProtocolError::NoMemory => Some(
                "too many requests have not come whole, and most bytes are this client's".into(),
            ),
            _ => None,
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ProtocolError::*;
        let (words, quoted) = match self {
            RequestLineTooLong => ("URI Too Long", None),
            BadVersion(word) => ("Bad request version", Some(word)),
            UnsupportedVersion(number) => return write!(f, "Invalid HTTP version ({number})"),
            BadSyntax(line) => ("Bad request syntax", Some(line)),
            BadSimpleType(word) => ("Bad HTTP/0.9 request type", Some(word)),
            FieldLineTooLong { .. } => ("Line too long", None),
            TooManyFields { .. } => ("Too many headers", None),
            HeadTooLong { .. } => ("Header block too long", None),
            TruncatedHead => ("Incomplete request", None),
            NoMethod => ("Bad request line: no method at its beginning", None),
            BadMethod(word) => ("Bad request method", Some(word)),
            BadTarget(word) => ("Bad request target", Some(word)),
            NotSecured => ("https over a connection that is not known to be secured", None),
            BareLf => ("Line ends in LF without CR", None),
            BareCr => ("CR without LF in the header", None),
            Nul => ("NUL in the header", None),
            MalformedField(line) => ("Malformed header line", Some(line)),
            ControlInValue(name) => return write!(f, "Control character in header {name}"),
            FoldedField => ("Folded header line", None),
            HostMissing => ("Missing Host header", None),
            HostRepeated => ("More than one Host header", None),
            BadHost(value) => ("Bad Host header", Some(value)),
            BadContentLength(value) => ("Bad Content-Length", Some(value)),
            LengthsDiffer => ("Differing Content-Length headers", None),
            LengthRepeated => ("More than one Content-Length header", None),
            UnderscoredFraming(name) => ("Bad header name", Some(name)),
            ContentTypeRepeated => ("More than one Content-Type header", None),
            LengthAndTransferEncoding => ("Both Content-Length and Transfer-Encoding", None),
            TransferEncodingBefore11 => ("Transfer-Encoding in an HTTP/1.0 request", None),
            UnknownTransferCoding(value) => ("Unsupported transfer coding", Some(value)),
            ChunkedNotLast(value) => ("Bad Transfer-Encoding", Some(value)),
            UnmetExpectation(value) => ("Unknown expectation", Some(value)),
            BadChunk(what) => return write!(f, "Bad chunked body: {what}"),
            BodyEndsEarly => ("The connection ended inside the body", None),
            BodyTooLarge { .. } => ("Content Too Large", None),
            HeadTimeout => ("Request Timeout", None),
            TooManyConnections { .. } | TooManyFromAddress { .. } => ("Too many connections", None),
            NoThread => ("No thread for this request", None),
            NoMemory => ("Out of memory for unfinished requests", None),
        };
        match quoted {
            Some(text) => write!(f, "{words} ({})", Repr(text)),
            None => f.write_str(words),
        }
    }
}

impl StdError for ProtocolError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_refusal_has_a_status_of_its_own_kind() {
        for (error, status) in [
            (ProtocolError::RequestLineTooLong, 414),
            (ProtocolError::TooManyFields { limit: 100 }, 431),
            (ProtocolError::UnsupportedVersion("2.0".into()), 505),
            (ProtocolError::UnknownTransferCoding("gzip".into()), 501),
            (ProtocolError::UnmetExpectation("x".into()), 417),
            (ProtocolError::HeadTimeout, 408),
            (ProtocolError::TooManyConnections { limit: 1 }, 503),
            (ProtocolError::NoThread, 503),
            (ProtocolError::NoMemory, 503),
            (ProtocolError::BareCr, 400),
        ] {
            assert_eq!(error.status(), status, "{error}");
        }
    }
}
