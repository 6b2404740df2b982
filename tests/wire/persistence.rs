//! Whether the connection stays open, and what the client is told about it (RFC 9112 section 9).

use crate::answer::answer;
use crate::play::{play, play_on};
use bhrh::{Error, Exchange, Profile};
use std::io::{self, Write};

fn hello(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Length", 2);
    http.end_headers()?;
    http.wfile.write_all(b"hi")
}

/// Whether a second request on the connection is answered, and what the first answer's
/// `Connection` says.
fn outcome(
    profile: Profile,
    protocol: &'static str,
    version: &str,
    connection: &str,
) -> (bool, Option<String>) {
    let fields = match connection {
        "" => String::new(),
        value => value.split('|').map(|value| format!("Connection: {value}\r\n")).collect(),
    };
    let request = format!("GET / {version}\r\nHost: a\r\n{fields}\r\n");
    let handler = answer(hello).speaking(protocol);
    let one = play_on(profile, &handler, request.as_bytes());
    let said = one.response().header("Connection").map(str::to_owned);
    let two = play_on(profile, &handler, request.repeat(2).as_bytes());
    let stays = two.bytes.len() > one.bytes.len();
    assert_eq!(two.bytes.len(), one.bytes.len() * (1 + usize::from(stays)));
    (stays, said)
}

#[test]
fn version_and_connection_field_decide_by_the_rfc() {
    let (closed, open) = ((false, Some("close")), (true, None));
    let confirmed = (true, Some("keep-alive"));
    for (version, connection, expected) in [
        ("HTTP/1.1", "", open),
        ("HTTP/1.2", "", open),
        ("HTTP/1.1", "keep-alive", open),
        ("HTTP/1.1", "close", closed),
        ("HTTP/1.1", "CLOSE", closed),
        ("HTTP/1.1", "x, close", closed),
        ("HTTP/1.1", " ,\tclose\t,", closed),
        ("HTTP/1.1", "close, keep-alive", closed),
        ("HTTP/1.1", "keep-alive|close", closed),
        ("HTTP/1.1", "closed", open),
        ("HTTP/1.1", "x", open),
        ("HTTP/1.0", "", closed),
        ("HTTP/1.0", "keep-alive", confirmed),
        ("HTTP/1.0", "x|Keep-Alive, y", confirmed),
        ("HTTP/1.0", "keep-alive, close", closed),
        ("HTTP/1.0", "close", closed),
    ] {
        let (stays, said) = outcome(Profile::STRICT, "HTTP/1.1", version, connection);
        assert_eq!((stays, said.as_deref()), expected, "{version} {connection:?}");
        let (stays, said) = outcome(Profile::STRICT, "HTTP/1.0", version, connection);
        assert_eq!((stays, said.as_deref()), closed, "{version} {connection:?} at HTTP/1.0");
    }
}

#[test]
fn on_the_python_profile_pythons_rules_decide_and_nothing_is_said() {
    for (version, connection, stays) in [
        ("HTTP/1.1", "", true),
        ("HTTP/1.10", "", true),
        ("HTTP/01.1", "", true),
        ("HTTP/1.1", "Close", false),
        // One word, compared as a whole, and the first field only.
        ("HTTP/1.1", "x, close", true),
        ("HTTP/1.1", "close ", true),
        ("HTTP/1.1", "keep-alive|close", true),
        ("HTTP/1.1", "close|keep-alive", false),
        ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Keep-Alive", true),
        ("HTTP/1.0", "keep-alive, x", false),
    ] {
        let found = outcome(Profile::PYTHON, "HTTP/1.1", version, connection);
        assert_eq!(found, (stays, None), "{version} {connection:?}");
        let found = outcome(Profile::PYTHON, "HTTP/1.0", version, connection);
        assert_eq!(found, (false, None), "{version} {connection:?} at HTTP/1.0");
    }
}

const TWICE: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_handler_closes_by_header_or_by_field() {
    let by_header = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Connection", "Close");
        http.send_header("Content-Length", 0);
        http.end_headers()
    });
    let by_field = answer(|http: &mut Exchange<'_>| {
        http.close_connection = true;
        hello(http)
    });
    // The head is complete then, but it has not left.
    let afterwards = answer(|http: &mut Exchange<'_>| {
        hello(http)?;
        http.close_connection = true;
        io::Result::Ok(())
    });
    let unframed = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"hi")?;
        http.close_connection = true;
        io::Result::Ok(())
    });
    let handlers: [&dyn bhrh::Handler; 4] = [&by_header, &by_field, &afterwards, &unframed];
    for (at, handler) in handlers.into_iter().enumerate() {
        let played = play(handler, TWICE);
        let response = played.response();
        let said: Vec<&str> = response.headers().get_all("Connection").collect();
        assert!(matches!(said[..], ["close" | "Close"]), "{at}: {said:?}");
    }
}

#[test]
fn a_late_word_does_not_disturb_the_answers_before_it() {
    let handler = answer(|http: &mut Exchange<'_>| {
        hello(http)?;
        http.close_connection = http.path == "/last";
        io::Result::Ok(())
    });
    let input = [TWICE, b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
    let open = "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nContent-Length: 2\r\n\r\nhi";
    let last = "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nContent-Length: 2\r\n\
                Connection: close\r\n\r\nhi";
    assert_eq!(play(&handler, &input).text(), format!("{open}{open}{last}"));
}

#[test]
fn a_handler_can_keep_open_what_python_would_close_but_not_against_the_client() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Connection", "keep-alive");
        http.send_header("Content-Length", 0);
        http.end_headers()
    });
    let old = b"GET / HTTP/1.0\r\n\r\n".repeat(2);
    let played = play(&handler, &old);
    for response in played.responses_to(&["GET", "GET"]) {
        let said: Vec<&str> = response.headers().get_all("Connection").collect();
        assert_eq!(said, ["keep-alive"]);
    }
    // RFC 9112 section 9.6: who has said close sends no more.
    let closing = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".repeat(2);
    let response = play(&handler, &closing).response();
    assert_eq!(response.headers().get_all("Connection").collect::<Vec<_>>(), ["close"]);
    // Python: who speaks last wins.
    play_on(Profile::PYTHON, &handler, &closing).responses_to(&["GET", "GET"]);
}

/// Every field line of a response with this name.
fn connections(played: &crate::play::Played) -> Vec<String> {
    played.response().headers().get_all("Connection").map(str::to_owned).collect()
}

/// RFC 9112 section 9.6: a response that says `close` says nothing else.
#[test]
fn close_and_keep_alive_never_stand_side_by_side() {
    let late = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Connection", "keep-alive");
        http.send_header("X", "y");
        http.send_header("Connection", "Keep-Alive");
        http.send_header("Content-Length", 0);
        http.end_headers()?;
        http.close_connection = true;
        io::Result::Ok(())
    });
    let early = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Connection", "keep-alive");
        http.send_header("X", "y");
        http.close_connection = true;
        http.send_header("Content-Length", 0);
        http.end_headers()
    });
    let both = |first: &'static str, second: &'static str| {
        answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            http.send_header("Connection", first);
            http.send_header("X", "y");
            http.send_header("Connection", second);
            http.send_header("Content-Length", 0);
            http.end_headers()
        })
    };
    let (one, other) = (both("keep-alive", "close"), both("close", "keep-alive"));
    let confirmed = answer(|http: &mut Exchange<'_>| {
        hello(http)?;
        http.close_connection = true;
        io::Result::Ok(())
    });
    let old = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2);
    let handlers: [&dyn bhrh::Handler; 5] = [&late, &early, &one, &other, &confirmed];
    for (at, handler) in handlers.into_iter().enumerate() {
        for input in [TWICE, &old] {
            let played = play(handler, input);
            assert_eq!(connections(&played), ["close"], "{at}");
            let expected = if at < 4 { Some("y") } else { None };
            assert_eq!(played.response().header("X"), expected, "{at}");
        }
    }
}

/// RFC 9112 section 9.6.
#[test]
fn who_has_sent_close_has_to_close() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Connection", "close");
        http.send_header("Content-Length", 0);
        http.end_headers()?;
        http.close_connection = false;
        io::Result::Ok(())
    });
    assert_eq!(connections(&play(&handler, TWICE)), ["close"]);
    // Python believes the attribute.
    play_on(Profile::PYTHON, &handler, TWICE).responses_to(&["GET", "GET"]);
}

/// The statuses of all answers, and what each says of the connection.
fn answers(played: &crate::play::Played, commands: &[&str]) -> Vec<(u16, Option<String>)> {
    let said = |one: &bhrh::testing::Response| one.header("Connection").map(str::to_owned);
    played.responses_to(commands).iter().map(|one| (one.status(), said(one))).collect()
}

/// RFC 9112 section 9.3: an error is an answer like any other.
#[test]
fn an_error_page_keeps_the_connection_where_nothing_stands_against_it() {
    let sends =
        answer(|http: &mut Exchange<'_>| http.send_error(http.path[1..].parse().unwrap_or(200)));
    let fails = answer(|http: &mut Exchange<'_>| -> Result<(), Error> {
        Err(Error::status(http.path[1..].parse().unwrap_or(200)))
    });
    for status in [204, 304, 400, 401, 404, 405, 412, 416, 499, 500, 503] {
        for handler in [&sends as &dyn bhrh::Handler, &fails] {
            for command in ["GET", "HEAD"] {
                let twice = format!("{command} /{status} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(2);
                let played = play(handler, twice.as_bytes());
                assert_eq!(answers(&played, &[command; 2]), vec![(status, None); 2], "{played:?}");
                // Python closes.
                let played = play_on(Profile::PYTHON, handler, twice.as_bytes());
                let close = Some(String::from("close"));
                assert_eq!(answers(&played, &[command]), [(status, close)], "{played:?}");
            }
        }
    }
    // An unread body is dropped, up to the limit.
    let put = "PUT /403 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".repeat(2);
    let played = play(&sends, put.as_bytes());
    assert_eq!(answers(&played, &["PUT"; 2]), vec![(403, None); 2]);
    let chunked = "PUT /403 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                   5\r\nhello\r\n0\r\n\r\n";
    let played = play(&fails, chunked.repeat(2).as_bytes());
    assert_eq!(answers(&played, &["PUT"; 2]), vec![(403, None); 2]);
    let kept = "GET /404 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2);
    let played = play(&sends, kept.as_bytes());
    let confirmed = Some(String::from("keep-alive"));
    assert_eq!(answers(&played, &["GET"; 2]), vec![(404, confirmed); 2]);
}

#[test]
fn an_error_page_closes_where_something_stands_against_it() {
    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const OLD: &str = "GET / HTTP/1.0\r\n\r\n";
    const LAST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const MALFORMED: &str =
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n";
    let sends = answer(|http: &mut Exchange<'_>| http.send_error(404));
    let means_to = answer(|http: &mut Exchange<'_>| {
        http.close_connection = true;
        http.send_error(404)
    });
    let fails = answer(|_: &mut Exchange<'_>| io::Result::Err(io::Error::other("no disk")));
    let reads = answer(|http: &mut Exchange<'_>| http.read_body().map(drop));
    let unsure = answer(|http: &mut Exchange<'_>| -> Result<(), Error> {
        // A page of its own that cannot be filled: the one that is sent tells of a fault here.
        http.error_message_format = Some("%(nothing)s".into());
        Err(Error::status(404))
    });
    let old = answer(|http: &mut Exchange<'_>| http.send_error(404)).speaking("HTTP/1.0");
    let cases: [(&dyn bhrh::Handler, &str, u16); 7] = [
        (&sends, OLD, 404),
        (&sends, LAST, 404),
        (&means_to, GET, 404),
        (&fails, GET, 500),
        (&reads, MALFORMED, 400),
        (&unsure, GET, 500),
        (&old, GET, 404),
    ];
    for (handler, first, status) in cases {
        let played = play(handler, format!("{first}{GET}").as_bytes());
        let close = Some(String::from("close"));
        assert_eq!(answers(&played, &["GET"]), [(status, close)], "{first}");
    }
}
