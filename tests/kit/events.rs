//! Server-sent events, as they are on the wire.

use std::io::{self, Read, Write};
use std::time::Duration;

use bhrh::__internals::{converse, exchange};
use bhrh::testing::get;
use bhrh::{Event, Exchange};

use crate::app::{App, app, ask};

fn three() -> App<impl Fn(&mut Exchange<'_>) -> io::Result<()> + Send + Sync> {
    app(|http| {
        http.send_events(|events| {
            events.send(Event::default().retry(Duration::from_millis(1500)))?;
            events.send("plain")?;
            events.comment("still\nhere")?;
            events.comment("")?;
            events.send(Event::new("x").event("tick").id("7"))
        })
    })
}

const THREE: &str = "retry: 1500\n\ndata: plain\n\n: still\n: here\n\n: \n\n\
                     event: tick\nid: 7\ndata: x\n\n";

#[test]
fn a_stream_of_events() {
    let response = get(&three(), "/");
    assert_eq!(response.text(), THREE);
    assert_eq!(response.header("Content-Type"), Some("text/event-stream"));
    assert_eq!(response.header("Cache-Control"), Some("no-store"));
    assert_eq!(response.header("Transfer-Encoding"), Some("chunked"));
}

#[test]
fn head_is_told_and_not_kept() {
    let endless = app(|http| {
        http.send_events(|events| -> io::Result<()> {
            loop {
                events.send("more")?;
            }
        })
    });
    let response = ask(&endless, "HEAD", &[]);
    assert_eq!(response.header("Content-Type"), Some("text/event-stream"));
    assert_eq!((response.header("Content-Length"), response.body()), (None, &b""[..]));
}

#[test]
fn an_old_client_has_them_until_the_connection_closes() {
    let (bytes, _) = converse(&three(), b"GET / HTTP/1.0\r\n\r\n", bhrh::Profile::STRICT);
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.contains("\r\nConnection: close\r\n") && !text.contains("chunked"), "{text}");
    assert!(text.ends_with(&format!("\r\n\r\n{THREE}")), "{text}");
}

/// A client that takes a given number of writes.
struct Client {
    takes: usize,
    writes: Vec<Vec<u8>>,
    request: &'static [u8],
}

impl Client {
    fn new(takes: usize) -> Client {
        Client { takes, writes: Vec::new(), request: b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" }
    }
}

impl Read for Client {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.request.read(buffer)
    }
}

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.writes.len() == self.takes {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.writes.push(bytes.to_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_head_and_each_event_leave_at_once() {
    let mut client = Client::new(usize::MAX);
    bhrh::handle(&three(), &mut client, ([127, 0, 0, 1], 1)).expect("served");
    let texts: Vec<_> = client.writes.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    assert!(texts[0].ends_with("\r\n\r\n"), "{texts:?}");
    assert_eq!(texts[1], "d\r\nretry: 1500\n\n\r\n");
    assert_eq!(texts[2], "d\r\ndata: plain\n\n\r\n");
}

#[test]
fn a_client_that_goes_ends_its_stream() {
    let mut client = Client::new(3);
    let endless = app(|http| {
        http.send_events(|events| -> io::Result<()> {
            loop {
                events.send("more")?;
            }
        })
    });
    // It returns, and that is the point.
    let _ = bhrh::handle(&endless, &mut client, ([127, 0, 0, 1], 1));
    assert_eq!(client.writes.len(), 3);
}

#[test]
fn the_id_comes_back_as_it_was_sent() {
    let app = app(|http| http.reply(200, "text/plain", http.last_event_id().unwrap_or_default()));
    let request = "GET / HTTP/1.1\r\nHost: a\r\nLast-Event-ID: caf\u{e9} 7\r\n\r\n";
    assert_eq!(exchange(&app, request.as_bytes()).text(), "caf\u{e9} 7");
    assert_eq!(get(&app, "/").text(), "");
}
