//! The beginning of a connection that a proxy relays: the header of the PROXY protocol, which
//! stands before everything else, TLS included.
//!
//! Not a byte more is taken from the socket: what follows belongs to the transport.

use std::io;

use super::state::Loop;
use crate::engine::connection::{Connection, Phase, WhyEnded};
use crate::engine::shared::Shared;
use crate::net::socket::Socket;
use crate::peer::Peer;
use crate::proto::proxy_header::{self, ProxyHeader};
use crate::turn::Closing;

/// How much is looked at at a time. Most headers have fewer bytes.
const PIECE: usize = 256;

impl Loop {
    /// Reads on. `come` is what has come of the header before. Gives the connection back, with its
    /// client's address, when the header is complete and requests may follow.
    pub(super) fn read_proxy_header(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        mut come: Vec<u8>,
    ) -> Option<Box<Connection>> {
        match read_on(connection.channel.socket(), &mut come) {
            Ok(Read::Complete(header)) => self.relay(shared, key, connection, header),
            Ok(Read::Partial) if self.register(key, &mut connection).is_ok() => {
                connection.phase = Phase::ProxyHeader(come);
                self.put_back(shared, key, connection);
                None
            }
            Ok(Read::Wrong(fault)) => {
                self.note_unrelayed(&connection.client_address, &fault);
                self.close(shared, key, connection, Closing::Clean);
                None
            }
            // Many look whether the server is there by connecting, and say nothing.
            Ok(Read::End | Read::Partial) | Err(_) => {
                self.close(shared, key, connection, Closing::Clean);
                None
            }
        }
    }

    /// Replaces the proxy by the client that it has named.
    fn relay(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        header: ProxyHeader,
    ) -> Option<Box<Connection>> {
        if let Some(client) = header.client {
            connection.client_address = client;
        }
        if header.secured {
            match connection.channel.own_socket() {
                Ok(socket) => socket.note_secured(),
                Err(_) => {
                    self.close(shared, key, connection, Closing::Clean);
                    return None;
                }
            }
        }
        let Connection { seat, client_address, .. } = &mut *connection;
        let moved = seat.as_mut().map_or(Ok(()), |seat| seat.move_to(client_address));
        if connection.channel.rarely().shakes_hands() {
            self.begin_relayed_handshake(shared, key, connection, moved.err());
            return None;
        }
        connection.phase = Phase::Idle;
        connection.deadline = self.timers.now().plus(self.idle_time);
        match moved {
            Ok(()) => Some(connection),
            Err(error) => {
                connection.phase = Phase::Ended(WhyEnded::Refused(Box::new(error)));
                self.put_and_queue(key, connection);
                None
            }
        }
    }

    /// Complains of a connection that is not a relayed one, at most once in a while.
    pub(super) fn note_unrelayed(&mut self, peer: &Peer, why: &dyn std::fmt::Display) {
        if let Some(count) = self.unrelayed.note(self.timers.now()) {
            let what = match count {
                1 => format!("connection of {peer} closed"),
                _ => format!("{count} connections closed, the last of {peer}"),
            };
            self.complaints.push(format!("PROXY protocol: {what}: {why}"));
        }
    }
}

/// What reading has come to.
enum Read {
    Complete(ProxyHeader),
    Partial,
    Wrong(proxy_header::ProxyFault),
    /// The peer has ended the connection before.
    End,
}

/// Reads on until the header is complete, or until no more bytes have come.
fn read_on(socket: &Socket, come: &mut Vec<u8>) -> io::Result<Read> {
    let mut piece = [0; PIECE];
    loop {
        let count = match socket.peek(&mut piece) {
            Ok(0) => return Ok(Read::End),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Read::Partial),
            Err(error) => return Err(error),
        };
        let before = come.len();
        come.extend_from_slice(&piece[..count]);
        match proxy_header::read(come) {
            Ok(Some(header)) => {
                take(socket, &mut piece[..header.length.saturating_sub(before).min(count)])?;
                return Ok(Read::Complete(header));
            }
            // All of it belongs to the header.
            Ok(None) => take(socket, &mut piece[..count])?,
            Err(fault) => return Ok(Read::Wrong(fault)),
        }
    }
}

/// Takes bytes from the socket that are there.
fn take(socket: &Socket, mut room: &mut [u8]) -> io::Result<()> {
    while !room.is_empty() {
        match socket.read(room) {
            Ok(received) if received.count == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(received) => room = &mut room[received.count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
