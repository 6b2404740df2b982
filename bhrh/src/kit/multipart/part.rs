//! One part: its head, and its content as something to read.

use std::io::{self, BufRead, Read};

use super::disposition::{self, Disposition};
use super::{HEAD, Multipart, malformed, too_large};
use crate::error::Error;
use crate::grammar::{is_token, trim_ows};
use crate::headers::{Fields, Headers};

/// A part of a multipart form: a field, or a file.
///
/// Reading from it gives the part's content, and ends where the part ends. Content that is not read
/// is skipped.
#[derive(Debug)]
pub struct Part<'m, R> {
    multipart: &'m mut Multipart<R>,
    fields: Fields,
    disposition: Disposition,
}

impl<'m, R: Read> Part<'m, R> {
    pub(super) fn new(
        multipart: &'m mut Multipart<R>,
        fields: Fields,
        disposition: Disposition,
    ) -> Part<'m, R> {
        Part { multipart, fields, disposition }
    }

    /// The name of the form's field.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.disposition.name
    }

    /// The name that the file has where it comes from, fit to be shown or to be joined to a
    /// directory: its last component only, by `/` and `\`, without control characters, and never
    /// `.` or `..`. `None` if this is no file, or one without such a name.
    ///
    /// Two files may have the same name, and a name may be of a kind that your file system treats
    /// specially: names of your own are safer.
    #[must_use]
    pub fn filename(&self) -> Option<String> {
        let sent = self.disposition.filename.as_deref()?;
        disposition::safe(sent).map(|name| name.into_owned())
    }

    /// Whether this is a file, with or without a name, and not a text field. If the user chose no
    /// file, browsers send a file without name and content.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.disposition.filename.is_some()
    }

    /// The part's own header fields: `part.headers().get_content_type()`, which is `text/plain`
    /// where the client says nothing (RFC 7578 section 4.4). They are UTF-8.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        self.fields.headers()
    }

    /// Reads the rest of the content as text of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::FileTooLarge`], answered with 413, if the content is longer;
    /// [`io::ErrorKind::InvalidData`], answered with 400, if it is not UTF-8; and as for
    /// [`next_part`](Multipart::next_part).
    pub fn read_text(&mut self, limit: u64) -> io::Result<String> {
        let mut bytes = Vec::new();
        Read::take(&mut *self, limit.saturating_add(1)).read_to_end(&mut bytes)?;
        let name = &self.disposition.name;
        if bytes.len() as u64 > limit {
            let explain = format!("More than {limit} bytes in field {name:?}");
            let error = Error::status((413, "Field too large", explain));
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, error));
        }
        String::from_utf8(bytes).map_err(|_| malformed(&format!("Field {name:?} is no UTF-8")))
    }
}

impl<R: Read> BufRead for Part<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.multipart.content() {
            Ok(count) => Ok(&self.multipart.unread()[..count]),
            Err(error) => Err(self.multipart.broken(error)),
        }
    }

    fn consume(&mut self, count: usize) {
        self.multipart.consume(count);
    }
}

impl<R: Read> Read for Part<'_, R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let mut content = self.fill_buf()?;
        let count = content.read(output)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> Multipart<R> {
    /// Reads the head of a part, and begins its content.
    pub(super) fn read_head(&mut self) -> io::Result<(Fields, Disposition)> {
        let length = loop {
            match head_length(self.unread()) {
                Some(length) if length <= HEAD => break length,
                None if self.unread().len() <= HEAD => self.fill()?,
                _ => {
                    return Err(too_large(format!("More than {HEAD} bytes in the head of a part")));
                }
            }
        };
        let fields = read_fields(&self.unread()[..length])?;
        let disposition = fields.headers().get("Content-Disposition").and_then(Disposition::read);
        let disposition = disposition.ok_or_else(|| malformed("A part without a name"))?;
        self.start += length;
        self.begin_content()?;
        Ok((fields, disposition))
    }
}

/// The length of a head up to its blank line, if that has come. There may be no fields at all.
fn head_length(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"\r\n") {
        return Some(0);
    }
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 2)
}

/// Field lines, each with its line end, folded ones unfolded: in UTF-8, as browsers send them, or
/// else in ISO-8859-1.
fn read_fields(bytes: &[u8]) -> io::Result<Fields> {
    let bad = || malformed("A malformed header line in a part");
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    let text = text.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut fields = Fields::default();
    for line in text.split_terminator("\r\n") {
        let (name, value) = line.split_once(':').ok_or_else(bad)?;
        let value = trim_ows(value);
        if !is_token(name) || value.contains(['\r', '\n', '\0']) {
            return Err(bad());
        }
        fields.push(name, value);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        assert_eq!(head_length(b"\r\ncontent"), Some(0));
        assert_eq!(head_length(b"A: b\r\n\r\n"), Some(6));
        assert_eq!(head_length(b"A: b\r\n"), None);
        let fields = read_fields("A: caf\u{e9}\r\nb:x\r\n  y\r\nC: \r\n".as_bytes()).unwrap();
        let all: Vec<_> = fields.headers().iter().collect();
        assert_eq!(all, [("A", "caf\u{e9}"), ("b", "x  y"), ("C", "")]);
        assert_eq!(read_fields(b"A: \xe9\r\n").unwrap().headers().get("a"), Some("\u{e9}"));
        assert!(read_fields(b"").unwrap().headers().is_empty());
    }

    #[test]
    fn heads_that_are_none() {
        for bytes in
            [&b"A\r\n"[..], b"A : b\r\n", b": b\r\n", b"A: b\nC: d\r\n", b"A: \0\r\n", b" A: b\r\n"]
        {
            assert!(read_fields(bytes).is_err(), "{}", bytes.escape_ascii());
        }
    }
}
