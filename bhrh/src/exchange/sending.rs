//! The way out: from the head under construction and the writes of a handler to the output, and
//! from there to the connection.
//!
//! This is the handler's thread. It works on the output under a lock that it shares with a clock
//! ([`super::gathered`]), and waits for the client without it.

use std::io;

use super::composing::Composing;
#[cfg(feature = "files")]
use super::file_content::FileContent;
#[cfg(feature = "gzip")]
use super::filter::Filter;
use super::gathered::Locked;
use super::output::Output;
use super::output::content::Quick;
use super::output::leaving::Leaving;
use super::response_rules::{Ending, ResponseRules, nothing_begun};
use super::wire::{LiveWire, Loss, TurnProgress, Wire};

impl Wire {
    /// Turns to the response to another request.
    #[inline(always)]
    pub(crate) fn begin(&mut self, rules: ResponseRules) {
        self.begin_output(rules);
        self.progress.set(TurnProgress::Response);
    }

    /// The same where the turn's progress is known already.
    #[inline(always)]
    pub(crate) fn begin_output(&mut self, rules: ResponseRules) {
        self.composing.get_mut().begin(rules);
        self.unbegun.set(true);
        self.quick.set(false);
        self.complete.set(false);
    }
}

impl LiveWire<'_> {
    /// Drops whatever has not left, because the connection is going to be cut.
    pub(crate) fn abandon(&self) {
        self.wire.composing.borrow_mut().head().clear();
        self.wire.complete.set(false);
        self.output(Output::abandon);
    }

    /// Works on the output, under the lock that the clock takes as well: `work` must not wait.
    #[inline(always)]
    pub(crate) fn output<R>(&self, work: impl FnOnce(&mut Output) -> R) -> R {
        let mut output = self.lock();
        let result = work(&mut output);
        let lost = output.is_lost();
        self.unlock(output);
        if lost {
            self.note_lost();
        }
        result
    }

    #[cold]
    fn note_lost(&self) {
        self.wire.lost.set(true);
        if self.wire.loss.get().is_none() {
            self.wire.loss.set(Some(Loss::Gone));
        }
    }

    /// The output, turned to the current response, until it is [unlocked](LiveWire::unlock).
    #[inline(always)]
    fn lock(&self) -> Locked<'_, Output> {
        let mut output = self.wire.output.lock();
        if self.wire.unbegun.take() {
            output.begin();
        }
        output.closing = self.wire.closing.get();
        output
    }

    /// Lets go of the output again, and wakes the clock if something has begun to gather.
    #[inline(always)]
    fn unlock(&self, mut output: Locked<'_, Output>) {
        if output.sender.is_none() {
            output.sender = self.transport.late_sender();
        }
        if output.unlock() {
            self.transport.gathers();
        }
    }

    /// Ends the head of a response. `closing`: the connection is going to close after this
    /// exchange.
    #[inline(always)]
    pub(crate) fn end_head(&self, closing: bool) -> io::Result<()> {
        let mut composing = self.wire.composing.borrow_mut();
        let composing = &mut *composing;
        if composing.rules.simple {
            self.output(|output| output.start_simple(composing.rules));
            composing.ended = true;
            return Ok(());
        }
        if composing.ended {
            return Err(composing.why_it_cannot_end());
        }
        let framing = composing.rules.framing(&mut composing.head);
        let status = match composing.head.status() {
            Some(status) if !composing.head.has_fault() => status,
            _ => return Err(composing.why_it_cannot_end()),
        };
        if status < 200 && status != 101 {
            return self.end_interim(composing, closing);
        }
        let mut output = self.lock();
        let room = output.start(composing, framing, status, closing);
        self.unlock(output);
        self.wire.quick.set(room);
        composing.ended = true;
        Ok(())
    }

    /// An interim response leaves at once: it is of use only before the final one.
    #[cold]
    fn end_interim(&self, composing: &mut Composing, closing: bool) -> io::Result<()> {
        if composing.is_unwanted_interim() {
            composing.head.clear();
            return Ok(());
        }
        composing.interim_answer = !composing.rules.profile.frame_body && closing;
        composing.left = false;
        let goes_on = composing.head.status() == Some(100);
        self.output(|output| output.interim(&mut composing.head));
        self.send()?;
        if goes_on {
            self.wire.input.borrow_mut().continue_sent();
        }
        Ok(())
    }

    /// Ends the head for a handler that has not, if there is one.
    #[cold]
    fn end_forgotten_head(&self) -> io::Result<()> {
        let begun = {
            let composing = self.wire.composing.borrow();
            composing.rules.simple || composing.head.is_begun()
        };
        match begun {
            true => self.end_head(self.wire.closing.get()),
            false => Err(nothing_begun()),
        }
    }

    /// Takes content from the handler; says how much of it.
    #[inline(always)]
    pub(crate) fn write_content(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.write_quickly(bytes) {
            true => Ok(bytes.len()),
            false => self.write_and_look(bytes),
        }
    }

    /// Takes all of some content.
    #[inline]
    pub(crate) fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        match self.write_quickly(bytes) {
            true => Ok(()),
            false => self.write_all_and_look(bytes),
        }
    }

    /// Takes content if it need only be put behind what is gathered. `false`: it was not taken.
    #[inline(always)]
    fn write_quickly(&self, bytes: &[u8]) -> bool {
        if !self.wire.quick.get() {
            return false;
        }
        let (quick, began) = self.wire.output.with(|output| output.write_quickly(bytes));
        if began {
            self.transport.gathers();
        }
        if quick != Quick::Refused {
            self.wire.complete.set(quick == Quick::Last);
        }
        quick != Quick::Refused
    }

    /// The same where something may have to be decided or sent.
    #[inline(never)]
    fn write_and_look(&self, bytes: &[u8]) -> io::Result<usize> {
        self.wire.complete.set(false);
        self.wire.quick.set(false);
        if !self.wire.composing.borrow().ended {
            self.end_forgotten_head()?;
        }
        let step = self.output(|output| output.write(bytes))?;
        self.wire.quick.set(step.leaves_quick_room);
        if let Some((leaving, directly)) = step.leaving {
            self.leave(leaving, &bytes[..directly])?;
        }
        Ok(step.taken)
    }

    #[inline(never)]
    fn write_all_and_look(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = self.write_and_look(bytes)?;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// Leaves the rest of the content to the connection, which sends it once the method has
    /// returned: no thread waits for the client then.
    ///
    /// # Errors
    ///
    /// The content, if the method has to send it itself: where it is not all that the head has
    /// announced, where a filter changes it, and over connections that nobody looks after later.
    #[cfg(feature = "files")]
    pub(crate) fn leave_content(&self, content: FileContent) -> Result<(), FileContent> {
        let count = content.left();
        let is_rest = self.output(|output| output.lacks(count));
        if self.wire.filtered.get() || !is_rest {
            return Err(content);
        }
        self.transport.take_content(content)?;
        self.wire.quick.set(false);
        self.output(|output| output.comes_elsewhere(count));
        Ok(())
    }

    /// Writes all of `first`, then all of `second`.
    fn transmit(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let (mut first, mut second) = (first, second);
        while !first.is_empty() || !second.is_empty() {
            let slices = [io::IoSlice::new(first), io::IoSlice::new(second)];
            let used = if first.is_empty() { &slices[1..] } else { &slices[..] };
            let count = match self.transport.write(used) {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other,
            };
            let count = count.map_err(|error| self.noted(error))?;
            let of_first = count.min(first.len());
            first = &first[of_first..];
            second = &second[count - of_first..];
        }
        Ok(())
    }

    /// Sends what is on its way out, and what follows it directly.
    fn leave(&self, leaving: Leaving, directly: &[u8]) -> io::Result<()> {
        let result = self.transmit(&leaving.bytes, directly);
        self.output(|output| output.has_gone(leaving, result.is_err()));
        result
    }

    /// Sends what is ready.
    pub(crate) fn send(&self) -> io::Result<()> {
        match self.output(Output::send)? {
            Some(leaving) => self.leave(leaving, &[]),
            None => Ok(()),
        }
    }

    /// `wfile.flush`: everything so far leaves, and the framing is decided if it is open.
    pub(crate) fn flush(&self) -> io::Result<()> {
        match self.output(Output::flush)? {
            Some(leaving) => self.leave(leaving, &[]),
            None => Ok(()),
        }
    }

    /// `flush_headers`: what there is of the head leaves; where it has ended, what follows it as
    /// well. What it says then cannot be changed, so a filter that has not seen all of it is not
    /// asked any more.
    pub(crate) fn flush_head(&self) -> io::Result<()> {
        {
            let mut composing = self.wire.composing.borrow_mut();
            let composing = &mut *composing;
            if !composing.ended && composing.head.is_begun() && !composing.rules.simple {
                if let Some(fault) = composing.head.take_fault() {
                    composing.head.clear();
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, fault));
                }
                if composing.is_unwanted_interim() {
                    return Ok(());
                }
                let interim = composing.head.status().is_some_and(|status| status < 200);
                composing.rules.leaves_http(&mut composing.head);
                self.output(|output| output.partial_head(&mut composing.head));
                composing.left = true;
                if !interim {
                    self.drop_filter();
                }
            }
        }
        self.flush()
    }

    /// Lets the filter, if the response has one, change the final response's head.
    #[inline(always)]
    pub(crate) fn filter_head(&self) {
        if self.wire.filtered.get() {
            self.have_filtered();
        }
    }

    #[cold]
    fn have_filtered(&self) {
        let mut composing = self.wire.composing.borrow_mut();
        let composing = &mut *composing;
        let is_final = composing.head.status().is_some_and(|status| status >= 200);
        if is_final && !composing.ended {
            self.output(|output| {
                if let Some(filter) = &mut output.filter {
                    filter.begin(&mut composing.head);
                }
            });
        }
    }

    /// Puts a filter between `wfile` and the output, for this exchange.
    #[cfg(feature = "gzip")]
    pub(crate) fn set_filter(&self, filter: Box<dyn Filter>) {
        self.output(|output| output.filter = Some(filter));
        self.wire.filtered.set(true);
    }

    /// Removes the filter: it belongs to one exchange, and an error page must not go through it.
    #[inline(always)]
    pub(crate) fn drop_filter(&self) {
        if self.wire.filtered.replace(false) {
            self.output(|output| output.filter = None);
        }
    }

    /// The end of the content: what the filter still has is gathered, and it is gone.
    #[inline(always)]
    pub(crate) fn end_content(&self) -> io::Result<()> {
        match self.wire.filtered.replace(false) {
            true => self.output(Output::end_content),
            false => Ok(()),
        }
    }

    /// Completes the response of a handler that has returned. Nothing is sent.
    #[inline(always)]
    pub(crate) fn complete_response(&self, closing: bool) -> io::Result<Ending> {
        let (ended, has_fault) = {
            let composing = self.wire.composing.borrow();
            (composing.ended, composing.head.has_fault())
        };
        if !ended {
            return self.complete_without_head(closing);
        }
        // A second response that was begun and then forgotten is still one too many.
        if has_fault {
            return Err(self.wire.composing.borrow_mut().why_it_cannot_end());
        }
        if self.wire.complete.get() && !closing {
            return Ok(Ending::Complete { must_close: false, dropped: 0 });
        }
        Ok(self.output(|output| output.complete_response(closing)))
    }

    /// Completes the response of a handler that has not ended its head.
    #[cold]
    fn complete_without_head(&self, closing: bool) -> io::Result<Ending> {
        let (begun, interim_answer) = {
            let composing = self.wire.composing.borrow();
            (composing.head.is_begun() || composing.rules.simple, composing.interim_answer)
        };
        if begun {
            self.end_head(closing)?;
            if self.wire.composing.borrow().ended {
                return self.complete_response(closing);
            }
        }
        Ok(match interim_answer || self.wire.composing.borrow().interim_answer {
            true => Ending::Complete { must_close: true, dropped: 0 },
            false => Ending::Nothing,
        })
    }

    /// Drops the response, so that another can take its place. `false`: some of it has left
    /// already.
    pub(crate) fn discard(&self) -> bool {
        let mut composing = self.wire.composing.borrow_mut();
        let dropped = self.output(Output::discard);
        if dropped {
            composing.begin_again();
            self.wire.filtered.set(false);
        }
        dropped
    }
}
