//! The handlers that do one thing each: `page`, `refuse`, `log`, `http09`.

use crate::case::{Case, FULL, HTTP09, LOG, Options, PAGE, PAGE_10, REFUSE};

const LOG_10: Options = Options::new("log", "HTTP/1.0");
const HTTP09_10: Options = Options::new("http09", "HTTP/1.0");
const CLOSE: &str = " HTTP/1.1\r\nConnection: close\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    // A body without a length: only a connection that closes tells its end.
    for options in [PAGE, PAGE_10, REFUSE, LOG, LOG_10] {
        cases.push(case(options, "GET /a", CLOSE));
        cases.push(case(options, "GET /a", " HTTP/1.0\r\nX: 1\r\n\r\n"));
        cases.push(case(options, "GET //a//b", " HTTP/1.0\r\n\r\n"));
        cases.push(case(options, "GET /b", "\r\n"));
        cases.push(case(options, "GET /c", " HTTP/0.9\r\nX: 1\r\n\r\n"));
        cases.push(case(options, "HEAD /", CLOSE));
        cases.push(case(options, "NOSUCH /", CLOSE));
    }
    for options in [LOG, LOG_10] {
        cases.push(case(options, "ERROR /", " HTTP/1.1\r\n\r\n"));
    }
    for options in [PAGE, LOG] {
        cases.push(case(options, "GET /persistent", " HTTP/1.1\r\n\r\n").open());
    }
    for options in [HTTP09, HTTP09_10] {
        cases.push(case(options, "GET /a/b", "\r\n"));
        cases.push(case(options, "GET /caf\u{e9}", "\r\n"));
        cases.push(case(options, "GET //a//b", "\r\n"));
        cases.push(case(options, "GET /a", " HTTP/0.9\r\nX: 1\r\n\r\n"));
        cases.push(case(options, "GET /a", " HTTP/1.0\r\n\r\n"));
        cases.push(case(options, "GET /a", CLOSE));
        cases.push(case(options, "POST /a", "\r\n"));
        cases.push(case(options, "NOSUCH /a", " HTTP/1.1\r\n\r\n"));
    }
    // Nothing is awaited after the line: the client need not send a blank one.
    for options in [FULL, PAGE, HTTP09] {
        cases.push(Case::new(options, "0.9 alone").send("GET /").pause().send(" \r\n"));
        cases.push(Case::new(options, "0.9 and no line end").send("GET /x").half_closed());
    }
    cases
}

fn case(options: Options, start: &str, rest: &str) -> Case {
    let shown = rest.trim_end().replace("\r\n", ";");
    Case::new(options, &format!("{start}{shown}")).send(format!("{start}{rest}"))
}
