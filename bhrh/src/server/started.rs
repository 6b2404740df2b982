//! A server that was started: its engine, and what goes along with it.

use std::io;
use std::sync::Arc;

use super::HttpServer;
use super::endpoint::Endpoint;
#[cfg(feature = "tls")]
use super::renewal::Renewal;
#[cfg(feature = "signals")]
use super::signals;
use crate::engine::pool::{Left, Pool};
use crate::engine::threads::Threads;
use crate::handler::Handler;
use crate::logging::sink;
use crate::net::descriptors;
use crate::peer::Peer;
use crate::proto::page;

/// A server with its threads, which live no longer than `'h`.
pub(super) struct Started<'h> {
    pub(super) address: Peer,
    pub(super) is_encrypted: bool,
    pub(super) pool: Pool<'h>,
    #[cfg(feature = "tls")]
    _renewal: Option<Renewal>,
}

impl<'h> Started<'h> {
    pub(super) fn new(
        server: HttpServer,
        handler: Arc<dyn Handler + 'h>,
        threads: &Threads<'h>,
    ) -> io::Result<Started<'h>> {
        page::check(&handler.error_message_format())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        server.settings.limits.check()?;
        server.settings.timeouts.check()?;
        let address = server.local_addr();
        let is_encrypted = server.endpoints[0].is_encrypted();
        #[cfg(feature = "tls")]
        let certificates: Vec<_> =
            server.endpoints.iter().filter_map(Endpoint::certificates).cloned().collect();
        let trusted = server.trusted.map(Arc::new);
        let settings = |endpoint: Endpoint| endpoint.into_settings(trusted.clone());
        let endpoints = server.endpoints.into_iter().map(settings);
        let endpoints = endpoints.collect::<io::Result<_>>()?;
        let connections = server.settings.limits.connections;
        let pool = Pool::start(endpoints, handler, server.settings, threads)?;
        #[cfg(feature = "tls")]
        let renewal = Renewal::start(certificates.iter(), pool.complainer(), threads);
        let started = Started {
            address,
            is_encrypted,
            #[cfg(feature = "tls")]
            _renewal: renewal.inspect_err(|_| pool.stop())?,
            pool,
        };
        started.complain_of_few_descriptors(connections);
        #[cfg(feature = "signals")]
        if server.stops_on_signals {
            signals::stop(started.pool.stop_flag()).inspect_err(|_| started.pool.stop())?;
        }
        Ok(started)
    }

    /// Says so in the log where this process may have few files open, after the limit was raised if
    /// the server does that.
    fn complain_of_few_descriptors(&self, connections: usize) {
        let Some(few) = descriptors::few(connections) else { return };
        let address = &self.address;
        sink::by(self.pool.log(), || {
            self.pool.complain(format_args!("the server at {address} has few descriptors: {few}"));
        });
    }

    /// Waits until it has ended. `None`: this is one of its own threads.
    pub(super) fn wait(&self) -> Option<Left> {
        let left = self.pool.join();
        #[cfg(feature = "signals")]
        signals::stopped();
        left
    }
}
