//! Requests after which the connection speaks another protocol.

use std::io::{self, Read, Write};
use std::thread;

use super::client::Way;
use super::pipe::{self, End};
use super::request::Request;
use super::tcp;
use crate::exchange::{Server, Upgraded};
use crate::handler::Handler;
#[cfg(feature = "websocket")]
use crate::kit::websocket::{self, WebSocket};
use crate::net::duplex::Duplex;
use crate::settings::{Limits, Profile};
use crate::turn::blocking;

/// # Other protocols
impl Request<'_> {
    /// Sends the request with an offer to switch to this protocol, and lets `talk` have the
    /// client's end of the connection afterwards. In memory the handler runs in another thread
    /// meanwhile.
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
    ///     (&stream).write_all(b"x").unwrap();
    ///     let mut answer = String::new();
    ///     (&stream).read_to_string(&mut answer).unwrap();
    ///     answer
    /// });
    /// assert_eq!(twice, "xx");
    /// ```
    ///
    /// # Panics
    ///
    /// If the answer is not a 101: the test has failed then. A test that expects something else
    /// [sends](Request::send) the request with the fields that it wants.
    #[track_caller]
    pub fn upgrade<T>(self, protocol: &str, talk: impl FnOnce(Upgraded) -> T) -> T {
        self.header("Connection", "Upgrade").header("Upgrade", protocol).switch(|head, stream| {
            assert!(head.starts_with("HTTP/1.1 101 "), "not switched: {head:?}");
            talk(stream)
        })
    }

    /// Sends the request, and hands on the head of what comes back, and the client's end.
    fn switch<T>(self, talk: impl FnOnce(String, Upgraded) -> T) -> T {
        let bytes = self.to_bytes();
        match self.client().way() {
            Way::Tcp(address) => match tcp::connect(address) {
                Ok(stream) => converse(Box::new(stream), &bytes, talk),
                Err(error) => panic!("no answer from {address}: {error}"),
            },
            Way::Memory(handler) => {
                let (own, its) = pipe::pair();
                thread::scope(|scope| {
                    scope.spawn(|| serve(handler, its));
                    converse(Box::new(own), &bytes, talk)
                })
            }
        }
    }
}

/// Serves one end of a connection in memory.
fn serve(handler: &dyn Handler, end: End) {
    let hand_out = |end: &mut &End| -> io::Result<Box<dyn Duplex>> { Ok(Box::new(end.clone())) };
    let (server, client) = (Server::alone(None, None), ([127, 0, 0, 1], 49152).into());
    let (profile, limits) = (Profile::STRICT, Limits::default());
    // What fails shows at the other end.
    let _ = blocking::serve(handler, &end, Some(&hand_out), &server, client, profile, limits);
}

/// Says these bytes, reads a head, and goes on with what follows.
fn converse<T>(
    stream: Box<dyn Duplex>,
    bytes: &[u8],
    talk: impl FnOnce(String, Upgraded) -> T,
) -> T {
    let stream = Upgraded::new(stream, Vec::new(), Server::alone(None, None));
    let (mut head, mut byte) = (Vec::new(), [0]);
    // What fails shows in the head.
    let _ = (&stream).write_all(bytes);
    while !head.ends_with(b"\r\n\r\n") && (&stream).read(&mut byte).is_ok_and(|count| count > 0) {
        head.push(byte[0]);
    }
    talk(head.into_iter().map(char::from).collect(), stream)
}

#[cfg(feature = "websocket")]
impl Request<'_> {
    /// Opens a WebSocket, and lets `talk` have the client's side of it. In memory the handler runs
    /// in another thread meanwhile. Compression is offered by a field
    /// `Sec-WebSocket-Extensions: permessage-deflate`, subprotocols by `Sec-WebSocket-Protocol`.
    ///
    /// ```
    /// use bhrh::websocket::Message;
    ///
    /// let app = bhrh::from_fn(|http| http.websocket()?.send("hello"));
    /// bhrh::testing::client(&app).get("/").websocket(|socket| {
    ///     assert_eq!(socket.receive()?, Some(Message::Text("hello".into())));
    ///     assert_eq!(socket.receive()?, None);
    ///     assert_eq!(socket.closed().unwrap().code, 1000);
    ///     Ok(())
    /// });
    /// ```
    ///
    /// Feature `websocket`.
    ///
    /// # Panics
    ///
    /// If the answer is not the right one to a handshake, and if `talk` fails.
    #[track_caller]
    pub fn websocket(self, talk: impl FnOnce(&mut WebSocket) -> io::Result<()>) {
        const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
        let request = self
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", 13)
            .header("Sec-WebSocket-Key", KEY);
        let result = request.switch(|head, stream| {
            let field = |name: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.find(|line| line.0.eq_ignore_ascii_case(name)).map(|line| line.1.to_owned())
            };
            let is_right = head.starts_with("HTTP/1.1 101 ")
                && field("Sec-WebSocket-Accept") == Some(websocket::accept(KEY));
            assert!(is_right, "no WebSocket: {head:?}");
            let is_compressed = field("Sec-WebSocket-Extensions").is_some();
            let subprotocol = field("Sec-WebSocket-Protocol");
            let mut socket = WebSocket::of_client(stream, is_compressed, subprotocol)?;
            talk(&mut socket)
        });
        if let Err(error) = result {
            panic!("the WebSocket failed: {error}");
        }
    }
}
