//! Two readers of heads, one meaning.

use crate::strategies::{config, request, requests};
use bhrh::__internals::{Head, Reader, read_head};
use bhrh::{Limits, Profile};
use proptest::prelude::*;

fn read(reader: Reader, input: &[u8], at_end: bool) -> Head {
    read_head(reader, input, at_end, Profile::STRICT, Limits::default())
}

fn agree(input: &[u8]) -> Result<(), TestCaseError> {
    for at_end in [false, true] {
        let complete = read(Reader::Complete, input, at_end);
        let fast = read(Reader::Fast, input, at_end);
        if let Head::Complete(_) = fast {
            prop_assert_eq!(&fast, &complete, "what the fast reader accepts");
        }
        let verdict = matches!(fast, Head::Refused { .. } | Head::Silence);
        prop_assert!(!verdict, "the fast reader refuses nothing");
        // Together they say what the complete one says; they may only wait longer to say it. The
        // empty lines before a head are not the single readers' business.
        let both = read(Reader::Both, input, at_end);
        if !input.starts_with(b"\r\n") {
            match both {
                Head::Partial => {
                    let waits = matches!(complete, Head::Partial | Head::Refused { .. });
                    prop_assert!(waits && !at_end, "{:?}", complete);
                }
                both => prop_assert_eq!(both, complete),
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn readers_agree_on_what_is_nearly_a_request(input in request()) {
        agree(&input)?;
    }

    #[test]
    fn readers_agree_on_what_went_wrong(input in requests()) {
        agree(&input)?;
    }

    #[test]
    fn readers_agree_on_anything(input in proptest::collection::vec(any::<u8>(), 0..60)) {
        agree(&input)?;
        agree(&[b"GET / HTTP/1.1\r\n", &input[..], b"\r\n\r\n"].concat())?;
        agree(&[b"GET ", &input[..], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat())?;
        agree(&[&input[..], b" / HTTP/1.1\r\nHost: a\r\n\r\n"].concat())?;
        agree(&[b"GET / HTTP/1.1\r\nHost: a\r\nX:", &input[..], b"\r\n\r\n"].concat())?;
    }
}

#[test]
fn readers_agree_on_every_byte_in_every_place() {
    let head = b"GET /a HTTP/1.1\r\nHost: a\r\nX: b c\r\n\r\n";
    for at in 0..head.len() {
        for byte in 0..=255 {
            let mut replaced = head.to_vec();
            replaced[at] = byte;
            agree(&replaced).unwrap_or_else(|error| panic!("{}: {error}", replaced.escape_ascii()));
            let mut inserted = head.to_vec();
            inserted.insert(at, byte);
            agree(&inserted).unwrap_or_else(|error| panic!("{}: {error}", inserted.escape_ascii()));
        }
    }
}
