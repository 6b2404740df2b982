//! One connection over any stream: a builder.

use std::fmt;
use std::io::{self, Read, Write};

use crate::exchange::Server;
use crate::handler::Handler;
use crate::peer::Peer;
use crate::settings::Limits;
use crate::settings::Profile;
use crate::trusted::Trusted;
use crate::turn::blocking;

/// One connection, to be served over any stream, without a server: for a transport of your own.
///
/// ```
/// use bhrh::{Connection, Limits, Profile};
/// use std::io::{self, Read, Write};
///
/// /// A client that has sent all that it will, and keeps what it gets.
/// struct Recorded<'r>(&'r [u8], Vec<u8>);
///
/// impl Read for Recorded<'_> {
///     fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
///         self.0.read(buffer)
///     }
/// }
///
/// impl Write for Recorded<'_> {
///     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
///         self.1.write(bytes)
///     }
///
///     fn flush(&mut self) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// # fn main() -> io::Result<()> {
/// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
/// let mut stream = Recorded(b"GET / HTTP/1.0\n\n", Vec::new());
/// Connection::new(&mut stream, ([192, 0, 2, 7], 49152))
///     .profile(Profile::PYTHON)
///     .limits(Limits::default().body(1 << 20))
///     .serve(&app)?;
/// assert!(stream.1.ends_with(b"hello\n"));
/// # Ok(())
/// # }
/// ```
#[must_use = "it serves nobody before `serve`"]
pub struct Connection<S> {
    stream: S,
    client_address: Peer,
    server_address: Option<Peer>,
    profile: Profile,
    limits: Limits,
    trusted: Option<Trusted>,
}

impl<S: Read + Write> Connection<S> {
    /// A connection with this client. Pass `&mut stream` if you need the stream afterwards.
    pub fn new(stream: S, client_address: impl Into<Peer>) -> Connection<S> {
        Connection {
            stream,
            client_address: client_address.into(),
            server_address: None,
            profile: Profile::STRICT,
            limits: Limits::default(),
            trusted: None,
        }
    }

    /// Sets how lenient the connection is towards the client. Default: [`Profile::STRICT`].
    pub fn profile(mut self, profile: Profile) -> Connection<S> {
        self.profile = profile;
        self
    }

    /// Sets how much the connection takes from the client. The limits on numbers of connections
    /// have no effect here, nor has [`lingering`](field@Limits::lingering).
    pub fn limits(mut self, limits: Limits) -> Connection<S> {
        self.limits = limits;
        self
    }

    /// Sets the server's address in [`http.server`](crate::Exchange::server). Default: `0.0.0.0:0`.
    pub fn server_address(mut self, address: impl Into<Peer>) -> Connection<S> {
        self.server_address = Some(address.into());
        self
    }

    /// Sets which proxies are believed when they say who their client is:
    /// [`HttpServer::trusts`](crate::HttpServer::trusts). Default: nobody.
    pub fn trusts(mut self, proxies: Trusted) -> Connection<S> {
        self.trusted = Some(proxies);
        self
    }

    /// Serves the connection on this thread, from its first request to its close. There are no
    /// time-outs except those of the stream.
    ///
    /// # Errors
    ///
    /// What the stream reports outside of a handler; [`io::ErrorKind::ConnectionAborted`] if a
    /// response could not be completed, so that the stream has to be closed in a way that shows it;
    /// [`io::ErrorKind::InvalidInput`] if a limit is zero and would refuse every request, or is
    /// more than can be counted.
    pub fn serve(self, handler: &dyn Handler) -> io::Result<()> {
        self.limits.check()?;
        let server = Server::alone(self.server_address, self.trusted);
        let Connection { stream, client_address, profile, limits, .. } = self;
        blocking::serve(handler, stream, None, &server, client_address, profile, limits)
    }
}

impl<S> fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("client_address", &self.client_address)
            .field("profile", &self.profile)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
