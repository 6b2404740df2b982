//! Playing bytes to a handler, in more than one way at once.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, Write};

use bhrh::__internals::{converse, read_response};
use bhrh::testing::Response;
use bhrh::{__internals as internals, Handler, Limits, Outcome, Profile};

/// What came back.
#[derive(PartialEq, Eq)]
pub(crate) struct Played {
    pub(crate) bytes: Vec<u8>,
    /// The log's messages, without address and time.
    pub(crate) log: Vec<String>,
}

impl Played {
    /// What came back, one character a byte.
    pub(crate) fn text(&self) -> String {
        self.bytes.iter().copied().map(char::from).collect()
    }

    /// The one response that came back.
    pub(crate) fn response(&self) -> Response {
        let mut all = self.responses_to(&["GET"]);
        all.pop().expect("one response")
    }

    /// The responses to requests with these commands: one each, complete, and nothing after them.
    pub(crate) fn responses_to(&self, commands: &[&str]) -> Vec<Response> {
        let mut rest = &self.bytes[..];
        let read = |command: &&str| {
            let response = read_response(&mut rest, *command == "HEAD");
            response.unwrap_or_else(|| panic!("no complete answer to {command}: {self:?}"))
        };
        let responses = commands.iter().map(read).collect();
        assert!(rest.is_empty(), "more than was asked for: {:?}", String::from_utf8_lossy(rest));
        responses
    }
}

impl fmt::Debug for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}\nlog: {:#?}", self.bytes.escape_ascii(), self.log)
    }
}

/// What follows a complete input, so that an input that takes too much or too little shows.
const TRAILING: &[u8] = b"GET /trailing HTTP/1.1\r\nHost: a\r\n\r\n";

/// Plays complete requests: whole, byte by byte, byte by byte without an end, and with a request
/// after them. All have to come to the same.
pub(crate) fn play(handler: &dyn Handler, input: &[u8]) -> Played {
    play_on(Profile::STRICT, handler, input)
}

/// The same under a profile.
pub(crate) fn play_on(profile: Profile, handler: &dyn Handler, input: &[u8]) -> Played {
    let played = play_cut_on(profile, handler, input);
    // A client that waits for its answer does not close first.
    let pieces = input.chunks(1).collect();
    let waiting = play_stream(profile, Limits::default(), handler, pieces, false);
    assert_eq!(played, waiting, "the answer is not given before the connection ends");
    let longer = [input, TRAILING].concat();
    let (bytes, log) = converse(handler, &longer, profile);
    let bytes = at_one_time(bytes);
    assert!(bytes.starts_with(&played.bytes), "trailing bytes change the answer to what is before");
    let more = &bytes[played.bytes.len()..];
    assert!(more.is_empty() || more.starts_with(b"HTTP/1."), "{:?}", String::from_utf8_lossy(more));
    assert!(messages(&log).starts_with(&played.log), "{log:?}\n{:?}", played.log);
    played
}

/// Plays what may be cut off in the middle: whole and byte by byte.
pub(crate) fn play_cut(handler: &dyn Handler, input: &[u8]) -> Played {
    play_cut_on(Profile::STRICT, handler, input)
}

/// The same under a profile.
pub(crate) fn play_cut_on(profile: Profile, handler: &dyn Handler, input: &[u8]) -> Played {
    let (bytes, log) = converse(handler, input, profile);
    let played = Played { bytes: at_one_time(bytes), log: messages(&log) };
    let slowly = play_in(profile, Limits::default(), handler, input, 1);
    assert_eq!(played.text(), slowly.text(), "byte by byte it comes out differently");
    assert_eq!(played.log, slowly.log);
    played
}

/// Plays under limits: whole and byte by byte.
pub(crate) fn play_within(limits: Limits, handler: &dyn Handler, input: &[u8]) -> Played {
    let played = play_in(Profile::STRICT, limits, handler, input, usize::MAX);
    assert_eq!(played, play_in(Profile::STRICT, limits, handler, input, 1));
    played
}

/// Plays what comes in these pieces, one a read.
pub(crate) fn play_pieces(handler: &dyn Handler, pieces: &[&[u8]]) -> Played {
    let pieces = pieces.iter().copied().filter(|piece| !piece.is_empty()).collect();
    play_stream(Profile::STRICT, Limits::default(), handler, pieces, true)
}

/// Plays in pieces of `step` bytes.
pub(crate) fn play_in(
    profile: Profile,
    limits: Limits,
    handler: &dyn Handler,
    input: &[u8],
    step: usize,
) -> Played {
    play_stream(profile, limits, handler, input.chunks(step).collect(), true)
}

fn play_stream(
    profile: Profile,
    limits: Limits,
    handler: &dyn Handler,
    pieces: VecDeque<&[u8]>,
    ends: bool,
) -> Played {
    let mut stream = Pieces { pieces, ends, output: Vec::new() };
    let client = ([127, 0, 0, 1], 49152);
    // The public way in, wherever it can express what is asked for.
    let serve = || match (profile, limits) == (Profile::STRICT, Limits::default()) {
        true => bhrh::handle(handler, &mut stream, client),
        false => internals::serve(handler, &mut stream, profile, limits),
    };
    let (result, log) = internals::collect_log(serve);
    // That a response is cut is for the bytes to show.
    let cut = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionAborted;
    assert!(result.as_ref().err().is_none_or(cut) || !ends, "{result:?}");
    Played { bytes: at_one_time(stream.output), log: messages(&log) }
}

/// The same bytes with the date of an epoch long gone in all `Date` fields: the second may change
/// between two ways of playing.
fn at_one_time(mut bytes: Vec<u8>) -> Vec<u8> {
    const NAME: &[u8] = b"\r\nDate: ";
    const THEN: &[u8] = b"Sun, 06 Nov 1994 08:49:37 GMT";
    for at in 0..bytes.len() {
        if bytes[at..].starts_with(NAME) {
            let value = &mut bytes[at + NAME.len()..];
            if value.get(..THEN.len()).is_some_and(|date| date.ends_with(b" GMT")) {
                value[..THEN.len()].copy_from_slice(THEN);
            }
        }
    }
    bytes
}

fn messages(log: &[String]) -> Vec<String> {
    let message = |line: &String| match line.split_once("] ") {
        Some((_, message)) => message.to_owned(),
        None => panic!("no log line: {line:?}"),
    };
    log.iter().map(message).collect()
}

/// A client that sends a piece at a time and takes everything.
struct Pieces<'a> {
    pieces: VecDeque<&'a [u8]>,
    /// Whether it closes its side then. If not, nothing more can be learnt from it.
    ends: bool,
    output: Vec<u8>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.pieces.front_mut() else {
            return if self.ends { Ok(0) } else { Err(io::ErrorKind::ConnectionReset.into()) };
        };
        let count = piece.read(buffer)?;
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        Ok(count)
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Asserts that the input is answered with this error alone, with `Connection: close`, a page and
/// two log lines, and that no handler is asked.
pub(crate) fn assert_refused(input: &[u8], status: u16, message: &str) {
    assert_refused_on(Profile::STRICT, input, status, message);
}

/// The same under a profile.
pub(crate) fn assert_refused_on(profile: Profile, input: &[u8], status: u16, message: &str) {
    let handler = super::answer::answer(|_| -> Outcome { panic!("dispatched") });
    let played = play_on(profile, &handler, input);
    let what = String::from_utf8_lossy(input);
    let response = played.response();
    assert_eq!((response.status(), response.reason()), (status, message), "{what}");
    assert_eq!(response.header("Connection"), Some("close"), "{what}");
    assert_eq!(played.log.len(), 2, "{what}: {:?}", played.log);
    let logged = format!("code {status}, message {}", message.replace('\\', "\\\\"));
    assert_eq!(played.log[0], logged, "{what}");
    assert!(played.log[1].ends_with(&format!("\" {status} -")), "{what}: {:?}", played.log);
}
