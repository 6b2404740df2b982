//! Who is at the other end of a Unix socket, as the system tells. The only file that knows nix.

use std::os::fd::AsFd;

use nix::sys::socket::{getsockopt, sockopt};

use crate::peer::UnixCredentials;

/// The process at the other end, as it was when it connected. `None`: this is another kind of
/// socket.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn of_peer(socket: &impl AsFd) -> Option<UnixCredentials> {
    // Of a socket of TCP, the system says that it is nobody.
    const NOBODY: u32 = u32::MAX;
    let found = getsockopt(socket, sockopt::PeerCredentials).ok()?;
    let pid = Some(found.pid()).filter(|pid| *pid != 0);
    (found.uid() != NOBODY).then(|| UnixCredentials { pid, uid: found.uid(), gid: found.gid() })
}

#[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd", target_os = "dragonfly"))]
pub(super) fn of_peer(socket: &impl AsFd) -> Option<UnixCredentials> {
    let found = getsockopt(socket, sockopt::LocalPeerCred).ok()?;
    Some(UnixCredentials { pid: None, uid: found.uid(), gid: *found.groups().first()? })
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd",
    target_os = "dragonfly",
)))]
pub(super) fn of_peer(_: &impl AsFd) -> Option<UnixCredentials> {
    None
}
