//! One file as the answer to a GET or HEAD request: head, ranges, and the bytes in pieces.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::{File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};

use super::range::{self, ContentRange, MultipartRanges, RangePart, Wanted};
use super::validators::{Form, Validators};
use crate::exchange::Exchange;
use crate::exchange::file_content::read_piece;
use crate::kit::conditions::{Verdict, evaluate, if_range};

/// How much of a file is in memory at a time.
const PIECE: usize = 64 << 10;

/// How much of a large file leaves with the head.
const FIRST: u64 = 16 << 10;

thread_local! {
    /// The buffer that files are read into. Fresh memory for each file would cost more than reading
    /// it.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// An open file, and what is said of it.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub(super) file: File,
    pub(super) metadata: Metadata,
    pub(super) media_type: Cow<'a, str>,
    pub(super) form: Form,
    /// More fields for the head.
    pub(super) fields: &'a [(String, String)],
}

/// Answers with a file. The length that counts is the one the file had when it was opened: bytes
/// that come later are not sent, and if bytes go missing the method fails, so that the client sees
/// that its copy is not whole.
pub(super) fn send(http: &mut Exchange<'_>, mut content: Content<'_>) -> io::Result<()> {
    let length = content.metadata.len();
    let validators = Validators::of(&content.metadata, content.form);
    match evaluate(http.command, http.headers, &validators.state()) {
        Verdict::Holds => {}
        Verdict::Failed => return http.send_error(412),
        Verdict::NotModified => {
            http.send_response(304);
            common_fields(http, &content, &validators);
            return http.end_headers();
        }
    }
    match wanted(http, &content, &validators, length) {
        Wanted::Whole => {
            begin(http, 200, &content, &validators);
            http.send_header("Content-Type", &*content.media_type);
            http.send_header("Content-Length", length);
            http.end_headers()?;
            if http.command == "HEAD" {
                return Ok(());
            }
            copy(http, content.file, length)
        }
        Wanted::Parts(parts) => match parts[..] {
            [part] => {
                begin(http, 206, &content, &validators);
                http.send_header("Content-Type", &*content.media_type);
                http.send_header("Content-Range", &ContentRange { part, length });
                http.send_header("Content-Length", part.len());
                http.end_headers()?;
                content.file.seek(SeekFrom::Start(part.first))?;
                copy(http, content.file, part.len())
            }
            _ => {
                begin(http, 206, &content, &validators);
                send_parts(http, &mut content, &parts, length)
            }
        },
        Wanted::Nothing => {
            http.add_header("Content-Range", format_args!("bytes */{length}"));
            http.send_error(416)
        }
    }
}

/// Which bytes are asked for. RFC 9110 section 14.2: the field is for GET only.
fn wanted(
    http: &Exchange<'_>,
    content: &Content<'_>,
    validators: &Validators,
    length: u64,
) -> Wanted {
    if http.command != "GET" || !if_range(http.headers, validators.tag(), validators.strong_date())
    {
        return Wanted::Whole;
    }
    match range::wanted(http.headers, length) {
        // `Content-Encoding` would cover the whole answer. But a client cannot decode parts of
        // compressed bytes that have lines of text before each.
        Wanted::Parts(parts) if parts.len() > 1 && content.form.coding().is_some() => Wanted::Whole,
        wanted => wanted,
    }
}

fn send_parts(
    http: &mut Exchange<'_>,
    content: &mut Content<'_>,
    parts: &[RangePart],
    length: u64,
) -> io::Result<()> {
    let multipart = MultipartRanges::new(&content.media_type, length);
    http.send_header("Content-Type", multipart.content_type());
    http.send_header("Content-Length", multipart.content_length(parts));
    http.end_headers()?;
    for (at, part) in parts.iter().enumerate() {
        http.wfile.write_all(multipart.head(*part, at == 0).as_bytes())?;
        content.file.seek(SeekFrom::Start(part.first))?;
        copy_pieces(http, &mut content.file, part.len())?;
    }
    http.wfile.write_all(multipart.end().as_bytes())
}

/// The fields that 200 and 206 have in common.
fn begin(http: &mut Exchange<'_>, code: u16, content: &Content<'_>, validators: &Validators) {
    http.send_response(code);
    if let Some(coding) = content.form.coding() {
        http.send_header("Content-Encoding", coding.name());
    }
    if let Some(modified) = validators.last_modified {
        http.send_header("Last-Modified", crate::base::date_time_string(Some(modified)));
    }
    http.send_header("Accept-Ranges", "bytes");
    common_fields(http, content, validators);
}

/// The fields that a 304 has as well (RFC 9110 section 15.4.5).
fn common_fields(http: &mut Exchange<'_>, content: &Content<'_>, validators: &Validators) {
    if let Some(tag) = &validators.tag {
        http.send_header("ETag", tag);
    }
    if content.form.varies() {
        http.send_header("Vary", "Accept-Encoding");
    }
    for (name, value) in content.fields {
        http.send_header(name, value);
    }
}

/// Sends the next `count` bytes of a file, which are all that is left of the content. Of a large
/// file, the method sends what leaves with the head, and the connection the rest.
fn copy(http: &mut Exchange<'_>, mut file: File, count: u64) -> io::Result<()> {
    if count <= PIECE as u64 {
        return copy_pieces(http, &mut file, count);
    }
    copy_pieces(http, &mut file, FIRST)?;
    match http.leave_content(file, count - FIRST) {
        None => Ok(()),
        Some(mut file) => copy_pieces(http, &mut file, count - FIRST),
    }
}

/// Copies `count` bytes, in pieces.
fn copy_pieces(http: &mut Exchange<'_>, file: &mut File, count: u64) -> io::Result<()> {
    let mut buffer = BUFFER.take();
    buffer.resize(PIECE, 0);
    let result = copy_through(&mut buffer, http, file, count);
    BUFFER.set(buffer);
    result
}

fn copy_through(
    buffer: &mut [u8],
    http: &mut Exchange<'_>,
    file: &mut File,
    count: u64,
) -> io::Result<()> {
    let mut left = count;
    while left > 0 {
        let read = read_piece(file, buffer, left)?;
        http.wfile.write_all(&buffer[..read])?;
        left -= read as u64;
    }
    Ok(())
}
