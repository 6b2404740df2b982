//! `bhrh::testing` for users: the same answers in memory and over TCP.

use bhrh::testing::{self, Client};
use bhrh::{Exchange, http_handler};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        match http.path {
            "/chunked" => http.send_header("Transfer-Encoding", "chunked"),
            "/long" => http.send_header("Content-Length", 1 << 20),
            "/short" => http.send_header("Content-Length", 9),
            _ => http.send_header("X-Host", http.headers.get("Host").unwrap_or("none")),
        }
        http.end_headers()?;
        match http.path {
            "/chunked" => http.wfile.write_all(b"3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n"),
            "/long" => http.wfile.write_all(&vec![b'x'; 1 << 20]),
            _ => http.wfile.write_all(b"hello"),
        }
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/refused" {
            return http.send_error(403);
        }
        http.send_response((200, "Echoed"));
        http.send_header("X-Trailer", http.headers.get("Trailer").unwrap_or("-"));
        http.end_headers()?;
        io::copy(&mut http.rfile, &mut http.wfile)?;
        Ok(())
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        let mut body = Vec::new();
        http.rfile.read_to_end(&mut body)?;
        http.send_response(201);
        http.end_headers()?;
        write!(http.wfile, "{}", body.len())
    }

    /// Decides without reading.
    fn handle_expect_100(&self, http: &mut Exchange) -> io::Result<bool> {
        if http.path == "/refused" {
            http.send_error(413)?;
            return Ok(false);
        }
        http.continue_on_read();
        Ok(true)
    }

    fn log_message(&self, _: &Exchange, _: std::fmt::Arguments) {}
}

fn both(test: impl Fn(Client<'_>)) {
    testing::in_memory_and_tcp(|| App, test);
}

#[test]
fn what_is_put_into_a_request_arrives() {
    both(|client| {
        let response = client.get("/").send();
        assert_eq!((response.version(), response.status()), ("HTTP/1.1", 200));
        assert_eq!((response.text(), response.header("X-Host")), ("hello", Some("localhost")));
        assert_eq!(response.headers().get("Connection"), None);
        let named = client.get("/").header("host", "a.example").http_10().send();
        assert_eq!(named.header("X-Host"), Some("a.example"));
        assert_eq!(named.header("Connection"), Some("close"));
        let head = client.head("/").send();
        assert_eq!((head.body(), head.header("Content-Length")), (&b""[..], Some("5")));
        let unknown = client.request("BREW", "/").send();
        assert_eq!((unknown.status(), unknown.reason()), (501, "Unsupported method ('BREW')"));
    });
}

#[test]
fn bodies_are_framed_both_ways() {
    both(|client| {
        let response = client.post("/").body("a=1").send();
        assert_eq!((response.reason(), response.text()), ("Echoed", "a=1"));
        assert_eq!(client.put("/").chunked(["ab", "", "c"]).trailer("X-Sum", 7).send().text(), "3");
        let chunked = client.get("/chunked").send();
        assert_eq!((chunked.text(), chunked.trailers().get("X-Sum")), ("abc", Some("7")));
        assert_eq!(client.get("/long").send().body().len(), 1 << 20);
        // To HTTP/1.0 the body of unknown length ends with the connection.
        let large = vec![b'y'; 1 << 20];
        assert_eq!(client.post("/").body(large.clone()).http_10().send().body(), large);
        // Neither side waits for the other, though both have more to say than the sockets hold.
        let larger = vec![b'z'; 8 << 20];
        assert!(client.post("/").body(larger.clone()).send().body() == larger);
    });
}

#[test]
fn a_body_is_withheld_until_it_is_asked_for() {
    both(|client| {
        let taken = client.put("/").body("abc").expect_continue().send();
        assert_eq!((taken.interim(), taken.text()), (&[100][..], "3"));
        let refused = client.post("/refused").body("abc").expect_continue().send();
        assert_eq!((refused.interim(), refused.status()), (&[][..], 413));
    });
}

#[test]
fn requests_are_pipelined() {
    both(|client| {
        let requests = [
            client.head("/"),
            client.post("/").body("one"),
            client.put("/").chunked(["two"]),
            client.put("/").body("three").expect_continue(),
        ];
        let responses = client.pipeline(requests);
        let texts: Vec<&str> = responses.iter().map(|response| response.text()).collect();
        assert_eq!(texts, ["", "one", "3", "5"]);
        assert_eq!(responses[3].interim(), [100]);
        assert!(client.pipeline([]).is_empty());
    });
}

#[test]
fn bytes_are_sent_as_they_are() {
    both(|client| {
        let reply = client.raw(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        assert!(reply.starts_with(b"HTTP/1.1 400 More than one Host header\r\n"));
        let reply = client.raw(client.get("/").to_bytes());
        assert!(reply.ends_with(b"\r\nContent-Length: 5\r\n\r\nhello"));
        assert!(client.raw("").is_empty());
    });
}

#[test]
fn an_incomplete_answer_is_a_failed_test() {
    both(|client| {
        let sent = catch_unwind(AssertUnwindSafe(|| client.get("/short").send()));
        let panic = *sent.expect_err("a panic").downcast::<String>().expect("a message");
        assert!(panic.starts_with("1 requests, 0 complete responses: \"HTTP/1.1 200"), "{panic}");
        let bytes = client.raw(client.get("/short").to_bytes());
        assert!(bytes.ends_with(b"hello"));
    });
}
