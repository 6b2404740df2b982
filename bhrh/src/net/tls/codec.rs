//! The TLS protocol of one connection: bytes in, bytes out. It reads, writes and waits for nothing.
//!
//! It keeps no buffer between two records: rustls' *unbuffered* connection works in the caller's.

use std::io;
use std::sync::Arc;

use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, EncryptError};
use rustls::{ProtocolVersion, ServerConfig};

use super::choice;
use crate::net::encryption::Encryption;

/// What a record is longer than its content at most, with room for a key update before it.
const OVERHEAD: usize = 64;

/// How much content a record has at most.
pub(super) const FRAGMENT: usize = 1 << 14;

/// A server's side of one TLS connection.
pub(super) struct Codec {
    connection: UnbufferedServerConnection,
    /// What has come of a record, or of a message of the handshake that several records make up.
    /// rustls remembers places in it, so it has to be passed in with every call.
    partial: Vec<u8>,
    /// What the protocol itself has to say: a handshake's messages, tickets, alerts.
    replies: Vec<u8>,
    server_name: Option<Box<str>>,
    is_handshaking: bool,
    has_ended: bool,
    has_said_goodbye: bool,
    /// There was an error, after which rustls must not be called.
    has_failed: bool,
}

/// Room that records are written into. It stays as long as it has become, so that nothing is
/// filled with zeros twice.
#[derive(Debug, Default)]
pub(super) struct Records {
    room: Vec<u8>,
    used: usize,
}

impl Records {
    pub(super) fn clear(&mut self) {
        self.used = 0;
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[..self.used]
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.room[self.used..self.used + bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
    }

    fn reserve(&mut self, count: usize) {
        if self.room.len() < self.used + count {
            self.room.resize(self.used + count, 0);
        }
    }

    /// Calls `write` to write at the end. It says how many bytes it has written, or how many it
    /// needs.
    fn append<E>(
        &mut self,
        guess: usize,
        mut write: impl FnMut(&mut [u8]) -> Result<usize, E>,
        needed: impl Fn(&E) -> Option<usize>,
    ) -> Result<(), E> {
        self.reserve(guess);
        let written = match write(&mut self.room[self.used..]) {
            Err(error) => match needed(&error) {
                Some(size) => {
                    self.reserve(size);
                    write(&mut self.room[self.used..])?
                }
                None => return Err(error),
            },
            Ok(count) => count,
        };
        self.used += written;
        Ok(())
    }
}

impl Codec {
    pub(super) fn new(config: Arc<ServerConfig>) -> io::Result<Codec> {
        Ok(Codec {
            connection: UnbufferedServerConnection::new(config).map_err(broken)?,
            partial: Vec::new(),
            replies: Vec::new(),
            server_name: None,
            is_handshaking: true,
            has_ended: false,
            has_said_goodbye: false,
            has_failed: false,
        })
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.is_handshaking
    }

    /// Whether the client sends nothing more.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// What has come of a record that is not complete. It has to be in front of the next input.
    pub(super) fn partial(&self) -> &[u8] {
        &self.partial
    }

    /// How much memory its buffers take.
    pub(super) fn holds(&self) -> usize {
        self.partial.len() + self.replies.len()
    }

    /// Whether the protocol has something to say by itself.
    pub(super) fn has_replies(&self) -> bool {
        !self.replies.is_empty()
    }

    /// Whether what it has to say can wait for the next response, which it is then sent with. That
    /// is so of TLS 1.3's tickets, and not of messages that the client waits for.
    pub(super) fn replies_may_wait(&self) -> bool {
        self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_3)
    }

    pub(super) fn take_replies(&mut self, records: &mut Records) {
        if !self.replies.is_empty() {
            records.push(&self.replies);
            self.replies = Vec::new();
        }
    }

    /// Appends what rustls keeps for the next content: its answer to a client that wants new keys
    /// (RFC 8446 section 4.6.3). It makes that ready when content is to be encrypted, even if there
    /// is no room for it.
    pub(super) fn make_replies(&mut self, records: &mut Records) {
        if self.is_handshaking
            || self.has_failed
            || self.has_said_goodbye
            || self.connection.protocol_version() != Some(ProtocolVersion::TLSv1_3)
        {
            return;
        }
        let without_room =
            |traffic: &mut Writing<'_>, _: &mut Records| match traffic.encrypt(&[0], &mut []) {
                Err(EncryptError::InsufficientSize(_)) => Ok(()),
                result => result.map(drop),
            };
        if self.when_writable(records, without_room).is_ok() && self.connection.wants_write() {
            // What is broken is noticed by the next call.
            let _ = self.when_writable(records, |_, _| Ok(()));
        }
    }

    /// Understands input, which begins with [`partial`](Codec::partial). Hands content to `plain`.
    ///
    /// # Errors
    ///
    /// If the client breaks the protocol, or there is no agreement with it. The replies end with an
    /// alert then.
    pub(super) fn receive(
        &mut self,
        input: &mut [u8],
        plain: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        if self.has_failed {
            return Err(io::ErrorKind::NotConnected.into());
        }
        debug_assert!(input.starts_with(&self.partial));
        if self.is_handshaking {
            // Another connection's may be left over, if that failed.
            choice::take_server_name();
        }
        let mut at = 0;
        let received = self.process(input, &mut at, plain);
        if let Err(error) = received {
            self.has_failed = true;
            self.gather_alerts(&mut input[at..]);
            self.partial = Vec::new();
            return Err(error);
        }
        match &input[at..] {
            _ if self.has_ended => self.partial = Vec::new(),
            [] => self.partial = Vec::new(),
            rest => {
                self.partial.clear();
                self.partial.extend_from_slice(rest);
            }
        }
        Ok(())
    }

    /// Goes through the input until all that is complete has been understood. `at`: how far it is.
    fn process(
        &mut self,
        input: &mut [u8],
        at: &mut usize,
        plain: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        loop {
            let status = self.connection.process_tls_records(&mut input[*at..]);
            let mut discard = status.discard;
            let is_all = match status.state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record.map_err(broken)?;
                        discard += record.discard;
                        plain(record.payload);
                    }
                    false
                }
                Ok(ConnectionState::EncodeTlsData(message)) => {
                    append_message(message, &mut self.replies)?;
                    false
                }
                Ok(ConnectionState::TransmitTlsData(message)) => {
                    message.done();
                    false
                }
                Ok(ConnectionState::WriteTraffic(_)) => {
                    self.is_handshaking = false;
                    true
                }
                Ok(ConnectionState::BlockedHandshake) => true,
                // It is said once. The end of the handshake may have come along.
                Ok(ConnectionState::PeerClosed) => {
                    self.has_ended = true;
                    false
                }
                Ok(ConnectionState::Closed) => true,
                // Early data is never asked for.
                Ok(_) => return Err(broken(rustls::Error::HandshakeNotComplete)),
                Err(error) => {
                    *at += discard;
                    return Err(broken(error));
                }
            };
            *at += discard;
            if self.is_handshaking && self.server_name.is_none() {
                self.server_name = choice::take_server_name();
            }
            if is_all {
                return Ok(());
            }
        }
    }

    /// After an error: the alert stands behind what the handshake had ready before. rustls must not
    /// look at the input again, where it could find a second error.
    fn gather_alerts(&mut self, rest: &mut [u8]) {
        while self.connection.wants_write() {
            match self.connection.process_tls_records(rest).state {
                Ok(ConnectionState::EncodeTlsData(message)) => {
                    if append_message(message, &mut self.replies).is_err() {
                        return;
                    }
                }
                // Content from before the error comes first. Nobody reads it any more.
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while traffic.next_record().is_some() {}
                }
                _ => return,
            }
        }
    }

    /// Notes that the client's side of the socket has ended, as many clients end it, without
    /// `close_notify`. That can cut off no content of HTTP, since lengths and chunks say where it
    /// ends. `Session::is_truncated` tells other protocols.
    ///
    /// # Errors
    ///
    /// While the handshake goes on.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.has_ended = true;
        match self.is_handshaking {
            true => Err(io::ErrorKind::UnexpectedEof.into()),
            false => Ok(()),
        }
    }

    /// Appends what goes over the wire for this content, after what the protocol has to say itself.
    pub(super) fn seal(&mut self, content: &[u8], records: &mut Records) -> io::Result<()> {
        if self.has_failed {
            return Err(io::ErrorKind::NotConnected.into());
        }
        self.take_replies(records);
        let guess = content.len() + (content.len() / FRAGMENT + 1) * OVERHEAD;
        self.when_writable(records, |traffic, records| {
            records.append(
                guess,
                |room| traffic.encrypt(content, room),
                |error| match error {
                    EncryptError::InsufficientSize(size) => Some(size.required_size),
                    EncryptError::EncryptExhausted => None,
                },
            )
        })
    }

    /// Appends the words with which this side ends, once.
    pub(super) fn say_goodbye(&mut self, records: &mut Records) -> io::Result<()> {
        if self.is_handshaking
            || self.has_failed
            || std::mem::replace(&mut self.has_said_goodbye, true)
        {
            return Ok(());
        }
        self.take_replies(records);
        self.when_writable(records, |traffic, records| {
            records.append(
                OVERHEAD,
                |room| traffic.queue_close_notify(room),
                |error| match error {
                    EncryptError::InsufficientSize(size) => Some(size.required_size),
                    EncryptError::EncryptExhausted => None,
                },
            )
        })
    }

    /// Runs something that writes, after messages that the protocol has become ready to send.
    fn when_writable(
        &mut self,
        records: &mut Records,
        write: impl FnOnce(&mut Writing<'_>, &mut Records) -> Result<(), EncryptError>,
    ) -> io::Result<()> {
        loop {
            // The end of the input changes nothing here: all that is complete was understood.
            match self.connection.process_tls_records(&mut self.partial).state.map_err(broken)? {
                ConnectionState::WriteTraffic(mut traffic) => {
                    return write(&mut traffic, records).map_err(broken);
                }
                ConnectionState::EncodeTlsData(message) => {
                    append_message(message, &mut self.replies)?;
                    records.push(&self.replies);
                    self.replies = Vec::new();
                }
                ConnectionState::TransmitTlsData(message) => message.done(),
                ConnectionState::PeerClosed => self.has_ended = true,
                _ => return Err(io::ErrorKind::NotConnected.into()),
            }
        }
    }

    /// What was agreed on. `None` during the handshake.
    pub(super) fn encryption(&self) -> Option<Encryption> {
        if self.is_handshaking {
            return None;
        }
        let connection = &self.connection;
        let suite = connection.negotiated_cipher_suite()?.suite();
        let chain = connection.peer_certificates().unwrap_or_default();
        Some(Encryption {
            version: match connection.protocol_version()? {
                ProtocolVersion::TLSv1_2 => "TLSv1.2",
                _ => "TLSv1.3",
            },
            cipher_suite: suite.as_str().unwrap_or_default().replacen("TLS13_", "TLS_", 1),
            server_name: self.server_name.as_deref().map(str::to_owned),
            alpn: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
            client_chain: chain.iter().map(|certificate| certificate.to_vec()).collect(),
        })
    }
}

type Writing<'c> = rustls::unbuffered::WriteTraffic<'c, rustls::server::ServerConnectionData>;

fn append_message(
    mut message: EncodeTlsData<'_, rustls::server::ServerConnectionData>,
    replies: &mut Vec<u8>,
) -> io::Result<()> {
    let used = replies.len();
    let size = match message.encode(&mut []) {
        Err(EncodeError::InsufficientSize(size)) => size.required_size,
        Err(error) => return Err(broken(error)),
        Ok(_) => 0,
    };
    if size > 0 {
        replies.resize(used + size, 0);
        let count = message.encode(&mut replies[used..]).map_err(broken)?;
        replies.truncate(used + count);
    }
    Ok(())
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec")
            .field("is_handshaking", &self.is_handshaking)
            .field("has_ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}
