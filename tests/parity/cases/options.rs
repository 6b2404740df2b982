//! The servers' own options: names, protocols, default request versions.

use crate::case::{Case, Options};

const fn with(handler: &'static str, more: &'static [&'static str]) -> Options {
    Options { handler, protocol: "HTTP/1.1", more }
}

const NAMED: Options = with("full", &["--server-version", "Name/2", "--sys-version", "Sys/3 (x)"]);
const NAMELESS_SYSTEM: Options = with("full", &["--sys-version", ""]);
const DEFAULT_09: Options = with("base", &["--default-request-version", "HTTP/0.9"]);
const DEFAULT_10: Options = with("full", &["--default-request-version", "HTTP/1.0"]);
const DEFAULT_11: Options = with("page", &["--default-request-version", "HTTP/1.1"]);
const PROTOCOL_12: Options = Options::new("full", "HTTP/1.2");

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for options in [NAMED, NAMELESS_SYSTEM] {
        let new = |name: &str| Case::new(options, name);
        cases.push(new("server field").send("REASON / HTTP/1.1\r\n\r\n").open());
        cases.push(new("server field of an error").send("NOTFOUND / HTTP/1.1\r\n\r\n"));
        cases.push(new("names in info").send("INFO / HTTP/1.1\r\n\r\n").open());
    }
    for options in [DEFAULT_09, DEFAULT_10, DEFAULT_11] {
        let new = |name: &str| Case::new(options, name);
        cases.push(new("two words").send("GET /a\r\n"));
        cases.push(new("two words, not get").send("POST /a\r\n"));
        cases.push(new("one word").send("GET\r\n"));
        cases.push(new("four words").send("GET / a HTTP/1.1\r\n\r\n"));
        cases.push(new("bad version").send("GET / FUBAR\r\n\r\n"));
        cases.push(new("invalid version").send("GET / HTTP/2.0\r\n\r\n"));
        cases.push(new("0.9 in words").send("GET / HTTP/0.9\r\n\r\n"));
        cases.push(new("unknown method").send("NOSUCH / HTTP/1.1\r\n\r\n"));
        cases.push(new("long line").send([b'x'; 65537]));
    }
    let expect = "REASON / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n";
    cases.extend([
        Case::new(PROTOCOL_12, "to 1.1").send("REASON / HTTP/1.1\r\n\r\n").open(),
        Case::new(PROTOCOL_12, "to 1.0").send("REASON / HTTP/1.0\r\n\r\n"),
        Case::new(PROTOCOL_12, "to 1.2").send("REASON / HTTP/1.2\r\n\r\n").open(),
        Case::new(PROTOCOL_12, "expectation").send(expect).open(),
        Case::new(PROTOCOL_12, "error").send("NOTFOUND / HTTP/1.1\r\n\r\n"),
    ]);
    cases
}
