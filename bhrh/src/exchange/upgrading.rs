//! Handing the connection over to another protocol: `upgrade` and `tunnel`.

use std::io;
use std::sync::Arc;

use super::Exchange;
use super::resident::Resident;
use super::server::Server;
use super::upgraded::Upgraded;
use crate::error::Error;
use crate::grammar;

/// # The connection, for another protocol
impl Exchange<'_> {
    /// Whether the client offers to go on with this protocol: an HTTP/1.1 request with `Connection:
    /// upgrade` that names it in `Upgrade` (RFC 9110 section 7.8).
    ///
    /// Not in Python.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     let text = if http.wants_upgrade("websocket") { "a WebSocket" } else { "a page" };
    ///     http.reply(200, "text/plain", text)
    /// });
    /// let client = bhrh::testing::client(&app);
    /// let plain = client.get("/").header("Upgrade", "websocket");
    /// assert_eq!(plain.clone().send().text(), "a page");
    /// let asks = plain.header("Connection", "keep-alive, Upgrade");
    /// assert_eq!(asks.send().text(), "a WebSocket");
    /// ```
    #[must_use]
    pub fn wants_upgrade(&self, protocol: &str) -> bool {
        let names = |field, wanted: &str| {
            let mut elements = self.headers.get_all(field).flat_map(grammar::list_elements);
            elements.any(|element| grammar::same_name(element, wanted))
        };
        // The field of an HTTP/1.0 request is to be ignored.
        self.live.wire.composing.borrow().is_to_11()
            && names("Connection", "upgrade")
            && names("Upgrade", protocol)
    }

    /// Switches the connection to another protocol: sends `101 Switching Protocols`, with the
    /// fields of [`add_header`](Exchange::add_header), and gives the connection to the method. From
    /// then on there are no more requests on it, and [`wfile`](Exchange::wfile) drops what is
    /// written.
    ///
    /// A method that goes on with the connection keeps its thread, one of
    /// [`max_threads`](crate::HttpServer::max_threads). It may also give the connection to a thread
    /// of its own, and return. [`Upgraded`] shows both.
    ///
    /// [`log_access`](crate::Handler::log_access) is called when the method returns, with status
    /// 101 and the number of bytes that were sent until then. That holds for a connection that a
    /// thread of its own keeps, too: the hook needs the exchange, whose request ends with the
    /// method. Such a thread logs the end of the connection itself.
    ///
    /// Not in Python, where a method uses `self.connection`.
    ///
    /// ```
    /// use std::io::{Read, Write};
    ///
    /// let app = bhrh::from_fn(|http| {
    ///     let stream = http.upgrade("twice")?;
    ///     let mut byte = [0];
    ///     (&stream).read_exact(&mut byte)?;
    ///     (&stream).write_all(&[byte[0], byte[0]])
    /// });
    /// let twice = bhrh::testing::client(&app).get("/").upgrade("twice", |stream| {
    ///     (&stream).write_all(b"x")?;
    ///     let mut answer = String::new();
    ///     (&stream).read_to_string(&mut answer).map(|_| answer)
    /// })?;
    /// assert_eq!(twice, "xx");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A client that has not [asked for it](Exchange::wants_upgrade) gets 426, which says what to
    /// ask for, if the method passes the error on. A client that sends a body, which the method has
    /// not read, gets 400. [`io::ErrorKind::ResourceBusy`], a 503, if no thread is free;
    /// [`io::ErrorKind::InvalidInput`] if the request has been answered;
    /// [`io::ErrorKind::Unsupported`] over a stream of
    /// [`handle`](crate::handle), which is only borrowed. Otherwise what
    /// [`end_headers`](Exchange::end_headers) and the connection report.
    pub fn upgrade(&mut self, protocol: &str) -> io::Result<Upgraded> {
        self.switch(protocol, &[])
    }

    /// The same, with more fields, which an error page does not have.
    pub(crate) fn switch(
        &mut self,
        protocol: &str,
        fields: &[(&str, &str)],
    ) -> io::Result<Upgraded> {
        if !self.wants_upgrade(protocol) {
            // RFC 9110 section 15.5.22.
            self.add_header("Upgrade", protocol);
            self.add_header("Connection", "Upgrade");
            let explain = format!("This resource speaks {protocol}");
            return Err(Error::status((426, "Upgrade Required", explain)).into());
        }
        let both = [("Upgrade", protocol), ("Connection", "Upgrade")];
        self.hand_over(101, &[&both, fields].concat())
    }

    /// Answers CONNECT with 200, and gives the connection to the method: a tunnel begins (RFC 9110
    /// section 9.3.6). [`Upgraded::relay`] copies both ways. What [`upgrade`](Exchange::upgrade)
    /// says of threads and of the log holds here as well. A method that does not want to connect
    /// the client answers with an error.
    ///
    /// Not in Python.
    ///
    /// ```no_run
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    /// use std::net::TcpStream;
    /// use std::time::Duration;
    ///
    /// struct Proxy;
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl Proxy {
    ///     fn do_CONNECT(&self, http: &mut Exchange) -> io::Result<()> {
    ///         // The only host that this proxy leads to.
    ///         if http.path != "db.example.org:5432" {
    ///             return http.send_error(403);
    ///         }
    ///         let Ok(upstream) = TcpStream::connect(http.path) else {
    ///             return http.send_error(502);
    ///         };
    ///         http.tunnel()?.relay(upstream, Duration::from_secs(300))?;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// bhrh::serve("127.0.0.1:3128", Proxy)?;
    /// # Ok::<(), io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if the request is not CONNECT. Otherwise as
    /// [`upgrade`](Exchange::upgrade).
    pub fn tunnel(&mut self) -> io::Result<Upgraded> {
        if self.command != "CONNECT" {
            let what = "tunnel: the request is not CONNECT";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        self.hand_over(200, &[])
    }

    /// Sends the last head of the connection, and hands the connection out.
    fn hand_over(&mut self, code: u16, fields: &[(&str, &str)]) -> io::Result<Upgraded> {
        self.check_leave()?;
        let (live, wire) = (self.live, self.live.wire);
        let duplex = live.split()?;
        self.send_last_head(code, fields)?;
        let early = wire.input.borrow_mut().take_unread();
        let upgraded = Upgraded::new(duplex, early, self.server.clone());
        live.transport.handed_out(&upgraded)?;
        wire.hand_out(upgraded.moved());
        self.close_connection = true;
        Ok(upgraded)
    }

    /// Switches the connection to a protocol that stays with the connection's loop, once the method
    /// has returned. `make` is given what has come of it already.
    ///
    /// # Errors
    ///
    /// As [`upgrade`](Exchange::upgrade), of a client that has asked for the protocol.
    #[cfg_attr(not(feature = "websocket"), expect(dead_code))]
    pub(crate) fn settle(
        &mut self,
        protocol: &str,
        fields: &[(&str, &str)],
        make: impl FnOnce(Vec<u8>, &Server) -> Box<dyn Resident>,
    ) -> io::Result<()> {
        self.check_leave()?;
        let (live, wire) = (self.live, self.live.wire);
        if !live.transport.has_room_for_residents() {
            let what = "upgrade: a stream that is only borrowed cannot be handed out";
            return Err(io::Error::new(io::ErrorKind::Unsupported, what));
        }
        let both = [("Upgrade", protocol), ("Connection", "Upgrade")];
        self.send_last_head(101, &[&both, fields].concat())?;
        let early = wire.input.borrow_mut().take_unread();
        live.transport.take_resident(make(early, self.server));
        wire.hand_out(Arc::default());
        self.close_connection = true;
        Ok(())
    }

    /// Whether HTTP can be left now.
    fn check_leave(&self) -> io::Result<()> {
        if self.is_answered() {
            let what = "upgrade: the request has been answered";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        // The body comes before the other protocol (RFC 9110 section 7.8). A method that takes
        // bodies has read it, so this is the client's doing.
        if !self.live.wire.input.borrow().body_is_done() {
            let explain = "A request that changes the protocol has no body here";
            return Err(Error::status((400, "Unexpected Body", explain)).into());
        }
        Ok(())
    }

    fn send_last_head(&mut self, code: u16, fields: &[(&str, &str)]) -> io::Result<()> {
        let (live, wire) = (self.live, self.live.wire);
        live.drop_filter();
        wire.composing.borrow_mut().leave_http(true);
        self.send_response(code);
        for (name, value) in fields {
            self.send_header(name, *value);
        }
        // An error page may follow, if nothing was sent.
        let leave = |_: &io::Error| wire.composing.borrow_mut().leave_http(false);
        self.end_headers().and_then(|()| live.flush()).inspect_err(leave)
    }
}
