//! Many requests in one buffer: answered in order, each beginning where the one before ends.

use crate::answer::answer;
use crate::play::{play, play_cut, play_in};
use bhrh::__internals::converse;
use bhrh::{Exchange, Limits, Profile};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers in a way that the path chooses, and says what it was asked.
fn vary(http: &mut Exchange<'_>) -> io::Result<()> {
    let mut body = Vec::new();
    if !http.path.contains("deaf") {
        http.rfile.read_to_end(&mut body)?;
    }
    let text = format!("{} {} {}", http.command, http.path, body.len());
    http.send_response(200);
    if http.path.contains("sized") {
        http.send_header("Content-Length", text.len());
    }
    http.end_headers()?;
    if http.path.contains("chunked") {
        http.wfile.flush()?;
    }
    http.wfile.write_all(text.as_bytes())
}

/// The numbered request; all kinds in turn.
fn request(number: usize) -> (String, &'static str, String) {
    let manner = ["", "-sized", "-chunked", "-deaf", "-deaf-chunked"][number % 5];
    let path = format!("/{number}{manner}");
    let (command, fields, body) = match number % 4 {
        0 => ("GET", String::new(), String::new()),
        1 => ("POST", "Content-Length: 12\r\n".into(), "GET / HTTP/1".into()),
        2 => (
            "PUT",
            "Transfer-Encoding: chunked\r\n".into(),
            "3\r\n0\r\n\r\n0\r\nX: y\r\n\r\n".into(),
        ),
        _ => ("HEAD", String::new(), String::new()),
    };
    let bytes = format!("{command} {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}");
    let length = match (command, path.contains("deaf")) {
        ("POST", false) => 12,
        ("PUT", false) => 3,
        _ => 0,
    };
    (bytes, command, format!("{command} {path} {length}"))
}

#[test]
fn every_request_gets_its_own_answer_in_order() {
    let all: Vec<_> = (0..40).map(request).collect();
    let input: String = all.iter().map(|(bytes, ..)| bytes.as_str()).collect();
    let commands: Vec<&str> = all.iter().map(|(_, command, _)| *command).collect();
    let played = play(&answer(vary), input.as_bytes());
    let responses = played.responses_to(&commands);
    for ((_, command, text), response) in all.iter().zip(&responses) {
        let expected = if *command == "HEAD" { "" } else { text };
        assert_eq!((response.status(), response.text()), (200, expected));
    }
    assert_eq!(played.log.len(), 40);
    for step in [2, 3, 7, 64, 1000] {
        let profile = Profile::STRICT;
        assert_eq!(
            played,
            play_in(profile, Limits::default(), &answer(vary), input.as_bytes(), step)
        );
    }
}

#[test]
fn nothing_after_a_close_is_served() {
    let served = AtomicUsize::new(0);
    let handler = answer(|http: &mut Exchange<'_>| {
        served.fetch_add(1, Ordering::Relaxed);
        vary(http)
    });
    let closing = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for input in [closing, "GET / HTTP/1.0\r\n\r\n", "FUBAR\r\n\r\n"] {
        let before = served.load(Ordering::Relaxed);
        let two = format!("{}{input}{}", request(0).0, request(4).0);
        let played = converse(&handler, two.as_bytes(), Profile::STRICT);
        let count = played.0.windows(9).filter(|window| *window == b"HTTP/1.1 ").count();
        assert_eq!(count, 2);
        let expected = if input.starts_with("FUBAR") { 1 } else { 2 };
        assert_eq!(served.load(Ordering::Relaxed) - before, expected);
    }
}

#[test]
fn a_fault_comes_out_after_the_answers_to_what_was_before_it() {
    let input = format!("{}{}FUBAR\r\n\r\n{}", request(0).0, request(1).0, request(4).0);
    let responses = play_cut(&answer(vary), input.as_bytes()).responses_to(&["GET"; 3]);
    let found: Vec<u16> = responses.iter().map(|response| response.status()).collect();
    assert_eq!(found, [200, 200, 400]);
}

#[test]
fn a_stray_line_end_between_requests_is_skipped() {
    let input = format!("{}\r\n{}\r\n\r\n{}", request(0).0, request(1).0, request(4).0);
    assert_eq!(play(&answer(vary), input.as_bytes()).responses_to(&["GET"; 3]).len(), 3);
}

#[test]
fn trailers_of_one_request_are_not_seen_by_the_next() {
    let handler = answer(|http: &mut Exchange<'_>| {
        let mut body = Vec::new();
        http.rfile.read_to_end(&mut body)?;
        http.send_response((200, format!("{:?}", http.rfile.trailers())));
        http.end_headers()
    });
    let one = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n";
    let input = format!("{one}GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let responses = play(&handler, input.as_bytes()).responses_to(&["PUT", "GET"]);
    assert_eq!(responses[0].reason(), "[(\"X\", \"y\")]");
    assert_eq!(responses[1].reason(), "[]");
}

/// Takes everything, and notes how much at most came at once.
struct Sink<'a> {
    input: &'a [u8],
    taken: u64,
    most: usize,
}

impl Read for Sink<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.taken += bytes.len() as u64;
        self.most = self.most.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn answers_to_a_pipeline_do_not_pile_up() {
    // One large head makes room for tens of thousands of small requests behind it. Each response to
    // them waits for its length.
    let field = format!("X: {}\r\n", "a".repeat(60_000));
    let large = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", field.repeat(15));
    let small = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for length in [0, 10_000] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            http.end_headers()?;
            http.wfile.write_all(&[b'x'; 10_000][..length])
        });
        let input = format!("{large}{}", small.repeat(5_000));
        let mut sink = Sink { input: input.as_bytes(), taken: 0, most: 0 };
        let serve = || bhrh::handle(&handler, &mut sink, ([127, 0, 0, 1], 1));
        bhrh::__internals::collect_log(serve).0.expect("memory does not fail");
        assert!(sink.taken > 5_000 * length as u64);
        assert!(sink.most < 100_000, "{} bytes at once", sink.most);
    }
}
