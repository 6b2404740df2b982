//! Content of requests: where it ends, and what becomes of what a handler leaves (RFC 9112
//! section 6).

use crate::answer::answer;
use crate::play::{assert_refused, play, play_cut};
use bhrh::Exchange;
use std::io::{self, BufRead, Read, Write};

fn echo(http: &mut Exchange<'_>) -> io::Result<()> {
    let mut body = Vec::new();
    http.rfile.read_to_end(&mut body)?;
    http.send_response(200);
    for (name, value) in http.rfile.trailers().headers().iter() {
        http.send_header("X-Trailer", format!("{name}={value}"));
    }
    http.end_headers()?;
    http.wfile.write_all(&body)
}

fn deaf(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Length", 0);
    http.end_headers()
}

fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
}

const NEXT: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn content_ends_where_its_length_says() {
    for (fields, body) in [
        ("Content-Length: 5\r\n", "hello"),
        ("Content-Length:\t5 \r\n", "hello"),
        ("Content-Length:5\t\r\n", "hello"),
        ("Content-Length:   5 \t \r\n", "hello"),
        ("Content-Length: 0\r\n", ""),
        ("", ""),
    ] {
        assert_eq!(play(&answer(echo), post(fields, body).as_bytes()).response().text(), body);
    }
}

#[test]
fn lengths_that_two_readers_could_take_differently_are_refused() {
    for value in
        ["+5", "-5", "5,5", "5, 6", "5 5", "0x5", "5.0", "", "five", "18446744073709551616"]
            .into_iter()
            .chain(["005", "00", "5;", "5,", "\"5\"", "5e0", "5\u{b2}", "inf"])
    {
        let request = post(&format!("Content-Length: {value}\r\n"), "hello");
        let request: Vec<u8> = request.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
        assert_refused(&request, 400, &format!("Bad Content-Length ('{value}')"));
    }
    let twice = post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello");
    assert_refused(twice.as_bytes(), 400, "More than one Content-Length header");
    let differing = post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello");
    assert_refused(differing.as_bytes(), 400, "Differing Content-Length headers");
}

#[test]
fn transfer_codings_other_than_one_chunked_are_refused() {
    for (value, status, message) in [
        ("gzip, chunked", 501, "Unsupported transfer coding ('gzip')"),
        ("identity", 501, "Unsupported transfer coding ('identity')"),
        ("xchunked", 501, "Unsupported transfer coding ('xchunked')"),
        ("chunked, chunked", 400, "Bad Transfer-Encoding ('chunked, chunked')"),
        ("chunked, identity", 400, "Bad Transfer-Encoding ('chunked, identity')"),
        ("chunked;q=1", 400, "Bad Transfer-Encoding ('chunked;q=1')"),
        ("\"chunked\"", 400, "Bad Transfer-Encoding ('\"chunked\"')"),
        ("", 400, "Bad Transfer-Encoding ('')"),
    ] {
        let request = post(&format!("Transfer-Encoding: {value}\r\n"), "0\r\n\r\n");
        assert_refused(request.as_bytes(), status, message);
    }
    let twice = post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n");
    assert_refused(twice.as_bytes(), 400, "Bad Transfer-Encoding ('chunked')");
}

#[test]
fn both_framings_at_once_are_refused_on_either_profile() {
    for fields in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    ] {
        let request = post(fields, "0\r\n\r\n");
        let message = "Both Content-Length and Transfer-Encoding";
        assert_refused(request.as_bytes(), 400, message);
        let python = bhrh::Profile::PYTHON;
        crate::play::assert_refused_on(python, request.as_bytes(), 400, message);
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_refused(old.as_bytes(), 400, "Transfer-Encoding in an HTTP/1.0 request");
}

#[test]
fn chunks_are_put_together() {
    for (body, content) in [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("1\r\nh\r\n0004\r\nello\r\n000\r\n\r\n", "hello"),
        ("5 ;\ta = b\t; c=\"d\" ;e\r\nhello\r\n0 ;f\r\n\r\n", "hello"),
        ("a;x=1;y\r\nhelloworld\r\n0;z=\"a;b\"\r\n\r\n", "helloworld"),
    ] {
        let request = post("Transfer-Encoding: Chunked\r\n", body);
        assert_eq!(play(&answer(echo), request.as_bytes()).response().text(), content);
    }
}

#[test]
fn trailers_are_read_after_the_end() {
    let body = "5\r\nhello\r\n0\r\nDigest:  abc\t\r\nX:\r\n\r\n";
    let played = play(&answer(echo), post("Transfer-Encoding: chunked\r\n", body).as_bytes());
    let response = played.response();
    let trailers: Vec<&str> = response.headers().get_all("X-Trailer").collect();
    assert_eq!(trailers, ["Digest=abc", "X="]);

    let early = answer(|http: &mut Exchange<'_>| {
        assert!(http.rfile.trailers().headers().is_empty());
        let mut byte = [0];
        http.rfile.read_exact(&mut byte)?;
        assert!(http.rfile.trailers().headers().is_empty());
        deaf(http)
    });
    let played = play(&early, post("Transfer-Encoding: chunked\r\n", body).as_bytes());
    assert_eq!(played.response().status(), 200);
}

/// RFC 9110 section 6.5.1.
#[test]
fn trailers_that_change_what_the_message_is_are_refused() {
    for name in ["content-length", "Transfer-Encoding", "HOST", "Authorization", "Connection"] {
        let body = format!("5\r\nhello\r\n0\r\n{name}: 5\r\n\r\n");
        let request = post("Transfer-Encoding: chunked\r\n", &body) + NEXT;
        let response = play(&answer(echo), request.as_bytes()).response();
        let message = "Bad chunked body: field not allowed in trailers";
        assert_eq!((response.status(), response.reason()), (400, message), "{name}");
        // A handler that doesn't read the content gets no error, but no further request is read.
        assert_eq!(play(&answer(deaf), request.as_bytes()).response().status(), 200, "{name}");
    }
}

/// RFC 3875 section 4.1.18: CGI's names for fields have no hyphens.
#[test]
fn names_that_a_gateway_takes_for_a_framing_field_are_refused() {
    for name in ["Content_Length", "content_length", "Transfer_Encoding"] {
        let request = post(&format!("Content-Length: 5\r\n{name}: 9\r\n"), "hello");
        assert_refused(request.as_bytes(), 400, &format!("Bad header name ('{name}')"));
    }
    let other = post("Content-Length: 5\r\nContent_Type: x\r\nX_Y: z\r\n", "hello");
    assert_eq!(play(&answer(echo), other.as_bytes()).response().status(), 200);
}

#[test]
fn malformed_chunks_are_answered_with_400_where_the_handler_passes_the_error_on() {
    for (body, what) in [
        ("x\r\n", "chunk size is no hexadecimal number"),
        ("-1\r\n", "chunk size is no hexadecimal number"),
        (" 5\r\nhello\r\n0\r\n\r\n", "chunk size is no hexadecimal number"),
        ("5 \r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("5\nhello\r\n0\r\n\r\n", "line ends in LF without CR"),
        ("5\rhello\r\n0\r\n\r\n", "CR without LF"),
        ("5\r\nhelloworld\r\n0\r\n\r\n", "chunk longer than its size"),
        ("5\r\nhello0\r\n\r\n", "chunk longer than its size"),
        ("5\r\nhello\n0\r\n\r\n", "line ends in LF without CR"),
        ("8000000000000000\r\n", "chunk size out of range"),
        ("fffffffffffffffff\r\n", "chunk size is no hexadecimal number"),
        ("00000000000000000\r\n\r\n", "chunk size out of range"),
        // RFC 9110 section 5.6.3 has white space taken where the grammar has it, and only there.
        ("5\t\r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("5; \r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("5;a \r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("5;a=\"b\r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("5;a=\"b\nc\"\r\nhello\r\n0\r\n\r\n", "line ends in LF without CR"),
        ("5;a=\"b\rc\"\r\nhello\r\n0\r\n\r\n", "CR without LF"),
        ("5;\0\r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("5,a\r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("0x5\r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("0_5\r\nhello\r\n0\r\n\r\n", "bad chunk extension"),
        ("+5\r\nhello\r\n0\r\n\r\n", "chunk size is no hexadecimal number"),
        ("0\r\nX: y\r\n z\r\n\r\n", "malformed trailer field"),
        ("0\r\nX: y\n\r\n", "line ends in LF without CR"),
        ("0\r\n\n", "line ends in LF without CR"),
        ("0\r\nX\r\n\r\n", "malformed trailer field"),
        ("0\r\nX: a\x0cb\r\n\r\n", "malformed trailer field"),
        ("0\r\nX: a\x0c\r\n\r\n", "malformed trailer field"),
        ("0\r\nX : a\r\n\r\n", "malformed trailer field"),
    ] {
        let request = post("Transfer-Encoding: chunked\r\n", body);
        let played = play(&answer(echo), request.as_bytes());
        let response = played.response();
        let found = (response.status(), response.reason());
        assert_eq!(found, (400, &*format!("Bad chunked body: {what}")), "{body:?}");
        assert_eq!(response.header("Connection"), Some("close"));
        // An error of the client's is logged as one of its requests, not as a fault of the handler.
        assert_eq!(played.log[0], format!("code 400, message Bad chunked body: {what}"));
    }
}

#[test]
fn a_body_that_is_cut_off_is_answered_with_400() {
    for (fields, body) in [
        ("Content-Length: 6\r\n", "hello"),
        ("Content-Length: 1\r\n", ""),
        ("Transfer-Encoding: chunked\r\n", ""),
        ("Transfer-Encoding: chunked\r\n", "5\r\nhel"),
        ("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n"),
    ] {
        let played = play_cut(&answer(echo), post(fields, body).as_bytes());
        let response = played.response();
        let found = (response.status(), response.reason());
        assert_eq!(found, (400, "The connection ended inside the body"), "{fields}{body:?}");
    }
}

#[test]
fn unread_content_is_not_the_next_request() {
    let chunks = format!("{:x}\r\n{NEXT}\r\n0\r\nTrailer: x\r\n\r\n", NEXT.len());
    for request in [
        post(&format!("Content-Length: {}\r\n", NEXT.len()), NEXT),
        post("Transfer-Encoding: chunked\r\n", &chunks),
    ] {
        let played = play(&answer(deaf), format!("{request}{NEXT}").as_bytes());
        assert_eq!(played.responses_to(&["POST", "GET"]).len(), 2);
        let half = answer(|http: &mut Exchange<'_>| {
            let _ = http.rfile.read(&mut [0; 3])?;
            deaf(http)
        });
        let played = play(&half, format!("{request}{NEXT}").as_bytes());
        assert_eq!(played.responses_to(&["POST", "GET"]).len(), 2);
    }
}

#[test]
fn more_unread_content_than_is_worth_reading_closes_the_connection() {
    let most = 256 << 10;
    let post =
        |length: usize| post(&format!("Content-Length: {length}\r\n"), &"x".repeat(length)) + NEXT;
    let converse = |input: &str| {
        let (bytes, _) =
            bhrh::__internals::converse(&answer(deaf), input.as_bytes(), bhrh::Profile::STRICT);
        crate::play::Played { bytes, log: Vec::new() }
    };
    assert_eq!(converse(&post(most)).responses_to(&["POST", "GET"]).len(), 2);
    // The client is told, since what comes is known beforehand.
    let over = converse(&post(most + 1)).response();
    assert_eq!(over.header("Connection"), Some("close"));
    // Of chunks it is not known; the connection closes after the answer.
    let chunks = format!("8000\r\n{}\r\n", "x".repeat(0x8000));
    let chunked = |count: usize| {
        let body = format!("{}0\r\n\r\n{NEXT}", chunks.repeat(count));
        self::post("Transfer-Encoding: chunked\r\n", &body)
    };
    assert_eq!(converse(&chunked(8)).responses_to(&["POST", "GET"]).len(), 2);
    assert_eq!(converse(&chunked(9)).responses_to(&["POST"]).len(), 1);
}

#[test]
fn what_cannot_be_read_to_its_end_closes_the_connection() {
    for (fields, body) in [
        ("Transfer-Encoding: chunked\r\n", "x\r\n"),
        ("Transfer-Encoding: chunked\r\n", "1\r\nxy\r\n0\r\n\r\n"),
    ] {
        let played = play(&answer(deaf), (post(fields, body) + NEXT).as_bytes());
        assert_eq!(played.response().status(), 200);
    }
    // A handler that swallows the error may still answer, and the client is told of the close.
    let swallowing = answer(|http: &mut Exchange<'_>| {
        let mut body = Vec::new();
        http.rfile.read_to_end(&mut body).expect_err("no chunk");
        http.rfile.read_to_end(&mut body).expect_err("still none");
        deaf(http)
    });
    let played = play(&swallowing, post("Transfer-Encoding: chunked\r\n", "x\r\n").as_bytes());
    assert_eq!(played.response().header("Connection"), Some("close"));
}

#[test]
fn lines_and_bytes_can_be_read_in_turn() {
    let handler = answer(|http: &mut Exchange<'_>| {
        let mut line = String::new();
        http.rfile.read_line(&mut line)?;
        let mut byte = [0];
        http.rfile.read_exact(&mut byte)?;
        let rest: Vec<String> = http.rfile.by_ref().lines().collect::<Result<_, _>>()?;
        assert!(http.rfile.fill_buf()?.is_empty());
        http.send_response((200, format!("{line:?} {} {rest:?}", byte[0])));
        http.end_headers()
    });
    let body = "one\nAtwo\r\n\nthree";
    let length = post(&format!("Content-Length: {}\r\n", body.len()), body);
    let chunked = "4\r\none\n\r\n1\r\nA\r\n3\r\ntwo\r\n8\r\n\r\n\nthree\r\n0\r\n\r\n";
    let chunked = post("Transfer-Encoding: chunked\r\n", chunked);
    for request in [length, chunked] {
        let played = play(&handler, request.as_bytes());
        let expected = "\"one\\n\" 65 [\"two\", \"\", \"three\"]";
        assert_eq!(played.response().reason(), expected);
    }
}

#[test]
fn large_content_arrives_whole_in_any_pieces() {
    let content: Vec<u8> = (0..300_000u32).map(|at| (at * 7 % 251) as u8).collect();
    let head = post(&format!("Content-Length: {}\r\n", content.len()), "");
    let sized = [head.as_bytes(), &content].concat();
    let coded = bhrh::__internals::chunk(content.chunks(50_000));
    let chunked = [post("Transfer-Encoding: chunked\r\n", "").as_bytes(), &coded].concat();
    for input in [sized, chunked] {
        for step in [777, 8 << 10, 1 << 20] {
            let profile = bhrh::Profile::STRICT;
            let limits = bhrh::Limits::default();
            let played = crate::play::play_in(profile, limits, &answer(echo), &input, step);
            assert!(played.response().body() == content, "in pieces of {step}");
        }
    }
}
