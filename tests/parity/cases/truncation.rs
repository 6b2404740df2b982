//! Clients that stop sending: in the line, in the head, in the body.

use crate::case::{Case, FULL, PAGE};

const CUT: &[(&str, &[u8])] = &[
    ("at once", b""),
    ("after a letter", b"G"),
    ("after the method", b"GET"),
    ("after a blank", b"GET "),
    ("after a return", b"\r"),
    ("in the version", b"GET / HT"),
    ("in the version number", b"GET / HTTP/1."),
    ("before the line end", b"GET / HTTP/1.1"),
    ("in the line end", b"GET / HTTP/1.1\r"),
    ("after the line", b"GET / HTTP/1.1\r\n"),
    ("in a name", b"GET / HTTP/1.1\r\nA: 1\r\nHos"),
    ("after a colon", b"GET / HTTP/1.1\r\nA: 1\r\nHost:"),
    ("in a value", b"GET / HTTP/1.1\r\nA: 1\r\nHost: par"),
    ("after a field", b"GET / HTTP/1.1\r\nHost: parity\r\n"),
    ("in the last line end", b"GET / HTTP/1.1\r\nHost: parity\r\n\r"),
    ("after the head", b"GET / HTTP/1.1\r\nHost: parity\r\n\r\n"),
    ("after the head of a 1.0", b"GET / HTTP/1.0\r\nHost: parity\r\n\r\n"),
    ("with an unknown method", b"<script>alert(\"hello\")</script> / HTTP/1.1"),
    ("in an old request", b"GET /old"),
    ("in an old post", b"POST /old"),
    ("before a body", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"),
    ("in a body", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel"),
    ("after a body", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
    ("in the second request", b"REASON / HTTP/1.1\r\n\r\nGET / HT"),
    ("in the second head", b"REASON / HTTP/1.1\r\n\r\nREASON / HTTP/1.1\r\nHost: par"),
    ("after two requests", b"REASON / HTTP/1.1\r\n\r\nREASON / HTTP/1.1\r\n\r\n"),
    ("where a 100 is due", b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n"),
];

pub(super) fn cases() -> Vec<Case> {
    let cut = |&(name, bytes): &(&str, &[u8])| {
        Case::new(FULL, &format!("cut {name}")).send(bytes).half_closed()
    };
    let mut cases: Vec<Case> = CUT.iter().map(cut).collect();
    let page = b"GET / HTTP/1.1\r\nX: 1";
    cases.push(Case::new(PAGE, "cut in a value").send(page).half_closed());
    cases
}
