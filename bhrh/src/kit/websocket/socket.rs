//! A WebSocket as a method has it.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::close::{Closed, GONE};
use super::decoder::{FrameRules, MessageKind};
use super::frame::{Opcode, Role};
use super::message::Message;
use super::options::Options;
use super::outgoing::{Outgoing, Sender};
use super::session::{Heard, Session};
use super::violation::Violation;
use crate::exchange::Upgraded;

/// How much is read at a time.
const ROOM: usize = 16 << 10;

/// For how long a thread waits before it looks up.
const SLICE: Duration = Duration::from_secs(1);

/// How long a client has to answer a close frame.
const GOOD_BYE: Duration = Duration::from_secs(3);

/// How much a client may send after it was told to stop.
const LEFTOVERS: u64 = 1 << 20;

/// A WebSocket (RFC 6455), made by [`Exchange::websocket`](crate::Exchange::websocket).
///
/// [`receive`](WebSocket::receive) waits for messages, and answers pings and the client's close
/// meanwhile. Any thread may send, by a [`Sender`]. The WebSocket may move to a thread of its own,
/// as [`Upgraded`] may; its method then returns.
///
/// A client that is silent gets pings, and one that does not answer them counts as gone. When the
/// server shuts down, the client is told so (code 1001), and `receive` returns `None`. A WebSocket
/// that is dropped closes.
///
/// ```
/// use bhrh::websocket::Message;
/// use bhrh::{Exchange, http_handler};
/// use std::io;
///
/// struct Echo;
///
/// #[http_handler(protocol_version = "HTTP/1.1")]
/// impl Echo {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         let mut socket = http.websocket()?;
///         while let Some(message) = socket.receive()? {
///             match message {
///                 Message::Text(text) => socket.send(&text)?,
///                 Message::Binary(bytes) => socket.send_binary(&bytes)?,
///                 _ => {}
///             }
///         }
///         Ok(())
///     }
/// }
///
/// bhrh::testing::client(&Echo).get("/").websocket(|socket| {
///     socket.send("hello")?;
///     assert_eq!(socket.receive()?, Some(Message::Text("hello".into())));
///     Ok(())
/// });
/// ```
#[derive(Debug)]
pub struct WebSocket {
    stream: Upgraded,
    session: Session,
    /// What has come and was not listened to yet stands from `start` to `end`.
    input: Vec<u8>,
    start: usize,
    end: usize,
    outgoing: Arc<Outgoing>,
    limit: u64,
    keep_alive: Option<Duration>,
    heard_at: Instant,
    /// When it was pinged because it was silent. It has not been heard since.
    pinged_at: Option<Instant>,
    /// A message is being streamed.
    streaming: Option<MessageKind>,
    closed: Option<Closed>,
}

/// What waiting for something to be heard has come to.
enum Waited {
    Heard(Heard),
    /// Nothing more comes.
    Over,
}

impl WebSocket {
    pub(crate) fn new(
        stream: Upgraded,
        role: Role,
        options: &Options,
        compression: bool,
        subprotocol: Option<String>,
    ) -> io::Result<WebSocket> {
        let rules = FrameRules::new(role == Role::Server, compression, options.message);
        let slice = options.keep_alive.map_or(SLICE, |time| SLICE.min(time / 2));
        stream.set_read_timeout(Some(slice))?;
        let time = options.send_time;
        let outgoing = Outgoing::new(stream.clone(), role, compression, subprotocol, time)?;
        Ok(WebSocket {
            stream,
            session: Session::new(rules),
            input: Vec::new(),
            start: 0,
            end: 0,
            outgoing: Arc::new(outgoing),
            limit: options.message,
            keep_alive: options.keep_alive,
            heard_at: Instant::now(),
            pinged_at: None,
            streaming: None,
            closed: None,
        })
    }

    /// The client's side, for tests.
    pub(crate) fn of_client(
        stream: Upgraded,
        compression: bool,
        subprotocol: Option<String>,
    ) -> io::Result<WebSocket> {
        let options = Options::new().longest_message(64 << 20).keep_alive(None);
        WebSocket::new(stream, Role::Client, &options, compression, subprotocol)
    }

    /// The subprotocol that was agreed on, of [`Options::subprotocols`].
    #[must_use]
    pub fn subprotocol(&self) -> Option<&str> {
        self.outgoing.subprotocol()
    }

    /// Waits for the next message. `None`: no more will come, and [`closed`](WebSocket::closed)
    /// says why. The client has closed, or it has gone, or the server is shutting down.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] if the client breaks the protocol or a limit. It has been
    /// told so then, and the connection has been closed.
    pub fn receive(&mut self) -> io::Result<Option<Message>> {
        self.skip_streamed()?;
        loop {
            match self.wait(Some(self.limit))? {
                Waited::Heard(Heard::Content { kind, ends: true }) => {
                    let message = Message::new(kind, self.session.take_content());
                    return message.map(Some).map_err(|violation| self.fail(violation));
                }
                Waited::Heard(_) => {}
                Waited::Over => return Ok(None),
            }
        }
    }

    /// Waits for the next message, and gives it as it comes: for messages that may be longer than
    /// memory should hold. [`Options::longest_message`] bounds only its frames. What is not read of
    /// it is dropped.
    ///
    /// ```
    /// use bhrh::websocket::Message;
    /// use std::io::Read;
    ///
    /// let app = bhrh::from_fn(|http| -> std::io::Result<()> {
    ///     let mut socket = http.websocket()?;
    ///     while let Some(mut message) = socket.receive_stream()? {
    ///         let bytes = std::io::copy(&mut message, &mut std::io::sink())?;
    ///         drop(message);
    ///         socket.send(&format!("{bytes} bytes"))?;
    ///     }
    ///     Ok(())
    /// });
    /// bhrh::testing::client(&app).get("/").websocket(|socket| {
    ///     socket.send_binary(&[0; 100_000])?;
    ///     assert_eq!(socket.receive()?, Some(Message::Text("100000 bytes".into())));
    ///     Ok(())
    /// });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`receive`](WebSocket::receive), also of the reads.
    pub fn receive_stream(&mut self) -> io::Result<Option<MessageReader<'_>>> {
        self.skip_streamed()?;
        loop {
            match self.wait(None)? {
                Waited::Heard(Heard::Content { kind, ends }) => {
                    self.streaming = (!ends).then_some(kind);
                    let content = self.session.take_content();
                    return Ok(Some(MessageReader { socket: self, kind, content, start: 0 }));
                }
                Waited::Heard(_) => {}
                Waited::Over => return Ok(None),
            }
        }
    }

    /// Drops the rest of a message that was streamed.
    fn skip_streamed(&mut self) -> io::Result<()> {
        while self.streaming.is_some() {
            match self.wait(None)? {
                Waited::Heard(Heard::Content { ends, .. }) => {
                    self.session.take_content();
                    if ends {
                        self.streaming = None;
                    }
                }
                Waited::Heard(_) => {}
                Waited::Over => self.streaming = None,
            }
        }
        Ok(())
    }

    /// Waits until something is heard, and replies to it.
    fn wait(&mut self, limit: Option<u64>) -> io::Result<Waited> {
        if self.closed.is_some() {
            return Ok(Waited::Over);
        }
        loop {
            let heard = self.session.hear(&mut self.input[self.start..self.end], limit);
            let (used, heard) = match heard {
                Ok(heard) => heard,
                Err(violation) => return Err(self.fail(violation)),
            };
            self.start += used;
            match heard {
                Some(Heard::Ping(control)) => {
                    // A client that has gone is noticed by the next read.
                    let _ = self.outgoing.control(Opcode::Pong, control.payload());
                }
                Some(Heard::Close(closed)) => {
                    let _ = self.outgoing.close(closed.code, "");
                    let _ = self.stream.finish();
                    self.closed = Some(closed);
                    return Ok(Waited::Over);
                }
                Some(heard) => return Ok(Waited::Heard(heard)),
                None if self.start < self.end => {}
                None => {
                    if !self.fill()? {
                        return Ok(Waited::Over);
                    }
                }
            }
        }
    }

    /// Reads more. `false`: no more comes.
    fn fill(&mut self) -> io::Result<bool> {
        loop {
            // Also of a client that is never silent.
            if self.stream.is_shutting_down() {
                self.say_good_bye(1001, "the server is shutting down");
                return Ok(false);
            }
            if self.outgoing.is_unanswered() {
                return Ok(self.has_gone("no answer to a close frame"));
            }
            (self.start, self.end) = (0, 0);
            if self.input.is_empty() {
                self.input.resize(ROOM, 0);
            }
            match (&self.stream).read(&mut self.input) {
                Ok(0) => return Ok(self.has_gone("")),
                Ok(count) => {
                    self.end = count;
                    self.heard_at = Instant::now();
                    self.pinged_at = None;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    if !self.check_pulse() {
                        return Ok(self.has_gone("no answer to a ping"));
                    }
                }
                Err(error) => return Ok(self.has_gone(&error.to_string())),
            }
        }
    }

    /// Pings a client that has been silent. `false`: it has not answered.
    fn check_pulse(&mut self) -> bool {
        // An idle WebSocket needs no buffer.
        self.input = Vec::new();
        let Some(time) = self.keep_alive else { return true };
        if let Some(pinged_at) = self.pinged_at {
            return pinged_at.elapsed() < time;
        }
        if self.heard_at.elapsed() >= time {
            self.pinged_at = Some(Instant::now());
            let _ = self.outgoing.control(Opcode::Ping, b"");
        }
        true
    }

    /// Notes that the client has gone without a close frame (section 7.1.5).
    fn has_gone(&mut self, why: &str) -> bool {
        self.closed = Some(Closed { code: GONE, reason: why.to_owned() });
        let _ = self.stream.close();
        false
    }

    /// Fails the connection (section 7.1.7).
    fn fail(&mut self, violation: Violation) -> io::Error {
        self.say_good_bye(violation.close_code(), &violation.to_string());
        let what = format!("WebSocket: {violation}");
        io::Error::new(io::ErrorKind::InvalidData, what)
    }

    /// Sends a close frame, and waits until the client has closed, for a moment.
    fn say_good_bye(&mut self, code: u16, reason: &str) {
        self.closed = Some(Closed { code, reason: reason.to_owned() });
        if self.outgoing.close(code, reason).is_err() {
            return;
        }
        let _ = self.stream.finish();
        self.drain();
    }

    /// Reads until the client has closed. If the connection closed while bytes of the client's are
    /// on their way, the system would drop the close frame.
    fn drain(&mut self) {
        let (began, mut room, mut left) = (Instant::now(), [0; 4 << 10], LEFTOVERS);
        while began.elapsed() < GOOD_BYE && left > 0 {
            match (&self.stream).read(&mut room) {
                Ok(0) => break,
                Ok(count) => left = left.saturating_sub(count as u64),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
    }

    /// Sends a text. Waits while the client is slow, for [`Options::send_timeout`] at most.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotConnected`] if the WebSocket has been closed, and what the connection
    /// reports.
    pub fn send(&self, text: &str) -> io::Result<()> {
        self.outgoing.send(Opcode::Text, text.as_bytes())
    }

    /// Sends bytes, likewise.
    ///
    /// # Errors
    ///
    /// As [`send`](WebSocket::send).
    pub fn send_binary(&self, bytes: &[u8]) -> io::Result<()> {
        self.outgoing.send(Opcode::Binary, bytes)
    }

    /// Sends bytes as they are read: one message, in fragments, however long. Returns how many
    /// bytes that were. Other messages wait until it is complete.
    ///
    /// # Errors
    ///
    /// As [`send`](WebSocket::send), and what `content` fails with. The connection is closed then,
    /// since the message cannot be ended.
    pub fn send_binary_from(&self, content: impl Read) -> io::Result<u64> {
        self.outgoing.send_from(Opcode::Binary, content)
    }

    /// Sends over this WebSocket from other threads.
    #[must_use]
    pub fn sender(&self) -> Sender {
        Sender::new(&self.outgoing)
    }

    /// Why no more messages come, once [`receive`](WebSocket::receive) has returned `None` or an
    /// error: what the client has said, or what it was told. The code is 1006 if it has gone
    /// without a word.
    #[must_use]
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// Closes it, with a code (1000 if all is well) and a reason for people, of 123 bytes at most.
    /// Waits for the client to do the same, for a moment; messages that come meanwhile are dropped.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for a code that must not be sent (RFC 6455 section 7.4).
    pub fn close(mut self, code: u16, reason: &str) -> io::Result<()> {
        super::close::check(code)?;
        if self.closed.is_none() {
            self.say_good_bye(code, reason);
        }
        Ok(())
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        let code = if std::thread::panicking() { 1011 } else { 1000 };
        if self.closed.is_none() && self.outgoing.close(code, "").is_ok() {
            let _ = self.stream.finish();
            self.drain();
        }
        // A thread that is about to send finds it closed.
        let _ = self.stream.close();
    }
}

/// A message that is read as it comes: see [`WebSocket::receive_stream`].
#[derive(Debug)]
pub struct MessageReader<'s> {
    socket: &'s mut WebSocket,
    kind: MessageKind,
    content: Vec<u8>,
    start: usize,
}

impl MessageReader<'_> {
    /// Whether it is a text. Its bytes have been checked to be UTF-8 as far as they were read.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.kind == MessageKind::Text
    }
}

impl Read for MessageReader<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.start == self.content.len() {
            if self.socket.streaming.is_none() {
                return Ok(0);
            }
            match self.socket.wait(None)? {
                Waited::Heard(Heard::Content { ends, .. }) => {
                    self.content = self.socket.session.take_content();
                    self.start = 0;
                    if ends {
                        self.socket.streaming = None;
                    }
                }
                Waited::Heard(_) => {}
                Waited::Over => {
                    self.socket.streaming = None;
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        let count = room.len().min(self.content.len() - self.start);
        room[..count].copy_from_slice(&self.content[self.start..self.start + count]);
        self.start += count;
        Ok(count)
    }
}
