//! Who is at the other end of a Unix socket.

use super::Exchange;
use crate::peer::UnixCredentials;

impl Exchange<'_> {
    /// The process that has connected over a Unix socket, with its user and group, as it was when
    /// it connected. `None` for a connection of TCP, for [`handle`](crate::handle), and on systems
    /// that do not tell. Behind a proxy, this is the proxy.
    ///
    /// It is the system that says so, and a client cannot pretend.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct ForUser(u32);
    ///
    /// #[http_handler]
    /// impl ForUser {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         match http.unix_credentials() {
    ///             Some(client) if client.uid == self.0 => http.reply(200, "text/plain", "hello\n"),
    ///             _ => http.send_error(403),
    ///         }
    ///     }
    /// }
    /// # assert_eq!(bhrh::testing::get(&ForUser(1000), "/").status(), 403);
    /// ```
    ///
    /// Not in Python, where it is `getsockopt(SOL_SOCKET, SO_PEERCRED, 12)` of `connection`.
    ///
    /// Feature `unix-credentials`.
    #[must_use]
    pub fn unix_credentials(&self) -> Option<UnixCredentials> {
        self.live.transport.unix_credentials()
    }
}
