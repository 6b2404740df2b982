//! What was encrypted and not yet sent, and how much content that is.
//!
//! A record cannot be taken back once it is encrypted. So content counts as written in proportion
//! to what the system has taken of its records, and all of it only with their last byte. The writer
//! has to offer the rest again, as with a socket, and it is not encrypted a second time. That way
//! nothing waits here that the writer takes for sent, and a rate counts what really moves.

/// Records on their way out.
#[derive(Debug, Default)]
pub(super) struct Sealed {
    records: Vec<u8>,
    /// How many of the bytes in `records` have left.
    sent: usize,
    /// How much content was encrypted and not reported as written. It will be offered again.
    owed: usize,
}

impl Sealed {
    /// What the system has still to take.
    pub(super) fn unsent(&self) -> &[u8] {
        &self.records[self.sent..]
    }

    /// How much of what is offered next was encrypted before.
    pub(super) fn owed(&self) -> usize {
        self.owed
    }

    /// Notes that records were encrypted, and that the system has taken the first `sent` bytes.
    /// `content`: how much of what was offered is in them. Says how much of it counts as written.
    pub(super) fn note_new(&mut self, records: &[u8], sent: usize, content: usize) -> usize {
        debug_assert!(self.unsent().is_empty() && self.owed == 0);
        if sent == records.len() {
            return content;
        }
        self.records = records[sent..].to_vec();
        self.sent = 0;
        let written = portion(content, sent, records.len());
        // Where nothing has left, one byte counts all the same: the writer must not believe that it
        // can still write something else.
        let written = written.max(usize::from(content > 1));
        self.owed = content - written;
        written
    }

    /// Counts all that was encrypted as written, and says how much had not been reported.
    pub(super) fn forgive(&mut self) -> usize {
        std::mem::take(&mut self.owed)
    }

    /// Sends records that hold no content.
    pub(super) fn queue(&mut self, records: &[u8]) {
        debug_assert!(self.unsent().is_empty());
        self.records = records.to_vec();
        self.sent = 0;
    }

    /// Notes that the system has taken more of what was unsent. Says how much of the content counts
    /// as written.
    pub(super) fn note_sent(&mut self, count: usize) -> usize {
        let unsent = self.records.len() - self.sent;
        let written = portion(self.owed, count, unsent);
        self.sent += count;
        if self.sent == self.records.len() {
            self.records = Vec::new();
            self.sent = 0;
        }
        written
    }

    /// Reports content as written, as far as that much was offered.
    pub(super) fn report(&mut self, written: usize, offered: usize) -> usize {
        let reported = written.min(offered).min(self.owed);
        self.owed -= reported;
        reported
    }
}

/// The part of the content that is written when this many of its records' bytes are sent.
fn portion(content: usize, sent: usize, of: usize) -> usize {
    match sent >= of {
        true => content,
        // Never all of it.
        false => (content as u128 * sent as u128 / of as u128) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_written_with_the_last_byte_of_its_records() {
        let mut sealed = Sealed::default();
        assert_eq!(sealed.note_new(&[0; 122], 122, 100), 100);
        assert_eq!((sealed.unsent().len(), sealed.owed()), (0, 0));

        assert_eq!(sealed.note_new(&[0; 122], 61, 100), 50);
        assert_eq!((sealed.unsent().len(), sealed.owed()), (61, 50));
        let written = sealed.note_sent(60);
        assert_eq!(sealed.report(written, 1000), 49);
        assert_eq!((sealed.unsent().len(), sealed.owed()), (1, 1));
        let written = sealed.note_sent(1);
        assert_eq!(sealed.report(written, 1000), 1);
        assert_eq!((sealed.unsent().len(), sealed.owed()), (0, 0));
    }

    #[test]
    fn every_byte_counts_once_however_little_is_taken_or_offered() {
        for (content, records) in [(1, 23), (2, 24), (1000, 1022), (16384, 16406)] {
            for step in [1, 7, 22, 4000] {
                let mut sealed = Sealed::default();
                let mut written = sealed.note_new(&vec![0; records], 0, content);
                assert!(written < content);
                while !sealed.unsent().is_empty() {
                    let count = sealed.unsent().len().min(step);
                    let more = sealed.note_sent(count);
                    written += sealed.report(more, 1_000_000);
                }
                assert_eq!((written, sealed.owed()), (content, 0), "{content} {records} {step}");
            }
        }
    }

    #[test]
    fn one_byte_of_what_was_encrypted_counts_at_once() {
        assert_eq!(Sealed::default().note_new(&[0; 122], 0, 100), 1);
        // All of it would be too much.
        assert_eq!(Sealed::default().note_new(&[0; 23], 0, 1), 0);
    }
}
