//! What stands between `wfile` and the output, where something does: a coding of the content.
//!
//! A filter changes the head before the framing is decided, and then hands on other bytes than it
//! was given. The output asks it ([`Output::write`](super::output::Output::write)), under the lock
//! that a clock takes as well, so that what is gathered in a filter leaves in time too.

use std::fmt::Debug;
use std::io;

use crate::proto::response::ResponseHead;

/// A change of the content on its way out.
pub(crate) trait Filter: Debug + Send {
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

    /// Whether a flush would bring something to light.
    fn holds(&self) -> bool;

    /// Puts everything that has come so far behind `output`.
    fn flush(&mut self, head: Option<&mut ResponseHead>, output: &mut Vec<u8>) -> io::Result<()>;

    /// The same at the end of the content. Fails if there is less of it than the handler announced.
    fn finish(&mut self, output: &mut Vec<u8>) -> io::Result<()>;
}
