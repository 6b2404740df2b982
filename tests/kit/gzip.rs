//! Compressed responses.

use std::io::{self, Read, Write};

use bhrh::__internals::{converse, read_response};
use bhrh::testing::Response;
use bhrh::{Error, Exchange, Handler, Outcome, Profile};
use flate2::read::GzDecoder;

use crate::app::{app, ask};

const GZIP: [(&str, &str); 1] = [("Accept-Encoding", "gzip")];

fn text(length: usize) -> String {
    "compress me, ".chars().cycle().take(length).collect()
}

fn unzipped(response: &Response) -> String {
    assert_eq!(response.header("Content-Encoding"), Some("gzip"), "{response:?}");
    let mut text = String::new();
    GzDecoder::new(response.body()).read_to_string(&mut text).expect("gzip");
    text
}

fn assert_plain(response: &Response, body: &str) {
    assert_eq!((response.header("Content-Encoding"), response.text()), (None, body));
}

/// Compresses whatever the function answers.
fn compressed<R: bhrh::IntoOutcome>(
    run: impl Fn(&mut Exchange<'_>) -> R + Send + Sync,
) -> impl Handler {
    app(move |http: &mut Exchange<'_>| {
        http.compress();
        run(http)
    })
}

#[test]
fn a_reply_of_known_length() {
    let app = compressed(|http| http.reply(200, "text/plain", text(5000)));
    let response = ask(&app, "GET", &GZIP);
    assert_eq!(unzipped(&response), text(5000));
    assert_eq!(response.headers().get_all("Content-Length").count(), 1);
    assert_eq!(response.header("Content-Length"), Some(&*response.body().len().to_string()));
    assert_eq!(response.header("Vary"), Some("Accept-Encoding"));
    // HEAD says the same.
    let head = ask(&app, "HEAD", &GZIP);
    for name in ["Content-Length", "Content-Encoding", "Vary"] {
        assert_eq!(head.header(name), response.header(name), "{name}");
    }
    // And who does not want it knows that others might.
    for fields in [&[][..], &[("Accept-Encoding", "br, gzip;q=0")]] {
        let plain = ask(&app, "GET", fields);
        assert_plain(&plain, &text(5000));
        assert_eq!(plain.header("Content-Length"), Some("5000"));
        assert_eq!(plain.header("Vary"), Some("Accept-Encoding"));
    }
}

#[test]
fn a_body_of_unknown_length() {
    for length in [0, 1, 1023, 1024, 5000, 1_000_000] {
        let app = compressed(move |http| {
            http.send_response(200);
            http.send_header("Content-Type", "text/plain");
            http.end_headers()?;
            for piece in text(length).as_bytes().chunks(700) {
                http.wfile.write_all(piece)?;
            }
            Ok::<(), io::Error>(())
        });
        let response = ask(&app, "GET", &GZIP);
        match length {
            0..1024 => assert_plain(&response, &text(length)),
            _ => assert_eq!(unzipped(&response), text(length)),
        }
        let head = ask(&app, "HEAD", &GZIP);
        assert_eq!(head.header("Content-Encoding"), response.header("Content-Encoding"));
    }
}

#[test]
fn a_large_body_comes_in_chunks() {
    let mut state = 1u64;
    let noise: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b' ' + (state >> 33) as u8 % 90)
    })
    .take(200_000)
    .collect();
    let expected = noise.clone();
    let app = compressed(move |http| http.reply(200, "text/plain", &noise));
    let response = ask(&app, "GET", &GZIP);
    assert_eq!(response.header("Transfer-Encoding"), Some("chunked"));
    assert_eq!(response.header("Content-Length"), None);
    assert_eq!(unzipped(&response), expected);
}

#[test]
fn what_is_flushed_can_be_read() {
    let app = compressed(|http| {
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.end_headers()?;
        http.wfile.write_all(b"first")?;
        http.wfile.flush()?;
        Err::<(), Error>("it goes no further".into())
    });
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
    let (bytes, _) = converse(&app, request, Profile::STRICT);
    let text = bytes.escape_ascii().to_string();
    assert!(text.contains(r"\r\nTransfer-Encoding: chunked\r\n"), "{text}");
    let at = bytes.windows(2).position(|window| window == [0x1f, 0x8b]).expect("gzip");
    let mut five = [0; 5];
    GzDecoder::new(&bytes[at..]).read_exact(&mut five).expect("the first five");
    assert_eq!(&five, b"first");
}

#[test]
fn headers_that_are_flushed_leave_coded_content_to_follow() {
    let app = compressed(|http| {
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.end_headers()?;
        http.flush_headers()?;
        http.wfile.write_all(b"first")
    });
    assert_eq!(unzipped(&ask(&app, "GET", &GZIP)), "first");
}

/// What has left says how long the content is, and may say that it is coded.
#[test]
fn a_head_that_has_left_in_part_is_kept_to() {
    let app = compressed(|http| {
        http.send_response(200);
        http.send_header("Content-Length", 5000);
        http.flush_headers()?;
        http.send_header("Content-Type", "text/plain");
        http.end_headers()?;
        http.wfile.write_all(text(5000).as_bytes())
    });
    assert_plain(&ask(&app, "GET", &GZIP), &text(5000));
}

#[test]
fn what_is_left_alone() {
    let with = |status: u16, fields: &'static [(&str, &str)], content_type: &'static str| {
        let app = compressed(move |http| {
            http.send_response(status);
            for (name, value) in fields {
                http.send_header(name, *value);
            }
            http.send_body(content_type, text(5000))
        });
        ask(&app, "GET", &GZIP)
    };
    for response in [
        with(206, &[("Content-Range", "bytes 0-4999/6000")], "text/plain"),
        with(206, &[("Content-Range", "bytes 0-4999/6000")], "multipart/byteranges; boundary=b"),
        with(200, &[("Content-Range", "bytes 0-4999/6000")], "text/plain"),
        with(200, &[("Cache-Control", "public, No-Transform")], "text/plain"),
        with(200, &[], "image/png"),
        with(200, &[], "text/event-stream"),
    ] {
        assert_plain(&response, &text(5000));
        let depends = response.status() == 206;
        assert_eq!(response.header("Vary").is_some(), depends, "{response:?}");
    }
    let response = with(200, &[("Content-Encoding", "br")], "text/plain");
    assert_eq!(response.headers().get_all("Content-Encoding").collect::<Vec<_>>(), ["br"]);
    assert_eq!(response.text(), text(5000));
    for status in [204, 304] {
        let response = with(status, &[("ETag", "\"x\"")], "text/plain");
        assert_eq!(response.header("Content-Encoding"), None);
        assert_eq!(response.header("ETag"), Some("\"x\""));
    }
    let tiny = compressed(|http| http.reply(200, "text/plain", "tiny"));
    assert_plain(&ask(&tiny, "GET", &GZIP), "tiny");
}

#[test]
fn a_validator_becomes_weak() {
    for (etag, expected) in [("\"x\"", "W/\"x\""), ("W/\"x\"", "W/\"x\"")] {
        let app = compressed(move |http| {
            http.send_response(200);
            http.send_header("ETag", etag);
            http.send_header("Vary", "Accept-Language, accept-encoding");
            http.send_header("X-After", "1");
            http.send_body("text/plain", text(5000))
        });
        let response = ask(&app, "GET", &GZIP);
        assert_eq!(unzipped(&response), text(5000));
        assert_eq!(
            (response.header("ETag"), response.header("X-After")),
            (Some(expected), Some("1"))
        );
        assert_eq!(response.headers().get_all("Vary").count(), 1);
    }
}

const DIGESTS: [&str; 4] = ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];

/// RFC 9530: a digest of the plain content does not fit the coded content.
#[test]
fn digests_of_the_plain_content_are_removed() {
    let app = compressed(|http| {
        for name in DIGESTS {
            http.add_header(name, "sha-256=:AA==:");
        }
        http.reply(200, "text/plain", text(5000))
    });
    let plain = ask(&app, "GET", &[]);
    assert_plain(&plain, &text(5000));
    let coded = ask(&app, "GET", &GZIP);
    assert_eq!(unzipped(&coded), text(5000));
    for name in DIGESTS {
        assert_eq!(plain.header(name), Some("sha-256=:AA==:"), "{name}");
        assert_eq!(coded.header(name), None, "{name}");
        assert_eq!(ask(&app, "HEAD", &GZIP).header(name), None, "{name}");
    }
}

/// RFC 9110 section 8.6: the length in a 304 is that of the 200.
#[test]
fn a_304_does_not_say_the_plain_length_of_coded_content() {
    let app = |length: usize, content_type: &'static str| {
        compressed(move |http| {
            http.send_response(304);
            http.send_header("Content-Length", length);
            http.send_header("Content-Digest", "sha-256=:AA==:");
            if !content_type.is_empty() {
                http.send_header("Content-Type", content_type);
            }
            http.end_headers()
        })
    };
    for (length, content_type, fields, kept) in [
        (5000, "", &GZIP[..], false),
        (5000, "text/plain", &GZIP, false),
        (5000, "text/plain", &[], true),
        (5000, "image/png", &GZIP, true),
        (500, "text/plain", &GZIP, true),
    ] {
        let response = ask(&app(length, content_type), "GET", fields);
        for name in ["Content-Length", "Content-Digest"] {
            let found = response.header(name).is_some();
            assert_eq!(found, kept, "{name} {length} {content_type:?} {fields:?}");
        }
    }
}

#[test]
fn events_are_not_held_back() {
    let app = compressed(|http| http.send_events(|events| events.send("now")));
    assert_plain(&ask(&app, "GET", &GZIP), "data: now\n\n");
}

#[test]
fn a_handler_that_fails_has_its_page() {
    let app = compressed(|http| -> Outcome {
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.send_header("Content-Length", 5000);
        http.end_headers()?;
        http.wfile.write_all(text(2000).as_bytes())?;
        Err(Error::status(503))
    });
    let response = ask(&app, "GET", &GZIP);
    assert_eq!((response.status(), response.header("Content-Encoding")), (503, None));
    assert!(response.text().starts_with("<!DOCTYPE HTML>"));
}

#[test]
fn the_announced_length_still_counts() {
    let wrong = |written: usize| {
        compressed(move |http: &mut Exchange<'_>| -> io::Result<()> {
            http.send_response(200);
            http.send_header("Content-Type", "text/plain");
            http.send_header("Content-Length", 5000);
            http.end_headers()?;
            let _ = http.wfile.write_all(text(written).as_bytes());
            Ok(())
        })
    };
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
    for written in [4000, 6000] {
        let (bytes, log) = converse(&wrong(written), &request.repeat(2), Profile::STRICT);
        let text = bytes.escape_ascii().to_string();
        // Nothing follows it on the connection, and the operator is told.
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{text}");
        assert!(log.iter().any(|line| line.contains("Content-Length")), "{written}: {log:?}");
    }
    // Where the end of the connection is that of the content, the coding has to tell.
    let request = b"GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n";
    let (bytes, _) = converse(&wrong(4000), request, Profile::STRICT);
    let at = bytes.windows(2).position(|window| window == [0x1f, 0x8b]).expect("gzip");
    let read = GzDecoder::new(&bytes[at..]).read_to_end(&mut Vec::new());
    assert_eq!(read.expect_err("cut short").kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn an_old_client_and_pythons_profile() {
    let app = compressed(|http| http.reply(200, "text/plain", text(5000)));
    let request = b"GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n";
    for profile in [Profile::STRICT, Profile::PYTHON] {
        let (bytes, _) = converse(&app, request, profile);
        let response = read_response(&mut &bytes[..], false).expect("a response");
        assert_eq!(unzipped(&response), text(5000));
    }
    let (bytes, _) = converse(&app, b"GET /\r\n", Profile::PYTHON);
    assert_eq!(String::from_utf8_lossy(&bytes), text(5000));
}

#[test]
fn one_connection_after_the_other() {
    let app = compressed(|http| http.reply(200, "text/plain", text(3000)));
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
    let (bytes, _) = converse(&app, &request.repeat(3), Profile::STRICT);
    let mut rest = &bytes[..];
    for _ in 0..3 {
        assert_eq!(unzipped(&read_response(&mut rest, false).expect("a response")), text(3000));
    }
    assert!(rest.is_empty());
}

#[test]
fn head_says_no_length_of_content_that_was_not_written() {
    let app = compressed(|http| {
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.send_header("Content-Length", 5000);
        http.end_headers()
    });
    let head = ask(&app, "HEAD", &GZIP);
    assert_eq!(head.header("Content-Encoding"), Some("gzip"));
    assert_eq!(head.header("Content-Length"), None);
}

/// A handler with a validator, that knows conditions and ranges.
fn validated(status: u16) -> impl Handler {
    compressed(move |http| {
        http.send_response(status);
        http.send_header("ETag", "\"a,b\"");
        http.send_header("Accept-Ranges", "bytes");
        match status {
            304 => return http.end_headers(),
            206 => http.send_header("Content-Range", "bytes 0-4999/9000"),
            _ => {}
        }
        http.send_body("text/plain", text(5000))
    })
}

#[test]
fn a_304_has_the_validator_that_the_client_knows() {
    for (known, etag) in [
        ("W/\"a,b\"", "W/\"a,b\""),
        ("\"x\", W/\"a,b\"", "W/\"a,b\""),
        ("\"a,b\"", "\"a,b\""),
        ("W/\"a,b\", \"a,b\"", "\"a,b\""),
        ("*", "\"a,b\""),
    ] {
        let fields = [GZIP[0], ("If-None-Match", known)];
        let response = ask(&validated(304), "GET", &fields);
        assert_eq!(response.header("ETag"), Some(etag), "{known}");
        assert_eq!(response.header("Vary"), Some("Accept-Encoding"), "{known}");
    }
}

#[test]
fn a_part_depends_on_the_coding_too_and_coded_content_has_no_ranges() {
    let part = ask(&validated(206), "GET", &GZIP);
    assert_plain(&part, &text(5000));
    assert_eq!(part.header("Vary"), Some("Accept-Encoding"));
    assert_eq!(part.header("Accept-Ranges"), Some("bytes"));
    let whole = ask(&validated(200), "GET", &GZIP);
    assert_eq!(unzipped(&whole), text(5000));
    assert_eq!((whole.header("Accept-Ranges"), whole.header("ETag")), (None, Some("W/\"a,b\"")));
    assert_eq!(ask(&validated(200), "GET", &[]).header("Accept-Ranges"), Some("bytes"));
}

#[test]
fn a_client_that_prefers_no_coding_gets_none() {
    let app = compressed(|http| http.reply(200, "text/plain", text(5000)));
    assert_plain(&ask(&app, "GET", &[("Accept-Encoding", "identity, gzip;q=0.5")]), &text(5000));
    unzipped(&ask(&app, "GET", &[("Accept-Encoding", "gzip;q=.5")]));
}
