//! However a conversation is cut into pieces, the same comes back.

use crate::conversations::{Answer, Played, play, progress};
use crate::strategies::{config, cuts, good_request, pieces, requests};
use bhrh::__internals::read_response;
use bhrh::{Exchange, Profile};
use proptest::collection::vec;
use proptest::prelude::*;
use std::io::{self, Read, Write};

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
    match http.path {
        "/flushed" => http.wfile.flush()?,
        "/large" => http.wfile.write_all(&[b'x'; 40_000])?,
        _ => {}
    }
    http.wfile.write_all(&body)
}

fn without_interim((bytes, log): Played) -> (String, Vec<String>) {
    (bytes.escape_ascii().to_string().replace(r"HTTP/1.1 100 Continue\r\n\r\n", ""), log)
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn a_good_conversation_is_answered_alike_in_any_pieces(
        all in vec(good_request(), 1..6),
        cuts in cuts(),
    ) {
        let bytes = all.iter().map(|(bytes, _)| &bytes[..]).collect::<Vec<_>>().concat();
        let whole = play(Profile::STRICT, &Answer(answer), &[&bytes]);
        let cut = play(Profile::STRICT, &Answer(answer), &pieces(&bytes, &cuts));
        prop_assert_eq!(&whole, &cut);
        let mut rest = &whole.0[..];
        for (_, command) in &all {
            let response = read_response(&mut rest, *command == "HEAD").expect("an answer to each");
            prop_assert_eq!(response.status(), 200);
        }
        prop_assert!(rest.is_empty());
    }

    #[test]
    fn what_has_come_is_answered_before_more_is_asked_for(
        all in vec(good_request(), 1..6),
        cuts in cuts(),
    ) {
        let bytes = all.iter().map(|(bytes, _)| &bytes[..]).collect::<Vec<_>>().concat();
        // Small enough for one read each.
        let pieces = pieces(&bytes, &cuts);
        let progress = progress(&Answer(answer), &pieces);
        let mut come = 0;
        for (piece, answered) in pieces.iter().zip(&progress[1..]) {
            come += piece.len();
            let complete = all.iter().scan(0, |end, (request, _)| {
                *end += request.len();
                (*end <= come).then_some(*end)
            });
            let complete = complete.last().unwrap_or(0);
            let expected = play(Profile::STRICT, &Answer(answer), &[&bytes[..complete]]).0.len();
            prop_assert!(*answered >= expected, "{} of {} after {}", answered, expected, come);
        }
    }

    #[test]
    fn so_is_a_bad_one_on_either_profile(bytes in requests(), cuts in cuts()) {
        for profile in [Profile::STRICT, Profile::PYTHON] {
            let whole = play(profile, &Answer(answer), &[&bytes]);
            let cut = play(profile, &Answer(answer), &pieces(&bytes, &cuts));
            // Whether a client waits for an interim response depends on what has come.
            prop_assert_eq!(without_interim(whole), without_interim(cut));
        }
    }
}

/// One of each kind of request, to be cut everywhere.
const CONVERSATION: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\
    POST /sized HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\r\n\
    HEAD /flushed HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n\
    PUT /flushed HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
    3;x=\"y\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n\
    POST /deaf HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\
    POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
    GET http://a/x?y HTTP/1.0\r\nConnection: keep-alive\r\n\r\n\
    GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[test]
fn a_conversation_is_answered_alike_when_cut_at_any_one_place_or_two() {
    let whole = play(Profile::STRICT, &Answer(answer), &[CONVERSATION]);
    assert_eq!(crate::dispatched::dispatched(&[CONVERSATION]).len(), 8);
    for first in 1..CONVERSATION.len() {
        let (start, rest) = CONVERSATION.split_at(first);
        let cut = play(Profile::STRICT, &Answer(answer), &[start, rest]);
        assert_eq!(whole, cut, "cut at {first}");
        // A second cut close by: a CR, its LF and what follows, each on its own.
        for second in 1..rest.len().min(4) {
            let (middle, end) = rest.split_at(second);
            let cut = play(Profile::STRICT, &Answer(answer), &[start, middle, end]);
            assert_eq!(whole, cut, "cut at {first} and {second} further on");
        }
    }
    for step in 1..40 {
        let pieces: Vec<&[u8]> = CONVERSATION.chunks(step).collect();
        assert_eq!(whole, play(Profile::STRICT, &Answer(answer), &pieces), "in steps of {step}");
    }
}
