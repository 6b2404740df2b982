//! The methods of the page, each with what it stands for.

use bhrh::websocket::{Listener, Message, Options, Sender};
use bhrh::{Exchange, base, http_handler};
use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc;

/// It tells the test what it logs, as `base::log_message` has it.
pub(crate) struct Told(pub(crate) mpsc::Sender<String>);

#[http_handler]
impl Told {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(404)
    }

    fn log_message(&self, http: &Exchange, message: fmt::Arguments) {
        let (address, time) = (base::address_string(http), base::log_date_time_string(http));
        let _ = self.0.send(format!("{address} - - [{time}] {message}"));
    }
}

pub(crate) struct NoResponse;

#[http_handler(protocol_version = "HTTP/1.1")]
impl NoResponse {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/hello" {
            http.reply(200, "text/plain", "hello\n")?;
        }
        Ok(())
    }
}

pub(crate) struct NoEnd;

#[http_handler(protocol_version = "HTTP/1.1")]
impl NoEnd {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.wfile.write_all(b"hello\n")
    }
}

pub(crate) struct NoLength;

#[http_handler(protocol_version = "HTTP/1.1")]
impl NoLength {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")
    }
}

pub(crate) struct TooHigh;

#[http_handler(protocol_version = "HTTP/1.1")]
impl TooHigh {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Length", 10);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")
    }
}

pub(crate) struct TooLow;

#[http_handler(protocol_version = "HTTP/1.1")]
impl TooLow {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Length", 3);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")
    }
}

pub(crate) struct NoContent;

#[http_handler(protocol_version = "HTTP/1.1")]
impl NoContent {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(204);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")
    }

    fn log_debug(&self, http: &Exchange, message: fmt::Arguments) {
        base::log_message(http, message);
    }
}

pub(crate) struct LineBreak;

#[http_handler(protocol_version = "HTTP/1.1")]
impl LineBreak {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(302);
        http.send_header("Location", "/a\r\nSet-Cookie: admin=1");
        http.end_headers()
    }
}

pub(crate) struct BadName;

#[http_handler(protocol_version = "HTTP/1.1")]
impl BadName {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content Type", "text/plain");
        http.end_headers()
    }
}

pub(crate) struct LateHeader;

#[http_handler(protocol_version = "HTTP/1.1")]
impl LateHeader {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")?;
        http.send_header("X-Late", "yes");
        Ok(())
    }
}

pub(crate) struct Twice;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Twice {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "hello\n")?;
        http.send_error(404)
    }
}

pub(crate) struct TwoAnswers;

#[http_handler(protocol_version = "HTTP/1.1")]
impl TwoAnswers {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<&'static str> {
        http.reply(200, "text/plain", "hello\n")?;
        Ok("hello again\n")
    }
}

pub(crate) struct EarlyError;

#[http_handler(protocol_version = "HTTP/1.1")]
impl EarlyError {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let page = std::fs::read("/no/such/file")?;
        http.reply(200, "text/plain", page)
    }
}

pub(crate) struct LateError;

#[http_handler(protocol_version = "HTTP/1.1")]
impl LateError {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")?;
        http.wfile.flush()?;
        Err(io::Error::other("the disk is gone"))
    }
}

pub(crate) struct Panics;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Panics {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let number: u32 = http.path[1..].parse().expect("a number");
        http.reply(200, "text/plain", format!("{number}\n"))
    }
}

pub(crate) struct ClientGone;

#[http_handler(protocol_version = "HTTP/1.1")]
impl ClientGone {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"hello\n")?;
        http.wfile.flush()
    }

    fn log_debug(&self, http: &Exchange, message: fmt::Arguments) {
        base::log_message(http, message);
    }
}

pub(crate) struct Unread;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Unread {
    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "thank you\n")
    }

    fn log_debug(&self, http: &Exchange, message: fmt::Arguments) {
        base::log_message(http, message);
    }
}

/// WebSockets; it tells the test what it logs.
pub(crate) struct Sockets(pub(crate) mpsc::Sender<String>);

struct Guest;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Sockets {
    #[route("GET /receives")]
    fn receives(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket()?;
        while socket.receive()?.is_some() {}
        Ok(())
    }

    #[route("GET /listens")]
    fn listens(&self, http: &mut Exchange) -> io::Result<()> {
        http.websocket_events(&Options::new(), Guest).map(drop)
    }

    fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}

    fn log_message(&self, http: &Exchange, message: fmt::Arguments) {
        let (address, time) = (base::address_string(http), base::log_date_time_string(http));
        let _ = self.0.send(format!("{address} - - [{time}] {message}"));
    }
}

impl Listener for Guest {
    fn message(&mut self, _: &Sender, message: Message) -> io::Result<()> {
        match message {
            Message::Text(text) => Err(io::Error::other(format!("{text} is gone"))),
            _ => panic!("a message of bytes"),
        }
    }
}
