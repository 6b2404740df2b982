//! Where a body ends: two servers that disagree about it can be played off against each other.

use crate::play::{assert_fields_refused, assert_refused};

/// tiny_http CVE-2026-66752, Go CVE-2015-5741, CPython gh-150499, and nearly every CL.TE and TE.CL
/// since 2005. Defence: `Lengths::of_request`, step 3.
#[test]
fn length_and_transfer_encoding_together() {
    let body = "0\r\n\r\n";
    assert_fields_refused("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", body, 400);
    assert_fields_refused("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", body, 400);
}

/// Go CVE-2015-5740, actix-http CVE-2021-38512 (RUSTSEC-2021-0081), CPython gh-150499 (defect A).
/// Defence: `Lengths::content_length`.
#[test]
fn two_lengths() {
    assert_fields_refused("Content-Length: 0\r\nContent-Length: 36\r\n", "", 400);
    assert_fields_refused("Content-Length: 36\r\nContent-Length: 0\r\n", "", 400);
}

/// hyper CVE-2021-32715 (RUSTSEC-2021-0078), protocol-http1 CVE-2023-38697, waitress
/// CVE-2022-24761. Defence: `framing::content_length`, which is not `str::parse`.
#[test]
fn a_length_with_a_sign_or_a_prefix() {
    for length in ["+0", "-0", "0x0", "0_0", "0 0", "0,0", "\"0\"", "0.0", ""] {
        assert_fields_refused(&format!("Content-Length: {length}\r\n"), "", 400);
    }
}

/// hyper CVE-2021-32714 (RUSTSEC-2021-0079) is the same in chunk sizes. Defence:
/// `framing::content_length`, `checked_mul` and `checked_add`.
#[test]
fn a_length_that_overflows() {
    // Modulo 2 to the power of 64 these are 0 and 4.
    for length in ["18446744073709551616", "18446744073709551620"] {
        assert_fields_refused(&format!("Content-Length: {length}\r\n"), "", 400);
    }
}

/// tiny_http CVE-2026-66752, Node.js CVE-2019-15605 and CVE-2022-32213, Go's client CVE-2022-1705,
/// actix-http CVE-2021-38512 (RUSTSEC-2021-0081), waitress CVE-2019-16786, gunicorn CVE-2024-6827.
/// Defence: `Lengths::transfer_encoding`, which knows one coding and skips none.
#[test]
fn a_transfer_coding_that_is_not_known() {
    for (coding, status) in [
        ("xchunked", 501),
        ("identity", 501),
        ("gzip, chunked", 501),
        ("chunke", 501),
        ("\"chunked\"", 400),
        ("chunked;q=1", 400),
        ("chunked chunked", 400),
        ("", 400),
    ] {
        assert_fields_refused(&format!("Transfer-Encoding: {coding}\r\n"), "0\r\n\r\n", status);
    }
}

/// Node.js CVE-2020-8287 (two fields) and CVE-2019-15605 (not last), hyper CVE-2021-21299
/// (RUSTSEC-2021-0020), gunicorn CVE-2024-1135. Defence: `Lengths::transfer_encoding`,
/// `self.chunked`.
#[test]
fn chunked_twice_or_not_last() {
    for fields in [
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
    ] {
        assert_fields_refused(fields, "0\r\n\r\n", 400);
    }
}

/// RFC 9112 section 6.1: a front of HTTP/1.0 has forwarded what it did not understand. Pingora
/// CVE-2026-2835 (RUSTSEC-2026-0034). Defence: `Lengths::of_request`, `is_11`.
#[test]
fn a_transfer_encoding_before_http_11() {
    let request = "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_refused(format!("{request}0\r\n\r\n"), 400);
}

/// Django CVE-2015-0219 and Puma CVE-2024-45614: names that a gateway makes the same.
/// Defence: `field_meaning::of`, `underscored_framing`.
#[test]
fn framing_fields_with_an_underscore() {
    assert_fields_refused("Content_Length: 0\r\n", "", 400);
    assert_fields_refused("Transfer_Encoding: chunked\r\n", "", 400);
}
