//! Handlers around handlers: `pass_to`, and what goes along.

use crate::answer::answer;
use crate::play::play;
use bhrh::{Dispatch, Error, Exchange, Handler, Outcome, base, http_handler};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read, Write};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Does something around another handler.
struct Around<H, F> {
    inner: H,
    run: F,
}

impl<H, F> Handler for Around<H, F>
where
    H: Handler,
    F: Fn(&mut Exchange<'_>, &dyn Handler) -> Outcome + Send + Sync,
{
    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Unsupported
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some("D".into())
    }

    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
        (self.run)(http, &self.inner)
    }

    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        base::log_message(http, format_args!("outer: {message}"));
    }
}

/// A function around a handler.
fn around<H, F>(inner: H, run: F) -> Around<H, F>
where
    H: Handler,
    F: Fn(&mut Exchange<'_>, &dyn Handler) -> Outcome + Send + Sync,
{
    Around { inner, run }
}

/// A handler with hooks of its own.
struct Inner;

impl Handler for Inner {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(match http.path {
            "/404" => http.send_error(404).map_err(Into::into),
            "/fail" => Err("no".into()),
            "/status" => Err(Error::status((418, "Teapot"))),
            "/panic" => panic!("no"),
            "/nothing" => Ok(()),
            _ => {
                http.send_response(200);
                http.end_headers().map_err(Into::into)
            }
        })
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn server_version(&self) -> Cow<'_, str> {
        "Inner".into()
    }

    fn error_message_format(&self) -> Cow<'_, str> {
        "inner %(code)d".into()
    }

    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        http.send_header("X-Inner", "yes");
        base::end_headers(http)
    }

    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        base::log_message(http, format_args!("inner: {message}"));
    }
}

#[test]
fn the_inner_handlers_hooks_and_settings_apply() {
    let handler = around(Inner, |http, inner| http.pass_to(inner));
    let played = play(&handler, &GET.repeat(2));
    for response in played.responses_to(&["GET", "GET"]) {
        assert_eq!(response.header("Server"), Some("Inner Rust"));
        assert_eq!(response.header("X-Inner"), Some("yes"));
    }
    assert_eq!(played.log, ["inner: \"GET / HTTP/1.1\" 200 -"; 2]);

    let played = play(&handler, b"GET /404 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(played.response().text(), "inner 404");
    let lines = ["inner: code 404, message Not Found", "inner: \"GET /404 HTTP/1.1\" 404 -"];
    assert_eq!(played.log, lines);
}

#[test]
fn what_the_inner_handler_leaves_undone_the_outer_one_answers() {
    let handler = around(Inner, |http, inner| http.pass_to(inner));
    for (path, status) in [("/fail", 500), ("/panic", 500), ("/nothing", 500), ("/status", 418)] {
        let input = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let played = play(&handler, input.as_bytes());
        assert_eq!(played.response().status(), status);
        assert!(played.log.iter().all(|line| line.starts_with("outer: ")), "{:?}", played.log);
    }
    let mending = around(Inner, |http, inner| match http.pass_to(inner) {
        Ok(()) => Ok(()),
        Err(error) => Ok(http.send_error((503, error.to_string()))?),
    });
    let played = play(&mending, b"GET /fail HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((played.response().status(), played.response().reason()), (503, "no"));
}

#[test]
fn what_was_half_read_goes_on_where_it_was() {
    let inner = answer(|http: &mut Exchange<'_>| {
        let mut line = String::new();
        http.rfile.read_line(&mut line)?;
        http.extensions.insert(line);
        io::Result::Ok(())
    });
    let handler = around(inner, |http, inner| {
        let mut first = String::new();
        http.rfile.read_line(&mut first)?;
        http.pass_to(inner)?;
        let second: String = http.extensions.remove().unwrap_or_default();
        let mut rest = String::new();
        http.rfile.read_to_string(&mut rest)?;
        http.send_response((200, format!("{first:?} {second:?} {rest:?}")));
        Ok(http.end_headers()?)
    });
    let body = "one\ntwo\nthree\nfour";
    let sized =
        format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked =
        format!("{head}6\r\none\ntw\r\n{:x}\r\n{}\r\n0\r\n\r\n", body.len() - 6, &body[6..]);
    for input in [sized, chunked] {
        let played = play(&handler, input.repeat(2).as_bytes());
        for response in played.responses_to(&["POST", "POST"]) {
            assert_eq!(response.reason(), "\"one\\n\" \"two\\n\" \"three\\nfour\"");
        }
    }
}

#[test]
fn extensions_go_in_and_come_back() {
    #[derive(Debug, PartialEq)]
    struct User(&'static str);
    let inner = answer(|http: &mut Exchange<'_>| {
        assert_eq!(http.extensions.get::<User>(), Some(&User("ada")));
        if let Some(user) = http.extensions.get_mut::<User>() {
            user.0 = "grace";
        }
        http.extensions.insert(7u8);
        http.send_response(204);
        http.end_headers()
    });
    let handler = around(inner, |http, inner| {
        assert_eq!(http.extensions.get::<User>(), None, "left over from the request before");
        assert_eq!(http.extensions.insert(User("ada")), None);
        http.pass_to(inner)?;
        assert_eq!(http.extensions.insert(User("last")), Some(User("grace")));
        assert_eq!(http.extensions.remove::<u8>(), Some(7));
        assert_eq!(http.extensions.get::<u8>(), None);
        Ok(())
    });
    assert_eq!(play(&handler, &GET.repeat(2)).responses_to(&["GET", "GET"])[1].status(), 204);
}

#[test]
fn the_fields_of_an_exchange_go_along_both_ways() {
    let inner = answer(|http: &mut Exchange<'_>| {
        assert_eq!((http.command, http.path), ("GET", "/inner"));
        assert_eq!(http.headers.get("host"), Some("a"));
        assert_eq!(http.error_message_format.as_deref(), Some("outer's %(code)d"));
        http.error_content_type = Some("text/x-inner".into());
        http.close_connection = true;
        io::Result::Ok(())
    });
    let handler = around(inner, |http, inner| {
        // A mount point takes itself off the path.
        http.path = &http.path["/mount".len()..];
        http.error_message_format = Some("outer's %(code)d".into());
        http.pass_to(inner)?;
        assert!(http.close_connection);
        Ok(http.send_error(404)?)
    });
    let played = play(&handler, b"GET /mount/inner HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(played.response().text(), "outer's 404");
    assert_eq!(played.response().header("Content-Type"), Some("text/x-inner"));
}

#[test]
fn output_of_both_stays_in_order() {
    let inner = answer(|http: &mut Exchange<'_>| http.wfile.write_all(b"inner "));
    let handler = around(inner, |http, inner| {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"before ")?;
        http.pass_to(inner)?;
        Ok(http.wfile.write_all(b"after")?)
    });
    assert_eq!(play(&handler, GET).response().text(), "before inner after");
}

#[test]
fn wrappers_can_be_wrapped() {
    fn count(http: &mut Exchange<'_>, inner: &dyn Handler) -> Outcome {
        let depth = http.extensions.remove::<u32>().unwrap_or_default();
        http.extensions.insert(depth + 1);
        http.pass_to(inner)
    }
    let innermost = answer(|http: &mut Exchange<'_>| {
        let depth = http.extensions.get::<u32>().copied().unwrap_or_default();
        http.send_response((200, format!("{depth} deep")));
        http.end_headers()
    });
    let handler = around(around(around(innermost, count), count), count);
    assert_eq!(play(&handler, GET).response().reason(), "3 deep");
}

#[test]
fn a_response_is_framed_for_the_version_it_states() {
    let inner = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.flush()?;
        http.wfile.write_all(b"hi")
    });
    let handler = around(inner.speaking("HTTP/1.0"), |http, inner| http.pass_to(inner));
    let text = play(&handler, &GET.repeat(2)).text();
    assert_eq!(text, "HTTP/1.0 200 OK\r\nServer: S\r\nDate: D\r\nConnection: close\r\n\r\nhi");
}

#[test]
fn a_panic_that_the_wrapper_catches_leaves_a_usable_exchange() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let inner = answer(|http: &mut Exchange<'_>| -> Outcome {
        http.send_response(200);
        panic!("caught")
    });
    let handler = around(inner, |http, inner| {
        let caught = catch_unwind(AssertUnwindSafe(|| http.pass_to(inner)));
        assert!(caught.is_err());
        Ok(http.send_error(503)?)
    });
    assert_eq!(play(&handler, GET).response().status(), 503);
}

/// Names its requests, and adds a field to every answer.
struct Named<H>(H);

#[http_handler(protocol_version = "HTTP/1.1", mount("/below" = self.0))]
impl<H: Handler> Named<H> {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        http.add_header("X-Outer", "yes");
        http.extensions.insert(7u8);
        http.error_message_format = Some("outer's %(code)d".into());
        http.error_content_type = Some("text/x-outer".into());
        match http.path {
            "/" => http.pass_to(&self.0),
            "/same" => http.dispatch_to(&self.0),
            _ => http.dispatch(),
        }
    }

    fn request_id(&self, _: &Exchange) -> String {
        "id-1".into()
    }

    fn log_error(&self, http: &Exchange, message: fmt::Arguments<'_>) {
        let kept = http.extensions.get::<u8>();
        base::log_message(http, format_args!("{kept:?} {message}"));
    }
}

#[test]
fn after_a_panic_the_outer_exchange_has_all_that_it_lent() {
    for fails in [|| -> Outcome { panic!("oh") }, || Err("oh".into())] {
        let handler = Named(answer(move |http: &mut Exchange<'_>| {
            // More than was read of it by the method stays gathered.
            http.rfile.read_line(&mut String::new())?;
            fails()
        }));
        for path in ["/", "/same", "/below/"] {
            let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
            let played = play(&handler, format!("{head}one\ntwo\n").as_bytes());
            let response = played.response();
            assert_eq!((response.status(), response.text()), (500, "outer's 500"), "{path}");
            assert_eq!(response.header("X-Request-Id"), Some("id-1"), "{path}");
            assert_eq!(response.header("X-Outer"), Some("yes"), "{path}");
            assert_eq!(response.header("Content-Type"), Some("text/x-outer"), "{path}");
            assert!(played.log[0].starts_with("[id-1] Some(7) "), "{path}: {:?}", played.log);
        }
    }
}

#[test]
fn after_a_panic_that_is_caught_reading_goes_on() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let inner = answer(|http: &mut Exchange<'_>| -> Outcome {
        http.rfile.read_line(&mut String::new())?;
        panic!("caught")
    });
    let handler = around(inner, |http, inner| {
        assert!(catch_unwind(AssertUnwindSafe(|| http.pass_to(inner))).is_err());
        let mut second = String::new();
        http.rfile.read_line(&mut second)?;
        Ok(http.send_error((418, second.trim_end()))?)
    });
    let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\none\ntwo\n";
    assert_eq!(play(&handler, request).response().reason(), "two");
}
