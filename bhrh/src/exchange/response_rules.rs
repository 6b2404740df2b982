//! What a response may be, given the request that it answers, and what came of it.

use std::io;

use crate::proto::framing::{self, ResponseFraming};
use crate::proto::head::{RequestHead, VersionNumber};
use crate::proto::response::{HeadFault, ResponseHead, Tracked};
use crate::settings::Profile;

/// What a response may look like, given the request that it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResponseRules {
    pub(crate) profile: Profile,
    /// The request was HEAD.
    pub(crate) head_request: bool,
    /// The request was CONNECT.
    pub(crate) connect_request: bool,
    /// The request was of HTTP/0.9: the body is all of the response.
    pub(crate) simple: bool,
    /// The request was of HTTP/1.1 or later.
    pub(crate) client_11: bool,
    /// The server's version allows chunks.
    pub(crate) server_11: bool,
    /// The response is the last one: another protocol takes the connection over.
    pub(crate) leaves: bool,
}

impl Default for ResponseRules {
    fn default() -> Self {
        ResponseRules {
            profile: Profile::STRICT,
            head_request: false,
            connect_request: false,
            simple: false,
            client_11: false,
            server_11: false,
            leaves: false,
        }
    }
}

/// Whether a server of this version keeps connections open and may send chunks: `HTTP/1.1` and
/// all that comes after it as text, as in Python.
pub(crate) fn version_keeps(protocol: &str) -> bool {
    // Equality needs no call, and is mostly all.
    if protocol == "HTTP/1.1" { true } else { protocol > "HTTP/1.1" }
}

impl ResponseRules {
    /// The rules for answering this request.
    #[inline(always)]
    pub(crate) fn for_request(head: &RequestHead, profile: &Profile, server_11: bool) -> Self {
        ResponseRules {
            profile: *profile,
            head_request: head.is_head(),
            connect_request: head.is_connect(),
            simple: head.number < VersionNumber::HTTP_1_0 && head.version() == "HTTP/0.9",
            client_11: head.is_11(),
            server_11,
            leaves: false,
        }
    }

    /// What stands against a response of this status, whatever its fields.
    #[inline(always)]
    pub(super) fn fault_of_status(&self, status: u16) -> Option<HeadFault> {
        match status {
            101 if self.profile.frame_body && !self.leaves => Some(HeadFault::NoUpgrade),
            200..=299 if self.connect_request && self.profile.frame_body && !self.leaves => {
                Some(HeadFault::NoTunnel(status))
            }
            100..=999 => None,
            _ => Some(HeadFault::StatusCode(status)),
        }
    }

    /// Whether the rest of the connection is a tunnel or another protocol and not HTTP. Such a head
    /// loses its fields of framing (RFC 9110 section 8.6, RFC 9112 section 6.1). The strict profile
    /// refuses such heads.
    pub(super) fn leaves_http(&self, head: &mut ResponseHead) -> bool {
        let leaves = match head.status() {
            Some(101) => true,
            Some(200..=299) => self.connect_request,
            _ => false,
        };
        if leaves {
            head.remove(Tracked::ContentLength);
            head.remove(Tracked::TransferEncoding);
        }
        leaves
    }

    /// How the body is to be delimited, going by what the handler has said in the head.
    #[inline(always)] // Called in one place.
    pub(super) fn framing(&self, head: &mut ResponseHead) -> ResponseFraming {
        let completes = self.profile.frame_body;
        let status = head.status().unwrap_or_default();
        if head.has(Tracked::TransferEncoding) && head.has(Tracked::ContentLength) {
            head.note_fault(HeadFault::LengthAndTransferEncoding);
        }
        if self.leaves_http(head) {
            // What the method writes to `wfile` then would get into the other protocol.
            if self.leaves {
                return ResponseFraming::None;
            }
            return ResponseFraming::UntilClose;
        }
        if framing::is_bodiless(self.head_request, status) {
            // RFC 9110 section 8.6 and RFC 9112 section 6.1: these have no length. A 304 may have
            // one.
            if completes && (status < 200 || matches!(status, 204 | 205)) {
                head.remove(Tracked::ContentLength);
                head.remove(Tracked::TransferEncoding);
            }
            if completes && status == 205 && !head.has(Tracked::ContentLength) {
                head.push_trusted("Content-Length", b"0", None);
            }
            let unsaid = !head.has(Tracked::ContentLength) && !head.has(Tracked::TransferEncoding);
            let like_get = self.head_request && !framing::is_bodiless(false, status);
            return match completes && unsaid && like_get {
                true => ResponseFraming::Open,
                false => ResponseFraming::None,
            };
        }
        if head.has(Tracked::TransferEncoding) {
            if completes && !self.client_11 {
                head.note_fault(HeadFault::TransferEncodingBefore11);
            }
            return match head.is_chunked() {
                true => ResponseFraming::OwnChunks,
                false => ResponseFraming::UntilClose,
            };
        }
        match head.content_length() {
            Some(length) => ResponseFraming::Length(length),
            None if completes => ResponseFraming::Open,
            None => ResponseFraming::UntilClose,
        }
    }
}

/// Why the connection cannot go on after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    TooShort { announced: u64, missing: u64 },
    TooLong { announced: u64 },
    BadChunks,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Damage::TooShort { announced, missing } => write!(
                f,
                "the response ended {missing} bytes short of its Content-Length of {announced}"
            ),
            Damage::TooLong { announced } => {
                write!(f, "the response went on past its Content-Length of {announced}")
            }
            Damage::BadChunks => {
                f.write_str("the response said chunked, but what was written are no chunks")
            }
        }
    }
}

impl std::error::Error for Damage {}

/// How a response stands when its handler has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The handler has sent no response.
    Nothing,
    /// It is complete. `dropped`: how many bytes the handler wrote though the response has no body.
    Complete { must_close: bool, dropped: u64 },
    /// It contradicts itself.
    Damaged(Damage),
}

/// The error of a write before a response has begun.
pub(super) fn nothing_begun() -> io::Error {
    let what = "wfile: there is no response to write into; call send_response first";
    io::Error::new(io::ErrorKind::InvalidInput, what)
}
