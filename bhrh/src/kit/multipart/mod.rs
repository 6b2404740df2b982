//! Multipart forms (RFC 7578), read part by part: uploads of any size in little memory.
//!
//! ```text
//! preamble ─ delimiter ─▶ head of a part ─ blank line ─▶ content ─ delimiter ─▶ head … ─▶ end
//! ```
//!
//! Own code, since no crate fits: `multipart` is no longer kept and drags in `buf_redux`, `multer`
//! is for async bodies only, and `form-data`, whose reader can be blocking, brings more crates than
//! bhrh itself has, `tracing` and `mime` among them.
//!
//! [`Delimiter`] finds the ends of parts, [`Disposition`](disposition::Disposition) reads what a
//! part says of itself. This file has the buffer between a reader and these two.

mod delimiter;
mod disposition;
mod part;

use std::io::{self, Read};

use delimiter::{Delimiter, Found};
pub use part::Part;

use crate::error::Error;
use crate::exchange::{BodyReader, Exchange};

/// How much is read at once. A part's content is handed out from there.
const ROOM: usize = 16 << 10;

/// How long the head of a part may be: the longest file name that any system has, encoded, and a
/// content type fit in several times.
const HEAD: usize = 8 << 10;

/// As in Go (`multipartMaxParts`).
const PARTS: usize = 1000;

/// As in Go (`defaultMaxMemory`).
const TOTAL: u64 = 32 << 20;

/// # Reading: uploads (feature `multipart`)
impl<'a> Exchange<'a> {
    /// The parts of the request's body, a form with files in it: `multipart/form-data`.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io::{self, Read};
    ///
    /// struct Uploads;
    ///
    /// #[http_handler]
    /// impl Uploads {
    ///     fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let mut seen = Vec::new();
    ///         let mut form = http.multipart()?;
    ///         while let Some(mut part) = form.next_part()? {
    ///             match part.filename() {
    ///                 // Or `io::copy(&mut part, &mut file)?`.
    ///                 Some(name) => seen.push(format!("{name}: {} bytes", (&mut part).bytes().count())),
    ///                 None => seen.push(part.read_text(1000)?),
    ///             }
    ///         }
    ///         http.reply(200, "text/plain", seen.join(", "))
    ///     }
    /// }
    ///
    /// let body = "--x\r\n\
    ///     Content-Disposition: form-data; name=\"title\"\r\n\r\n\
    ///     Holidays\r\n\
    ///     --x\r\n\
    ///     Content-Disposition: form-data; name=\"photo\"; filename=\"../beach.jpg\"\r\n\
    ///     Content-Type: image/jpeg\r\n\r\n\
    ///     ...\r\n\
    ///     --x--\r\n";
    /// let form = "multipart/form-data; boundary=x";
    /// let request = bhrh::testing::client(&Uploads).post("/").header("Content-Type", form);
    /// let response = request.body(body).send();
    /// assert_eq!(response.text(), "Holidays, beach.jpg: 3 bytes");
    /// ```
    ///
    /// Feature `multipart`.
    ///
    /// # Errors
    ///
    /// Passed on with `?`, they are answered so: 415 for another `Content-Type`, for none, and for
    /// an encoded body; 400 for a boundary that is missing or cannot be used.
    pub fn multipart(&mut self) -> Result<Multipart<&mut BodyReader<'a>>, Error> {
        self.expect_content("multipart/form-data", |it| it == "multipart/form-data")?;
        let boundary = self.headers.get_boundary().unwrap_or_default();
        let length = self.headers.get("Content-Length").and_then(|length| length.parse().ok());
        let mut form = Multipart::new(&mut self.rfile, &boundary)?;
        form.announced = length;
        Ok(form)
    }
}

/// The parts of a multipart body, one after the other.
///
/// It takes 16 KiB of memory, whatever the body holds. Its bounds are 1000 parts
/// ([`max_parts`](Multipart::max_parts)), 32 MiB in all ([`max_total`](Multipart::max_total)), and
/// 8 KiB for the head of a part. Over a bound, it fails with an error that is answered with 413.
///
/// It is strict: a body that ends before its last delimiter, a part without a name, lines that do
/// not end in CR LF are errors, answered with 400. After such an error, what was read of the part
/// is incomplete.
///
/// ```
/// use bhrh::Multipart;
/// use std::io::Read;
///
/// # fn main() -> Result<(), bhrh::Error> {
/// let body = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--b--\r\n";
/// let mut parts = Multipart::new(body.as_bytes(), "b")?.max_parts(10);
/// while let Some(mut part) = parts.next_part()? {
///     let mut text = String::new();
///     part.read_to_string(&mut text)?;
///     assert_eq!((part.name(), text.as_str()), ("note", "hello"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Multipart<R> {
    reader: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    delimiter: Delimiter,
    position: Position,
    /// How many of the unread bytes are known to be content.
    content: usize,
    /// What the body's length will be, if it was said.
    announced: Option<u64>,
    taken: u64,
    max_total: u64,
    parts: usize,
    max_parts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// In the preamble or in the content of a part.
    Content,
    /// After a delimiter that another part follows.
    Head,
    /// After the last delimiter.
    End,
    /// After an error.
    Broken,
}

impl<R: Read> Multipart<R> {
    /// Reads the parts from any reader, for a body that does not come from [`Exchange::multipart`].
    ///
    /// # Errors
    ///
    /// If the boundary is empty, longer than 256 bytes, ends in a space, or is not printable ASCII
    /// (RFC 2046 section 5.1.1 is narrower). Passed on with `?`, the error is answered with 400 and
    /// says why.
    pub fn new(reader: R, boundary: &str) -> Result<Multipart<R>, Error> {
        let delimiter = Delimiter::new(boundary)
            .map_err(|why| Error::status((400, "Bad multipart body", why)))?;
        let mut bytes = vec![0; ROOM];
        // The first delimiter has no line before it that would have to end.
        bytes[..2].copy_from_slice(b"\r\n");
        Ok(Multipart {
            reader,
            bytes,
            start: 0,
            end: 2,
            at_end: false,
            delimiter,
            position: Position::Content,
            content: 0,
            announced: None,
            taken: 0,
            max_total: TOTAL,
            parts: 0,
            max_parts: PARTS,
        })
    }

    /// Sets how long the whole body may be, in bytes. Default: 32 MiB. A handler that stores parts
    /// on a disk may want more; a handler that keeps them in memory may want less.
    #[must_use]
    pub fn max_total(self, bytes: u64) -> Multipart<R> {
        Multipart { max_total: bytes, ..self }
    }

    /// Sets how many parts there may be. Default: 1000.
    #[must_use]
    pub fn max_parts(self, parts: usize) -> Multipart<R> {
        Multipart { max_parts: parts, ..self }
    }

    /// The next part; `None` after the last one. What was not read of the one before is skipped.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] for a malformed multipart form,
    /// [`io::ErrorKind::UnexpectedEof`] for a form that ends too early,
    /// [`io::ErrorKind::FileTooLarge`] over one of the bounds, and what the reader reports.
    pub fn next_part(&mut self) -> io::Result<Option<Part<'_, R>>> {
        match self.find_part() {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(self.broken(error)),
        }
        match self.read_head() {
            Ok((fields, disposition)) => Ok(Some(Part::new(self, fields, disposition))),
            Err(error) => Err(self.broken(error)),
        }
    }

    fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Goes on to the head of the next part; `false` after the last part.
    fn find_part(&mut self) -> io::Result<bool> {
        while self.position == Position::Content {
            let count = self.content()?;
            self.consume(count);
        }
        match self.position {
            Position::Broken => Err(malformed("It is unreadable since an earlier error")),
            Position::End => Ok(false),
            _ if self.parts == self.max_parts => {
                Err(too_large(format!("More than {} parts", self.max_parts)))
            }
            _ => {
                self.parts += 1;
                Ok(true)
            }
        }
    }

    /// How many unread bytes are content. 0: the content has ended, and its delimiter has been
    /// consumed.
    fn content(&mut self) -> io::Result<usize> {
        while self.content == 0 && self.position == Position::Content {
            match self.delimiter.look(self.unread(), self.at_end) {
                Found::Content(count) => self.content = count,
                Found::Delimiter { length, last } => {
                    self.start += length;
                    self.position = if last { Position::End } else { Position::Head };
                }
                Found::Unknown => self.fill()?,
            }
        }
        match self.position {
            Position::Broken => Err(malformed("It is unreadable since an earlier error")),
            _ => Ok(self.content),
        }
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.content);
        self.start += count;
        self.content -= count;
    }

    /// Begins the content of a part, at the CR LF of the blank line before it. That may be the
    /// delimiter's as well: then the part has no content at all.
    fn begin_content(&mut self) -> io::Result<()> {
        self.position = Position::Content;
        if self.content()? > 0 {
            self.consume(2);
        }
        Ok(())
    }

    /// Reads more behind the unread bytes.
    fn fill(&mut self) -> io::Result<()> {
        if self.at_end {
            let explain = "It ends before its last delimiter";
            return Err(malformed_by(io::ErrorKind::UnexpectedEof, explain));
        }
        if self.announced.is_some_and(|length| length > self.max_total) {
            return Err(self.too_long());
        }
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let count = loop {
            match self.reader.read(&mut self.bytes[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += count;
        self.at_end = count == 0;
        self.taken += count as u64;
        if self.taken > self.max_total {
            return Err(self.too_long());
        }
        Ok(())
    }

    fn too_long(&self) -> io::Error {
        too_large(format!("More than {} bytes", self.max_total))
    }

    /// After an error the reader gives nothing more.
    fn broken(&mut self, error: io::Error) -> io::Error {
        self.position = Position::Broken;
        self.content = 0;
        error
    }
}

fn malformed(explain: &str) -> io::Error {
    malformed_by(io::ErrorKind::InvalidData, explain)
}

fn malformed_by(kind: io::ErrorKind, explain: &str) -> io::Error {
    io::Error::new(kind, Error::status((400, "Bad multipart body", explain)))
}

fn too_large(explain: String) -> io::Error {
    let status = (413, "Multipart body too large", explain);
    io::Error::new(io::ErrorKind::FileTooLarge, Error::status(status))
}
