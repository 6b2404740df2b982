//! Several requests on one connection: one after the other, all at once, and in pieces.

use crate::case::{Case, FULL, FULL_10};

const GET: &str = "GET / HTTP/1.1\r\nHost: parity\r\n\r\n";
const LAST: &str = "GET /last HTTP/1.1\r\nHost: parity\r\nConnection: close\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
const KEEP_10: &str = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let new = |name: &str| Case::new(FULL, name);
    let at_once = |name: &str, requests: &[&str]| new(name).send(requests.concat());
    let mut cases = vec![
        at_once("two at once", &[GET, GET]).open(),
        at_once("thirty at once", &[GET; 30]).open(),
        at_once("three hundred short ones at once", &["REASON / HTTP/1.1\r\n\r\n"; 300]).open(),
        at_once("posts among gets", &[GET, POST, GET, POST, POST]).open(),
        at_once("all kinds at once", &[GET, "HEAD / HTTP/1.1\r\n\r\n", POST, KEEP_10, LAST]),
        at_once("nothing after a close", &[GET, LAST, GET, GET]),
        at_once("nothing after an error", &[GET, "NOTFOUND / HTTP/1.1\r\n\r\n", GET]),
        at_once("nothing after an unknown method", &["NOSUCH / HTTP/1.1\r\n\r\n", GET]),
        at_once("nothing after a bad request", &[GET, "BAD\r\n\r\n", GET]),
        at_once("nothing after a bad version", &[GET, "GET / HTTP/1.x\r\n\r\n", GET]),
        at_once("nothing after 0.9", &[GET, "GET /\r\n", GET]),
        at_once("nothing after 1.0", &[GET, "GET / HTTP/1.0\r\n\r\n", GET]),
        at_once("1.0 kept alive", &[KEEP_10, KEEP_10, GET, KEEP_10]).open(),
        at_once("interim answers", &["INTERIM / HTTP/1.1\r\n\r\n"; 3]).open(),
        at_once("buffered heads", &["BUFFER / HTTP/1.1\r\n\r\n", GET, "BUFFER / HTTP/1.1\r\n\r\n"])
            .open(),
        at_once("empty answers", &["KEEP / HTTP/1.1\r\n\r\n", "KEEP / HTTP/1.1\r\n\r\n", GET])
            .open(),
        at_once("an empty line between", &[GET, "\r\n", GET]),
        at_once("an empty line after a body", &[POST, "\r\n", GET]),
        new("one after the other")
            .send("KEEP / HTTP/1.1\r\n\r\n")
            .wait_for(b"\r\n\r\n")
            .send(POST)
            .wait_for(b"5 2cf24dba")
            .send("INFO / HTTP/1.1\r\n\r\n")
            .wait_for(b"host: None\n")
            .send(LAST),
        new("after a while").send(GET).wait_for(b"Host: parity\n").pause().pause().send(GET).open(),
        new("one and a half").send([GET, &GET[..9]].concat()).pause().send(&GET[9..]).open(),
        new("split in the first cr lf")
            .send("GET / HTTP/1.1\r")
            .pause()
            .send("\nA: 1\r\n\r\n")
            .open(),
        new("split in the last cr lf")
            .send("GET / HTTP/1.1\r\nA: 1\r\n\r")
            .pause()
            .send("\n")
            .open(),
        new("split before the blank line")
            .send("GET / HTTP/1.1\r\nA: 1\r\n")
            .pause()
            .send("\r\n")
            .open(),
        new("split in a name")
            .send("GET / HTTP/1.1\r\nHo")
            .pause()
            .send("st: parity\r\n\r\n")
            .open(),
        new("split in the method").send("G").pause().send("ET / HTTP/1.1\r\n\r\n").open(),
        new("split before the body").send(&POST[..POST.len() - 5]).pause().send("hello").open(),
        Case::new(FULL_10, "only one for 1.0").send([GET, GET].concat()),
    ];
    let byte_by_byte = |name: &str, bytes: &str| {
        bytes.chars().fold(new(name), |case, char| case.send(char.to_string()))
    };
    cases.push(byte_by_byte("a get byte by byte", GET).open());
    cases.push(byte_by_byte("a post byte by byte", POST).open());
    cases.push(byte_by_byte("two byte by byte", &[POST, GET].concat()).open());
    cases.push(byte_by_byte("an unknown method byte by byte", "NOSUCH / HTTP/1.1\r\n\r\n"));
    cases
}
