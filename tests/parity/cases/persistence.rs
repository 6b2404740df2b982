//! Who closes: versions, the `Connection` field, and what methods say about it.

use crate::case::{Case, FULL, FULL_10, Options};

/// Request version, `Connection` lines, and whether the connection stays open.
const RULES: &[(&str, &str, bool)] = &[
    ("HTTP/1.1", "", true),
    ("HTTP/1.1", "Connection: close\r\n", false),
    ("HTTP/1.1", "Connection: Close\r\n", false),
    ("HTTP/1.1", "connection: CLOSE\r\n", false),
    ("HTTP/1.1", "Connection:close\r\n", false),
    ("HTTP/1.1", "Connection: keep-alive\r\n", true),
    ("HTTP/1.1", "Connection: Keep-Alive\r\n", true),
    ("HTTP/1.1", "Connection: upgrade\r\nUpgrade: websocket\r\n", true),
    ("HTTP/1.1", "Connection:\r\n", true),
    ("HTTP/1.1", "Connection: close, TE\r\n", true),
    ("HTTP/1.1", "Connection: keep-alive, close\r\n", true),
    ("HTTP/1.1", "Connection: close \r\n", true),
    ("HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", false),
    ("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", true),
    ("HTTP/1.1", "Proxy-Connection: close\r\n", true),
    ("HTTP/1.0", "", false),
    ("HTTP/1.0", "Connection: close\r\n", false),
    ("HTTP/1.0", "Connection: keep-alive\r\n", true),
    ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
    ("HTTP/1.0", "Connection: keep-alive, x\r\n", false),
    ("HTTP/1.0", "Connection: keep-alive \r\n", false),
    ("HTTP/1.0", "Connection: close\r\nConnection: keep-alive\r\n", false),
    ("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", true),
    ("HTTP/1.2", "", true),
    ("HTTP/1.10", "Connection: close\r\n", false),
    ("HTTP/0.5", "Connection: keep-alive\r\n", true),
];

/// What a method makes of it when the client spoke HTTP/1.1, and when it spoke HTTP/1.0; first
/// for a server that speaks HTTP/1.1, then for one that speaks HTTP/1.0.
const METHODS: &[(&str, [bool; 2], [bool; 2])] = &[
    ("TEST /", [false, false], [false, false]),
    ("KEEP /", [true, true], [true, true]),
    ("CLOSE /", [false, false], [false, false]),
    ("STAY /", [true, true], [true, true]),
    ("REASON /", [true, false], [false, false]),
    ("NOTFOUND /", [false, false], [false, false]),
    ("NOSUCH /", [false, false], [false, false]),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (version, fields, open) in RULES {
        for options in [FULL, FULL_10] {
            let open = *open && options == FULL;
            cases.push(request(options, "REASON /", version, fields).open_if(open));
        }
    }
    for (method, with_11, with_10) in METHODS {
        for (options, [to_11, to_10]) in [(FULL, with_11), (FULL_10, with_10)] {
            cases.push(request(options, method, "HTTP/1.1", "Host: a\r\n").open_if(*to_11));
            cases.push(request(options, method, "HTTP/1.0", "Host: a\r\n").open_if(*to_10));
        }
    }
    for options in [FULL, FULL_10] {
        cases.push(request(options, "STAY /close", "HTTP/1.1", "Connection: close\r\n").open());
        cases.push(request(options, "KEEP /close", "HTTP/1.1", "Connection: close\r\n").open());
        cases.push(request(options, "CLOSE /keep", "HTTP/1.0", "Connection: keep-alive\r\n"));
    }
    cases
}

fn request(options: Options, method: &str, version: &str, fields: &str) -> Case {
    let shown = fields.replace("\r\n", ";");
    Case::new(options, &format!("{method} {version} {shown}"))
        .send(format!("{method} {version}\r\n{fields}\r\n"))
}
