//! `wfile`: a handle to the output side of a connection.

use std::io::{self, Write};

use super::wire::Link;

/// The response's body: Python's `wfile`.
///
/// What is written gathers and leaves in one piece when the handler returns, when enough has
/// gathered, when [`flush`](Write::flush) is called, before `rfile` waits for the client, and after
/// each write once the handler has been running for a while. Nothing leaves for HEAD and for statuses without
/// a body; writing more than the announced `Content-Length` fails with
/// [`io::ErrorKind::InvalidInput`].
#[derive(Debug)]
pub struct BodyWriter<'a> {
    link: Link<'a>,
}

impl<'a> BodyWriter<'a> {
    pub(crate) fn new(link: Link<'a>) -> BodyWriter<'a> {
        BodyWriter { link }
    }
}

impl Write for BodyWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.link.wire.write_content(&self.link, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.link.wire.flush_content(&self.link)
    }
}
