//! A step of a protocol that stays with its connection: it hears what has come, sends what waits,
//! and looks at the clock.

use std::cell::Cell;
use std::io;
use std::time::{Duration, Instant};

use crate::engine::connection::{Connection, Phase};
use crate::engine::next_step::{NextStep, RunOn};
use crate::engine::residence::Residence;
use crate::engine::shared::{Hooks, Shard, Shared};
use crate::engine::slow_kinds::QUICK;
use crate::exchange::resident::{Resident, Stay};
use crate::net::channel::Channel;
use crate::turn::Closing;

/// How much is read at a time.
const ROOM: usize = 16 << 10;

/// How many reads are made before other connections have their turn.
const READS: usize = 8;

thread_local! {
    /// A thread's buffer. It is not borrowed while code of the user's runs.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Takes a step of the protocol that has this connection.
pub(crate) fn step(
    shared: &Shared,
    shard: &Shard,
    connection: &mut Connection,
    run_on: RunOn,
) -> NextStep {
    let Phase::Resident(mut residence) = std::mem::replace(&mut connection.phase, Phase::Idle)
    else {
        return NextStep::Close(Closing::Clean);
    };
    let began = Instant::now();
    residence.knows_of_end = shared.stop.is_set();
    let mut buffer = BUFFER.take();
    buffer.resize(ROOM, 0);
    let next = converse(connection.channel.rarely(), &mut residence, &mut buffer);
    BUFFER.set(buffer);
    if let Some(complaint) = residence.resident().and_then(Resident::take_complaint) {
        complain(shared, shard, connection, run_on, &complaint);
    }
    residence.is_slow = match run_on {
        RunOn::Driver(loan) | RunOn::DriverAnyway(loan) => !shard.slot.stands(loan),
        RunOn::Spare => {
            let time = began.elapsed();
            shared.scores.note_step(time);
            time >= QUICK
        }
    };
    match next {
        Some(next) => {
            // In this thread's hands: it runs code of the user's.
            drop(residence);
            next
        }
        None => NextStep::Reside(residence),
    }
}

/// Logs what a protocol has to complain of. That runs hooks of the handler's where no method runs,
/// as a refusal does.
#[cold]
fn complain(
    shared: &Shared,
    shard: &Shard,
    connection: &Connection,
    run_on: RunOn,
    complaint: &str,
) {
    let log = |hooks| {
        let (server, address) = (shard.server(connection), &connection.client_address);
        shared.log_of_client(hooks, server, address, format_args!("{complaint}"));
    };
    match run_on {
        RunOn::Driver(loan) | RunOn::DriverAnyway(loan) if shard.slot.stands(loan) => {
            shared.by_hooks_in_place(shard, loan, log);
        }
        _ => {
            let began = Instant::now();
            log(Hooks::Own);
            shared.scores.note_refusal(began.elapsed());
        }
    }
}

/// `None`: it stays.
fn converse(
    channel: &dyn Channel,
    residence: &mut Residence,
    buffer: &mut [u8],
) -> Option<NextStep> {
    let (line, now, must_go) = (residence.line.take(), residence.now, residence.must_go);
    residence.has_more = false;
    let resident = residence.resident()?;
    if let Some(line) = line {
        resident.begin(line, now);
    }
    let mut heard_all = true;
    match must_go {
        true => resident.let_go(),
        false => {
            heard_all = hear(channel, resident, buffer, now);
            // What the client is told otherwise may have to wait for the next message.
            if let Err(error) = channel.send_replies() {
                resident.lose(&error.to_string());
            }
        }
    }
    match resident.look(now, heard_all) {
        Stay::Over => Some(NextStep::Close(Closing::Linger)),
        Stay::Cut => Some(NextStep::Close(Closing::Cut)),
        Stay::Until(time) => {
            // The client may have taken so much by now that there is an ear for it again.
            let has_more = !heard_all && resident.listens();
            residence.held = resident.holds() + channel.holds();
            (residence.has_more, residence.until) = (has_more, time);
            None
        }
    }
}

/// Hears what has come. Says whether there is nothing more now.
fn hear(
    channel: &dyn Channel,
    resident: &mut dyn Resident,
    buffer: &mut [u8],
    now: Duration,
) -> bool {
    for _ in 0..READS {
        if !resident.listens() {
            return false;
        }
        match channel.read(buffer) {
            Ok(received) if received.count == 0 => {
                resident.hear_the_end();
                return true;
            }
            Ok(received) => {
                resident.hear(&mut buffer[..received.count], now);
                if received.drained {
                    return true;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                resident.lose(&error.to_string());
                return true;
            }
        }
    }
    false
}
