//! The server's engine: one thread a connection, at most so many.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::accept::{self, Shared};
use super::registry::Registry;
use crate::exchange::{Server, StopFlag};
use crate::handler::Handler;
use crate::limits::{Limits, Timeouts};
use crate::profile::Profile;

/// What an engine is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) max_threads: usize,
}

/// A running engine.
pub(crate) struct Engine {
    acceptors: Vec<JoinHandle<()>>,
    registry: Arc<Registry>,
    stop: Arc<StopFlag>,
    patience: Duration,
}

impl Engine {
    /// Starts accepting on listeners with known addresses.
    pub(crate) fn start(
        listeners: Vec<(TcpListener, SocketAddr)>,
        handler: Arc<dyn Handler>,
        settings: Settings,
    ) -> std::io::Result<Engine> {
        let registry = Registry::new(settings.max_threads);
        let stop = {
            let registry = Arc::clone(&registry);
            let addresses: Vec<SocketAddr> =
                listeners.iter().map(|(_, address)| *address).collect();
            StopFlag::new(move || {
                registry.close();
                addresses.iter().for_each(wake);
            })
        };
        let mut engine =
            Engine { acceptors: Vec::new(), registry, stop, patience: settings.timeouts.shutdown };
        for (listener, address) in listeners {
            let shared = Shared {
                handler: Arc::clone(&handler),
                server: Server::new(address, Arc::clone(&engine.stop)),
                registry: Arc::clone(&engine.registry),
                profile: settings.profile,
                limits: settings.limits,
                timeouts: settings.timeouts,
            };
            let thread = thread::Builder::new().name(format!("bhrh accept {address}"));
            engine.acceptors.push(thread.spawn(move || accept::run(&listener, &shared))?);
        }
        Ok(engine)
    }

    /// Has the engine end; returns at once.
    pub(crate) fn stop(&self) {
        self.stop.set();
    }

    /// Waits for the end of all connections; says how many had to be cut.
    pub(crate) fn join(&mut self) -> usize {
        for acceptor in self.acceptors.drain(..) {
            // Acceptors catch what handlers' hooks do; a panic here has been reported already.
            let _ = acceptor.join();
        }
        // Once is enough: who outlasted it is cut and not waited for again.
        self.registry.drain(std::mem::take(&mut self.patience))
    }
}

/// Wakes the acceptor of this address from its wait for a connection, by making one.
fn wake(address: &SocketAddr) {
    let mut address = *address;
    if address.ip().is_unspecified() {
        match address {
            SocketAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        }
    }
    // If this fails, nobody else can connect either, or the acceptor is awake.
    let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
}
