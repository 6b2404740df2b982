//! The chunked coding, in which most smuggling of the last years has been done.

use crate::play::{SMUGGLED, assert_chunks_refused, play};

/// hyper CVE-2021-32714 (RUSTSEC-2021-0079). Defence: `ChunkedDecoder::chunk_size`.
#[test]
fn a_size_that_overflows() {
    // Modulo 2 to the power of 64, and of 32, these are 3 or 0.
    for size in [
        "10000000000000003",
        "f0000000000000003",
        "10000000000000000",
        "ffffffffffffffff0000000000000003",
    ] {
        assert_chunks_refused(format!("{size}\r\nabc\r\n0\r\n\r\n"));
    }
}

/// protocol-http1 CVE-2023-38697, waitress CVE-2022-24761, gunicorn#2811 and gunicorn#3047.
/// Defence: `ChunkedDecoder::chunk_size`, digits only.
#[test]
fn a_size_with_a_sign_or_a_prefix() {
    for size in ["+3", "-3", "0x3", "0X3", " 3", "3 ", "\t3", "_3", "3_", ""] {
        assert_chunks_refused(format!("{size}\r\nabc\r\n0\r\n\r\n"));
    }
}

/// Go CVE-2025-22871, ASP.NET CVE-2025-55315, Node.js CVE-2021-22960: an extension that one server
/// ends at LF and another at CR LF. Defence: `ChunkedDecoder::gather`.
#[test]
fn a_line_end_inside_of_an_extension() {
    for line in ["3;\n", "3;a\nb\r\n", "3;a\rb\r\n", "3\n", "3\r"] {
        assert_chunks_refused(format!("{line}abc\r\n0\r\n\r\n"));
    }
    assert_chunks_refused("3\r\nabc\r\n0\n\n");
    assert_chunks_refused("3\r\nabc\n0\r\n\r\n");
}

/// waitress CVE-2022-24761 again: whatever else an extension may not hold.
/// Defence: `chunked::is_extension`.
#[test]
fn an_extension_that_is_none() {
    for extension in
        [";a ", " ", "; ", ";a b", ";a=b c", ";", ";=b", ";a=", ";a=\"", ";a=\"\x01\"", "g"]
    {
        assert_chunks_refused(format!("3{extension}\r\nabc\r\n0\r\n\r\n"));
    }
}

/// Node.js CVE-2024-22019, Go CVE-2023-39326, Puma CVE-2024-21647: extensions without end make a
/// server read without end. Defence: `SIZE_LINE`.
#[test]
fn an_extension_without_end() {
    assert_chunks_refused(format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(300)));
}

/// Go CVE-2023-39326 again: the same, in many small pieces. Defence: `EXTENSIONS`.
#[test]
fn extensions_that_are_much_more_than_the_content() {
    let chunk = format!("1;{}\r\nx\r\n", "y".repeat(200));
    assert_chunks_refused(format!("{}0\r\n\r\n", chunk.repeat(200)));
}

/// h11 CVE-2025-43859: any two bytes were taken for the end of a chunk.
/// Defence: `ChunkedDecoder::gather` and `line_complete`, `DataEnd`.
#[test]
fn a_chunk_that_does_not_end_where_it_said() {
    for end in ["XX", "X\r\n", "XX\r\n", "", " \r\n", "\r\r\n"] {
        assert_chunks_refused(format!("3\r\nabc{end}0\r\n\r\n"));
    }
}

/// Tomcat CVE-2023-45648: a trailer section that is read otherwise than a head.
/// Defence: `ChunkedDecoder::trailer`.
#[test]
fn a_trailer_that_is_no_field() {
    for line in ["no colon", ": no name", "X : y", " X: y", "X: a\x01b", "X: a\0b"] {
        assert_chunks_refused(format!("0\r\n{line}\r\n\r\n"));
    }
}

/// Tomcat CVE-2023-46589: a trailer section that is too long. Defence: `TRAILERS`.
#[test]
fn trailers_without_end() {
    assert_chunks_refused(format!("0\r\n{}\r\n", "X: yyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(700)));
    assert_chunks_refused(format!("0\r\nX: {}\r\n\r\n", "y".repeat(20_000)));
}

/// RFC 9110 section 6.5.1: a trailer that is merged into the head can say anything. Defence:
/// `chunked::is_forbidden_trailer`; the others are kept apart, and framing was settled before.
#[test]
fn a_trailer_that_would_be_believed() {
    for name in ["Content-Length", "Transfer-Encoding", "Host", "connection", "Authorization"] {
        assert_chunks_refused(format!("0\r\n{name}: 36\r\n\r\n"));
    }
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let played = play(&[&head[..], b"0\r\nX-Sum: 36\r\n\r\n", SMUGGLED].concat());
    assert_eq!(played.seen, ["/", "/smuggled"]);
}
