//! The opening handshake (RFC 6455 section 4.2), over memory.

use std::io;

use bhrh::testing::{Request, Response, client};
use bhrh::websocket::{Message, Options, Sender};
use bhrh::{Exchange, Handler, from_fn};

fn echo(options: Options) -> impl Handler {
    from_fn(move |http: &mut Exchange| -> io::Result<()> {
        let mut socket = http.websocket_with(&options)?;
        while let Some(Message::Text(text)) = socket.receive()? {
            socket.send(&text)?;
        }
        Ok(())
    })
}

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// A good handshake without these fields.
fn handshake<'h>(handler: &'h dyn Handler, without: &[&str]) -> Request<'h> {
    let mut request = client(handler).get("/");
    for (name, value) in [
        ("Host", "example.org"),
        ("Connection", "keep-alive, Upgrade"),
        ("Upgrade", "WebSocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", KEY),
    ] {
        if !without.contains(&name) {
            request = request.header(name, value);
        }
    }
    request
}

/// The head of the answer, which may be a 101.
fn head(request: &Request<'_>, handler: &dyn Handler) -> String {
    let bytes = client(handler).raw(request.to_bytes());
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 2;
    String::from_utf8(bytes[..end].to_vec()).expect("text")
}

#[test]
fn a_good_handshake_is_answered() {
    let app = echo(Options::new());
    let head = head(&handshake(&app, &[]), &app);
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    for line in [
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
    }
    assert!(!head.contains("Sec-WebSocket-Protocol") && !head.contains("Extensions"), "{head}");
}

#[test]
fn a_bad_one_is_told_why() {
    let app = echo(Options::new());
    let refused = |request: Request<'_>| -> (u16, Response) {
        let response = request.send();
        (response.status(), response)
    };
    for missing in ["Connection", "Upgrade", "Sec-WebSocket-Version"] {
        let (status, response) = refused(handshake(&app, &[missing]));
        assert_eq!(status, 426, "{missing}");
        assert_eq!(response.header("Sec-WebSocket-Version"), Some("13"));
        assert_eq!(response.header("Upgrade"), Some("websocket"));
        assert!(response.header("Connection").is_some_and(|it| it.contains("Upgrade")));
    }
    let other_version = handshake(&app, &["Sec-WebSocket-Version"]);
    let (status, response) = refused(other_version.header("Sec-WebSocket-Version", 8));
    assert_eq!((status, response.header("Sec-WebSocket-Version")), (426, Some("13")));
    assert_eq!(refused(handshake(&app, &["Sec-WebSocket-Key"])).0, 400);
    for key in ["", "short", "dGhlIHNhbXBsZSBub25jZQ=", "bm90IHNpeHRlZW4="] {
        let request = handshake(&app, &["Sec-WebSocket-Key"]).header("Sec-WebSocket-Key", key);
        assert_eq!(refused(request).0, 400, "{key}");
    }
    assert_eq!(refused(handshake(&app, &[]).header("Sec-WebSocket-Key", KEY)).0, 400);
    assert_eq!(refused(handshake(&app, &[]).http_10()).0, 426);
    let post = handshake(&app, &[]).to_bytes();
    let post = String::from_utf8(post).expect("text").replacen("GET ", "POST ", 1);
    let answer = String::from_utf8(client(&app).raw(post.into_bytes())).expect("text");
    assert!(answer.contains(" 405 ") && answer.contains("\r\nAllow: GET\r\n"), "{answer}");
}

#[test]
fn pages_of_other_hosts_are_refused_unless_told_otherwise() {
    let own = echo(Options::new());
    let any = echo(Options::new().any_origin());
    let listed = echo(Options::new().origins(["https://friend.example"]));
    for (origin, allowed) in [
        ("http://example.org", [true, true, false]),
        ("https://EXAMPLE.org", [true, true, false]),
        ("https://example.org:8443", [false, true, false]),
        ("https://friend.example", [false, true, true]),
        ("https://example.org.evil.example", [false, true, false]),
        ("null", [false, true, false]),
    ] {
        for (app, allowed) in [&own as &dyn Handler, &any, &listed].into_iter().zip(allowed) {
            let head = head(&handshake(app, &[]).header("Origin", origin), app);
            let expected = if allowed { "HTTP/1.1 101 " } else { " 403 " };
            assert!(head.contains(expected), "{origin}: {head}");
        }
    }
    let (good, evil) = ("http://example.org", "http://evil.example");
    for [first, second] in [[good, evil], [evil, good]] {
        let request = handshake(&own, &[]).header("Origin", first).header("Origin", second);
        assert!(head(&request, &own).contains(" 403 "), "{first} and {second}");
    }
}

#[test]
fn a_pages_origin_has_no_port_where_its_host_names_the_usual_one() {
    let app = echo(Options::new());
    for (origin, host, allowed) in [
        ("https://example.org", "example.org:443", true),
        ("http://example.org", "example.org:80", true),
        ("http://example.org", "example.org:443", false),
        ("https://example.org:8443", "example.org:8443", true),
    ] {
        let request = handshake(&app, &["Host"]).header("Host", host).header("Origin", origin);
        let head = head(&request, &app);
        let expected = if allowed { "HTTP/1.1 101 " } else { " 403 " };
        assert!(head.contains(expected), "{origin} at {host}: {head}");
    }
}

#[test]
fn the_first_subprotocol_that_both_know_is_chosen() {
    let app = echo(Options::new().subprotocols(["v2", "v1"]));
    for (offered, chosen) in [("v1", Some("v1")), ("v0, v1, v2", Some("v1")), ("v3", None)] {
        let request = client(&app).get("/").header("Sec-WebSocket-Protocol", offered);
        request.websocket(|socket| {
            assert_eq!(socket.subprotocol(), chosen, "{offered}");
            socket.send("x")?;
            assert_eq!(socket.receive()?, Some(Message::Text("x".into())));
            Ok(())
        });
    }
}

#[test]
fn compression_is_agreed_on_if_both_want_it() {
    const OFFER: &str = "permessage-deflate; server_max_window_bits=9, \
                         permessage-deflate; client_max_window_bits";
    let (app, off) = (echo(Options::new()), echo(Options::new().compression(false)));
    let offering = |app| head(&handshake(app, &[]).header("Sec-WebSocket-Extensions", OFFER), app);
    let agreed = "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; \
                  client_no_context_takeover\r\n";
    assert!(offering(&app).contains(agreed));
    assert!(!offering(&off).contains("Extensions"));
    // An answer without the parameter would decline what the client has asked for.
    let largest = "permessage-deflate; server_max_window_bits=15";
    let request = handshake(&app, &[]).header("Sec-WebSocket-Extensions", largest);
    assert!(head(&request, &app).contains("; server_max_window_bits=15\r\n"));
    let text = "a long text that repeats itself ".repeat(1000);
    let request = client(&app).get("/").header("Sec-WebSocket-Extensions", "permessage-deflate");
    request.websocket(|socket| {
        for _ in 0..3 {
            socket.send(&text)?;
            assert_eq!(socket.receive()?, Some(Message::Text(text.clone())));
        }
        Ok(())
    });
}

/// A stream that is only borrowed cannot become a WebSocket, though the handshake was good.
#[test]
fn an_error_page_after_a_good_handshake_says_nothing_of_it() {
    let with_listener = from_fn(|http: &mut Exchange| -> io::Result<()> {
        let options = Options::new().subprotocols(["chat"]);
        http.websocket_events(&options, |_: &Sender, _: Message| Ok(())).map(drop)
    });
    let handlers: [&dyn Handler; 2] =
        [&echo(Options::new().subprotocols(["chat"])), &with_listener];
    for handler in handlers {
        let request = handshake(handler, &[])
            .header("Sec-WebSocket-Protocol", "chat")
            .header("Sec-WebSocket-Extensions", "permessage-deflate");
        let mut answer = Vec::new();
        let stream = io::Cursor::new(request.to_bytes());
        bhrh::handle(handler, Borrowed(stream, &mut answer), ([127, 0, 0, 1], 1)).expect("a page");
        let answer = String::from_utf8(answer).expect("text");
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(!answer.contains("Sec-WebSocket") && !answer.contains("Upgrade"), "{answer}");
    }
}

struct Borrowed<'a>(io::Cursor<Vec<u8>>, &'a mut Vec<u8>);

impl io::Read for Borrowed<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.read(room)
    }
}

impl io::Write for Borrowed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
