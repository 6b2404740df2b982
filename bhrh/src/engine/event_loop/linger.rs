//! The end of a connection whose client may still be sending: what it sends is read and dropped,
//! so that its system does not answer our close with a reset that drops our last response (RFC
//! 9112 section 9.6).

use std::io::{self, Read};

use super::Loop;
use crate::engine::connection::Connection;
use crate::engine::pool::Pool;
use crate::net::readiness::Stream;

/// How much is dropped before others have their turn.
const AT_ONCE: usize = 64;

/// What dropping input has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dropped {
    /// The client has stopped.
    All,
    /// So much, and more may come.
    Some(u64),
    /// So much, and there is more.
    Part(u64),
}

impl Loop {
    /// Drops what has come, and closes the connection if that was all, or all that it may send.
    pub(super) fn linger(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>) {
        let dropped = drop_input(&connection.stream);
        let count = match dropped {
            Dropped::All => return self.forget(pool, key, &connection),
            Dropped::Some(count) | Dropped::Part(count) => count,
        };
        connection.moved += count;
        if connection.moved > pool.settings().limits.lingering {
            return self.forget(pool, key, &connection);
        }
        if count > 0 {
            connection.deadline = self.linger_deadline(pool, &connection);
        }
        self.put_back(pool, key, connection);
        if matches!(dropped, Dropped::Part(_)) {
            self.queue(key);
        }
    }
}

fn drop_input(mut stream: &Stream) -> Dropped {
    let mut scratch = [0; 8192];
    let mut count = 0;
    for _ in 0..AT_ONCE {
        match stream.read(&mut scratch) {
            Ok(0) => return Dropped::All,
            Ok(more) => count += more as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Dropped::Some(count),
            Err(_) => return Dropped::All,
        }
    }
    Dropped::Part(count)
}
