//! `Expect: 100-continue` and its hook.

use crate::case::{Case, FULL, FULL_10, Options, PAGE, PAGE_10, REFUSE};

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Request line, `Expect` lines, and whether the connection stays open.
const RULES: &[(&str, &str, bool)] = &[
    ("REASON / HTTP/1.1", "Expect: 100-continue\r\n", true),
    ("REASON / HTTP/1.1", "expect: 100-Continue\r\n", true),
    ("REASON / HTTP/1.1", "Expect:100-CONTINUE\r\n", true),
    ("REASON / HTTP/1.1", "Expect: 100-continue \r\n", true),
    ("REASON / HTTP/1.1", "Expect: 100-continue, x\r\n", true),
    ("REASON / HTTP/1.1", "Expect: something\r\n", true),
    ("REASON / HTTP/1.1", "Expect:\r\n", true),
    ("REASON / HTTP/1.1", "Expect: 100-continue\r\nExpect: other\r\n", true),
    ("REASON / HTTP/1.1", "Expect: other\r\nExpect: 100-continue\r\n", true),
    ("REASON / HTTP/1.1", "Expect: 100-continue\r\nConnection: close\r\n", false),
    ("REASON / HTTP/1.0", "Expect: 100-continue\r\n", false),
    ("REASON / HTTP/1.0", "Expect: 100-continue\r\nConnection: keep-alive\r\n", true),
    ("REASON / HTTP/1.10", "Expect: 100-continue\r\n", true),
    ("REASON / HTTP/01.1", "Expect: 100-continue\r\n", true),
    ("REASON / HTTP/0.9", "Expect: 100-continue\r\n", false),
    ("HEAD / HTTP/1.1", "Expect: 100-continue\r\n", true),
    ("NOSUCH / HTTP/1.1", "Expect: 100-continue\r\n", false),
    ("NOTFOUND / HTTP/1.1", "Expect: 100-continue\r\n", false),
    ("REASON /refuse HTTP/1.1", "Expect: 100-continue\r\n", false),
    ("REASON /refuse HTTP/1.0", "Expect: 100-continue\r\n", false),
    ("REASON /refuse HTTP/1.1", "Expect: other\r\n", true),
    ("HEAD /refuse HTTP/1.1", "Expect: 100-continue\r\n", false),
    ("NOSUCH /refuse HTTP/1.1", "Expect: 100-continue\r\n", false),
    ("REASON /refuse-open HTTP/1.1", "Expect: 100-continue\r\n", true),
    ("REASON /refuse-open HTTP/1.1", "Expect: 100-continue\r\nConnection: close\r\n", false),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (line, fields, open) in RULES {
        cases.push(request(FULL, line, fields).open_if(*open));
        cases.push(request(FULL_10, line, fields));
    }
    let close = "Expect: 100-continue\r\nConnection: close\r\n";
    cases.extend([PAGE, PAGE_10].map(|options| request(options, "GET / HTTP/1.1", close)));
    cases.push(request(PAGE, "GET / HTTP/1.0", close));
    cases.push(request(REFUSE, "GET / HTTP/1.1", "Expect: 100-continue\r\n"));
    cases.push(request(
        REFUSE,
        "GET / HTTP/1.1",
        "Expect: 100-continue, x\r\nConnection: close\r\n",
    ));
    cases.push(request(REFUSE, "NOSUCH / HTTP/1.1", "Expect: 100-continue\r\n"));
    cases.extend([
        upload("body after the 100").wait_for(CONTINUE).send("hello").open(),
        upload("body after the 100, in pieces")
            .wait_for(CONTINUE)
            .send("he")
            .pause()
            .send("llo")
            .open(),
        upload("body without waiting").send("hello").open(),
        upload("body after the 100, then another")
            .wait_for(CONTINUE)
            .send("hello")
            .wait_for(b"\n")
            .send("PUT / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            .send("hello")
            .open(),
        Case::new(FULL, "body refused")
            .send("POST /refuse HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"),
        Case::new(FULL, "body refused on a connection left open")
            .send("POST /refuse-open HTTP/1.1\r\nContent-Length: 5\r\n")
            .send("Expect: 100-continue\r\n\r\n")
            .wait_for(b"\r\n\r\n")
            .open(),
        Case::new(FULL, "body sent without waiting, and refused")
            .send(
                "POST /refuse-open HTTP/1.1\r\nContent-Length: 5\r\n\
                 Expect: 100-continue\r\n\r\nhello",
            )
            .open(),
        Case::new(FULL, "chunks after the 100")
            .send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
            .wait_for(CONTINUE)
            .send("5\r\nhello\r\n0\r\n\r\n")
            .open(),
    ]);
    cases
}

fn request(options: Options, line: &str, fields: &str) -> Case {
    let shown = fields.replace("\r\n", ";");
    Case::new(options, &format!("expect, {line} {shown}")).send(format!("{line}\r\n{fields}\r\n"))
}

fn upload(name: &str) -> Case {
    Case::new(FULL, name)
        .send("POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
}
