//! Ranges and conditions: a second reader of `Range` finds the same bytes, every part is what it
//! says that it is, and entity tags decide as RFC 9110 section 13.2.2 says.

use super::asked::{answer, values};
use super::conversations::Answer;
use bhrh::Exchange;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const CONTENT: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn file() -> &'static Path {
    static FILE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let made = FILE.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.txt");
        fs::write(&path, CONTENT).expect("a file");
        (directory, path)
    });
    &made.1
}

/// The lines are values of these fields, where they are not empty. `"T"` stands for the file's own
/// tag.
const FIELDS: [&str; 4] = ["Range", "If-Match", "If-None-Match", "If-Range"];

/// Checks the response to a GET with the fields.
pub fn check(bytes: &[u8]) {
    let handler = Answer(|http: &mut Exchange<'_>| bhrh::files::serve_file(http, file()));
    let plain = answer(&handler, "GET", "/", &[]);
    assert_eq!((plain.status, &plain.content[..]), (200, CONTENT));
    let tag = String::from_utf8_lossy(plain.values("ETag")[0]).into_owned();
    let values: Vec<String> =
        values(bytes).iter().map(|value| value.trim().replace("\"T\"", &tag)).collect();
    let fields: Vec<(&str, &str)> = FIELDS
        .into_iter()
        .zip(values.iter().map(|value| &**value))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let value = |name: &str| fields.iter().find(|field| field.0 == name).map(|field| field.1);
    let response = answer(&handler, "GET", "/", &fields);
    let status = response.status;
    assert!([200, 206, 304, 400, 412, 416].contains(&status), "{status}: {fields:?}");
    if status == 206 || status == 416 {
        assert!(value("Range").is_some(), "{fields:?}");
    }
    // The order of section 13.2.2.
    let matches = value("If-Match").map(|value| names(value, &tag));
    let none = value("If-None-Match").map(|value| names(value, &tag));
    match (matches, none) {
        (Some(Some(false)), _) => assert_eq!(status, 412, "{fields:?}"),
        (None | Some(Some(true)), Some(Some(true))) => assert_eq!(status, 304, "{fields:?}"),
        (None | Some(Some(true)), None | Some(Some(false))) => {
            let by_tag = value("If-Range").is_none_or(|value| value == tag);
            parts_are_right(&response, value("Range").filter(|_| by_tag), &fields);
        }
        _ => {}
    }
}

/// Whether a well-formed list of tags names this one.
fn names(value: &str, tag: &str) -> Option<bool> {
    if value == "*" {
        return Some(true);
    }
    let mut found = false;
    for element in value.split(',').map(str::trim) {
        let opaque = element.strip_prefix('"')?.strip_suffix('"')?;
        if !opaque.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
            return None;
        }
        found |= element == tag;
    }
    Some(found)
}

fn parts_are_right(
    response: &super::responses::Received,
    range: Option<&str>,
    fields: &[(&str, &str)],
) {
    let told =
        |values: Vec<&[u8]>| String::from_utf8_lossy(values.concat().as_slice()).into_owned();
    let content_range = told(response.values("Content-Range"));
    match response.status {
        206 => {
            let kind = told(response.values("Content-Type"));
            let parts = match kind.strip_prefix("multipart/byteranges; boundary=") {
                None => vec![(content_range, response.content.clone())],
                Some(boundary) => parts(&response.content, boundary),
            };
            assert!(!parts.is_empty() && parts.len() <= 32, "{fields:?}");
            let mut total = 0;
            for (name, content) in &parts {
                let (first, last) = bounds(name).expect("a range");
                assert_eq!(&CONTENT[first..=last], &content[..], "{fields:?}");
                total += content.len();
            }
            assert!(total <= CONTENT.len(), "{fields:?}");
        }
        416 => assert_eq!(content_range, format!("bytes */{}", CONTENT.len()), "{fields:?}"),
        200 => assert_eq!(response.content, CONTENT, "{fields:?}"),
        status => panic!("{status}: {fields:?}"),
    }
    // One range, well-formed: what it asks for is what comes.
    let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'))
    else {
        return;
    };
    let number = |text: &str| -> Option<Option<usize>> {
        let digits = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())
    };
    let (Some(first), Some(last)) = (number(first), number(last)) else { return };
    let length = CONTENT.len();
    let expected = match (first, last) {
        (None, None) => return assert_eq!(response.status, 200, "{fields:?}"),
        (Some(first), Some(last)) if first > last => {
            return assert_eq!(response.status, 200, "{fields:?}");
        }
        (Some(first), last) => first..last.map_or(length, |last| length.min(last + 1)),
        (None, Some(count)) => length - count.min(length)..length,
    };
    match expected.is_empty() {
        true => assert_eq!(response.status, 416, "{fields:?}"),
        false => {
            assert_eq!((response.status, &response.content[..]), (206, &CONTENT[expected]));
        }
    }
}

/// `bytes FIRST-LAST/LENGTH`
fn bounds(text: &str) -> Option<(usize, usize)> {
    let (range, length) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    assert_eq!(length, CONTENT.len().to_string());
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn parts(content: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(content);
    let delimiter = format!("--{boundary}");
    let mut pieces = text.split(&delimiter[..]);
    assert_eq!(pieces.next(), Some(""));
    let mut pieces: Vec<&str> = pieces.collect();
    assert_eq!(pieces.pop(), Some("--\r\n"), "{text}");
    let part = |piece: &str| {
        let piece = piece.strip_prefix("\r\n").and_then(|piece| piece.strip_suffix("\r\n"));
        let (head, content) = piece.expect("lines").split_once("\r\n\r\n").expect("a head");
        let range = head.lines().find_map(|line| line.strip_prefix("Content-Range: "));
        (range.expect("a range").to_owned(), content.as_bytes().to_vec())
    };
    pieces.into_iter().map(part).collect()
}
