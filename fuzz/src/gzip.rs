//! Compressed responses: in whatever order a method writes, flushes and ends, a client that
//! decompresses finds what was written; and what was flushed is there before the end.

use super::asked::answer;
use super::conversations::Answer;
use bhrh::Exchange;
use flate2::bufread::GzDecoder;
use std::io::{self, Read, Write};

/// Each byte is a step: what it writes, or that it flushes. The first says how the response begins.
pub fn check(bytes: &[u8]) {
    let (first, steps) = bytes.split_first().unwrap_or((&0, &[]));
    let content: Vec<u8> = steps.iter().flat_map(|step| piece(*step)).collect();
    let method = Answer(|http: &mut Exchange<'_>| -> io::Result<()> {
        http.compress();
        http.send_response(200);
        http.send_header("Content-Type", if first & 1 == 0 { "text/plain" } else { "image/png" });
        if first & 2 != 0 {
            http.send_header("Content-Length", content.len());
        }
        if first & 4 != 0 {
            http.send_header("ETag", "\"t\"");
        }
        http.end_headers()?;
        for step in steps {
            match step {
                0 => http.wfile.flush()?,
                step => http.wfile.write_all(&piece(*step))?,
            }
        }
        Ok(())
    });
    let mut compressible = false;
    for (asked, request) in [("gzip", "GET"), ("gzip", "HEAD"), ("identity", "GET")] {
        let response = answer(&method, request, "/", &[("Accept-Encoding", asked)]);
        let encoded = response.values("Content-Encoding");
        let told = bytes.escape_ascii();
        assert_eq!(response.status, 200, "{told}");
        assert!(encoded.is_empty() || asked == "gzip" && encoded == [b"gzip"], "{told}");
        // A cache has to know of it, also if a client asked first that takes no gzip.
        let varies = response.values("Vary").len() == 1;
        compressible |= !encoded.is_empty();
        assert!(varies || !compressible, "{told}");
        assert!(first & 1 == 0 || !compressible, "{told}");
        if request == "HEAD" {
            continue;
        }
        let tag = response.values("ETag");
        let strong = tag.iter().any(|tag| tag.starts_with(b"\""));
        assert!(!strong || encoded.is_empty(), "{told}");
        let found = match encoded.is_empty() {
            true => response.content.clone(),
            false => decompressed(&response.content),
        };
        assert_eq!(found, content, "{told}");
    }
}

/// What a step writes: a run of one byte, or bytes that cannot be compressed.
fn piece(step: u8) -> Vec<u8> {
    match step {
        0 => Vec::new(),
        1..128 => vec![step; usize::from(step) * 3],
        _ => {
            let mut state = u32::from(step);
            let mut random = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            };
            (0..usize::from(step) * 9).map(|_| random()).collect()
        }
    }
}

/// One member, and nothing after it.
fn decompressed(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut content = Vec::new();
    let mut decoder = GzDecoder::new(&mut rest);
    decoder.read_to_end(&mut content).expect("a whole member");
    assert!(rest.is_empty(), "something follows it");
    content
}
