//! The way in: from the connection to the unread bytes, and on to a handler that reads the body.
//!
//! This is the handler's thread. Before it waits for the client, it sends what is ready.

use std::io;

use super::input::{Input, ROOM};
use super::wire::LiveWire;

impl LiveWire<'_> {
    /// Reads more bytes from the connection behind the unread ones.
    pub(crate) fn fill(&self) -> io::Result<usize> {
        self.fill_input(&mut self.wire.input.borrow_mut())
    }

    fn fill_input(&self, input: &mut Input) -> io::Result<usize> {
        input.fill_by(|room| self.receive(room))
    }

    /// Reads from the connection. Where that has to wait, everything that is ready leaves first:
    /// the client may be waiting for it before it sends more.
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(count) = self.transport.read_now(buffer).map_err(|error| self.noted(error))? {
            return Ok(count);
        }
        self.send()?;
        loop {
            match self.transport.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map_err(|error| self.noted(error)),
            }
        }
    }

    /// Reads content into `output`; 0 at the end of the body. Before the first read, a client that
    /// waits for it is told to go on.
    pub(super) fn read_content(&self, output: &mut [u8]) -> io::Result<usize> {
        let mut input = self.wire.input.borrow_mut();
        if input.wants_continue() && !input.body_is_done() {
            let sent = self.output(|output| output.interim_continue());
            if sent {
                input.continue_sent();
            }
        }
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            if input.body_is_done() {
                return Ok(0);
            }
            if input.unread().is_empty() {
                if let Some(count) = self.read_past_the_buffer(&mut input, output)? {
                    return Ok(count);
                }
                self.receive_body(&mut input)?;
            }
            let count = input.decode(output)?;
            if count > 0 {
                return Ok(count);
            }
        }
    }

    /// Reads content that is known to be ahead straight into a large output, without a copy in the
    /// buffer.
    fn read_past_the_buffer(
        &self,
        input: &mut Input,
        output: &mut [u8],
    ) -> io::Result<Option<usize>> {
        let ahead = input.content_ahead();
        let room = output.len().min(usize::try_from(ahead).unwrap_or(usize::MAX));
        if room < ROOM {
            return Ok(None);
        }
        let count = self.receive(&mut output[..room])?;
        if count == 0 {
            return Err(input.ended_early());
        }
        input.body_has_begun();
        input.skip_content(count)?;
        Ok(Some(count))
    }

    fn receive_body(&self, input: &mut Input) -> io::Result<()> {
        if input.at_end() || self.fill_input(input)? == 0 {
            return Err(input.ended_early());
        }
        input.body_has_begun();
        Ok(())
    }
}
