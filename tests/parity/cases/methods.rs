//! Every method of every handler, to clients of every version.

use crate::case::{BASE, BASE_10, Case, FULL, FULL_10, Options};

/// Methods of `full`, and whether they leave an HTTP/1.1 connection open.
const OF_FULL: &[(&str, bool)] = &[
    ("GET /", true),
    ("GET /a/b?c=d", true),
    ("HEAD /", true),
    ("HEAD /404", false),
    ("HEAD /204", false),
    ("POST /", true),
    ("PUT /", true),
    ("BUFFER /", true),
    ("BUFFER /slow", true),
    ("NOFLUSH /", true),
    ("CLOSE /", false),
    ("STAY /", true),
    ("ERRFORMAT /", false),
    ("ERRFORMAT /503", false),
    ("ESCAPE /", false),
    ("REASON /", true),
    ("REASON /none", true),
    ("INTERIM /", true),
    ("INFO /", true),
    ("INFO //a?b", true),
    ("LOG /", true),
    ("SILENT /", true),
    ("RAISE /", false),
];

/// Methods that `full` takes from `base`.
const OF_BASE: &[(&str, bool)] = &[
    ("TEST /", false),
    ("KEEP /", true),
    ("KEYERROR /", false),
    ("NOTFOUND /", false),
    ("EXPLAINERROR /", false),
    ("CUSTOM /", false),
    ("LATINONEHEADER /", false),
    ("SEND_ERROR /404", false),
    ("HEAD /200", false),
];

/// What `base` has not.
const NOT_OF_BASE: &[&str] = &["GET /", "POST /", "INFO /", "LOG /"];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (method, open) in OF_FULL.iter().chain(OF_BASE) {
        cases.push(case(FULL, method, "HTTP/1.1").open_if(*open));
        cases.push(case(FULL_10, method, "HTTP/1.1").open_if(keeps(method)));
        cases.push(case(FULL, method, "HTTP/1.0").open_if(keeps(method)));
        // The answers without a status line.
        cases.push(case(FULL, method, "HTTP/0.9").open_if(keeps(method)));
    }
    for (method, open) in OF_BASE {
        cases.push(case(BASE, method, "HTTP/1.1").open_if(*open));
        cases.push(case(BASE_10, method, "HTTP/1.1").open_if(keeps(method)));
    }
    cases.extend(NOT_OF_BASE.iter().map(|method| case(BASE, method, "HTTP/1.1")));
    cases
        .push(Case::new(BASE, "latin-1 field comes back as utf-8").send(
            b"LATINONEHEADER / HTTP/1.1\r\nX-Special-Incoming: \xc4rger mit Unicode\r\n\r\n",
        ));
    cases.push(
        Case::new(FULL, "info of a host").send("INFO / HTTP/1.1\r\nhost: parity\r\n\r\n").open(),
    );
    cases
}

/// Methods that keep a connection open, whatever the client said.
fn keeps(method: &str) -> bool {
    method.starts_with("KEEP") || method.starts_with("STAY")
}

fn case(options: Options, method: &str, version: &str) -> Case {
    Case::new(options, &format!("method, {method} {version}"))
        .send(format!("{method} {version}\r\n\r\n"))
}
