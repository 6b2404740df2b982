//! `abort`: the connection closes without an answer.

use crate::answer::answer;
use crate::play::{play, play_cut};
use bhrh::{Dispatch, Exchange, Handler, LogFormat, Outcome, http_handler};
use std::io::{self, Write};

fn get(paths: &[&str]) -> Vec<u8> {
    paths
        .iter()
        .flat_map(|path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes())
        .collect()
}

fn app(http: &mut Exchange<'_>) -> Outcome {
    match http.path {
        "/abort" => http.abort(),
        "/begun" => {
            http.send_response(200);
            http.end_headers()?;
            http.wfile.write_all(b"begun")?;
            http.abort();
        }
        "/left" => {
            http.send_response(200);
            http.send_header("Content-Length", 10);
            http.end_headers()?;
            http.wfile.write_all(b"begun")?;
            http.wfile.flush()?;
            http.abort();
        }
        "/error" => {
            http.abort();
            return Err("after all".into());
        }
        "/panic" => {
            http.abort();
            panic!("after all");
        }
        _ => http.reply(200, "text/plain", "answered")?,
    }
    Ok(())
}

#[test]
fn nothing_is_answered_and_nothing_after_it() {
    let app = answer(app);
    for path in ["/abort", "/begun"] {
        let played = play(&app, &get(&[path, "/"]));
        assert_eq!(played.text(), "", "{path}");
        // What came before is.
        let played = play(&app, &get(&["/", path, "/"]));
        assert_eq!(played.response().text(), "answered", "{path}");
    }
    assert_eq!(play(&app, &get(&["/abort"])).log, [""; 0]);
}

#[test]
fn a_response_that_has_begun_to_leave_is_cut() {
    let played = play_cut(&answer(app), &get(&["/left", "/"]));
    assert!(played.text().ends_with("\r\n\r\nbegun"), "{}", played.text());
}

#[test]
fn what_fails_afterwards_is_logged() {
    for (path, line) in [
        ("/error", "GET /error: the handler failed: after all"),
        ("/panic", "GET /panic: the handler panicked: after all"),
    ] {
        let played = play(&answer(app), &get(&[path]));
        assert_eq!((played.text().as_str(), &played.log[..]), ("", &[line.to_owned()][..]));
    }
}

#[test]
fn behind_other_handlers_and_in_hooks_it_is_the_same() {
    struct Outer<H>(H);

    #[http_handler(wraps = self.0, mount("/below" = self.0))]
    impl<H: Handler> Outer<H> {}

    for path in ["/abort", "/below/abort"] {
        assert_eq!(play(&Outer(answer(app)), &get(&[path])).text(), "", "{path}");
    }

    struct Refuses;

    impl Handler for Refuses {
        fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
            Dispatch::Unsupported
        }

        fn send_error(
            &self,
            http: &mut Exchange<'_>,
            _: u16,
            _: Option<&str>,
            _: Option<&str>,
        ) -> io::Result<()> {
            http.abort();
            Ok(())
        }
    }

    for input in [&b"EGGS / HTTP/1.1\r\nHost: a\r\n\r\n"[..], b"no request\r\n\r\n"] {
        assert_eq!(play(&Refuses, input).text(), "");
    }
}

#[test]
fn a_late_line_has_no_status() {
    struct Late;

    #[http_handler(log_format = LogFormat::Timed)]
    impl Late {
        fn do_GET(&self, http: &mut Exchange) {
            http.abort();
        }

        fn log_access(&self, http: &Exchange, code: u16, size: u64, _: std::time::Duration) {
            http.log_message(format_args!("{code} {size}"));
        }
    }

    assert_eq!(play(&Late, &get(&["/"])).log, ["0 0"]);
}
