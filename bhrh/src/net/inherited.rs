//! Listeners that the service manager passes on: file descriptors from 3 on, as many as
//! `LISTEN_FDS` says, with the names that `LISTEN_FDNAMES` gives them (sd_listen_fds(3)).

use std::env;
use std::io;

use listenfd::ListenFd;

use super::listener::Listening;

/// A listener, and its name.
#[derive(Debug)]
pub(crate) struct Inherited {
    pub(crate) listening: Listening,
    pub(crate) name: Option<String>,
}

/// All listeners that were passed on to this process, in their order. A second call finds none.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] if one is something else than a listener of streams.
pub(crate) fn all() -> io::Result<Vec<Inherited>> {
    let mut passed_on = ListenFd::from_env();
    let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
    let names: Vec<&str> = names.split(':').collect();
    // With another number of names, nobody knows whose they are.
    let name_of = |index: usize| (names.len() == passed_on.len()).then(|| names[index].to_owned());
    let names: Vec<_> = (0..passed_on.len()).map(name_of).collect();
    let take = |(index, name): (usize, Option<String>)| {
        let name = name.filter(|name| !name.is_empty());
        let listening = take(&mut passed_on, index);
        let refused = |what: &str| refused(index, name.as_deref(), what);
        let listening =
            listening.ok_or_else(|| refused("is no socket of TCP or of Unix streams"))?;
        if !listening.listens()? {
            return Err(refused("is a connection, and not a listener (`Accept=` has to be `no`)"));
        }
        Ok(Inherited { listening, name })
    };
    names.into_iter().enumerate().map(take).collect()
}

fn take(passed_on: &mut ListenFd, index: usize) -> Option<Listening> {
    if let Ok(Some(listener)) = passed_on.take_tcp_listener(index) {
        return Some(Listening::Tcp(listener));
    }
    match passed_on.take_unix_listener(index) {
        // Its path is the service manager's.
        Ok(Some(listener)) => Some(Listening::Unix { listener, file: None }),
        _ => None,
    }
}

fn refused(index: usize, name: Option<&str>, what: &str) -> io::Error {
    let name = name.map(|name| format!(" ({name:?})")).unwrap_or_default();
    let message = format!("number {index}{name} of the descriptors that were passed on {what}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
