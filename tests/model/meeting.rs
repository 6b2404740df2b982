//! A client of a protocol that stays, the socket between the two, and a thread that sends to the
//! client whatever the loop does. A message is a byte.

use crate::engine::{Pool, Shard};
use crate::letter::Letter;
use crate::outlet::Outlet;
use crate::readiness::{Occurrence, Waker};
use crate::resident::Line;
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Weak};

/// Something that the client has said, by its number.
pub(crate) const ECHO: u8 = 0x40;
/// Something of the thread that sends, by its number.
const PUSH: u8 = 0x80;
/// The server's last word.
pub(crate) const BYE: u8 = 0xFF;

/// How many bytes the system takes for the client.
const ROOM: usize = 3;

/// What a socket has for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    Nothing,
    Message,
    End,
}

/// A socket that is watched edge by edge, for both directions.
#[derive(Debug, Default)]
pub(crate) struct Socket {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many messages the server has not read yet.
    said: usize,
    client_has_left: bool,
    /// What the client has not taken yet.
    sent: Vec<u8>,
    /// A write has found no room, so that there is an edge when there is some.
    wants_room: bool,
    is_closed: bool,
    watched: Option<(Waker, usize)>,
}

impl State {
    fn report(&self) {
        if let Some((waker, key)) = &self.watched {
            waker.report(Occurrence::Ready(*key));
        }
    }
}

impl Socket {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the poller to watch it. What there is already is reported.
    pub(crate) fn watch(&self, waker: &Waker, key: usize) {
        let mut state = self.state();
        state.watched = Some((waker.clone(), key));
        if state.said > 0 || state.client_has_left || state.sent.len() < ROOM {
            state.report();
        }
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.state().watched.is_some()
    }

    pub(crate) fn unwatch(&self) {
        if let Some((waker, key)) = self.state().watched.take() {
            waker.retract(Occurrence::Ready(key));
        }
    }

    pub(crate) fn read(&self) -> Read {
        let mut state = self.state();
        match state.said {
            0 if state.client_has_left => Read::End,
            0 => Read::Nothing,
            _ => {
                state.said -= 1;
                Read::Message
            }
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        if state.client_has_left {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(ROOM - state.sent.len());
        if count == 0 {
            state.wants_room = true;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        state.sent.extend(&bytes[..count]);
        drop(state);
        self.changed.notify_all();
        Ok(count)
    }

    /// The server closes it.
    pub(crate) fn close(&self) {
        self.unwatch();
        self.state().is_closed = true;
        self.changed.notify_all();
    }

    fn say(&self) {
        let mut state = self.state();
        state.said += 1;
        state.report();
    }

    fn leave(&self) {
        let mut state = self.state();
        state.client_has_left = true;
        state.report();
    }

    /// Takes what has come, and waits for it. `None`: nothing more will.
    fn take(&self) -> Option<Vec<u8>> {
        let is_quiet = |state: &mut State| state.sent.is_empty() && !state.is_closed;
        let waited = self.changed.wait_while(self.state(), is_quiet);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.sent.is_empty() {
            return None;
        }
        let count = thread_rng().gen_range(1..=state.sent.len());
        let taken = state.sent.drain(..count).collect();
        if std::mem::take(&mut state.wants_room) {
            state.report();
        }
        Some(taken)
    }
}

/// Who meets, and what for.
#[derive(Debug)]
pub(crate) struct Meeting {
    pub(crate) socket: Socket,
    pub(crate) outlet: Arc<Outlet>,
    /// The last word was said. Held for a word, as `Outgoing` holds its state for a frame.
    has_ended: Mutex<bool>,
    /// How many things the client says.
    says: u8,
    /// How many things it is sent by another thread.
    pushes: u8,
    /// The connection may well end before everything was said.
    pub(crate) may_end: AtomicBool,
}

impl Meeting {
    pub(crate) fn draw() -> Meeting {
        let mut dice = thread_rng();
        let most = if dice.gen_ratio(1, 8) { 1 } else { 100 };
        Meeting {
            socket: Socket::default(),
            outlet: Arc::new(Outlet::new(most)),
            has_ended: Mutex::new(false),
            says: dice.gen_range(0..=4),
            pushes: dice.gen_range(0..=6),
            may_end: AtomicBool::new(false),
        }
    }

    /// How many messages the client waits for.
    pub(crate) fn messages(&self) -> usize {
        usize::from(self.says + self.pushes)
    }

    /// Sends a word. Nothing follows the last one, from any thread.
    pub(crate) fn say(&self, word: u8) -> io::Result<()> {
        let mut has_ended = self.has_ended.lock().unwrap_or_else(PoisonError::into_inner);
        if *has_ended {
            return Err(io::ErrorKind::NotConnected.into());
        }
        let said = self.outlet.send(&[word], b"");
        *has_ended = word == BYE || said.is_err();
        // Its own loop has been told if too much waits.
        if said.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            self.may_end.store(true, SeqCst);
        }
        said
    }

    /// The line to its client, by way of this place.
    pub(crate) fn line(
        self: &Arc<Meeting>,
        pool: Weak<Pool>,
        shard: usize,
        key: usize,
    ) -> LoopLine {
        LoopLine { meeting: Arc::downgrade(self), pool, shard, key }
    }

    /// The thread that sends.
    fn push(&self) {
        for number in 0..self.pushes {
            (0..thread_rng().gen_range(0..3)).for_each(|_| thread::yield_now());
            if self.say(PUSH | number).is_err() {
                return;
            }
        }
    }

    /// The client, from its first word to the end of the connection.
    pub(crate) fn attend(self: Arc<Meeting>, pool: &Pool, may_be_cut: bool) {
        let pushing = Arc::clone(&self);
        let pushing = thread::spawn(move || pushing.push());
        let leaves = thread_rng().gen_ratio(1, 3);
        let (mut said, mut echoes, mut pushes, mut has_left) = (0, 0, 0, false);
        let mut is_told = false;
        loop {
            while said < self.says && thread_rng().gen_ratio(2, 3) {
                self.socket.say();
                said += 1;
            }
            let has_all = echoes == self.says && pushes == self.pushes;
            if leaves && has_all && !std::mem::replace(&mut has_left, true) {
                self.socket.leave();
            }
            // With nothing to wait for, it would wait for ever.
            if said == echoes && said < self.says && pushes == self.pushes && !is_told {
                continue;
            }
            let Some(taken) = self.socket.take() else { break };
            for word in taken {
                assert!(!is_told, "there is a word after the last one");
                let known = match word {
                    BYE => {
                        is_told = true;
                        continue;
                    }
                    word if word & PUSH != 0 => &mut pushes,
                    _ => &mut echoes,
                };
                assert_eq!(word & 0x3F, *known, "out of order, twice or lost");
                *known += 1;
                pool.account(1, 0);
            }
        }
        pushing.join().expect("sending does not fail");
        assert!(echoes <= said, "it hears what nobody has said");
        let expected = is_told || has_left || may_be_cut || self.may_end.load(SeqCst);
        assert!(expected, "a conversation was lost");
        pool.account(0, self.messages() - usize::from(echoes + pushes));
    }
}

/// As `LoopLine`.
#[derive(Debug)]
pub(crate) struct LoopLine {
    meeting: Weak<Meeting>,
    pool: Weak<Pool>,
    shard: usize,
    key: usize,
}

impl Line for LoopLine {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let meeting = self.meeting.upgrade().ok_or(io::ErrorKind::BrokenPipe)?;
        meeting.socket.write(bytes)
    }

    fn wake(&self) {
        if let Some(pool) = self.pool.upgrade() {
            let Shard { inbox, .. } = &pool.shards[self.shard];
            let _ = inbox.post(Letter::Nudge { key: self.key });
        }
    }
}
