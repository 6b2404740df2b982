//! The end of a connection whose client may still be sending: what it sends is read and dropped,
//! so that its system does not answer our close with a reset that drops our last response (RFC
//! 9112 section 9.6).

use std::io;

use super::state::Loop;
use crate::engine::connection::{Connection, Phase, Progress};
use crate::engine::shared::Shared;
use crate::net::socket::Socket;

/// How many reads are made before other connections have their turn.
const AT_ONCE: usize = 64;

/// What dropping input has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dropped {
    /// The client has stopped.
    ToTheEnd,
    /// This many bytes; more may come.
    AllSoFar(u64),
    /// This many bytes; there is more.
    Part(u64),
}

impl Loop {
    /// Drops what has come, and closes the connection if that was all, or all that it may send.
    pub(super) fn linger(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        mut progress: Progress,
    ) {
        let dropped = drop_input(connection.channel.socket());
        let (count, has_more) = match dropped {
            Dropped::ToTheEnd => return self.forget(shared, key, &connection),
            Dropped::AllSoFar(count) => (count, false),
            Dropped::Part(count) => (count, true),
        };
        progress.moved += count;
        if progress.moved > shared.settings.limits.lingering {
            return self.forget(shared, key, &connection);
        }
        if count > 0 {
            connection.deadline = self.linger_deadline(&shared.settings.timeouts, progress);
        }
        connection.phase = Phase::Linger(progress);
        self.put_back(shared, key, connection);
        if has_more {
            self.queue(key);
        }
    }
}

fn drop_input(socket: &Socket) -> Dropped {
    let mut scratch = [0; 8192];
    let mut count = 0;
    for _ in 0..AT_ONCE {
        match socket.read(&mut scratch) {
            Ok(received) if received.count == 0 => return Dropped::ToTheEnd,
            Ok(received) => count += received.count as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Dropped::AllSoFar(count);
            }
            Err(_) => return Dropped::ToTheEnd,
        }
    }
    Dropped::Part(count)
}
