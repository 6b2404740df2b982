//! A protocol that has taken a connection over and stays with the connection's loop: it is told
//! what has come, and keeps no thread while nothing comes.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// A protocol's side of the conversation. No call waits for the client. Code of the user's may run
/// in each, but for [`holds`](Resident::holds), and a panic of it stays inside.
///
/// `now`: the time since the loop began, as far as it has listened.
pub(crate) trait Resident: Debug + Send {
    /// The connection is its own from now on. Comes first, and once.
    fn begin(&mut self, line: Arc<dyn Line>, now: Duration);

    /// Whether it hears more now. If not, it is asked again when the client has taken something.
    fn listens(&self) -> bool;

    /// Hears what the client has sent. The bytes may be changed.
    fn hear(&mut self, bytes: &mut [u8], now: Duration);

    /// The client sends nothing more.
    fn hear_the_end(&mut self);

    /// The connection has failed, for this reason.
    fn lose(&mut self, why: &str);

    /// The server cannot keep the connection.
    fn let_go(&mut self);

    /// Sends what waits, and looks at the clock. `heard_all`: there is nothing more to hear now, so
    /// that silence may be judged.
    fn look(&mut self, now: Duration, heard_all: bool) -> Stay;

    /// How many bytes it holds for its client.
    fn holds(&self) -> usize;

    /// Takes out what the log should hear.
    fn take_complaint(&mut self) -> Option<String>;
}

/// How a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "websocket"), expect(dead_code))]
pub(crate) enum Stay {
    /// When the client says something, or takes something, and at the latest then. `None`: there is
    /// no clock.
    Until(Option<Duration>),
    /// It is over. The connection closes once the client has had time to read the last words.
    Over,
    /// It is over, and the connection is cut.
    Cut,
}

/// What a protocol sends through, from any thread.
pub(crate) trait Line: Debug + Send + Sync {
    /// Writes some of the bytes, without waiting. What is not taken has to be offered again, before
    /// anything else.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is no room now. When there is, the loop has its
    /// protocol [look](Resident::look).
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Tells the loop to ask its protocol to [look](Resident::look), soon.
    fn wake(&self);
}
