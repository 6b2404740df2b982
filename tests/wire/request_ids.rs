//! The hook `request_id`: named once, shown everywhere.

use bhrh::__internals::exchange;
use bhrh::testing::Response;
use bhrh::{Exchange, Handler, Outcome, base, http_handler};
use std::io::{self, Write};

#[derive(Clone, Copy)]
enum Names {
    Fresh,
    Trusted,
    Own(&'static str),
}

struct App(Names);

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/fail" {
            return Err(io::Error::other("no"));
        }
        let id = http.request_id().expect("it has one").to_owned();
        http.send_response(200);
        if http.path == "/own" {
            http.send_header("x-request-id", "mine");
        }
        http.end_headers()?;
        http.wfile.write_all(id.as_bytes())
    }

    fn request_id(&self, http: &Exchange) -> String {
        match self.0 {
            Names::Fresh => base::request_id(http),
            Names::Trusted => base::trusted_request_id(http),
            Names::Own(name) => name.to_owned(),
        }
    }
}

fn ask(handler: &dyn Handler, path: &str, fields: &str) -> Response {
    exchange(handler, format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n").as_bytes())
}

fn id(response: &Response) -> &str {
    let all: Vec<&str> = response.headers().get_all("X-Request-Id").collect();
    assert_eq!(all.len(), 1);
    all[0]
}

#[test]
fn the_method_the_log_and_the_client_know_the_same_name() {
    let response = ask(&App(Names::Fresh), "/", "X-Request-Id: forged\r\n");
    let id = id(&response);
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(response.text(), id);
    let end = format!("] [{id}] \"GET / HTTP/1.1\" 200 -");
    assert!(response.log()[0].ends_with(&end), "{:?}", response.log());
    let another = ask(&App(Names::Fresh), "/", "");
    assert_ne!(another.text(), id);
}

#[test]
fn error_pages_have_it_too() {
    // A failure, and a request that no method sees.
    for (path, fields, status) in [("/fail", "", 500), ("/", "Host: b\r\n", 400)] {
        let response = ask(&App(Names::Fresh), path, fields);
        assert_eq!(response.status(), status);
        let mark = format!("] [{}] ", id(&response));
        assert!(response.log().iter().all(|line| line.contains(&mark)), "{:?}", response.log());
    }
}

#[test]
fn a_clients_name_counts_where_it_is_trusted_and_fit() {
    let long = "x".repeat(129);
    for (given, taken) in [
        ("4bf92f35-77b3", true),
        ("a b", false),
        ("", false),
        ("a\"b", false),
        ("\u{e9}", false),
        (&long, false),
    ] {
        let response = ask(&App(Names::Trusted), "/", &format!("X-Request-Id: {given}\r\n"));
        assert_eq!(response.text() == given, taken, "{given}");
        assert_eq!(id(&response), response.text());
    }
}

#[test]
fn a_name_that_would_split_the_response_is_replaced() {
    for name in ["a\r\nSet-Cookie: b", "", "a b"] {
        let response = ask(&App(Names::Own(name)), "/", "");
        assert_eq!((response.status(), id(&response).len()), (200, 32));
        assert_eq!(response.header("Set-Cookie"), None);
    }
    assert_eq!(ask(&App(Names::Own("7")), "/", "").text(), "7");
}

#[test]
fn a_method_may_send_another() {
    assert_eq!(id(&ask(&App(Names::Fresh), "/own", "")), "mine");
}

struct Around<H>(H, Option<&'static str>);

#[http_handler(protocol_version = "HTTP/1.1")]
impl<H: Handler> Around<H> {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        let outcome = http.pass_to(&self.0);
        let id = http.request_id().map(str::to_owned);
        http.log_message(format_args!("{id:?}"));
        outcome
    }

    fn request_id(&self, _: &Exchange) -> &str {
        self.1.unwrap_or("outer")
    }
}

#[test]
fn the_outer_handlers_name_counts() {
    let response = ask(&Around(App(Names::Own("inner")), None), "/", "");
    assert_eq!((response.text(), id(&response)), ("outer", "outer"));
    assert!(response.log()[1].ends_with("[outer] Some(\"outer\")"), "{:?}", response.log());
}
