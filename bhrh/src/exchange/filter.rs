//! What stands between `wfile` and the output, where something does: a coding of the content.
//!
//! The output knows nothing of it: a filter changes the head before the framing is settled, and
//! then hands on other bytes than it was given.

use std::fmt::Debug;
use std::io;

use super::wire::{Link, Wire};
use crate::proto::response::ResponseHead;

/// A change of the content on its way out.
pub(crate) trait Filter: Debug {
    /// Looks at the head of a final response that is about to end, and makes it fit.
    fn begin(&mut self, head: &mut ResponseHead);

    /// That head has ended. `held`: it can still be changed.
    fn begun(&mut self, held: bool);

    /// Takes content, and puts what is to be written in its place behind `output`. `head`, if it
    /// can still be changed.
    ///
    /// Fails if there is more of it than the handler announced.
    fn write(
        &mut self,
        bytes: &[u8],
        head: Option<&mut ResponseHead>,
        output: &mut Vec<u8>,
    ) -> io::Result<()>;

    /// Puts everything that has come so far behind `output`.
    fn flush(&mut self, head: Option<&mut ResponseHead>, output: &mut Vec<u8>) -> io::Result<()>;

    /// The same at the end of the content. Fails if there is less of it than the handler announced.
    fn finish(&mut self, output: &mut Vec<u8>) -> io::Result<()>;
}

impl Wire {
    /// Has the final response's head made fit by the filter, if there is one.
    pub(super) fn filter_head(&self) {
        if let Some(filter) = self.filter.borrow_mut().as_mut() {
            let mut output = self.output.borrow_mut();
            let ended = output.is_head_ended();
            let head = output.head();
            if !ended && head.status().is_some_and(|status| status >= 200) {
                filter.begin(head);
            }
        }
    }

    /// Has what there is of the head leave; where it has ended, what follows it as well. What it
    /// says then cannot be changed, so a filter that has not seen all of it is not asked any more.
    pub(super) fn flush_head(&self, link: &Link<'_>) -> io::Result<()> {
        if self.output.borrow().is_head_ended() {
            return self.flush_content(link);
        }
        let mut output = self.output.borrow_mut();
        let result = output.flush_head(link);
        if output.has_left() && output.head().status().is_some_and(|status| status >= 200) {
            self.drop_filter();
        }
        result
    }

    /// Tells the filter that the head has ended.
    pub(super) fn filter_begun(&self) {
        if let Some(filter) = self.filter.borrow_mut().as_mut() {
            let mut output = self.output.borrow_mut();
            if output.is_head_ended() {
                filter.begun(output.head().status().is_some());
            }
        }
    }

    /// What an exchange leaves, and what gives way to an error page, is none of the next one's.
    pub(crate) fn drop_filter(&self) {
        *self.filter.borrow_mut() = None;
    }

    /// Writes content, through the filter if there is one.
    pub(super) fn write_content(&self, link: &Link<'_>, bytes: &[u8]) -> io::Result<usize> {
        let mut filter = self.filter.borrow_mut();
        let mut output = self.output.borrow_mut();
        let Some(filter) = filter.as_mut().filter(|_| output.is_head_ended()) else {
            return output.write_body(link, bytes);
        };
        let slow = link.transport.is_slow();
        let mut filtered = Vec::new();
        let head = Some(output.head()).filter(|head| head.status().is_some());
        filter.write(bytes, head, &mut filtered)?;
        if slow {
            let head = Some(output.head()).filter(|head| head.status().is_some());
            filter.flush(head, &mut filtered)?;
        }
        output.write_all(link, &filtered)?;
        Ok(bytes.len())
    }

    /// Flushes, through the filter if there is one.
    pub(super) fn flush_content(&self, link: &Link<'_>) -> io::Result<()> {
        let mut output = self.output.borrow_mut();
        if let Some(filter) = self.filter.borrow_mut().as_mut() {
            if output.is_head_ended() {
                let mut filtered = Vec::new();
                let head = Some(output.head()).filter(|head| head.status().is_some());
                filter.flush(head, &mut filtered)?;
                output.write_all(link, &filtered)?;
            }
        }
        output.flush(link)
    }

    /// The end of the content: what the filter still has goes out, and it is gone.
    pub(crate) fn finish_content(&self, link: &Link<'_>) -> io::Result<()> {
        let Some(mut filter) = self.filter.take() else { return Ok(()) };
        let mut output = self.output.borrow_mut();
        if !output.is_head_ended() {
            return Ok(());
        }
        let mut filtered = Vec::new();
        let complete = filter.finish(&mut filtered);
        output.write_all(link, &filtered)?;
        complete
    }
}

impl super::output::Output {
    fn write_all(&mut self, link: &Link<'_>, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.write_body(link, bytes)?;
            bytes = &bytes[count..];
        }
        Ok(())
    }
}
