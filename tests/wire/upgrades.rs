//! Connections that go on with another protocol, over memory.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::thread;

use bhrh::__internals::converse;
use bhrh::testing::client;
use bhrh::{Exchange, Profile, Upgraded, from_fn, http_handler};

const ASKS: &str = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: other, Shout/1\r\n\r\n";

/// Answers each line in capitals, to the end.
fn shout(stream: &Upgraded) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        writeln!({ stream }, "{}", line?.to_uppercase())?;
    }
    Ok(())
}

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.add_header("X-Added", 1);
        shout(&http.upgrade("Shout/1")?)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let mut body = String::new();
        if http.path == "/read" {
            http.rfile.read_to_string(&mut body)?;
        }
        let stream = http.upgrade("Shout/1")?;
        (&stream).write_all(body.as_bytes())?;
        shout(&stream)
    }

    /// Gives the connection to a thread, and returns.
    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        let stream = http.upgrade("Shout/1")?;
        thread::spawn(move || shout(&stream));
        Ok(())
    }

    fn do_CONNECT(&self, http: &mut Exchange) -> io::Result<()> {
        shout(&http.tunnel()?)
    }

    fn version_string(&self, _: &Exchange) -> std::borrow::Cow<'_, str> {
        "S".into()
    }

    fn date_time_string(&self, _: Option<std::time::SystemTime>) -> std::borrow::Cow<'_, str> {
        "D".into()
    }
}

fn said(input: &str) -> (String, Vec<String>) {
    let (bytes, log) = converse(&App, input.as_bytes(), Profile::STRICT);
    (String::from_utf8(bytes).expect("text"), log)
}

#[test]
fn the_connection_is_the_methods_after_a_101() {
    let (heard, log) = said(&format!("{ASKS}hello\nGET / HTTP/1.1\n"));
    let head = "HTTP/1.1 101 Switching Protocols\r\nServer: S\r\nDate: D\r\nUpgrade: Shout/1\r\n\
                Connection: Upgrade\r\nX-Added: 1\r\n\r\n";
    assert_eq!(heard, format!("{head}HELLO\nGET / HTTP/1.1\n"));
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(log[0].ends_with("\"GET /a HTTP/1.1\" 101 -"), "{log:?}");
}

#[test]
fn a_thread_may_have_it_after_the_method_has_returned() {
    let (heard, _) = said(&format!("{}early\n", ASKS.replace("GET", "PUT")));
    assert!(heard.ends_with("\r\n\r\nEARLY\n"), "{heard}");
}

#[test]
fn who_has_not_asked_is_told_what_to_ask_for() {
    for (what, request) in [
        ("nothing", "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        ("no Connection", ASKS.replace("Connection", "X-Connection")),
        ("another Connection", ASKS.replace("keep-alive, Upgrade", "close")),
        ("another protocol", ASKS.replace("Shout/1", "Shout/2")),
        ("HTTP/1.0", ASKS.replace("HTTP/1.1", "HTTP/1.0")),
    ] {
        let (heard, _) = said(&request);
        assert!(heard.starts_with("HTTP/1.1 426 Upgrade Required\r\n"), "{what}: {heard}");
        assert!(heard.contains("\r\nUpgrade: Shout/1\r\nConnection: Upgrade\r\n"), "{heard}");
    }
}

#[test]
fn the_body_of_the_request_comes_first() {
    let post = |path: &str| {
        let request = ASKS.replace("GET /a", &format!("POST {path}"));
        request.replace("\r\n\r\n", "\r\nContent-Length: 4\r\n\r\nbodyline\n")
    };
    let (heard, _) = said(&post("/read"));
    assert!(heard.starts_with("HTTP/1.1 101 ") && heard.ends_with("\r\n\r\nbodyLINE\n"), "{heard}");
    let (heard, log) = said(&post("/unread"));
    // The client has sent what the method does not take.
    assert!(heard.starts_with("HTTP/1.1 400 Unexpected Body\r\n"), "{heard}");
    assert!(log[0].ends_with("code 400, message Unexpected Body"), "{log:?}");
}

#[test]
fn a_tunnel_begins_with_a_bare_200() {
    let (heard, _) = said("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\nhello\n");
    assert_eq!(heard, "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\n\r\nHELLO\n");
    // Old clients speak HTTP/1.0 to their proxy.
    let (heard, _) = said("CONNECT a:443 HTTP/1.0\r\n\r\nhello\n");
    assert_eq!(heard, "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\n\r\nHELLO\n");
    let no = from_fn(|http| http.tunnel().map(|_| ()));
    assert_eq!(client(&no).get("/").send().status(), 500);
}

#[test]
fn nothing_else_is_sent_on_a_connection_that_was_handed_out() {
    let app = from_fn(|http| {
        let stream = http.upgrade("Shout/1")?;
        http.wfile.write_all(b"not this")?;
        assert!(http.send_error(500).is_err());
        assert!(http.upgrade("Shout/1").is_err());
        (&stream).write_all(b"this")?;
        Err(io::Error::other("and then it failed"))
    });
    let (heard, log) = converse(&app, ASKS.as_bytes(), Profile::STRICT);
    let heard = String::from_utf8(heard).expect("text");
    assert!(heard.starts_with("HTTP/1.1 101 ") && heard.ends_with("\r\n\r\nthis"), "{heard}");
    assert!(log.iter().any(|line| line.ends_with("the handler failed: and then it failed")));
}

#[test]
fn a_bad_field_is_answered_with_an_error_page() {
    let app = from_fn(|http| {
        http.add_header("X-Bad", "a\r\nb");
        http.upgrade("Shout/1").map(|_| ())
    });
    let (heard, _) = converse(&app, ASKS.as_bytes(), Profile::STRICT);
    let heard = String::from_utf8(heard).expect("text");
    assert!(heard.contains(" 500 ") && !heard.contains("101"), "{heard}");
}

#[test]
fn a_borrowed_stream_cannot_be_handed_out() {
    let mut stream = Played { said: ASKS.as_bytes(), heard: Vec::new() };
    bhrh::handle(&App, &mut stream, ([127, 0, 0, 1], 1)).expect("it is answered");
    assert!(stream.heard.starts_with(b"HTTP/1.1 500 "), "{}", stream.heard.escape_ascii());
}

struct Played<'s> {
    said: &'s [u8],
    heard: Vec<u8>,
}

impl Read for Played<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.said.read(room)
    }
}

impl Write for Played<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_access_log_has_the_status_and_the_bytes() {
    struct Logged(App);

    #[http_handler(wraps = self.0)]
    impl Logged {
        fn log_access(&self, http: &Exchange, code: u16, size: u64, _: std::time::Duration) {
            http.log_message(format_args!("{} {code} {size}", http.command));
        }
    }

    let (_, log) = converse(&Logged(App), format!("{ASKS}one\ntwo\n").as_bytes(), Profile::STRICT);
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(log[0].ends_with("GET 101 8"), "{log:?}");
}
