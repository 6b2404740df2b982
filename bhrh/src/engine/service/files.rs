//! Content of a file, sent in pieces as the client takes it. Reading may wait for a disk, so the
//! loop is lent meanwhile. Between two steps, a connection has no buffer: what the client has not
//! taken is read again.

use std::cell::Cell;
use std::io;

use super::sending::resume_sending;
use crate::engine::connection::{Connection, Phase, Unsent};
use crate::engine::handoff::Loan;
use crate::engine::next_step::NextStep;
use crate::engine::shared::{Hooks, Shard, Shared};
use crate::exchange::Server;
use crate::exchange::file_content::FileContent;
use crate::net::channel::{Channel, write_while_there_is_room};
use crate::peer::Peer;
use crate::turn::Closing;

/// How much is read at a time.
const PIECE: usize = 64 << 10;

/// How many pieces are sent before other connections have their turn.
const PIECES: usize = 16;

thread_local! {
    /// A thread's buffer. Fresh memory for each file would cost more than reading it.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Why no more can be sent.
enum Broken {
    Connection,
    File(io::Error),
}

/// Begins to send content that a method has left.
#[cold]
pub(super) fn begin<C: Channel>(
    shared: &Shared,
    (server, client_address): (&Server, &Peer),
    channel: &C,
    mut unsent: Box<Unsent>,
) -> NextStep {
    match send_some(channel, &mut unsent) {
        Ok(_) if unsent.is_sent() => unsent.then.map_or(NextStep::Again, NextStep::Close),
        Ok(_) => NextStep::Send(unsent),
        // As the method's own lines.
        Err(broken) => {
            let Unsent { content, .. } = &*unsent;
            log(shared, (server, client_address), content.as_ref(), &broken, Hooks::Own)
        }
    }
}

/// Sends more, with this loan of the loop.
pub(crate) fn send_on(
    shared: &Shared,
    shard: &Shard,
    loan: Loan,
    connection: &mut Connection,
) -> NextStep {
    let server = shard.server(connection);
    let Connection { channel, client_address, phase: Phase::Write(unsent, progress), .. } =
        connection
    else {
        return NextStep::Close(Closing::Cut);
    };
    // From the shutdown's deadline on, nothing moves.
    if shared.shutdown.is_cut() {
        return NextStep::Close(Closing::Cut);
    }
    match send_some(channel.rarely(), unsent) {
        Ok((moved, has_room)) => {
            progress.moved += moved;
            NextStep::SendOn { moved: moved > 0, has_room }
        }
        Err(broken) => shared.by_hooks_in_place(shard, loan, |hooks| {
            log(shared, (server, client_address), unsent.content.as_ref(), &broken, hooks)
        }),
    }
}

/// Says how many bytes were sent, and whether the client may take more now.
fn send_some<C: Channel + ?Sized>(channel: &C, unsent: &mut Unsent) -> Result<(u64, bool), Broken> {
    let before = resume_sending(channel, unsent).map_err(|_| Broken::Connection)? as u64;
    let Some(content) = unsent.content.as_mut().filter(|_| unsent.bytes.is_empty()) else {
        return Ok((before, false));
    };
    unsent.bytes = Vec::new();
    let mut buffer = BUFFER.take();
    buffer.resize(PIECE, 0);
    let result = send_pieces(channel, content, &mut buffer);
    BUFFER.set(buffer);
    result.map(|(moved, has_room)| (before + moved, has_room))
}

fn send_pieces<C: Channel + ?Sized>(
    channel: &C,
    content: &mut FileContent,
    buffer: &mut [u8],
) -> Result<(u64, bool), Broken> {
    let mut moved = 0;
    for _ in 0..PIECES {
        let count = content.read(buffer).map_err(Broken::File)?;
        let taken = write_while_there_is_room(channel, &buffer[..count]);
        let taken = taken.map_err(|_| Broken::Connection)?;
        moved += taken as u64;
        if taken < count {
            content.go_back(count - taken).map_err(Broken::File)?;
            return Ok((moved, false));
        }
        if content.left() == 0 {
            return Ok((moved, false));
        }
    }
    Ok((moved, true))
}

/// Logs why a response ends early.
#[cold]
fn log(
    shared: &Shared,
    (server, client_address): (&Server, &Peer),
    content: Option<&FileContent>,
    broken: &Broken,
    hooks: Hooks,
) -> NextStep {
    let request = content.map_or("", FileContent::request);
    match broken {
        Broken::File(error) => {
            shared.log_of_client(hooks, server, client_address, format_args!("{request}: {error}"));
        }
        Broken::Connection => {
            shared.detail_of_client(
                hooks,
                server,
                client_address,
                format_args!("{request}: the client went away"),
            );
        }
    }
    NextStep::Close(Closing::Cut)
}
