//! How much of a head is taken: 414 and 431, at the boundary and one byte past it.

use crate::answer::answer;
use crate::play::{Played, play, play_on, play_within};
use bhrh::__internals::exchange;
use bhrh::{Dispatch, Exchange, Handler, Limits, Profile};

fn ok(http: &mut Exchange<'_>) -> std::io::Result<()> {
    http.send_response(200);
    http.end_headers()
}

/// A request whose line is so long, line end included.
fn with_line(length: usize) -> Vec<u8> {
    let frame = "GET / HTTP/1.1\r\n".len();
    format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(length - frame)).into_bytes()
}

/// A request with one field line that is so long, line end included.
fn with_field(length: usize) -> Vec<u8> {
    let frame = "X: \r\n".len();
    format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(length - frame)).into_bytes()
}

fn with_fields(count: usize) -> Vec<u8> {
    let fields: String = (1..count).map(|at| format!("X-{at}: y\r\n")).collect();
    format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").into_bytes()
}

#[track_caller]
fn assert_error(played: &Played, status: u16, message: &str, explanation: &str) {
    let response = played.response();
    assert_eq!((response.status(), response.reason()), (status, message));
    let told = format!("Error code explanation: {status} - {explanation}.");
    assert!(response.text().contains(&told), "{}", response.text());
    assert_eq!(response.header("Connection"), Some("close"));
    assert_eq!(played.log[0], format!("code {status}, message {message}"));
}

#[test]
fn a_request_line_has_65536_bytes_at_most() {
    assert_eq!(play(&answer(ok), &with_line(65_536)).response().status(), 200);
    // As in Python, the log does not repeat what was too long.
    let over = play(&answer(ok), &with_line(65_537));
    assert_error(&over, 414, "URI Too Long", "URI is too long");
    assert_eq!(over.log[1], "\"\" 414 -");
}

#[test]
fn a_line_is_too_long_before_it_ends() {
    let endless = vec![b'a'; 65_537];
    let target = [b"GET /", &endless[..65_532]].concat();
    assert_eq!(play(&answer(ok), &target).response().status(), 414);
    let endless = [b"GET / HTTP/1.1\r\nX: ", &endless[..]].concat();
    assert_eq!(play(&answer(ok), &endless).response().status(), 431);
}

/// RFC 9112 section 3: an invalid request line gets 400. 414 is for a target, 501 for a method.
#[test]
fn a_long_line_without_a_method_is_no_request_line() {
    for end in ["", " / HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let played = play(&answer(ok), format!("{}{end}", "A".repeat(100_000)).as_bytes());
        let response = played.response();
        let message = "Bad request line: no method at its beginning";
        assert_eq!((response.status(), response.reason()), (400, message));
        let python = play_on(Profile::PYTHON, &answer(ok), "A".repeat(100_000).as_bytes());
        assert_eq!(python.response().status(), 414);
    }
    let method = format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", "A".repeat(60_000));
    let unsupported = exchange(&Nothing, method.as_bytes());
    assert_eq!(unsupported.status(), 501);
}

/// A handler without any method.
struct Nothing;

impl Handler for Nothing {
    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Unsupported
    }
}

#[test]
fn a_field_line_has_65536_bytes_at_most() {
    assert_eq!(play(&answer(ok), &with_field(65_536)).response().status(), 200);
    let over = play(&answer(ok), &with_field(65_537));
    let explanation = "got more than 65536 bytes when reading header line";
    assert_error(&over, 431, "Line too long", explanation);
    assert_eq!(over.log[1], "\"GET / HTTP/1.1\" 431 -");
}

#[test]
fn a_head_has_100_fields_at_most() {
    for count in [1, 63, 64, 65, 100] {
        assert_eq!(play(&answer(ok), &with_fields(count)).response().status(), 200, "{count}");
    }
    let over = play(&answer(ok), &with_fields(101));
    assert_error(&over, 431, "Too many headers", "got more than 100 headers");
}

#[test]
fn the_limits_can_be_set() {
    let mut limits = Limits::default();
    limits.request_line = 40;
    assert_eq!(play_within(limits, &answer(ok), &with_line(40)).response().status(), 200);
    assert_eq!(play_within(limits, &answer(ok), &with_line(41)).response().status(), 414);

    let mut limits = Limits::default();
    limits.field_line = 20;
    assert_eq!(play_within(limits, &answer(ok), &with_field(20)).response().status(), 200);
    let over = play_within(limits, &answer(ok), &with_field(21));
    assert_error(&over, 431, "Line too long", "got more than 20 bytes when reading header line");
    // The request line has a limit of its own.
    assert_eq!(play_within(limits, &answer(ok), &with_line(400)).response().status(), 200);

    let mut limits = Limits::default();
    limits.fields = 3;
    assert_eq!(play_within(limits, &answer(ok), &with_fields(3)).response().status(), 200);
    let over = play_within(limits, &answer(ok), &with_fields(4));
    assert_error(&over, 431, "Too many headers", "got more than 3 headers");
}

#[test]
fn a_head_as_a_whole_has_a_limit_too() {
    let head = with_fields(9);
    let mut limits = Limits::default();
    limits.head = head.len();
    assert_eq!(play_within(limits, &answer(ok), &head).response().status(), 200);
    limits.head = head.len() - 1;
    let over = play_within(limits, &answer(ok), &head);
    let explanation = format!("got more than {} bytes of header", limits.head);
    assert_error(&over, 431, "Header block too long", &explanation);

    // What does not end is refused as soon as it is too long.
    let endless = &head[..head.len() - 2];
    limits.head = endless.len() - 1;
    assert_eq!(play_within(limits, &answer(ok), endless).response().status(), 431);
}

#[test]
fn the_default_limit_of_a_head_is_a_mebibyte() {
    let field = format!("X: {}\r\n", "a".repeat(60_000));
    let few = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", field.repeat(17));
    assert_eq!(exchange(&answer(ok), few.as_bytes()).status(), 200);
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", field.repeat(18));
    let over = exchange(&answer(ok), many.as_bytes());
    assert_eq!((over.status(), over.reason()), (431, "Header block too long"));
}

#[test]
fn limits_far_beyond_any_head_are_harmless() {
    let mut limits = Limits::default();
    (limits.request_line, limits.field_line, limits.head) = (1 << 30, 1 << 30, 1 << 30);
    (limits.fields, limits.unread_body) = (usize::MAX, u64::MAX);
    assert_eq!(play_within(limits, &answer(ok), &with_fields(200)).response().status(), 200);
    let nothing = {
        let mut limits = Limits::default();
        (limits.request_line, limits.field_line, limits.fields, limits.head) = (0, 0, 0, 0);
        limits
    };
    assert_eq!(play_within(nothing, &answer(ok), &with_fields(1)).response().status(), 400);
}

#[test]
fn which_bound_is_named_does_not_depend_on_the_pieces() {
    // Both are met within the last line. Found by the fuzz target `head`.
    for (head, message) in [(80, "Header block too long"), (110, "Line too long")] {
        let mut limits = Limits::default();
        (limits.field_line, limits.head) = (64, head);
        let input = [&b"GET / HTTP/1.1\r\nHost: a\r\nX: "[..], &[b'x'; 200], b"\r\n\r\n"].concat();
        let played = play_within(limits, &answer(ok), &input);
        assert_eq!(played.response().reason(), message);
    }
}
