//! Copying both ways between two connections: what a tunnel does.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use super::upgraded::Upgraded;

/// How much is copied at a time.
const PIECE: usize = 32 << 10;

/// How the two ways of a relay know of each other.
struct Relay<'r> {
    client: &'r Upgraded,
    other: &'r TcpStream,
    idle: Duration,
    /// When something has last moved, either way.
    last: Mutex<Instant>,
}

impl Upgraded {
    /// Copies bytes between this connection and another, both ways at once, until both have ended.
    /// If one of them ends what it sends, the other is told so, and its bytes still go on. Returns
    /// how many bytes the client has sent, and how many it got. This thread copies one way, and a
    /// second thread the other.
    ///
    /// `idle`: for how long nothing may move, either way, before both are closed; more than 0.
    ///
    /// ```no_run
    /// use bhrh::{Exchange, http_handler};
    /// use std::{io, net::TcpStream, time::Duration};
    ///
    /// struct Proxy;
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl Proxy {
    ///     fn do_CONNECT(&self, http: &mut Exchange) -> io::Result<()> {
    ///         if http.path != "example.org:443" {
    ///             return http.send_error(403);
    ///         }
    ///         let upstream = TcpStream::connect(http.path)?;
    ///         http.tunnel()?.relay(upstream, Duration::from_secs(300))?;
    ///         Ok(())
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] after `idle`, what one of the connections reports, and the
    /// system's if it gives no thread. Both are closed then.
    pub fn relay(&self, other: TcpStream, idle: Duration) -> io::Result<(u64, u64)> {
        let last = Mutex::new(Instant::now());
        let relay = Relay { client: self, other: &other, idle, last };
        relay.closing_on_errors(relay.set_clocks())?;
        thread::scope(|scope| {
            let back = thread::Builder::new().name("bhrh relay".into());
            let back = back.spawn_scoped(scope, || {
                relay.closing_on_errors(relay.copy(&other, self, || self.finish()))
            });
            let back = match back {
                Ok(back) => back,
                Err(error) => return relay.closing_on_errors(Err(error)),
            };
            let there = relay.copy(self, &other, || other.shutdown(Shutdown::Write));
            let there = relay.closing_on_errors(there);
            let back = back.join().unwrap_or_else(|_| Err(io::Error::other("a relay panicked")));
            Ok((there?, back?))
        })
    }
}

impl Relay<'_> {
    fn set_clocks(&self) -> io::Result<()> {
        self.client.set_read_timeout(Some(self.idle))?;
        self.client.set_write_timeout(Some(self.idle))?;
        self.other.set_read_timeout(Some(self.idle))?;
        self.other.set_write_timeout(Some(self.idle))
    }

    /// Copies one way to its end, and tells the other side of the end.
    fn copy(
        &self,
        mut from: impl Read,
        mut to: impl Write,
        end: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<u64> {
        let mut piece = vec![0; PIECE];
        let mut copied = 0;
        loop {
            match from.read(&mut piece) {
                Ok(0) if self.client.was_cut() => {
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
                // Where the other side has gone already, it need not be told.
                Ok(0) => return end().map(|()| copied).or(Ok(copied)),
                // Clients of proxies leave without TLS' last words. What is inside of a tunnel has
                // an end of its own.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return end().map(|()| copied).or(Ok(copied));
                }
                Ok(count) => {
                    *self.last() = Instant::now();
                    self.write_all(&mut to, &piece[..count])?;
                    copied += count as u64;
                }
                Err(error) => self.bear(error)?,
            }
        }
    }

    /// Writes all, however slowly it is taken, as long as something moves.
    fn write_all(&self, to: &mut impl Write, mut piece: &[u8]) -> io::Result<()> {
        while !piece.is_empty() {
            match to.write(piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    *self.last() = Instant::now();
                    piece = &piece[count..];
                }
                Err(error) => self.bear(error)?,
            }
        }
        Ok(())
    }

    /// Goes on after a time-out, if something has moved the other way.
    fn bear(&self, error: io::Error) -> io::Result<()> {
        match error.kind() {
            io::ErrorKind::Interrupted => Ok(()),
            // Systems have two words for it.
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                if self.last().elapsed() < self.idle {
                    return Ok(());
                }
                Err(io::Error::new(io::ErrorKind::TimedOut, "the tunnel was idle"))
            }
            _ => Err(error),
        }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After an error, closes both, which wakes the other thread.
    fn closing_on_errors<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if result.is_err() {
            self.client.break_off();
            let _ = self.other.shutdown(Shutdown::Both);
        }
        result
    }
}
