//! Multipart forms: the parts that a second reader finds in the whole body, in any pieces and into
//! any room.

use super::splits::splits;
use bhrh::Multipart;
use std::io::{self, Read};

/// The boundary of every input.
const BOUNDARY: &str = "b";

/// Beyond it the head of a part has a limit that the second reader does not know.
const HEAD: usize = 8 << 10;

/// Checks a body.
pub fn check(bytes: &[u8]) {
    let whole = read([bytes], usize::MAX);
    for pieces in splits(bytes) {
        for room in [1, 7, 4096] {
            let cut = read(pieces.iter().copied(), room);
            assert_eq!(whole, cut, "room for {room}: {}", bytes.escape_ascii());
        }
    }
    if bytes.len() < HEAD {
        agrees(&whole, &second_reading(bytes), bytes);
    }
}

/// What was read: the contents of the parts, and whether that was all.
#[derive(Debug, PartialEq, Eq)]
struct Form {
    contents: Vec<Vec<u8>>,
    /// The fault that ended it, by its kind and its words.
    fault: Option<(io::ErrorKind, String)>,
}

/// Only the first reader checks whether a part's head is valid; both must agree on everything else.
fn agrees(first: &Form, second: &Form, bytes: &[u8]) {
    let bytes = bytes.escape_ascii();
    match &first.fault {
        Some((io::ErrorKind::InvalidData, _)) => {
            let count = first.contents.len();
            assert!(count < second.contents.len(), "{first:?} {second:?}: {bytes}");
            assert_eq!(first.contents, second.contents[..count], "{bytes}");
        }
        fault => {
            assert_eq!(fault.is_some(), second.fault.is_some(), "{first:?} {second:?}: {bytes}");
            assert_eq!(first.contents, second.contents, "{bytes}");
        }
    }
}

fn read<'b>(pieces: impl IntoIterator<Item = &'b [u8]>, room: usize) -> Form {
    let mut form = Multipart::new(Pieces { piece: b"", more: pieces.into_iter() }, BOUNDARY)
        .expect("a boundary");
    let mut contents = Vec::new();
    let fault = loop {
        let mut part = match form.next_part() {
            Ok(Some(part)) => part,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        contents.push(Vec::new());
        let content = contents.last_mut().expect("it was just put there");
        let mut output = vec![0; room.min(4096)];
        let ended = loop {
            match part.read(&mut output) {
                Ok(0) => break Ok(()),
                Ok(count) => content.extend_from_slice(&output[..count]),
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = ended {
            break Some(error);
        }
    };
    assert!(fault.is_none() || form.next_part().is_err(), "it goes on after an error");
    Form { contents, fault: fault.map(|error| (error.kind(), error.to_string())) }
}

/// A piece a read, as far as there is room.
struct Pieces<'b, I> {
    piece: &'b [u8],
    more: I,
}

impl<'b, I: Iterator<Item = &'b [u8]>> Read for Pieces<'b, I> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = self.more.next().unwrap_or_default();
        }
        self.piece.read(output)
    }
}

/// The same from all of the body at once: find a delimiter, find the next, what is between is a
/// part.
fn second_reading(body: &[u8]) -> Form {
    let body = [b"\r\n", body].concat();
    let mut contents = Vec::new();
    let cut_off =
        |contents| Form { contents, fault: Some((io::ErrorKind::UnexpectedEof, String::new())) };
    let Some(mut line) = next_delimiter(&body, 0) else { return cut_off(contents) };
    while !line.last {
        let Some(blank) = blank_line(&body, line.end) else { return cut_off(contents) };
        let Some(next) = next_delimiter(&body, blank) else {
            contents.push(body[blank + 2..].to_vec());
            return cut_off(contents);
        };
        contents.push(body[next.start.min(blank + 2)..next.start].to_vec());
        line = next;
    }
    Form { contents, fault: None }
}

struct Line {
    start: usize,
    end: usize,
    last: bool,
}

fn next_delimiter(body: &[u8], from: usize) -> Option<Line> {
    let text: String = body.iter().copied().map(char::from).collect();
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for start in from..body.len() {
        let Some(tail) = text[offsets[start]..].strip_prefix("\r\n--b") else { continue };
        let (tail, last) = tail.strip_prefix("--").map_or((tail, false), |tail| (tail, true));
        let line = tail.split("\r\n").next().unwrap_or_default();
        let ends = tail.len() > line.len();
        let blank = line.chars().all(|c| c == ' ' || c == '\t') && line.len() <= 128;
        if blank && (ends || last) {
            let dashes = if last { 2 } else { 0 };
            let end = start + 5 + dashes + line.len() + if ends { 2 } else { 0 };
            return Some(Line { start, end, last });
        }
    }
    None
}

/// Where the CR LF is that ends the line before a part's content.
fn blank_line(body: &[u8], from: usize) -> Option<usize> {
    if body[from..].starts_with(b"\r\n") {
        return Some(from);
    }
    (from..body.len()).find(|at| body[*at..].starts_with(b"\r\n\r\n")).map(|at| at + 2)
}
