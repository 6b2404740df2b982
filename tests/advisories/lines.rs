//! Where a line of the head ends, and what is a field.

use crate::play::{assert_fields_refused, assert_refused, play};

/// tiny_http RUSTSEC-2020-0031 (CVE-2020-35884), Go CVE-2019-16276, Node.js CVE-2021-22959.
/// Defence: `complete::field_line`, `is_token`.
#[test]
fn white_space_before_the_colon() {
    for space in [" ", "\t", " \t"] {
        let field = format!("Transfer-Encoding{space}: chunked\r\n");
        assert_fields_refused(&field, "0\r\n\r\n", 400);
        assert_fields_refused(&format!("Content-Length{space}: 0\r\n"), "", 400);
    }
}

/// Node.js CVE-2022-32215 and CVE-2024-27982. Defence: `complete::field_line`, `obs_fold`.
#[test]
fn a_folded_field() {
    assert_fields_refused("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n", 400);
    assert_fields_refused("X: y\r\n Content-Length: 36\r\n", "", 400);
    // One before the first field, where there is nothing to go on with.
    assert_refused("POST / HTTP/1.1\r\n Content-Length: 36\r\nHost: a\r\n\r\n", 400);
}

/// Node.js CVE-2022-32214 and CVE-2022-35256, waitress CVE-2019-16785. Defence:
/// `complete::field_lines`, `bare_lf`; the fast reader's look at the bytes before each line.
#[test]
fn a_line_that_ends_in_lf_alone() {
    assert_fields_refused("X: y\nContent-Length: 36\r\n", "", 400);
    assert_fields_refused("X: y\n", "", 400);
    assert_refused("GET / HTTP/1.1\r\nHost: a\r\n\n", 400);
}

/// Node.js CVE-2023-30589 (CR ends a field) and CVE-2025-23167 (`CR LF CR X` ends the head),
/// CPython gh-114782. Defence: `complete::field_line`, `BareCr`; `value_of`.
#[test]
fn a_cr_without_lf() {
    assert_fields_refused("X: y\rContent-Length: 36\r\n", "", 400);
    assert_fields_refused("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 400);
    assert_refused(
        "GET / HTTP/1.1\r\nHost: a\r\n\rXGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        400,
    );
}

/// waitress CVE-2019-16789 and gunicorn#3364 (white space of other standards around `chunked`), and
/// NULs that end a string in C. Defence: `complete::field_line`, `Nul`; `value_of`, `control`.
#[test]
fn a_control_character_in_a_value() {
    for control in ["\0", "\x0b", "\x0c", "\x7f", "\x1c"] {
        assert_fields_refused(&format!("X: y{control}z\r\n"), "", 400);
        assert_fields_refused(&format!("Transfer-Encoding:{control}chunked\r\n"), "0\r\n\r\n", 400);
        assert_fields_refused(&format!("Content-Length: 0{control}\r\n"), "", 400);
    }
}

/// Go CVE-2015-5739 (`Content Length` was a length), CPython gh-81274 (a bad line ended the fields
/// in silence, a Content-Length after it was lost). Defence: `complete::field_line`, `malformed`.
#[test]
fn a_line_that_is_no_field() {
    for line in ["no colon", ": no name", "b\u{e4}d: name", "(bad): name", "a b: name"] {
        assert_fields_refused(&format!("{line}\r\nContent-Length: 36\r\n"), "", 400);
    }
}

/// CPython CVE-2021-28861: `//host/path` is a URL of another host to a browser that is redirected
/// to it. Defence: `request_line::read`, `slashes`; `target::is_plain`.
#[test]
fn a_path_that_is_a_host() {
    let played = play(b"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(
        (played.statuses, played.seen),
        (vec![200], vec!["/evil.example/%2e%2e".to_owned()])
    );
    let played = play(b"GET ///evil.example HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(played.seen, ["/evil.example"]);
}

/// Django CVE-2012-4520 (userinfo in `Host`) and everything that has been poisoned with it since.
/// Defence: `target::is_host`.
#[test]
fn a_host_that_is_none() {
    for host in
        ["a:b@evil.example", "a/evil.example", "a b", "a,evil.example b", "a?", "a#", "", "a:0x50"]
    {
        assert_refused(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), 400);
    }
}

/// Two hosts: two servers could choose differently. Defence: `field_meaning::host`, `hosts`.
#[test]
fn two_hosts_or_none() {
    assert_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400);
    assert_refused("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400);
    assert_refused("GET / HTTP/1.1\r\n\r\n", 400);
}
