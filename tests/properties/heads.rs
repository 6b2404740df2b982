//! Two readers of heads, one meaning; and httparse, called plainly, has no other.

use crate::strategies::{config, request, requests};
use bhrh::__internals::{CompleteHead, Head, Reader, read_head};
use bhrh::{Limits, Profile};
use proptest::prelude::*;

fn read(reader: Reader, input: &[u8], at_end: bool) -> Head {
    read_head(reader, input, at_end, Profile::STRICT, Limits::default())
}

fn agree(input: &[u8]) -> Result<(), TestCaseError> {
    for at_end in [false, true] {
        let complete = read(Reader::Complete, input, at_end);
        let fast = read(Reader::Fast, input, at_end);
        match &fast {
            Head::Complete(head) => {
                prop_assert_eq!(&fast, &complete, "what the fast reader accepts");
                prop_assert!(plain_httparse(input).as_ref() == Some(head), "httparse: {:?}", head);
            }
            verdict => prop_assert_eq!(verdict, &Head::PassedOn, "the fast reader only accepts"),
        }
        if let (Head::Complete(head), Some(other)) = (&complete, plain_httparse(input)) {
            prop_assert_eq!(head, &other, "what httparse takes too");
        }
        // Together they say what the complete one says. The empty lines before a head are not the
        // single readers' business.
        if !input.starts_with(b"\r\n") {
            prop_assert_eq!(read(Reader::Both, input, at_end), complete);
        }
    }
    Ok(())
}

/// What httparse makes of a head on its own, if it takes it, written down as the readers do it.
fn plain_httparse(input: &[u8]) -> Option<CompleteHead> {
    let latin1 = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect::<String>();
    let mut fields = [httparse::EMPTY_HEADER; 256];
    let mut request = httparse::Request::new(&mut fields);
    let Ok(httparse::Status::Complete(length)) = request.parse(input) else { return None };
    let line = input.split(|byte| *byte == b'\n').next()?;
    let path = request.path?;
    let minor = request.version?;
    Some(CompleteHead {
        length,
        requestline: latin1(line.strip_suffix(b"\r")?),
        command: request.method?.to_owned(),
        // As Python does it: several slashes are made one.
        path: match path.trim_start_matches('/') {
            rest if path.starts_with('/') => format!("/{rest}"),
            _ => path.to_owned(),
        },
        version: format!("HTTP/1.{minor}"),
        number: (1, u64::from(minor)),
        fields: request
            .headers
            .iter()
            .map(|field| (field.name.to_owned(), latin1(field.value)))
            .collect(),
    })
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
        agree(&[b"GET /%20?", &input[..], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat())?;
    }
}

proptest! {
    #![proptest_config(config(200))]

    /// The vectors of one reader and the room that it gives to fields, by heads of every length.
    #[test]
    fn readers_agree_on_long_heads(
        target in "[a-z/]{0,70}(%[0-9A-F]{2}[a-z]{0,9}){0,3}(\\?[a-z=&%^|{]{0,40})?",
        fields in proptest::collection::vec(("[A-Za-z-]{1,40}", ows(), value(), ows()), 0..140),
    ) {
        let mut head = format!("GET /{target} HTTP/1.1\r\n").into_bytes();
        for (name, before, value, after) in fields {
            head.extend([name.as_bytes(), b":", &before, &value, &after, b"\r\n"].concat());
        }
        agree(&[&head[..], b"\r\n"].concat())?;
        agree(&[&head[..], b"\r\nGET / HTTP/1.1\r\nHost: next\r\n\r\n"].concat())?;
        agree(&head)?;
    }
}

/// Optional white space.
fn ows() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => Just(b" ".to_vec()),
        1 => Just(Vec::new()),
        1 => proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\t')], 0..20),
    ]
}

/// A value, mostly ASCII.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let printable = || proptest::collection::vec(b' '..=b'~', 0..80);
    let others = proptest::collection::vec(prop_oneof![Just(b'\t'), 0x80..=0xff_u8], 0..4);
    let mixed = (printable(), others, printable());
    prop_oneof![3 => printable(), 1 => mixed.prop_map(|(a, b, c)| [a, b, c].concat())]
}

#[test]
fn readers_agree_on_every_byte_in_every_place() {
    let head = b"GET /a%20?b HTTP/1.1\r\nHost: a\r\nX:\tb c \r\nY:\r\n\r\n";
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
