//! Certificates that are read again when their files change: a thread of its own, since files may
//! be on a disk that does not answer.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::threads::Threads;
use crate::net::tls::Tls;

/// The thread, for as long as this exists.
#[derive(Debug)]
pub(super) struct Renewal {
    over: Arc<Over>,
}

#[derive(Debug, Default)]
struct Over {
    is_over: Mutex<bool>,
    changed: Condvar,
}

impl Renewal {
    /// Looks after these certificates. `None`: none of them wants it. `complain` is told what goes
    /// wrong.
    pub(super) fn start<'t, 'h>(
        all: impl Iterator<Item = &'t Tls>,
        complain: impl Fn(&io::Error) + Send + 'h,
        threads: &Threads<'h>,
    ) -> io::Result<Option<Renewal>> {
        let mut kept: Vec<(Tls, Duration)> = Vec::new();
        for tls in all {
            if let Some(interval) = tls.interval() {
                if !kept.iter().any(|(other, _)| other.is_same(tls)) {
                    kept.push((tls.clone(), interval));
                }
            }
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let over = Arc::<Over>::default();
        let renewal = Renewal { over: Arc::clone(&over) };
        threads.start("bhrh renewal", move || look_after(&kept, &over, &complain))?;
        Ok(Some(renewal))
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        *self.over.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.over.changed.notify_all();
    }
}

fn look_after(all: &[(Tls, Duration)], over: &Over, complain: &impl Fn(&io::Error)) {
    let now = Instant::now();
    let mut due: Vec<_> = all.iter().map(|(_, interval)| now.checked_add(*interval)).collect();
    // A time that no clock can tell never comes.
    while let Some(next) = due.iter().flatten().min().copied() {
        if over.wait_until(next) {
            return;
        }
        for ((tls, interval), due) in all.iter().zip(&mut due) {
            if due.is_some_and(|due| due <= Instant::now()) {
                if let Err(error) = tls.reload_if_changed() {
                    complain(&error);
                }
                *due = Instant::now().checked_add(*interval);
            }
        }
    }
}

impl Over {
    /// Whether it was over before that time.
    fn wait_until(&self, time: Instant) -> bool {
        let mut is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = time.saturating_duration_since(Instant::now());
            if *is_over || left.is_zero() {
                return *is_over;
            }
            let woken = self.changed.wait_timeout(is_over, left);
            is_over = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
