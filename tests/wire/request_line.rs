//! Request lines that are refused, in Python's words where Python knows the fault (RFC 9112
//! section 3).

use crate::answer::answer;
use crate::play::{assert_refused, play, play_cut, play_on};
use bhrh::{Exchange, Profile};
use std::io;

#[track_caller]
fn refused(line: &str, status: u16, message: &str) {
    let bytes: Vec<u8> = line.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
    assert_refused(&[&bytes[..], b"\r\nHost: a\r\n\r\n"].concat(), status, message);
}

#[test]
fn versions_are_checked_before_anything_else() {
    refused("GET / FUBAR", 400, "Bad request version ('FUBAR')");
    refused("GET / a FUBAR", 400, "Bad request version ('FUBAR')");
    refused("GET / http/1.1", 400, "Bad request version ('http/1.1')");
    refused("GET / HTTP/1", 400, "Bad request version ('HTTP/1')");
    refused("GET / HTTP/1.1.1", 400, "Bad request version ('HTTP/1.1.1')");
    refused("GET / HTTP/1.x", 400, "Bad request version ('HTTP/1.x')");
    refused("GET / HTTP/.1", 400, "Bad request version ('HTTP/.1')");
    refused("GET / HTTP/1.", 400, "Bad request version ('HTTP/1.')");
    refused("GET / HTTP/+1.1", 400, "Bad request version ('HTTP/+1.1')");
    refused("GET / HTTP/1.12345678901", 400, "Bad request version ('HTTP/1.12345678901')");
    refused("GET / HTTP/1.\u{b9}", 400, "Bad request version ('HTTP/1.\u{b9}')");
    refused("GET / HTTP/2.0", 505, "Invalid HTTP version (2.0)");
    refused("GET / a HTTP/9.1", 505, "Invalid HTTP version (9.1)");
    // The rest is the RFC's: one digit each, and nothing before HTTP/1.0.
    refused("GET / HTTP/01.1", 400, "Bad request version ('HTTP/01.1')");
    refused("GET / HTTP/1.10", 400, "Bad request version ('HTTP/1.10')");
    refused("GET / HTTP/0.9", 505, "Invalid HTTP version (0.9)");
    refused("GET / HTTP/0.5", 505, "Invalid HTTP version (0.5)");
}

#[test]
fn the_line_has_three_words_with_one_space_between_them() {
    refused("FUBAR", 400, "Bad request syntax ('FUBAR')");
    refused("GET / a HTTP/1.1", 400, "Bad request syntax ('GET / a HTTP/1.1')");
    refused("GET  / HTTP/1.1", 400, "Bad request syntax ('GET  / HTTP/1.1')");
    refused("GET /  HTTP/1.1", 400, "Bad request syntax ('GET /  HTTP/1.1')");
    refused("GET\t/ HTTP/1.1", 400, "Bad request syntax ('GET\\t/ HTTP/1.1')");
    refused("GET /\tHTTP/1.1", 400, "Bad request syntax ('GET /\\tHTTP/1.1')");
    refused("GET /\u{c} HTTP/1.1", 400, "Bad request syntax ('GET /\\x0c HTTP/1.1')");
    refused("GET /\u{a0} HTTP/1.1", 400, "Bad request syntax ('GET /\\xa0 HTTP/1.1')");
    refused(" GET / HTTP/1.1", 400, "Bad request syntax (' GET / HTTP/1.1')");
    refused("GET / HTTP/1.1 ", 400, "Bad request syntax ('GET / HTTP/1.1 ')");
    refused("\t", 400, "Bad request syntax ('\\t')");
}

#[test]
fn requests_of_http_09_are_refused_in_full() {
    refused("POST /", 400, "Bad HTTP/0.9 request type ('POST')");
    refused("GET /", 400, "Bad request syntax ('GET /')");
}

#[test]
fn a_method_is_a_token() {
    refused("G(T / HTTP/1.1", 400, "Bad request method ('G(T')");
    refused("G\u{c9}T / HTTP/1.1", 400, "Bad request method ('G\u{c9}T')");
    refused("\"GET\" / HTTP/1.1", 400, "Bad request method ('\"GET\"')");
    refused("it's: / HTTP/1.1", 400, "Bad request method (\"it's:\")");
}

/// RFC 3986 would have them escaped, the URL standard, which browsers and `fetch` follow, would
/// not.
#[test]
fn what_browsers_leave_unescaped_is_served() {
    for target in [
        "/a[1].txt",
        "/a|b",
        "/a^b",
        "/?tags[]=a|b",
        "/?f={a:1}",
        "/?a^`\\",
        "/?q=100%",
        "/a%20b?%&%4=%zz",
        "/?%00%",
        "http://a/a^b?100%",
    ] {
        let input = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        let played = play(&answer(telling), input.as_bytes());
        assert_eq!(played.response().reason(), format!("GET|{target}|HTTP/1.1"));
    }
}

#[test]
fn a_target_has_one_of_four_forms() {
    for target in [
        "a",
        "*",
        "a/b",
        "localhost:80",
        "/#top",
        "/{x}",
        "/a\"b",
        "/?a<b>",
        "/<a>",
        "/a`b",
        "/%",
        "/%4",
        "/%4g",
        "/100%?q",
        "/a%00.html",
        "/a%00?100%",
        "/a%0d%0aX:%20y",
        "/%0A",
        "/%1f",
        "/%7F",
        "http://a/%00?",
        "/caf\u{e9}",
        "/\u{7f}",
        "/\u{1}",
        "http:/a",
        "http://",
        "http://u@a/",
        "http://@a/",
        "http://:80/",
        "http:///a",
        "http:a",
        "https://u@a/",
        "ws://a/",
        "mailto:a@b",
        "?a",
        "http://a:b/",
        "http://[::1/",
        "ftp://a/",
    ] {
        let quoted = target.replace('\u{7f}', "\\x7f").replace('\u{1}', "\\x01");
        let message = format!("Bad request target ('{quoted}')");
        refused(&format!("GET {target} HTTP/1.1"), 400, &message);
    }
    refused("GET /a\\b HTTP/1.1", 400, "Bad request target ('/a\\\\b')");
    for command in ["PUT", "TRACE", "POST"] {
        refused(&format!("{command} * HTTP/1.1"), 400, "Bad request target ('*')");
    }
    for target in ["/", "*", "a", "a:", ":80", "u@a:80", "a:x", "http://a:80/", "https://a:80"] {
        refused(
            &format!("CONNECT {target} HTTP/1.1"),
            400,
            &format!("Bad request target ('{target}')"),
        );
    }
    refused("OPTIONS ** HTTP/1.1", 400, "Bad request target ('**')");
}

#[test]
fn line_ends_are_cr_lf() {
    assert_refused(b"GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "Line ends in LF without CR");
    assert_refused(b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400, "CR without LF in the header");
    // Python takes a CR for white space, and so has its say first.
    refused("GET /\rx HTTP/1.1", 400, "Bad request syntax ('GET /\\rx HTTP/1.1')");
    refused("GET /\rHTTP/1.1", 400, "CR without LF in the header");
    refused("GET /\0 HTTP/1.1", 400, "NUL in the header");
    refused("G\0T / HTTP/1.1", 400, "NUL in the header");
}

fn telling(http: &mut Exchange<'_>) -> io::Result<()> {
    let told = format!("{}|{}|{}", http.command, http.path, http.request_version);
    // Success would make a tunnel of CONNECT.
    http.send_response((if http.command == "CONNECT" { 405 } else { 200 }, told));
    http.end_headers()
}

#[test]
fn what_is_accepted_arrives_as_it_was_sent() {
    for (line, told) in [
        ("GET / HTTP/1.1", "GET|/|HTTP/1.1"),
        ("GET / HTTP/1.0", "GET|/|HTTP/1.0"),
        ("GET / HTTP/1.9", "GET|/|HTTP/1.9"),
        ("get /?a=b&c=%20 HTTP/1.1", "get|/?a=b&c=%20|HTTP/1.1"),
        ("M-SEARCH /a%2fb?x=y?z HTTP/1.1", "M-SEARCH|/a%2fb?x=y?z|HTTP/1.1"),
        ("!#$%&'*+-.^_`|~ /;p=1 HTTP/1.1", "!#$%&'*+-.^_`|~|/;p=1|HTTP/1.1"),
        ("GET http://a:80/x?y HTTP/1.1", "GET|http://a:80/x?y|HTTP/1.1"),
        ("POST HTTP://[::1] HTTP/1.1", "POST|HTTP://[::1]|HTTP/1.1"),
        // RFC 3986 section 7.3: a query may carry raw data.
        ("GET /%80?a=%00&b=%0D%0a HTTP/1.1", "GET|/%80?a=%00&b=%0D%0a|HTTP/1.1"),
        ("OPTIONS * HTTP/1.1", "OPTIONS|*|HTTP/1.1"),
        ("CONNECT a:443 HTTP/1.1", "CONNECT|a:443|HTTP/1.1"),
        // Browsers read `//host/path` as a URL of another host, so Python makes it one slash.
        ("GET //evil/x HTTP/1.1", "GET|/evil/x|HTTP/1.1"),
        ("GET ///// HTTP/1.1", "GET|/|HTTP/1.1"),
    ] {
        let input = format!("{line}\r\nHost: a\r\n\r\n");
        let played = play(&answer(telling), input.as_bytes());
        assert_eq!(played.response().reason(), told);
        let status = if line.starts_with("CONNECT") { 405 } else { 200 };
        assert_eq!(played.log, [format!("\"{line}\" {status} -")]);
    }
}

#[test]
fn an_empty_line_before_a_request_is_skipped_but_not_several() {
    for count in 0..=1 {
        let input = format!("{}GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n".repeat(count));
        assert_eq!(play(&answer(telling), input.as_bytes()).response().status(), 200);
    }
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    // Before each request.
    let several = play(&answer(telling), format!("\r\n{get}\r\n{get}").as_bytes());
    assert_eq!(several.responses_to(&["GET", "GET"]).len(), 2);
    for count in [2, 3, 5] {
        let input = format!("{}{get}", "\r\n".repeat(count));
        assert_refused(input.as_bytes(), 400, "Bad request syntax ('')");
    }
    assert_refused(b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Bad request syntax ('')");
}

#[test]
fn a_connection_that_ends_before_a_request_hears_nothing() {
    for input in [&b""[..], b"\r\n"] {
        let played = play_cut(&answer(telling), input);
        assert!(played.bytes.is_empty() && played.log.is_empty(), "{played:?}");
    }
}

#[test]
fn a_head_that_the_end_cuts_off_is_refused() {
    for input in [
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a",
        "GET / HTTP/1.1\r\nHost: a\r\n",
    ] {
        let played = play_cut(&answer(telling), input.as_bytes());
        let response = played.response();
        let found = (response.status(), response.reason());
        assert_eq!(found, (400, "Incomplete request"), "{input:?}");
    }
}

/// RFC 9110 section 7.4: whether the connection is secured, nothing here knows.
#[test]
fn https_is_not_served_over_what_may_be_no_secured_connection() {
    let input = b"GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_refused(input, 421, "https over a connection that is not known to be secured");
    let mut profile = Profile::STRICT;
    profile.https_target = true;
    assert_eq!(play_on(profile, &answer(telling), input).response().status(), 200);
}
