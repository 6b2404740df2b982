//! What is called when a WebSocket that keeps no thread has something to say.

use std::io;

use super::close::Closed;
use super::message::Message;
use super::outgoing::Sender;

/// What is called when a WebSocket has something to say: see
/// [`websocket_events`](crate::Exchange::websocket_events).
///
/// A closure of the type of [`message`](Listener::message) is a listener, too.
pub trait Listener: Send + 'static {
    /// A message has come, whole. The next one is read when this returns, so they come one after
    /// another. It may take its time, as a method may.
    ///
    /// # Errors
    ///
    /// An error closes the WebSocket with code 1011, as a panic does, and is logged. One that says
    /// that the client has gone, as those of [`Sender::send`] do, is not.
    fn message(&mut self, sender: &Sender, message: Message) -> io::Result<()>;

    /// The WebSocket has come to its end, for this reason, as
    /// [`WebSocket::closed`](super::WebSocket::closed) gives it. It is called once, whatever the
    /// end was, unless it was a panic. Then the listener is dropped.
    fn closed(&mut self, closed: &Closed) {
        let _ = closed;
    }
}

impl<F> Listener for F
where
    F: FnMut(&Sender, Message) -> io::Result<()> + Send + 'static,
{
    fn message(&mut self, sender: &Sender, message: Message) -> io::Result<()> {
        self(sender, message)
    }
}
