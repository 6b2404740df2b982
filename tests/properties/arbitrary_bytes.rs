//! Whatever comes, nothing panics; and what is dispatched on `STRICT` is what anyone reads there.

use crate::conversations::{Answer, play};
use crate::dispatched::dispatched;
use crate::reference;
use crate::strategies::{config, cuts, pieces, requests};
use bhrh::{Exchange, Outcome, Profile};
use proptest::collection::vec;
use proptest::prelude::*;
use std::io::{Read, Write};

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn what_is_dispatched_is_what_a_second_reader_finds(bytes in requests(), cuts in cuts()) {
        prop_assert_eq!(dispatched(&pieces(&bytes, &cuts)), reference::requests(&bytes));
    }

    #[test]
    fn nothing_panics_on_arbitrary_bytes(bytes in vec(any::<u8>(), 0..200), cuts in cuts()) {
        let echo = |http: &mut Exchange<'_>| -> Outcome {
            let mut body = Vec::new();
            http.rfile.read_to_end(&mut body)?;
            let (_, _) = (http.headers.get_content_type(), http.headers.get_boundary());
            http.send_response(200);
            http.end_headers()?;
            Ok(http.wfile.write_all(&body)?)
        };
        for profile in [Profile::STRICT, Profile::PYTHON] {
            play(profile, &Answer(echo), &pieces(&bytes, &cuts));
            for start in ["GET / HTTP/1.1\r\nHost: a\r\n", "GET /", "POST / HTTP/1.1\r\nHost: a\r\n\
                Transfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Type: "] {
                play(profile, &Answer(echo), &[start.as_bytes(), &bytes, b"\r\n\r\n"]);
            }
        }
    }
}

#[test]
fn the_second_reader_reads() {
    let input = b"\r\nPOST //a HTTP/1.1\r\nHost: a\r\nX: \t b \r\nContent-Length: 3\r\n\r\nabc\
        PUT * HTTP/1.1\r\n\r\n";
    let found = reference::requests(input);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0].target[..], found[0].content.as_deref()),
        (&b"/a"[..], Some(&b"abc"[..]))
    );
    assert_eq!(found[0].fields[1], (b"X".to_vec(), b"b".to_vec()));
    assert_eq!(dispatched(&[input]), found);
}
