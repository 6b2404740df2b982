//! All open connections of a server: how many there may be, and how to reach them at shutdown.

use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The open connections.
#[derive(Debug)]
pub(crate) struct Registry {
    most: usize,
    open: Mutex<Open>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Entry>>,
    closing: bool,
}

/// One connection, as far as others may touch it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) stream: TcpStream,
    /// It waits for a request, none of which has come.
    idle: AtomicBool,
}

/// A connection's place among the open ones; given up when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    registry: Arc<Registry>,
    key: u64,
    entry: Arc<Entry>,
}

impl Registry {
    pub(crate) fn new(most: usize) -> Arc<Registry> {
        Arc::new(Registry { most: most.max(1), open: Mutex::default(), changed: Condvar::new() })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing panics under this lock, and the counts hold even if something did.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for one more; `false` once the server shuts down.
    pub(crate) fn wait_for_room(&self) -> bool {
        let mut open = self.open();
        while open.connections.len() >= self.most && !open.closing {
            open = self.changed.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        !open.closing
    }

    /// Takes a connection in.
    pub(crate) fn enter(self: &Arc<Registry>, stream: TcpStream) -> Place {
        let mut open = self.open();
        let key = open.next;
        open.next += 1;
        let entry = Arc::new(Entry { stream, idle: AtomicBool::new(true) });
        open.connections.insert(key, Arc::clone(&entry));
        Place { registry: Arc::clone(self), key, entry }
    }

    /// Has idle connections end, and waiting acceptors give up.
    pub(crate) fn close(&self) {
        let mut open = self.open();
        open.closing = true;
        for entry in open.connections.values() {
            if entry.idle.load(Ordering::Acquire) {
                // Its thread finds the end of the connection instead of a request.
                let _ = entry.stream.shutdown(Shutdown::Read);
            }
        }
        self.changed.notify_all();
    }

    /// Waits until all connections have ended, cutting those that take longer than `patience`.
    /// Says how many were cut.
    pub(crate) fn drain(&self, patience: Duration) -> usize {
        let deadline = Instant::now() + patience;
        let mut open = self.open();
        while !open.connections.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                for entry in open.connections.values() {
                    let _ = entry.stream.shutdown(Shutdown::Both);
                }
                return open.connections.len();
            }
            let waited = self.changed.wait_timeout(open, left);
            open = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        0
    }
}

impl Place {
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.entry.stream
    }

    /// Says whether the connection waits for a request.
    pub(crate) fn set_idle(&self, idle: bool) {
        self.entry.idle.store(idle, Ordering::Release);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.open().connections.remove(&self.key);
        self.registry.changed.notify_all();
    }
}
