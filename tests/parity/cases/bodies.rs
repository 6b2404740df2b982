//! Request bodies: what a method reads, and what becomes of what it leaves.

use crate::case::{Case, FULL, FULL_10};

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

/// Fields, the bytes after the blank line, and whether the connection stays open.
const POSTS: &[(&str, &str, &[u8], bool)] = &[
    ("no length", "", b"", true),
    ("length 0", "Content-Length: 0\r\n", b"", true),
    ("length 1", "Content-Length: 1\r\n", b"x", true),
    ("length 5", "Content-Length: 5\r\n", b"hello", true),
    ("leading zeros", "Content-Length: 0005\r\n", b"hello", true),
    ("leading space", "Content-Length:    5\r\n", b"hello", true),
    ("any case", "CONTENT-length: 5\r\n", b"hello", true),
    ("binary", "Content-Length: 8\r\n", b"\x00\xff\r\n\r\n\x01\x02", true),
    ("a request as body", "Content-Length: 18\r\n", b"GET / HTTP/1.1\r\n\r\n", true),
    ("same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n", b"hello", true),
    ("with a type", "Content-Type: text/plain\r\nContent-Length: 5\r\n", b"hello", true),
    ("and close", "Content-Length: 5\r\nConnection: close\r\n", b"hello", false),
    ("empty length", "Content-Length:\r\n", b"", false),
    ("trailing space", "Content-Length: 5 \r\n", b"hello", true),
    ("plus", "Content-Length: +5\r\n", b"hello", false),
    ("minus", "Content-Length: -5\r\n", b"hello", false),
    ("letters", "Content-Length: five\r\n", b"hello", false),
    ("hex", "Content-Length: 0x5\r\n", b"hello", false),
    ("fraction", "Content-Length: 5.0\r\n", b"hello", false),
    ("list of equals", "Content-Length: 5, 5\r\n", b"hello", false),
    ("list", "Content-Length: 5, 6\r\n", b"hello", false),
    ("underscore", "Content-Length: 1_0\r\n", b"0123456789", false),
    ("superscript", "Content-Length: \u{b2}\r\n", b"xx", false),
    ("beyond 64 bits", "Content-Length: 99999999999999999999\r\n", b"", false),
    ("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!", true),
    ("length, then chunked", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"hello", true),
    ("chunked, then length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"hello", true),
    ("chunked", CHUNKED, b"5\r\nhello\r\n0\r\n\r\n", true),
    ("chunked with trailers", CHUNKED, b"2\r\nhi\r\n0\r\nA: b\r\n\r\n", true),
    ("chunked with extension", CHUNKED, b"2;a=b\r\nhi\r\n0\r\n\r\n", true),
    ("chunked in any case", "transfer-encoding: Chunked\r\n", b"2\r\nhi\r\n0\r\n\r\n", true),
    ("chunked badly", CHUNKED, b"zz\r\nhi\r\n0\r\n\r\n", true),
    ("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", b"2\r\nhi\r\n0\r\n\r\n", false),
    ("gzip", "Transfer-Encoding: gzip\r\n", b"", true),
    ("identity", "Transfer-Encoding: identity\r\n", b"", true),
];

/// Methods that read no body, or a part of one.
const UNREAD: &[(&str, &str, &[u8])] = &[
    ("get with a body", "GET / HTTP/1.1\r\nContent-Length: 5\r\n", b"hello"),
    (
        "get with a request in it",
        "GET / HTTP/1.1\r\nContent-Length: 16\r\n",
        b"X / HTTP/1.1\r\n\r\n",
    ),
    ("get with a bad length", "GET / HTTP/1.1\r\nContent-Length: 5x\r\n", b""),
    (
        "get with chunks",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n",
        b"2\r\nhi\r\n0\r\n\r\n",
    ),
    ("head with a body", "HEAD / HTTP/1.1\r\nContent-Length: 5\r\n", b"hello"),
    ("line of a longer body", "LINE / HTTP/1.1\r\nContent-Length: 12\r\n", b"first\nsecond"),
    ("line without a length", "LINE / HTTP/1.1\r\n", b"first\n"),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, fields, body, open) in POSTS {
        // Text here is Latin-1, as everywhere in a head.
        let head: Vec<u8> =
            format!("POST / HTTP/1.1\r\n{fields}\r\n").chars().map(|c| c as u8).collect();
        let case = Case::new(FULL, &format!("post, {name}"));
        cases.push(case.send([&head, *body].concat()).open_if(*open));
    }
    for (name, head, body) in UNREAD {
        let request = [head.as_bytes(), b"\r\n", body].concat();
        cases.push(Case::new(FULL, &format!("unread, {name}")).send(request).open());
    }
    for method in ["POST", "PUT"] {
        for size in [4095, 4096, 65_536, 1_000_000] {
            let case = Case::new(FULL, &format!("{method} of {size} bytes"));
            cases.push(case.send(upload(method, &vec![b'x'; size])).open());
        }
    }
    cases.push(Case::new(FULL_10, "post to 1.0").send(upload("POST", b"hello")));
    cases.push(Case::new(FULL, "line that is the body").send(upload("LINE", b"hello\n")).open());
    cases.push(Case::new(FULL, "line without an end").send(upload("LINE", b"hello")).open());
    cases.push(Case::new(FULL, "empty line as body").send(upload("LINE", b"\r\n")).open());
    let slow =
        Case::new(FULL, "body in pieces").send("PUT / HTTP/1.1\r\nContent-Length: 6\r\n\r\n");
    cases.push(slow.pause().send("ab").pause().send("cd").pause().send("ef").open());
    let late = Case::new(FULL, "unread, body that comes after the answer")
        .send("REASON / HTTP/1.1\r\nContent-Length: 5\r\n\r\n")
        .wait_for(b"\r\n\r\n");
    cases.push(late.send("hello").open());
    let chunks = b"3\r\nhel\r\n02;x\r\nlo\r\n0\r\n\r\n";
    let head = format!("POST / HTTP/1.1\r\n{CHUNKED}\r\n");
    let pieces = Case::new(FULL, "post, chunked in pieces").send(head).pause();
    cases.push(chunks.iter().fold(pieces, |case, byte| case.send([*byte])).open());
    let unread =
        Case::new(FULL, "error before the body is read").send(upload("NOTFOUND", b"hello"));
    cases.push(unread);
    cases
}

fn upload(method: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method} / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
