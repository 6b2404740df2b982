//! Driving a loop: round after round, connection after connection, until it ends or is in other
//! hands.

use super::{Loop, REST};
use crate::date::kept as kept_date;
use crate::engine::connection::{Connection, Phase};
use crate::engine::inbox::Letter;
use crate::engine::minimum_rate::Direction;
use crate::engine::pool::Pool;
use crate::engine::service::{self, Fate, Place};
use crate::logging;
use crate::turn::{Closing, Memory};

/// Drives a loop until it ends or is in other hands.
pub(crate) fn drive(pool: &Pool, driven: Box<Loop>, memory: &mut Memory) {
    let log = &pool.shards[driven.index].log;
    // The last driver may have left some, and be held up itself.
    log.flush();
    log.hold();
    kept_date::keep(true);
    drive_on(pool, driven, memory);
    // Whoever took the loop away may have looked before a last line was held.
    log.flush();
    kept_date::keep(false);
    logging::sink::attach(&pool.log);
}

fn drive_on(pool: &Pool, mut driven: Box<Loop>, memory: &mut Memory) {
    loop {
        // Those that come back at once wait until the others have been heard again.
        for _ in 0..driven.ready.len() {
            let Some(key) = driven.ready.pop_front() else { break };
            let Some(connection) = driven.take(key) else { continue };
            match visit(pool, driven, key, connection, memory) {
                Some(back) => driven = back,
                None => return,
            }
        }
        if pool.stop.is_set() && driven.end(pool) {
            driven.shard(pool).log.flush();
            return pool.loop_ended(driven.open);
        }
        if let Err(error) = driven.wait(pool) {
            let shard = driven.shard(pool);
            pool.complain(shard, format_args!("cannot wait for connections: {error}"));
            std::thread::sleep(REST);
        }
    }
}

/// Does what a connection that is ready needs. `None`: the loop is in other hands now.
fn visit(
    pool: &Pool,
    mut driven: Box<Loop>,
    key: usize,
    mut connection: Box<Connection>,
    memory: &mut Memory,
) -> Option<Box<Loop>> {
    match connection.phase {
        Phase::Linger => {
            driven.linger(pool, key, connection);
            return Some(driven);
        }
        Phase::Write => {
            driven.go_on_sending(pool, key, connection);
            return Some(driven);
        }
        _ => {}
    }
    let shard = driven.shard(pool);
    shard.begun.forget();
    let loan = shard.slot.lend(driven);
    pool.monitor.notice();
    let fate = if let Some(error) = connection.refusal.take() {
        service::refuse(pool, shard, &mut connection, memory, loan, &error)
    } else {
        let place = match std::mem::take(&mut connection.must_stay) {
            true => Place::DriverAnyway(loan),
            false => Place::Driver(loan),
        };
        service::serve(pool, shard, &mut connection, memory, place)
    };
    match shard.slot.reclaim(loan) {
        Some(mut driven) => {
            driven.settle(pool, key, connection, fate);
            Some(driven)
        }
        None => {
            // A loop that waits for connections ends only if they are to be cut.
            let _ = shard.inbox.post(Letter::Return { key, connection, fate });
            None
        }
    }
}

impl Loop {
    /// Sends more of what a connection has left unsent.
    fn go_on_sending(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>) {
        let before = connection.unsent.len();
        let fate = match service::resume_sending(&mut connection) {
            Ok(false) => Fate::Drain(connection.afterwards),
            Err(_) => Fate::Close(Closing::Clean),
            Ok(true) if self.watch_writes(&mut connection, key, false).is_err() => {
                Fate::Close(Closing::Clean)
            }
            Ok(true) => connection.afterwards.take().map_or(Fate::Again, Fate::Close),
        };
        match fate {
            Fate::Drain(_) => {
                let sent = before - connection.unsent.len();
                if sent > 0 {
                    connection.moved += sent as u64;
                    connection.deadline =
                        self.piece_deadline(pool, &connection, Direction::Response);
                }
                self.put_back(pool, key, connection);
            }
            fate => self.settle(pool, key, connection, fate),
        }
    }
}
