//! WebSockets that keep no thread: how they are opened.

use std::io;
use std::sync::Arc;

use super::listener::Listener;
use super::options::Options;
use super::outgoing::{Outgoing, Sender};
use super::parked::Parked;
use crate::exchange::Exchange;
use crate::exchange::outlet::Outlet;

/// # WebSockets without threads
impl Exchange<'_> {
    /// Opens a WebSocket that keeps no thread while nobody says anything: for thousands of them.
    /// The method returns, and `listener` is called when a message has come, on a thread of the
    /// server's.
    ///
    /// The [`Sender`] is for any thread, also before the method returns. Here it never waits: what
    /// the client does not take at once is sent when it does. A client that has not taken it within
    /// [`send_timeout`](Options::send_timeout), or for which more than
    /// [`backlog`](Options::backlog) waits, is disconnected. While much waits for a client, nothing
    /// more is read from it.
    ///
    /// Pings, silence, closing and the server's shutdown are as of a
    /// [`WebSocket`](super::WebSocket). The connection counts among
    /// [`connections`](crate::Limits::connections), and what it holds counts in
    /// [`waiting_memory`](crate::Limits::waiting_memory).
    /// [`log_access`](crate::Handler::log_access) is called when the method returns, with status
    /// 101; [`closed`](super::Listener::closed) says when it has ended.
    ///
    /// Not in Python.
    ///
    /// ```
    /// use bhrh::websocket::{Closed, Listener, Message, Options, Sender};
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// /// Says how many messages have come.
    /// struct Counting(usize);
    ///
    /// impl Listener for Counting {
    ///     fn message(&mut self, sender: &Sender, _: Message) -> io::Result<()> {
    ///         self.0 += 1;
    ///         sender.send(&self.0.to_string())
    ///     }
    ///
    ///     fn closed(&mut self, closed: &Closed) {
    ///         println!("{} messages, then {}", self.0, closed.code);
    ///     }
    /// }
    ///
    /// struct App;
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl App {
    ///     #[route("GET /count")]
    ///     fn count(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.websocket_events(&Options::new(), Counting(0))?.send("welcome")
    ///     }
    ///
    ///     #[route("GET /echo")]
    ///     fn echo(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let echo = |sender: &Sender, message: Message| match message {
    ///             Message::Text(text) => sender.send(&text),
    ///             _ => sender.close(1003, "only text"),
    ///         };
    ///         http.websocket_events(&Options::new(), echo).map(drop)
    ///     }
    /// }
    ///
    /// bhrh::testing::client(&App).get("/count").websocket(|socket| {
    ///     socket.send("hello")?;
    ///     assert_eq!(socket.receive()?, Some(Message::Text("welcome".into())));
    ///     assert_eq!(socket.receive()?, Some(Message::Text("1".into())));
    ///     Ok(())
    /// });
    /// ```
    ///
    /// The line of the access log comes when the method returns. `Listener::closed` can log the
    /// end.
    ///
    /// Feature `websocket`.
    ///
    /// # Errors
    ///
    /// As [`websocket`](Exchange::websocket), but that no thread is needed.
    pub fn websocket_events(
        &mut self,
        options: &Options,
        listener: impl Listener,
    ) -> io::Result<Sender> {
        let agreed = self.agree(options)?;
        let is_compressed = agreed.compression.is_some();
        let outlet = Arc::new(Outlet::new(options.backlog));
        let outgoing =
            Outgoing::on_loop(Arc::clone(&outlet), is_compressed, agreed.subprotocol.clone());
        let outgoing = Arc::new(outgoing);
        let sender = Sender::new(&outgoing);
        self.settle("websocket", &agreed.fields(), |early, server| {
            let listener = Box::new(listener);
            Box::new(Parked::new(outgoing, outlet, options, early, server.clone(), listener))
        })?;
        Ok(sender)
    }
}
