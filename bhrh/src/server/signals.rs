//! Signals that ask the process to end: they stop its servers.
//!
//! A process has one set of signals, however many servers it has. So it has one signal handler,
//! too, which is installed with the first server that wants it, and stays.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exchange::StopFlag;

/// While this is set, a signal ends the process at once, as without a signal handler. The signal
/// handler reads and sets it.
static AT_ONCE: AtomicBool = AtomicBool::new(true);

static LISTENER: Mutex<Listener> = Mutex::new(Listener { listens: false, servers: Vec::new() });

struct Listener {
    listens: bool,
    /// The servers that a signal is to stop.
    servers: Vec<Weak<StopFlag>>,
}

fn listener() -> MutexGuard<'static, Listener> {
    LISTENER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the next signal stop this server, and the signal after that end the process.
pub(super) fn stop(server: &Arc<StopFlag>) -> io::Result<()> {
    let mut listener = listener();
    if !listener.listens {
        listen()?;
        listener.listens = true;
    }
    listener.servers.push(Arc::downgrade(server));
    AT_ONCE.store(false, Ordering::SeqCst);
    Ok(())
}

/// A server has stopped. If it was the last one, a signal ends the process again.
pub(super) fn stopped() {
    let mut listener = listener();
    listener.servers.retain(|server| server.upgrade().is_some_and(|server| !server.is_set()));
    if listener.servers.is_empty() {
        AT_ONCE.store(true, Ordering::SeqCst);
    }
}

fn a_signal_has_come() {
    let servers = std::mem::take(&mut listener().servers);
    servers.iter().filter_map(Weak::upgrade).for_each(|server| server.set());
}

/// Installs the signal handler and the thread that it wakes.
fn listen() -> io::Result<()> {
    let signal = wait::Signal::new()?;
    for number in [SIGTERM, SIGINT] {
        // The order matters: the first signal arms the end of the process by the second one.
        match std::process::id() {
            // The first process of a container: for that process, the system ignores the default
            // action of a signal. The exit status is what a shell reports for such an end.
            1 => flag::register_conditional_shutdown(number, 128 + number, &AT_ONCE)?,
            _ => flag::register_conditional_default(number, &AT_ONCE)?,
        };
        flag::register(number, &AT_ONCE)?;
        signal.also(number)?;
    }
    let thread = thread::Builder::new().name("bhrh signals".into());
    thread.spawn(move || {
        while signal.wait() {
            a_signal_has_come();
        }
    })?;
    Ok(())
}

/// The signal handler writes into a pipe.
#[cfg(unix)]
mod wait {
    use std::io::{self, Read};
    use std::os::unix::net::UnixStream;

    use signal_hook::low_level::pipe;

    pub(super) struct Signal {
        ours: UnixStream,
        handlers: UnixStream,
    }

    impl Signal {
        pub(super) fn new() -> io::Result<Signal> {
            let (ours, handlers) = UnixStream::pair()?;
            Ok(Signal { ours, handlers })
        }

        pub(super) fn also(&self, number: i32) -> io::Result<()> {
            pipe::register(number, self.handlers.try_clone()?)?;
            Ok(())
        }

        /// `false`: none will come any more.
        pub(super) fn wait(&self) -> bool {
            loop {
                match (&self.ours).read(&mut [0; 64]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => return matches!(result, Ok(1..)),
                }
            }
        }
    }
}

/// Here a flag is the only thing to wait for.
#[cfg(not(unix))]
mod wait {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    static COME: AtomicBool = AtomicBool::new(false);

    pub(super) struct Signal;

    impl Signal {
        #[expect(clippy::unnecessary_wraps, reason = "as the other")]
        pub(super) fn new() -> io::Result<Signal> {
            Ok(Signal)
        }

        pub(super) fn also(&self, number: i32) -> io::Result<()> {
            signal_hook::flag::register(number, &COME)?;
            Ok(())
        }

        pub(super) fn wait(&self) -> bool {
            while !COME.swap(false, Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(100));
            }
            true
        }
    }
}
