//! Playing an attack, and what may come of it.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bhrh::__internals::{self as internals, read_response};
use bhrh::{Dispatch, Exchange, Handler, Outcome, Profile};
use bhrh_tests::way::{self, Way};

/// What an attacker hides behind a request.
pub(crate) const SMUGGLED: &[u8] = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

/// A handler that reads the body, unless the path is `/deaf`, answers 200, and remembers.
#[derive(Default)]
struct Witness(Mutex<Vec<String>>);

impl Handler for Witness {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(http.path.to_owned());
        Dispatch::Handled(answer(http))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }
}

fn answer(http: &mut Exchange<'_>) -> Outcome {
    if http.path != "/deaf" {
        http.rfile.read_to_end(&mut Vec::new())?;
    }
    http.send_response(200);
    http.end_headers()?;
    Ok(http.wfile.write_all(b"ok")?)
}

/// What came of a conversation.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) statuses: Vec<u16>,
    /// The paths that a handler has seen.
    pub(crate) seen: Vec<String>,
}

/// What the handler answers to this: in memory, or by the way that the environment asks for.
pub(crate) fn converse(handler: impl Handler + 'static, input: &[u8]) -> Vec<u8> {
    let Some(way) = Way::of_the_environment() else {
        return internals::converse(&handler, input, Profile::STRICT).0;
    };
    let server = way.server().spawn(handler).expect("a server");
    way::converse(&server.local_addr(), input)
}

/// Plays it.
pub(crate) fn play(input: &[u8]) -> Played {
    let witness = Arc::new(Witness::default());
    let bytes = converse(Arc::clone(&witness), input);
    let mut rest = &bytes[..];
    let mut statuses = Vec::new();
    while !rest.is_empty() {
        let response = read_response(&mut rest, false);
        statuses.push(response.unwrap_or_else(|| panic!("{}", bytes.escape_ascii())).status());
    }
    let mut seen = witness.0.lock().unwrap_or_else(PoisonError::into_inner);
    Played { statuses, seen: std::mem::take(&mut seen) }
}

/// Asserts that a request is refused with this status, and that nothing behind it is looked at.
#[track_caller]
pub(crate) fn assert_refused(request: impl AsRef<[u8]>, status: u16) {
    let input = [request.as_ref(), SMUGGLED].concat();
    let played = play(&input);
    assert!(played.seen.is_empty(), "{played:?}: {}", input.escape_ascii());
    assert_eq!(played.statuses, [status], "{}", input.escape_ascii());
}

/// Asserts that a request with these fields and this body is refused.
#[track_caller]
pub(crate) fn assert_fields_refused(fields: &str, body: &str, status: u16) {
    assert_refused(format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}"), status);
}

/// Asserts that a chunked body is found broken, and that nothing behind it is looked at.
#[track_caller]
pub(crate) fn assert_chunks_refused(body: impl AsRef<[u8]>) {
    for path in ["/", "/deaf"] {
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        let input = [head.as_bytes(), body.as_ref(), SMUGGLED].concat();
        let played = play(&input);
        assert_eq!(played.seen, [path], "{}", input.escape_ascii());
        let expected = if path == "/" { 400 } else { 200 };
        assert_eq!(played.statuses, [expected], "{}", input.escape_ascii());
    }
}
