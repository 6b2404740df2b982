//! Listening where the service manager listens.

use std::io;

use super::endpoint::Endpoint;
use crate::net::inherited::{self, Inherited};

impl Endpoint {
    /// The listeners that the service manager has passed on to this process, in their order: those
    /// of systemd's `.socket` units, for instance. Listeners of TCP and of Unix sockets; the path
    /// of a Unix socket is the service manager's, and stays.
    ///
    /// The environment says how many there are (`LISTEN_FDS`, `LISTEN_PID`; see sd_listen_fds(3)).
    /// Its variables are removed, so that the process's own children do not see them, and a second
    /// call returns nothing. So call it early, before there are other threads. If it returns
    /// nothing, the process was started without a listener:
    ///
    /// ```
    /// use bhrh::{Endpoint, HttpServer};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let inherited = Endpoint::inherited()?;
    /// let server = match inherited.is_empty() {
    ///     true => HttpServer::bind("127.0.0.1:0")?,
    ///     false => HttpServer::at(inherited)?,
    /// };
    /// # let _ = server;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A listener has a [`name`](Endpoint::name) if the service manager has given it one
    /// (`FileDescriptorName=` of a `.socket` unit; otherwise that is the name of the unit).
    ///
    /// Feature `listenfd`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if something else was passed on: a socket that is not of TCP
    /// or of Unix streams, or a connection, because the unit has `Accept=yes`. The message says
    /// which.
    pub fn inherited() -> io::Result<Vec<Endpoint>> {
        let endpoint = |inherited: Inherited| Endpoint::of(inherited.listening, inherited.name);
        Ok(inherited::all()?.into_iter().map(endpoint).collect())
    }
}
