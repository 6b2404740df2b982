//! Letting connections in: it outlives every error that accepting can have.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::connection;
use super::registry::Registry;
use super::turn::{self, Session};
use crate::exchange::Server;
use crate::handler::Handler;
use crate::limits::{Limits, Timeouts};
use crate::profile::Profile;

/// How long to wait after an error that will not go away by itself, such as no free descriptor.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What an acceptor hands to every connection.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) server: Server,
    pub(crate) registry: Arc<Registry>,
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
}

/// Accepts until the server shuts down.
pub(crate) fn run(listener: &TcpListener, shared: &Shared) {
    let mut pause = FIRST_PAUSE;
    while shared.registry.wait_for_room() {
        match listener.accept() {
            Ok(_) if shared.server.is_shutting_down() => return,
            Ok((stream, client_address)) => {
                pause = FIRST_PAUSE;
                if let Err(error) = start(stream, client_address, shared) {
                    complain(shared, format_args!("no thread for {client_address}: {error}"));
                    thread::sleep(pause);
                }
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                complain(shared, format_args!("cannot accept connections: {error}"));
                thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Errors of the one connection that was to be accepted, not of accepting.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

fn start(
    stream: TcpStream,
    client_address: std::net::SocketAddr,
    shared: &Shared,
) -> io::Result<()> {
    let place = shared.registry.enter(stream);
    let shared = shared.clone();
    let thread = thread::Builder::new().name("bhrh connection".into());
    let run = move || {
        let session = Session {
            handler: &*shared.handler,
            server: &shared.server,
            client_address,
            profile: shared.profile,
            limits: shared.limits,
        };
        // What the connection reports here, nobody can be told: the client is gone.
        let _ = connection::drive(&session, &place, &shared.timeouts);
    };
    thread.spawn(run).map(drop)
}

/// A log line of the server's own, by way of the handler's log.
fn complain(shared: &Shared, message: std::fmt::Arguments<'_>) {
    let session = Session {
        handler: &*shared.handler,
        server: &shared.server,
        client_address: shared.server.server_address(),
        profile: shared.profile,
        limits: shared.limits,
    };
    turn::log_outside(&session, message);
}
