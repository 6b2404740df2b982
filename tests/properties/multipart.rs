//! Multipart forms: what was put in comes out, however the body is cut, and another library finds
//! the same in it.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::strategies::{config, cuts, pieces};
use bhrh::Multipart;
use proptest::collection;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::io::{self, Read};

/// A field of a form: its name, the name of its file, its content.
type Field = (String, Option<String>, Vec<u8>);

/// Content that is full of what delimiters are made of, though it has none.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(vec![
        &b"\r\n"[..],
        b"\r",
        b"\n",
        b"--",
        b"-",
        b"\r\n--edg",
        b"--edge",
        b"edge",
        b"\0\xff",
        &[b'x'; 5000],
    ]);
    let is_content = |content: &[u8]| !content.windows(8).any(|it| it == b"\r\n--edge");
    collection::vec(piece, 0..12)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("a delimiter", move |content| is_content(&[b"\r\n", &content[..]].concat()))
}

fn field() -> impl Strategy<Value = Field> {
    let filename = proptest::option::of("[a-z\u{e9}\u{20ac} ;=.]{0,8}x");
    ("[a-z\u{e9};= ]{0,9}", filename, content())
}

fn form(fields: &[Field]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, content) in fields {
        let filename =
            filename.as_ref().map(|it| format!("; filename=\"{it}\"")).unwrap_or_default();
        let head = format!("Content-Disposition: form-data; name=\"{name}\"{filename}\r\n\r\n");
        body.extend_from_slice(b"--edge\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    body
}

fn ours(pieces: &[&[u8]]) -> io::Result<Vec<Field>> {
    let reader = Pieces { piece: b"", more: pieces.iter() };
    let mut form = Multipart::new(reader, "edge").expect("a boundary");
    let mut fields = Vec::new();
    while let Some(mut part) = form.next_part()? {
        let mut content = Vec::new();
        part.read_to_end(&mut content)?;
        fields.push((part.name().to_owned(), part.filename(), content));
    }
    Ok(fields)
}

/// A piece a read, as far as there is room.
struct Pieces<'p> {
    piece: &'p [u8],
    more: std::slice::Iter<'p, &'p [u8]>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            let Some(piece) = self.more.next() else { return Ok(0) };
            self.piece = piece;
        }
        self.piece.read(output)
    }
}

/// The same by `multer`, whose body never has to wait.
fn theirs(body: &[u8]) -> Result<Vec<Field>, multer::Error> {
    let body = body.to_vec();
    let stream = futures_util::stream::once(async move { Ok::<_, multer::Error>(body) });
    let read = async {
        let mut form = multer::Multipart::new(stream, "edge");
        let mut fields = Vec::new();
        while let Some(field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            let filename = field.file_name().map(str::to_owned);
            fields.push((name, filename, field.bytes().await?.to_vec()));
        }
        Ok(fields)
    };
    match pin!(read).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("all of the body is there"),
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn a_form_is_read_as_it_was_written(fields in collection::vec(field(), 0..6), cuts in cuts()) {
        let body = form(&fields);
        prop_assert_eq!(&ours(&[&body]).expect("a form"), &fields);
        prop_assert_eq!(&ours(&pieces(&body, &cuts)).expect("a form"), &fields);
        prop_assert_eq!(&theirs(&body).expect("a form"), &fields);
    }

    #[test]
    fn a_form_that_is_cut_off_is_none(fields in collection::vec(field(), 0..4), at in any::<Index>()) {
        let body = form(&fields);
        // Without its last line end it is whole.
        let cut = &body[..at.index(body.len() - 2)];
        let error = ours(&[cut]).expect_err("cut off");
        prop_assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
