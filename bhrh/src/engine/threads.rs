//! Where an engine's threads come from: the system, or a scope that outlives them, so that they may
//! borrow.

use std::io;
use std::sync::Arc;
use std::thread::{self, Scope};

/// What a thread does. It is boxed, since what std makes of each closure is 2 KB.
type Run<'h> = Box<dyn FnOnce() + Send + 'h>;

/// Starts threads that live no longer than `'h`.
#[derive(Clone)]
pub(crate) struct Threads<'h> {
    start: Arc<dyn Fn(thread::Builder, Run<'h>) -> io::Result<()> + Send + Sync + 'h>,
}

impl Threads<'static> {
    /// Threads that nobody has to outlive.
    pub(crate) fn free() -> Threads<'static> {
        Threads { start: Arc::new(|builder, run| builder.spawn(run).map(drop)) }
    }
}

impl<'h> Threads<'h> {
    /// Threads that end before the scope does.
    pub(crate) fn within(scope: &'h Scope<'h, '_>) -> Threads<'h> {
        Threads { start: Arc::new(|builder, run| builder.spawn_scoped(scope, run).map(drop)) }
    }

    /// Starts a thread.
    pub(crate) fn start(&self, name: &str, run: impl FnOnce() + Send + 'h) -> io::Result<()> {
        (self.start)(thread::Builder::new().name(name.to_owned()), Box::new(run))
    }
}
