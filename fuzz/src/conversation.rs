//! A whole connection: what is dispatched is what a strict reader finds, in any pieces the same
//! comes back, and what comes back is understood by another client, to its last byte.

use super::conversations::{Answer, Played, play};
use super::dispatched::dispatched;
use super::splits::splits;
use super::{reference, responses};
use bhrh::{Exchange, Profile};
use std::io::{self, Read, Write};

/// Beyond these the runtime has limits that the second reader does not know.
const LINE: usize = 250;
const LINES: usize = 100;

/// Checks all that a client sends before it closes its side.
pub fn check(bytes: &[u8]) {
    let expected = reference::requests(bytes);
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let within = lines.clone().count() < LINES && lines.all(|line| line.len() < LINE);
    let seen = dispatched(&[bytes]);
    if within {
        assert_eq!(seen, expected, "{}", bytes.escape_ascii());
    }
    let methods: Vec<&[u8]> = seen.iter().map(|request| &request.method[..]).collect();

    let mut ways = splits(bytes).into_iter();
    let first = ways.next().unwrap_or_default();
    let strict = play(Profile::STRICT, &Answer(answer), &first);
    let python = play(Profile::PYTHON, &Answer(answer), &first);
    answers_are_understood(&strict.0, &methods, bytes);
    let (strict, python) = (without_interim(strict), without_interim(python));
    for pieces in ways {
        assert_eq!(dispatched(&pieces), seen, "{}", bytes.escape_ascii());
        let cut = play(Profile::STRICT, &Answer(answer), &pieces);
        assert_eq!(without_interim(cut), strict, "{}", bytes.escape_ascii());
        let cut = play(Profile::PYTHON, &Answer(answer), &pieces);
        assert_eq!(without_interim(cut), python, "{}", bytes.escape_ascii());
    }
}

/// One final response to each request that was dispatched, and perhaps one to what was refused;
/// fewer where one of them could only be delimited by the end of the connection.
fn answers_are_understood(mut output: &[u8], methods: &[&[u8]], bytes: &[u8]) {
    let (mut final_ones, mut cut_short) = (0, false);
    while !output.is_empty() {
        let before = output;
        let response = match methods.get(final_ones) {
            Some(method) => responses::next(&mut output, method),
            // What was refused may have been a HEAD.
            None => responses::next(&mut output, b"GET").or_else(|_| {
                output = before;
                responses::next(&mut output, b"HEAD")
            }),
        };
        let response = response.unwrap_or_else(|error| panic!("{error}: {}", bytes.escape_ascii()));
        cut_short |= response.until_close;
        final_ones += usize::from(response.status >= 200);
    }
    let expected = methods.len()..=methods.len() + 1;
    assert!(
        expected.contains(&final_ones) || cut_short && final_ones <= methods.len(),
        "{final_ones}: {}",
        bytes.escape_ascii()
    );
}

/// Answers in a way that the path chooses.
fn answer(http: &mut Exchange<'_>) -> io::Result<()> {
    let mut body = Vec::new();
    // Where nobody asks for the content that a client holds back, the connection ends; and whether
    // it does depends on what has come.
    if http.path != "/deaf" || http.headers.get("Expect").is_some() {
        http.rfile.read_to_end(&mut body)?;
    }
    http.send_response(200);
    if http.path == "/sized" {
        http.send_header("Content-Length", body.len());
    }
    http.end_headers()?;
    if http.path == "/flushed" {
        http.wfile.flush()?;
    }
    http.wfile.write_all(&body)
}

/// Whether a client waits for an interim response depends on what has come.
fn without_interim((bytes, log): Played) -> (String, Vec<String>) {
    (bytes.escape_ascii().to_string().replace(r"HTTP/1.1 100 Continue\r\n\r\n", ""), log)
}
