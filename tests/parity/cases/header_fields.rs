//! The header block as the handler sees it, which `GET` echoes.

use crate::case::{Case, FULL, FULL_10, PAGE};

/// The lines between the request line and the blank line, and whether the connection stays open.
const FIELDS: &[(&str, &[u8], bool)] = &[
    ("none", b"", true),
    ("one", b"Host: parity\r\n", true),
    ("order is kept", b"B: 2\r\nA: 1\r\nC: 3\r\n", true),
    ("duplicates", b"A: 1\r\nB: 2\r\na: 3\r\nA: 1\r\n", true),
    ("case is kept", b"x-lower: 1\r\nX-UPPER: 2\r\nx-MiXeD: 3\r\n", true),
    ("no space after the colon", b"A:1\r\nB:2\r\n", true),
    ("much space after the colon", b"A:    1\r\n", true),
    ("tab after the colon", b"A:\t1\r\nB: \t 2\r\n", true),
    ("trailing space", b"A: 1   \r\nB: 2\r\n", true),
    ("trailing tab", b"A: 1\t\r\nB: 2\r\n", true),
    ("space within", b"A: 1  2\t3\r\n", true),
    ("empty value", b"A:\r\nB: 2\r\n", true),
    ("empty value with space", b"A: \r\nB: \t \r\n", true),
    ("only colons in the value", b"A: :::\r\n", true),
    ("colon at once", b"A::1\r\n", true),
    ("quotes and backslashes", b"A: \"a\\\"b\" 'c' \\\r\n", true),
    ("percent", b"A: %s %(code)d %%\r\n", true),
    ("latin-1 value", b"A: caf\xe9 \xff\xa0\xad\r\n", true),
    ("utf-8 value", b"A: \xe2\x82\xac\r\n", true),
    ("next line in the value", b"A: 1\x852\r\n", true),
    ("no-break space around", b"A: \xa01\xa0\r\n", true),
    ("control in the value", b"A: 1\x01\x1b2\r\n", true),
    ("vertical tab in the value", b"A: 1\x0b2\x0c3\r\n", true),
    ("separators in the value", b"A: 1\x1c2\x1d3\x1e4\r\n", true),
    ("delete in the value", b"A: 1\x7f2\r\n", true),
    ("nul in the value", b"A: 1\x002\r\n", true),
    ("return in the value", b"A: 1\rB: 2\r\n", true),
    ("two returns at the end", b"A: 1\r\r\nB: 2\r\n", true),
    ("line feeds", b"A: 1\nB: 2\n", true),
    ("line feeds and cr lf", b"A: 1\nB: 2\r\nC: 3\n", true),
    ("every token character", b"!#$%&'*+-.^_`|~09azAZ: 1\r\n", true),
    ("name of one letter", b"x: 1\r\n", true),
    ("underscore", b"a_b: 1\r\n", true),
    ("encoded word", b"A: =?utf-8?q?caf=C3=A9?=\r\n", true),
    ("mime headers", b"Content-Type: text/plain; charset=\"utf-8\"\r\nMIME-Version: 1.0\r\n", true),
    ("folded by space", b"A: 1\r\n 2\r\nB: 3\r\n", true),
    ("folded by tab", b"A: 1\r\n\t2\r\nB: 3\r\n", true),
    ("folded twice", b"A: 1\r\n 2\r\n  3\r\nB: 4\r\n", true),
    ("folded by line feed", b"A: 1\n 2\nB: 3\n", true),
    ("folded with nothing first", b"A:\r\n 1\r\nB: 2\r\n", true),
    ("folded with nothing after", b"A: 1\r\n \r\nB: 2\r\n", true),
    ("folded first line", b" A: 1\r\nB: 2\r\n", true),
    ("name with at sign", b"A: 1\r\nX(@): 2\r\nB: 3\r\n", true),
    ("name with slash", b"a/b: 1\r\n", true),
    ("name with quotes", b"\"a\": 1\r\n", true),
    ("name with control", b"A: 1\r\nx\x01: 2\r\nB: 3\r\n", true),
    ("name in latin-1", b"A: 1\r\ncaf\xe9: 2\r\nB: 3\r\n", true),
    ("name with nul", b"A: 1\r\nx\x00: 2\r\nB: 3\r\n", true),
    ("name after a byte order mark", b"\xef\xbb\xbfA: 1\r\nB: 2\r\n", true),
    ("empty name", b"A: 1\r\n: 2\r\nB: 3\r\n", true),
    ("space before the colon", b"A: 1\r\nx : 2\r\nB: 3\r\n", true),
    ("tab before the colon", b"A: 1\r\nx\t: 2\r\nB: 3\r\n", true),
    ("space in the name", b"A: 1\r\nx y: 2\r\nB: 3\r\n", true),
    ("no colon", b"A: 1\r\nnonsense\r\nB: 3\r\n", true),
    ("no colon first", b"nonsense\r\nB: 3\r\n", true),
    ("from line first", b"From nobody\r\nB: 3\r\n", true),
    ("from line later", b"B: 3\r\nFrom nobody\r\nC: 4\r\n", true),
    ("from field", b"From: nobody\r\n", true),
    ("another request line", b"GET /other HTTP/1.1\r\nB: 3\r\n", true),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, fields, open) in FIELDS {
        let case = Case::new(FULL, &format!("field, {name}"));
        cases.push(case.send(request("GET", fields)).open_if(*open));
    }
    cases.extend([1, 50, 98, 99, 100, 101, 102, 200].map(of_lines));
    cases.extend([49, 50, 51].map(of_folded_lines));
    cases.extend([65534, 65535, 65536, 65537, 65538].map(of_length));
    let too_long = [b"A: ".as_slice(), &[b'x'; 70_000], b"\r\n"].concat();
    let too_many = b"A: 1\r\n".repeat(101);
    for (name, fields) in [("long line", &too_long), ("many lines", &too_many)] {
        let case = |options, method, kind: &str| {
            Case::new(options, &format!("{name} {kind}")).send(request(method, fields))
        };
        cases.push(case(FULL, "HEAD", "for head"));
        cases.push(case(FULL, "NOSUCH", "for an unknown method"));
        cases.push(case(FULL_10, "GET", "for HTTP/1.0"));
        cases.push(case(PAGE, "GET", "for another handler"));
    }
    cases.push(
        Case::new(FULL, "long line in pieces").send("GET / HTTP/1.1\r\nA: ").pause().send(too_long),
    );
    cases.push(
        Case::new(PAGE, "fields as another handler sees them")
            .send("GET /a?b HTTP/1.1\r\nHost: parity\r\nX-Quote: \"\\\r\n")
            .send(b"X-Latin: caf\xe9\x7f\r\nx-case: a/b<>\r\nConnection: close\r\n\r\n"),
    );
    cases
}

fn request(method: &str, fields: &[u8]) -> Vec<u8> {
    [method.as_bytes(), b" / HTTP/1.1\r\n", fields, b"\r\n"].concat()
}

fn of_lines(count: usize) -> Case {
    let fields: String = (0..count).map(|number| format!("X-{number}: {number}\r\n")).collect();
    let case = Case::new(FULL, &format!("{count} field lines"));
    case.send(request("GET", fields.as_bytes())).open_if(count <= 100)
}

/// Each line of a folded field counts. No `GET`, which would show how they were joined.
fn of_folded_lines(fields: usize) -> Case {
    let case = Case::new(FULL, &format!("{fields} folded fields"));
    case.send(request("REASON", &b"A: 1\r\n 2\r\n".repeat(fields))).open_if(fields <= 50)
}

/// One line that is this long with its CR LF.
fn of_length(length: usize) -> Case {
    let fields = format!("A: {}\r\n", "x".repeat(length - "A: \r\n".len()));
    let case = Case::new(FULL, &format!("field line of {length} bytes"));
    case.send(request("GET", fields.as_bytes())).open_if(length <= 65536)
}
