//! What the log shows of requests that are made to garble it.

use crate::case::{Case, FULL, FULL_10, LOG};

/// Requests whose lines come back in the log, and whether the connection stays open.
const LINES: &[(&str, &[u8], bool)] = &[
    ("escape sequence", b"REASON /\x1b]0;title\x07 HTTP/1.1", true),
    ("all low controls", b"REASON /\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10 HTTP/1.1", true),
    ("more low controls", b"REASON /\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a HTTP/1.1", true),
    ("delete and c1", b"REASON /\x7f\x80\x84\x86\x9f HTTP/1.1", true),
    ("beyond c1", b"REASON /\xa1\xad\xe4\xff HTTP/1.1", true),
    ("backslashes", b"REASON /\\x1b\\\\n HTTP/1.1", true),
    ("quotes", b"REASON /\"quoted\"'single' HTTP/1.1", true),
    ("percent", b"REASON /%s%d%(x)s%% HTTP/1.1", true),
    ("braces", b"REASON /{}{0}{{ HTTP/1.1", true),
    ("tabs between words", b"REASON\t/\tHTTP/1.1", true),
    ("blanks around", b"  REASON  /  HTTP/1.1  ", true),
    ("double slash stays", b"REASON //a HTTP/1.1", true),
    ("method with controls", b"A\x01B\\ / HTTP/1.1", false),
    ("version with controls", b"GET / \x02\\'", false),
    ("syntax with everything", b"\x03'\"\\\x7f\xa0\xe9", false),
    ("old method with controls", b"\x04\\ /", false),
    ("invalid version", b"GET / HTTP/3.0", false),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for options in [FULL, LOG] {
        for (name, line, open) in LINES {
            // `log` knows no REASON: a 501, whose message holds only the method.
            let open = *open && options == FULL;
            let case = Case::new(options, &format!("log of {name}"));
            cases.push(case.send([line, b"\r\n\r\n".as_slice()].concat()).open_if(open));
        }
    }
    for options in [FULL, FULL_10] {
        let case = Case::new(options, "log by hand").send("LOG /a\\b HTTP/1.1\r\n\r\n");
        cases.push(case.open_if(options == FULL));
    }
    cases
}
