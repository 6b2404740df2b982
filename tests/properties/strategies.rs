//! Inputs: requests that are right, and requests that went wrong in one place or two.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Runs this number of cases, unless `PROPTEST_CASES` sets another.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    // Failures are to become tests of their own, not files beside these.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn text(options: &[&'static str]) -> impl Strategy<Value = Vec<u8>> + use<> {
    select(options.iter().map(|option| option.as_bytes().to_vec()).collect::<Vec<_>>())
}

fn start() -> impl Strategy<Value = Vec<u8>> {
    let method = text(&["GET", "POST", "HEAD", "OPTIONS", "M-SEARCH", "CONNECT"]);
    let target = text(&[
        "/",
        "/",
        "/a?b=%20",
        "//x",
        "/a/b;c",
        "*",
        "a:80",
        "http://a/x",
        "HTTPS://[::1]:8?q",
        "HTTP://[::1]:8?q",
        "/%zz",
        "/{",
        "a",
    ]);
    let version = text(&["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0"]);
    (method, target, version).prop_map(|(m, t, v)| [&m[..], b" ", &t, b" ", &v].concat())
}

fn field() -> impl Strategy<Value = Vec<u8>> {
    let known = text(&[
        "Host: a",
        "host: b:80",
        "Connection: close",
        "Connection: keep-alive",
        "Connection: x ,\tClose",
        "Content-Length: 5",
        "Content-Length: 3",
        "content-length:  0003\t",
        "Content-Length: +3",
        "Content-Length: 3, 3",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "transfer-encoding: CHUNKED",
        "Expect: 100-continue",
        "Expect: x",
        "X-Empty:",
        "X-Folded: a\r\n b",
        "X : a",
    ]);
    let own = (text(&["X", "x-y", "!#$%&'*+-.^_`|~1aZ"]), vec(any::<u8>(), 0..12));
    let own = own.prop_map(|(name, value)| {
        let value =
            value.into_iter().map(|byte| if byte < b' ' || byte == 0x7f { b' ' } else { byte });
        [&name[..], b":", &value.collect::<Vec<u8>>()].concat()
    });
    prop_oneof![3 => known, 1 => own]
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let some = vec(any::<u8>(), 0..8);
    let chunked = (vec(vec(any::<u8>(), 1..6), 0..4), text(&["\r\n", "T: x\r\n\r\n", ";"]));
    let chunked = chunked.prop_map(|(pieces, end)| {
        let mut coded = bhrh::__internals::chunk(pieces.iter().map(Vec::as_slice));
        coded.truncate(coded.len() - 2);
        coded.extend_from_slice(&end);
        coded
    });
    prop_oneof![2 => Just(Vec::new()), 1 => some, 1 => Just(b"abc".to_vec()), 2 => chunked]
}

/// Something like a request: mostly well-formed, seldom faultless.
pub(crate) fn request() -> impl Strategy<Value = Vec<u8>> {
    let host = prop_oneof![4 => Just(&b"Host: a\r\n"[..]), 1 => Just(&b""[..])];
    (start(), host, vec(field(), 0..4), content()).prop_map(|(start, host, fields, content)| {
        let mut bytes = [&start[..], b"\r\n", host].concat();
        for field in fields {
            bytes.extend_from_slice(&field);
            bytes.extend_from_slice(b"\r\n");
        }
        [&bytes[..], b"\r\n", &content].concat()
    })
}

/// A request without a fault, and its command.
pub(crate) fn good_request() -> impl Strategy<Value = (Vec<u8>, &'static str)> {
    let framed = (vec(vec(any::<u8>(), 1..40), 0..4), 0..4u8);
    let command = select(vec!["GET", "POST", "HEAD", "PUT"]);
    let path = text(&["/", "/sized", "/flushed", "/deaf", "/large", "/a%20b?c"]);
    (command, path, framed).prop_map(|(command, path, (pieces, form))| {
        let content = pieces.concat();
        let mut bytes = [command.as_bytes(), b" ", &path, b" HTTP/1.1\r\nHost: a\r\n"].concat();
        match form {
            0 => bytes.extend_from_slice(b"X: y\r\n\r\n"),
            1 => {
                let head = format!("Content-Length: {}\r\n\r\n", content.len());
                bytes.extend_from_slice(head.as_bytes());
                bytes.extend_from_slice(&content);
            }
            2 => {
                bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                bytes.extend(bhrh::__internals::chunk(pieces.iter().map(Vec::as_slice)));
            }
            _ => {
                bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                bytes.extend(bhrh::__internals::chunk(pieces.iter().map(Vec::as_slice)));
                bytes.truncate(bytes.len() - 2);
                bytes.extend_from_slice(b"Trailer: x\r\n\r\n");
            }
        }
        (bytes, command)
    })
}

/// One thing that goes wrong with bytes.
#[derive(Debug, Clone)]
enum Mutation {
    Insert(Index, Vec<u8>),
    Replace(Index, u8),
    Remove(Index),
    Cut(Index),
    Repeat(Index, Index),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match self {
            Mutation::Insert(at, what) => {
                let at = at.index(length);
                bytes.splice(at..at, what.iter().copied());
            }
            Mutation::Replace(at, byte) => bytes[at.index(length)] = *byte,
            Mutation::Remove(at) => drop(bytes.remove(at.index(length))),
            Mutation::Cut(at) => bytes.truncate(at.index(length)),
            Mutation::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(from..from, piece);
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    // What parsers have been fooled with.
    let nasty =
        select(vec![b'\r', b'\n', 0, b' ', b'\t', b':', b',', b';', b'\x0b', 0x85, 0xa0, 0xff]);
    let words =
        text(&["\r\n", "\r\n\r\n", "\n\n", "\r", "0\r\n\r\n", "Content-Length: 1\r\n", "//", " "]);
    prop_oneof![
        3 => (any::<Index>(), words).prop_map(|(at, what)| Mutation::Insert(at, what)),
        3 => (any::<Index>(), nasty).prop_map(|(at, byte)| Mutation::Insert(at, vec![byte])),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        2 => any::<Index>().prop_map(Mutation::Remove),
        1 => any::<Index>().prop_map(Mutation::Cut),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Mutation::Repeat(from, to)),
    ]
}

/// Several requests or things like them, in which a few things may have gone wrong.
pub(crate) fn requests() -> impl Strategy<Value = Vec<u8>> {
    let request = prop_oneof![1 => request(), 2 => good_request().prop_map(|(bytes, _)| bytes)];
    (vec(request, 1..5), vec(mutation(), 0..3)).prop_map(|(requests, mutations)| {
        let mut bytes = requests.concat();
        mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        bytes
    })
}

/// Where to split something, as often as not close together.
pub(crate) fn cuts() -> impl Strategy<Value = Vec<Index>> {
    vec(any::<Index>(), 0..12)
}

/// The pieces of something that is split there.
pub(crate) fn pieces<'b>(bytes: &'b [u8], cuts: &[Index]) -> Vec<&'b [u8]> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.dedup();
    at.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect()
}
