//! Compressed responses: the content coding `gzip` (RFC 9110 section 8.4.1.3), by `flate2`.
//!
//! Whether a response is worth it shows in its head, and in the length of its body. Where that was
//! not announced the first bytes wait until there are enough of them, or until they are flushed.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::exchange::{Exchange, Filter};
use crate::grammar::{list_elements, trim_ows};
use crate::proto::framing;
use crate::proto::response::{ResponseHead, Tracked};

/// Below this length compression gains little: the response fits into one packet anyway.
const WORTH_IT: usize = 1024;

/// # Answering: compressed (feature `gzip`)
impl Exchange<'_> {
    /// Compresses the response of this request with gzip, if that makes sense. The response is
    /// written through [`wfile`](Exchange::wfile) as usual. Call this before the response's head
    /// ends. A call in `handle_one_request` is for all methods of a handler.
    ///
    /// A response is compressed if the client accepts gzip, and its content is of a kind that gets
    /// smaller (text, JSON, XML, scripts, SVG, WebAssembly) and has 1 KiB or more. Never compressed
    /// are partial responses (206, `Content-Range`), responses that have a `Content-Encoding` or
    /// `Transfer-Encoding` already, responses with `Cache-Control: no-transform`, and server-sent
    /// events.
    ///
    /// The `Content-Length` becomes that of the compressed content, or is replaced by chunks. A
    /// strong `ETag` becomes a weak one, and `Accept-Ranges` and digests (`Content-Digest`,
    /// `Repr-Digest`, `Digest`, `Content-MD5`) are removed. `Vary: Accept-Encoding` is added to
    /// uncompressed responses too, and to 206 and 304. A 304 has the `ETag` that the client knows:
    /// the weak one if the client sent that. Its `Content-Length` and digests are removed if the
    /// 200 would be compressed. A flush sends everything written so far,
    /// compressed. Each such response takes about 300 KiB of memory as long as it runs.
    ///
    /// Secrets do not belong in the same response as text that a stranger chooses: its compressed
    /// length tells about them (the attack BREACH).
    ///
    /// ```
    /// use bhrh::{Exchange, Outcome, http_handler};
    /// use std::io;
    ///
    /// struct App;
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl App {
    ///     fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
    ///         http.compress();
    ///         http.dispatch()
    ///     }
    ///
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.reply(200, "text/plain", "again ".repeat(1000))
    ///     }
    /// }
    ///
    /// let request = bhrh::testing::client(&App).get("/").header("Accept-Encoding", "gzip");
    /// let response = request.send();
    /// assert_eq!(response.header("Content-Encoding"), Some("gzip"));
    /// assert!(response.body().len() < 100);
    /// assert_eq!(bhrh::testing::get(&App, "/").body().len(), 6000);
    /// ```
    ///
    /// Feature `gzip`.
    pub fn compress(&mut self) {
        let accepted = self.accepts_encoding("gzip");
        let head_request = self.command == "HEAD";
        let known: Vec<&str> = self.headers.get_all("If-None-Match").collect();
        let known = known.join(",");
        self.set_filter(Box::new(Gzip {
            accepted,
            head_request,
            known,
            announced: None,
            taken: 0,
            unflushed: false,
            overrun: false,
            stage: Stage::Plain,
        }));
    }
}

#[derive(Debug)]
struct Gzip {
    accepted: bool,
    head_request: bool,
    /// The validators that the client has named in `If-None-Match`.
    known: String,
    /// The `Content-Length` that the handler announced.
    announced: Option<u64>,
    taken: u64,
    /// Some of the content is in the encoder only.
    unflushed: bool,
    /// More than that was written.
    overrun: bool,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Bytes go out as they come.
    Plain,
    /// There are too few bytes yet to decide.
    Waiting(Vec<u8>),
    Coding(Box<GzEncoder<Vec<u8>>>),
}

impl Gzip {
    fn encoder() -> Stage {
        Stage::Coding(Box::new(GzEncoder::new(Vec::new(), Compression::default())))
    }

    /// Decides to compress, and says so in the head.
    fn decide(&mut self, head: &mut ResponseHead) -> io::Result<()> {
        let Stage::Waiting(first) = &mut self.stage else { return Ok(()) };
        let first = std::mem::take(first);
        announce(head);
        self.stage = Gzip::encoder();
        self.encode(&first)
    }

    fn encode(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stage {
            Stage::Coding(encoder) => encoder.write_all(bytes),
            _ => Ok(()),
        }
    }

    /// Whether there was as much content as the handler had announced.
    fn check_length(&self) -> io::Result<()> {
        let Some(announced) = self.announced.filter(|_| !self.head_request) else { return Ok(()) };
        let what = match announced.saturating_sub(self.taken) {
            _ if self.overrun => {
                format!("the response went on past its Content-Length of {announced}")
            }
            0 => return Ok(()),
            missing => {
                format!(
                    "the response ended {missing} bytes short of its Content-Length of {announced}"
                )
            }
        };
        Err(io::Error::new(io::ErrorKind::InvalidInput, what))
    }

    /// Partial content, and a response without content, are not compressed. The fields that the
    /// full response would depend on are named all the same (RFC 9110 sections 15.3.7 and 15.4.5).
    #[cold]
    fn begin_without_coding(&mut self, head: &mut ResponseHead, status: u16) {
        let may_be_part_of_coded = |content_type: &str| {
            is_compressible(content_type) || content_type.starts_with("multipart/byteranges")
        };
        if status == 304 || head.values("Content-Type").any(may_be_part_of_coded) {
            vary(head);
        }
        let weak_only = head.values("ETag").any(|tag| {
            let known = || self.known.match_indices(tag).map(|(at, _)| &self.known[..at]);
            known().next().is_some() && known().all(|before| before.ends_with("W/"))
        });
        if status == 304 && weak_only {
            head.weaken_etag();
        }
        // What a 304 says of the content is true of the 200 (RFC 9110 sections 8.6 and 15.4.5),
        // which may be coded. A 304 need not name its type.
        let is_long = head.content_length().is_none_or(|length| length >= WORTH_IT as u64);
        let fits = |head: &ResponseHead| head.values("Content-Type").all(is_compressible);
        if status == 304 && self.accepted && is_long && allows_coding(head) && fits(head) {
            head.remove(Tracked::ContentLength);
            remove_digests(head);
        }
    }

    fn move_to(&mut self, output: &mut Vec<u8>) {
        if let Stage::Coding(encoder) = &mut self.stage {
            output.append(encoder.get_mut());
        }
    }
}

impl Filter for Gzip {
    fn begin(&mut self, head: &mut ResponseHead) {
        (self.stage, self.announced, self.taken, self.overrun) = (Stage::Plain, None, 0, false);
        let status = head.status().unwrap_or_default();
        if matches!(status, 206 | 304) {
            return self.begin_without_coding(head, status);
        }
        let length = head.content_length();
        let worth_it = length.is_none_or(|length| length >= WORTH_IT as u64);
        if !worth_it || !may_be_coded(head) {
            return;
        }
        vary(head);
        if !self.accepted {
            return;
        }
        if length.is_some() {
            head.remove(Tracked::ContentLength);
            announce(head);
            self.announced = length;
            self.stage = Gzip::encoder();
        } else {
            self.stage = Stage::Waiting(Vec::new());
        }
    }

    fn begun(&mut self, held: bool) {
        if matches!(self.stage, Stage::Waiting(_)) && !held {
            self.stage = Stage::Plain;
        }
    }

    fn write(
        &mut self,
        bytes: &[u8],
        head: Option<&mut ResponseHead>,
        output: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.taken += bytes.len() as u64;
        self.unflushed |= !bytes.is_empty();
        if let Some(announced) = self.announced.filter(|announced| self.taken > *announced) {
            self.overrun = true;
            let what = format!("the response went on past its Content-Length of {announced}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        match &mut self.stage {
            Stage::Plain => output.extend_from_slice(bytes),
            Stage::Waiting(first) => {
                first.extend_from_slice(bytes);
                if let Some(head) = head.filter(|_| first.len() >= WORTH_IT) {
                    self.decide(head)?;
                }
            }
            Stage::Coding(encoder) => encoder.write_all(bytes)?,
        }
        self.move_to(output);
        Ok(())
    }

    fn holds(&self) -> bool {
        match &self.stage {
            Stage::Plain => false,
            Stage::Waiting(first) => !first.is_empty(),
            Stage::Coding(_) => self.unflushed,
        }
    }

    fn flush(&mut self, head: Option<&mut ResponseHead>, output: &mut Vec<u8>) -> io::Result<()> {
        self.unflushed = false;
        if let Some(head) = head {
            self.decide(head)?;
        }
        // Without new content, a flush of the encoder would send a few empty bytes.
        if let Stage::Coding(encoder) = &mut self.stage {
            if self.taken > 0 {
                encoder.flush()?;
            }
        }
        self.move_to(output);
        Ok(())
    }

    fn finish(&mut self, output: &mut Vec<u8>) -> io::Result<()> {
        let length = self.check_length();
        match &mut self.stage {
            Stage::Waiting(first) => output.append(first),
            // A response to HEAD has no content that could end, and incomplete content must not
            // seem complete.
            Stage::Coding(encoder) if length.is_ok() && (self.taken > 0 || !self.head_request) => {
                encoder.try_finish()?;
            }
            // The answer to HEAD has no length, since only compression would tell it.
            Stage::Coding(_) if self.taken == 0 => return length,
            Stage::Coding(encoder) => encoder.flush()?,
            Stage::Plain => {}
        }
        self.move_to(output);
        length
    }
}

/// Says that the response depends on what codings the client accepts.
fn vary(head: &mut ResponseHead) {
    let varies = |value: &str| {
        list_elements(value).any(|it| it == "*" || it.eq_ignore_ascii_case("Accept-Encoding"))
    };
    if !head.values("Vary").any(varies) {
        head.push_trusted("Vary", b"Accept-Encoding", None);
    }
}

/// Says that the content is coded: a validator of the plain content no longer fits byte for byte
/// (RFC 9110 section 8.8.3), and its ranges are none of the coded content's.
fn announce(head: &mut ResponseHead) {
    head.push_trusted("Content-Encoding", b"gzip", None);
    head.weaken_etag();
    head.remove_fields("Accept-Ranges");
    remove_digests(head);
}

/// A digest is of the content, or of the representation. The coding is a part of both (RFC 9530
/// sections 2 and 3). `Digest` and `Content-MD5` are older names.
fn remove_digests(head: &mut ResponseHead) {
    for name in ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"] {
        head.remove_fields(name);
    }
}

/// Whether the content may be coded, and might get smaller.
fn may_be_coded(head: &ResponseHead) -> bool {
    let status = head.status().unwrap_or_default();
    status != 206
        && !framing::is_bodiless(false, status)
        && allows_coding(head)
        && head.values("Content-Type").next().is_some_and(is_compressible)
}

/// Whether no field speaks against a coding.
fn allows_coding(head: &ResponseHead) -> bool {
    let has = |name| head.values(name).next().is_some();
    let no_transform = |value: &str| {
        list_elements(value).any(|directive| directive.eq_ignore_ascii_case("no-transform"))
    };
    !has("Content-Encoding")
        && !has("Content-Range")
        && !has("Transfer-Encoding")
        && !head.values("Cache-Control").any(no_transform)
}

fn is_compressible(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    let media_type = trim_ows(media_type).to_ascii_lowercase();
    match media_type.split_once('/') {
        // An event has to reach the client when it happens.
        Some(("text", "event-stream")) => false,
        Some(("text", _)) => true,
        Some(("application", kind)) => {
            let known = ["json", "xml", "javascript", "wasm", "manifest+json", "yaml", "toml"];
            known.contains(&kind) || kind.ends_with("+json") || kind.ends_with("+xml")
        }
        Some(("image", kind)) => matches!(kind, "svg+xml" | "bmp"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_smaller() {
        for content_type in [
            "text/html; charset=utf-8",
            "TEXT/PLAIN",
            "application/json",
            "application/problem+json",
            "image/svg+xml",
            "application/javascript;x=y",
        ] {
            assert!(is_compressible(content_type), "{content_type}");
        }
        for content_type in [
            "text/event-stream",
            "Text/Event-Stream;charset=utf-8",
            "image/png",
            "application/zip",
            "application/octet-stream",
            "video/mp4",
            "",
            "nonsense",
        ] {
            assert!(!is_compressible(content_type), "{content_type}");
        }
    }
}
