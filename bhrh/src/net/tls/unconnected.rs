//! A server's side of a connection without a socket, for tests that decide about every byte.

#![allow(missing_docs)]

use std::io;

use super::codec::Records;
use super::config::Tls;
use super::session::Session;

/// The transport of a connection, and none of its socket.
#[derive(Debug)]
pub struct Unconnected {
    session: Session,
}

impl Unconnected {
    #[must_use]
    pub fn new(tls: &Tls) -> Unconnected {
        Unconnected { session: Session::new(tls.orders()) }
    }

    /// Takes what has come, and appends the content to `content`, by way of a buffer of this size.
    ///
    /// # Errors
    ///
    /// If the client breaks the protocol.
    pub fn receive(&mut self, came: &[u8], room: usize, content: &mut Vec<u8>) -> io::Result<()> {
        let mut input = [self.session.partial(), came].concat();
        let mut room = vec![0; room];
        let understood = self.session.understand(&mut input, &mut room)?;
        content.extend_from_slice(&room[..understood]);
        let mut room = [0; 700];
        while let Some(count) = self.session.take_plain(&mut room) {
            content.extend_from_slice(&room[..count]);
        }
        Ok(())
    }

    /// Notes that the socket has ended.
    ///
    /// # Errors
    ///
    /// While the handshake goes on.
    pub fn end(&mut self) -> io::Result<()> {
        self.session.end()
    }

    /// What the protocol has to say itself.
    pub fn replies(&mut self) -> Vec<u8> {
        let mut records = Records::default();
        self.session.take_replies(&mut records);
        records.bytes().to_vec()
    }

    /// What goes over the wire for this content.
    ///
    /// # Errors
    ///
    /// Before the handshake's end, and after the client has broken the protocol.
    pub fn send(&mut self, content: &[u8]) -> io::Result<Vec<u8>> {
        let mut records = Records::default();
        self.session.seal(content, &mut records)?;
        Ok(records.bytes().to_vec())
    }

    /// The last words.
    ///
    /// # Errors
    ///
    /// If they cannot be encrypted.
    pub fn say_goodbye(&mut self) -> io::Result<Vec<u8>> {
        let mut records = Records::default();
        self.session.say_goodbye(&mut records)?;
        Ok(records.bytes().to_vec())
    }

    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        self.session.is_handshaking()
    }

    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.session.is_refused()
    }

    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.session.has_ended()
    }

    /// How much of an incomplete record it keeps.
    #[must_use]
    pub fn partial(&self) -> usize {
        self.session.partial().len()
    }
}
