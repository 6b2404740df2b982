//! What this repository's tests and fuzz targets look at. Not part of the public API: it changes
//! without notice.

#![allow(missing_docs)]

#[cfg(feature = "websocket")]
#[path = "internals/websocket.rs"]
pub mod websocket;

#[cfg(feature = "tls")]
pub use crate::net::tls::unconnected::Unconnected;

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

use crate::exchange::Server;
use crate::handler::Handler;
use crate::headers::Headers;
use crate::logging;
use crate::peer::Peer;
use crate::protocol_error::ProtocolError;

use crate::proto::chunked::{self, ChunkedDecoder};
use crate::proto::head::{HeadRules, Progress, RequestHead};
use crate::proto::head_reader::{self, HeadReader};
use crate::proto::{forwarded, proxy_header};
use crate::server;
use crate::settings::Limits;
use crate::settings::Profile;
use crate::testing::Response;
use crate::testing::memory::{self, Withheld};
use crate::trusted::Trusted;
use crate::turn::blocking;

/// Serves one connection under these rules.
pub fn serve(
    handler: &dyn Handler,
    stream: impl Read + Write,
    profile: Profile,
    limits: Limits,
) -> io::Result<()> {
    let client = ([127, 0, 0, 1], 49152).into();
    blocking::serve(handler, stream, None, &Server::alone(None, None), client, profile, limits)
}

/// Answers the bytes of any number of requests, in memory. Returns the bytes that come back, and
/// the lines of the log.
pub fn converse(
    handler: &dyn Handler,
    requests: &[u8],
    profile: Profile,
) -> (Vec<u8>, Vec<String>) {
    memory::converse(handler, requests, Withheld::default(), profile, None)
}

/// Answers the bytes of one request, in memory, and reads the response.
///
/// # Panics
///
/// If what comes back is not an HTTP response.
#[track_caller]
pub fn exchange(handler: &dyn Handler, request: &[u8]) -> Response {
    let (bytes, log) = converse(handler, request, Profile::STRICT);
    match read_response(&mut &bytes[..], request.starts_with(b"HEAD ")) {
        Some(response) => response.logged(log),
        None => panic!("no response: \"{}\"", bytes.escape_ascii()),
    }
}

/// Reads one response, with its interim ones, from the beginning of `bytes`. `to_head`: it answers
/// HEAD. `None` if there is no complete response.
pub fn read_response(bytes: &mut &[u8], to_head: bool) -> Option<Response> {
    Response::read(bytes, to_head, true)
}

/// What `HttpServer::bind` makes of a system's error.
pub fn bind_error(address: SocketAddr, kind: io::ErrorKind) -> io::Error {
    server::bind::explained(address, &kind.into())
}

/// Runs something with this thread's log lines collected.
pub fn collect_log<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    logging::sink::collect(run)
}

/// The log line that stands for `count` dropped ones.
pub fn dropped_lines(count: usize) -> String {
    logging::writer::missing(count)
}

/// A leniency of `Profile::PYTHON` that cannot be switched alone from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leniency {
    MissingHost,
    NonTokenMethod,
    LineWhitespace,
    LaxVersion,
    ObsFold,
    LaxLength,
    LaxType,
    UnderscoredFraming,
    ControlInValue,
}

/// Switches one leniency on.
pub fn forgive(profile: &mut Profile, leniency: Leniency) {
    *match leniency {
        Leniency::MissingHost => &mut profile.missing_host,
        Leniency::NonTokenMethod => &mut profile.non_token_method,
        Leniency::LineWhitespace => &mut profile.line_whitespace,
        Leniency::LaxVersion => &mut profile.lax_version,
        Leniency::ObsFold => &mut profile.obs_fold,
        Leniency::LaxLength => &mut profile.lax_length,
        Leniency::LaxType => &mut profile.lax_type,
        Leniency::UnderscoredFraming => &mut profile.underscored_framing,
        Leniency::ControlInValue => &mut profile.control_in_value,
    } = true;
}

/// Which of the readers looks at a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Both, as in service.
    Both,
    Fast,
    Complete,
}

/// What a reader makes of its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    Complete(CompleteHead),
    Partial,
    /// The connection ends without a word.
    Silence,
    Refused {
        status: u16,
        message: String,
    },
    /// Not the fast reader's business.
    PassedOn,
}

/// A request's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteHead {
    pub length: usize,
    pub requestline: String,
    pub command: String,
    pub path: String,
    pub version: String,
    pub number: (u64, u64),
    pub fields: Vec<(String, String)>,
}

/// Reads a head from the beginning of `input`. `at_end`: no more will come.
pub fn read_head(
    reader: Reader,
    input: &[u8],
    at_end: bool,
    profile: Profile,
    limits: Limits,
) -> Head {
    let rules = HeadRules {
        profile: &profile,
        limits: &limits,
        default_version: &|| Cow::Borrowed("HTTP/0.9"),
    };
    let mut head = RequestHead::default();
    let result = match reader {
        Reader::Both => HeadReader::default().read(input, at_end, &rules, &mut head),
        Reader::Complete => head_reader::read_thoroughly(input, at_end, &rules, &mut head),
        Reader::Fast => match head_reader::read_fast(input, &limits, &mut head) {
            Some(progress) => Ok(progress),
            None => return Head::PassedOn,
        },
    };
    verdict(result, &head)
}

/// Reads a head that comes in these pieces; the connection ends after the last. Says as well how
/// many bytes there were when the verdict was given.
pub fn read_head_in<'p>(
    pieces: impl IntoIterator<Item = &'p [u8]>,
    profile: Profile,
    limits: Limits,
) -> (Head, usize) {
    let rules = HeadRules {
        profile: &profile,
        limits: &limits,
        default_version: &|| Cow::Borrowed("HTTP/0.9"),
    };
    let (mut reader, mut head) = (HeadReader::default(), RequestHead::default());
    let mut input = Vec::new();
    for piece in pieces {
        input.extend_from_slice(piece);
        match reader.read(&input, false, &rules, &mut head) {
            Ok(Progress::Partial) => {}
            result => return (verdict(result, &head), input.len()),
        }
    }
    (verdict(reader.read(&input, true, &rules, &mut head), &head), input.len())
}

fn verdict(result: Result<Progress, ProtocolError>, head: &RequestHead) -> Head {
    match result {
        Ok(Progress::Complete { length }) => Head::Complete(CompleteHead {
            length,
            requestline: head.requestline().to_owned(),
            command: head.command().to_owned(),
            path: head.path().to_owned(),
            version: head.version().to_owned(),
            number: head.number.parts(),
            fields: owned(head.headers()),
        }),
        Ok(Progress::Partial) => Head::Partial,
        Ok(Progress::Silence) => Head::Silence,
        Err(error) => refused(&error),
    }
}

fn refused(error: &ProtocolError) -> Head {
    Head::Refused { status: error.status(), message: error.to_string() }
}

fn owned(headers: Headers<'_>) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A chunked body without its coding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchunked {
    pub content: Vec<u8>,
    pub trailers: Vec<(String, String)>,
    /// Bytes that belonged to the body.
    pub used: usize,
    /// Whether its end was seen.
    pub done: bool,
}

/// Takes the chunked coding off a body that comes in these pieces, into a buffer of `room` bytes
/// at a time.
///
/// # Errors
///
/// The message that the client would get.
pub fn unchunk<'p>(
    pieces: impl IntoIterator<Item = &'p [u8]>,
    room: usize,
) -> Result<Unchunked, String> {
    let mut decoder = ChunkedDecoder::new();
    let mut output = vec![0; room.max(1)];
    let (mut content, mut used) = (Vec::new(), 0);
    for mut piece in pieces {
        while !piece.is_empty() && !decoder.is_done() {
            let decoded = decoder.decode(piece, &mut output).map_err(|error| error.to_string())?;
            content.extend_from_slice(&output[..decoded.written]);
            used += decoded.used;
            assert!(decoder.held() <= chunked::HELD, "a body piles up: {}", decoder.held());
            piece = &piece[decoded.used..];
        }
    }
    let trailers = owned(decoder.trailers().headers());
    Ok(Unchunked { content, trailers, used, done: decoder.is_done() })
}

/// The chunked coding of content in these pieces.
pub fn chunk<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
    let mut output = Vec::new();
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        chunked::push_size_line(&mut output, piece.len());
        output.extend_from_slice(piece);
        output.extend_from_slice(b"\r\n");
    }
    output.extend_from_slice(chunked::LAST_CHUNK);
    output
}

/// What a header of the PROXY protocol says: its length, the client, and whether that is secured.
pub type ProxyHeader = (usize, Option<Peer>, bool);

/// Reads a header of the PROXY protocol. `None`: it is not complete.
///
/// # Errors
///
/// The message for the log.
pub fn read_proxy_header(input: &[u8]) -> Result<Option<ProxyHeader>, String> {
    let header = proxy_header::read(input).map_err(|fault| fault.to_string())?;
    Ok(header.map(|header| (header.length, header.client, header.secured)))
}

/// Who the client is, whether it is secured, and which host it asked for, as these fields tell it.
pub fn forwarded(
    headers: Headers<'_>,
    trusted: &Trusted,
) -> (Option<Peer>, Option<bool>, Option<String>) {
    let host = forwarded::host(headers, Some(trusted));
    let secured = forwarded::is_secured(headers, trusted);
    (forwarded::client(headers, trusted), secured, host.map(str::to_owned))
}
