//! `wfile`: a handle to the output side of a connection.

use std::fmt;
use std::io::{self, Write};

use super::wire::LiveWire;

/// How much formatted text is gathered before it is written.
const TEXT: usize = 8 << 10;

/// The response's body: Python's `wfile`.
///
/// What is written gathers, and leaves in one piece when the handler returns, when enough has
/// gathered, when [`flush`](Write::flush) is called, before `rfile` waits for the client, and at
/// the latest 50 ms after it was written, whatever the handler does meanwhile. So small writes are
/// cheap, a [`BufWriter`](std::io::BufWriter) around this gains little, and somebody who watches
/// progress sees it. (In memory and over a stream of [`handle`](crate::handle) nothing looks at
/// the time, and on Windows what is late leaves with the next write.)
///
/// Nothing leaves for HEAD and for statuses without a body. Writing more than the announced
/// `Content-Length` fails with [`io::ErrorKind::InvalidInput`].
///
/// ```
/// use bhrh::{Exchange, http_handler};
/// use std::io::{self, Write};
///
/// struct Squares;
///
/// #[http_handler(protocol_version = "HTTP/1.1")]
/// impl Squares {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_response(200);
///         http.send_header("Content-Type", "text/csv");
///         http.end_headers()?;
///         for row in 0..1000_u64 {
///             writeln!(http.wfile, "{row},{}", row * row)?;
///         }
///         Ok(())
///     }
/// }
///
/// assert!(bhrh::testing::get(&Squares, "/").text().ends_with("\n999,998001\n"));
/// ```
#[derive(Debug)]
pub struct BodyWriter<'a> {
    live: &'a LiveWire<'a>,
}

impl<'a> BodyWriter<'a> {
    pub(crate) fn new(live: &'a LiveWire<'a>) -> BodyWriter<'a> {
        BodyWriter { live }
    }
}

impl Write for BodyWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.live.write_content(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.live.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.live.flush()
    }

    /// What one call formats is written in one piece, unless it is long: not each of its parts. A
    /// value that fails to display itself leaves nothing of a short piece behind.
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        if let Some(text) = text.as_str() {
            return self.write_all(text.as_bytes());
        }
        // A value that displays itself may write as well, and then takes room of its own.
        let room = self.live.wire.text.take();
        let mut pieces = Pieces { text: room, live: self.live, failed: None };
        pieces.text.clear();
        let formatted = fmt::write(&mut pieces, text);
        let Pieces { text, failed, .. } = pieces;
        let result = match (formatted, failed) {
            (_, Some(error)) => Err(error),
            (Err(fmt::Error), None) => Err(io::Error::other("a value failed to display itself")),
            (Ok(()), None) => self.live.write_all(text.as_bytes()),
        };
        self.live.wire.text.replace(text);
        result
    }
}

/// Text that is being formatted.
struct Pieces<'a> {
    text: String,
    live: &'a LiveWire<'a>,
    failed: Option<io::Error>,
}

impl fmt::Write for Pieces<'_> {
    #[inline]
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.text.len() + part.len() > TEXT {
            return self.make_room(part);
        }
        self.text.push_str(part);
        Ok(())
    }
}

impl Pieces<'_> {
    /// Writes what would be too much to gather.
    #[cold]
    fn make_room(&mut self, part: &str) -> fmt::Result {
        let written = [self.text.as_str(), part]
            .iter()
            .try_for_each(|text| self.live.write_all(text.as_bytes()));
        self.text.clear();
        written.map_err(|error| {
            self.failed = Some(error);
            fmt::Error
        })
    }
}
