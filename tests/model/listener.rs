//! A listener: connections that the system has accepted, and one that reports them once.

use crate::connection::Connection;
use crate::readiness::{Occurrence, Waker};
use crate::sync::{Mutex, MutexGuard, PoisonError};
use std::collections::VecDeque;

#[derive(Debug)]
pub(crate) struct Listener {
    /// `None`: it is closed, and clients that come are turned away.
    backlog: Mutex<Option<VecDeque<Box<Connection>>>>,
}

impl Listener {
    pub(crate) fn new() -> Listener {
        Listener { backlog: Mutex::new(Some(VecDeque::new())) }
    }

    fn backlog(&self) -> MutexGuard<'_, Option<VecDeque<Box<Connection>>>> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client connects. The connection, if it is turned away.
    pub(crate) fn connect(
        &self,
        index: usize,
        waker: &Waker,
        connection: Box<Connection>,
    ) -> Result<(), Box<Connection>> {
        match &mut *self.backlog() {
            Some(backlog) => backlog.push_back(connection),
            None => return Err(connection),
        }
        waker.report(Occurrence::Arrivals(index));
        Ok(())
    }

    pub(crate) fn accept(&self) -> Option<Box<Connection>> {
        self.backlog().as_mut()?.pop_front()
    }

    /// Closes it. The connections are reset that it has not accepted.
    pub(crate) fn close(&self) -> VecDeque<Box<Connection>> {
        self.backlog().take().unwrap_or_default()
    }
}
