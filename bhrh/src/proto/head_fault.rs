//! What can be wrong with the head of a response.

use std::fmt;

/// Why a head cannot be sent. Kept until `end_headers`, where the handler can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeadFault {
    Name(String),
    Value(String),
    NotLatin1(String),
    Display(String),
    StatusCode(u16),
    NoStatus(String),
    AfterEnd(String),
    Length(String),
    TwoLengths,
    TwoCodings,
    LengthAndTransferEncoding,
    TransferEncodingBefore11,
    NoUpgrade,
    NoTunnel(u16),
    AnsweredTwice(u16),
    /// A fault of a field that `add_header` has added.
    Added(Box<HeadFault>),
}

impl fmt::Display for HeadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadFault::Name(name) => {
                write!(f, "send_header: the name {name:?} is not a token")
            }
            HeadFault::Value(name) => {
                write!(f, "send_header: the value of {name} has a control character in it")
            }
            HeadFault::NotLatin1(name) => write!(
                f,
                "send_header: the value of {name} has a character outside ISO-8859-1; \
                 percent-encode it"
            ),
            HeadFault::Display(name) => {
                write!(f, "send_header: the value of {name} failed to display itself")
            }
            HeadFault::StatusCode(code) => {
                write!(f, "send_response: {code} is no status code; they run from 100 to 999")
            }
            HeadFault::NoStatus(name) => {
                write!(f, "send_header: {name} came before any status; call send_response first")
            }
            HeadFault::AfterEnd(name) => {
                write!(f, "send_header: {name} came after the head had been ended")
            }
            HeadFault::Length(value) => {
                write!(f, "send_header: the Content-Length {value:?} is not a number of bytes")
            }
            HeadFault::TwoCodings => {
                f.write_str("send_header: more than one Transfer-Encoding, or chunked twice")
            }
            HeadFault::TwoLengths => f.write_str("send_header: more than one Content-Length"),
            HeadFault::LengthAndTransferEncoding => {
                f.write_str("send_header: Content-Length and Transfer-Encoding exclude each other")
            }
            HeadFault::TransferEncodingBefore11 => f.write_str(
                "send_header: Transfer-Encoding cannot be sent to an HTTP/1.0 client; leave the \
                 framing to the server",
            ),
            HeadFault::NoUpgrade => f.write_str(
                "send_response: 101 hands the connection to another protocol: call `upgrade` instead",
            ),
            HeadFault::NoTunnel(code) => write!(
                f,
                "send_response: {code} to CONNECT turns the connection into a tunnel: call `tunnel` \
                 instead"
            ),
            HeadFault::Added(fault) => {
                f.write_str(&fault.to_string().replacen("send_header", "add_header", 1))
            }
            HeadFault::AnsweredTwice(code) => write!(
                f,
                "send_response: this request has been answered; a second response ({code}) would \
                 be taken for the answer to the next one"
            ),
        }
    }
}

impl std::error::Error for HeadFault {}
