//! `send_error` with every code that has a phrase, some that have none, and for `HEAD`.

use crate::case::{BASE, Case, FULL, FULL_10};

/// Codes in Python's table, and around its holes.
const CODES: &[u16] = &[
    100, 101, 102, 103, 104, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 226, 299, 300, 301,
    302, 303, 304, 305, 306, 307, 308, 309, 399, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
    410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420, 421, 422, 423, 424, 425, 426, 427, 428,
    429, 430, 431, 432, 450, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511,
    512, 599, 600, 700, 999,
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for code in CODES {
        cases.push(send(Case::new(FULL, &format!("error {code}")), "SEND_ERROR", *code));
        cases.push(send(Case::new(BASE, &format!("error {code} for head")), "HEAD", *code));
    }
    for code in [200, 204, 205, 304, 404, 999] {
        cases.push(send(Case::new(FULL_10, &format!("error {code}")), "SEND_ERROR", code));
        cases.push(send(Case::new(FULL, &format!("error {code} of its own")), "ERRFORMAT", code));
    }
    for path in ["/", "/99", "/1000", "/0404", "/404x", "/-44", "404"] {
        let line = format!("SEND_ERROR {path} HTTP/1.1\r\n\r\n");
        cases.push(Case::new(FULL, &format!("error by path {path}")).send(line));
    }
    for code in [204, 404] {
        let line = format!("SEND_ERROR /{code} HTTP/0.9\r\n\r\n");
        cases.push(Case::new(FULL, &format!("error {code} for HTTP/0.9")).send(line));
    }
    cases
}

fn send(case: Case, method: &str, code: u16) -> Case {
    case.send(format!("{method} /{code} HTTP/1.1\r\nHost: parity\r\n\r\n"))
}
