//! How a Unix socket comes to its path, and how it leaves.
//!
//! A socket is bound under a name of its own, gets its permissions, listens, and only then appears
//! at its path. So no client meets a socket that does not listen, or one with the wrong
//! permissions.
//!
//! | at the path is | then |
//! | --- | --- |
//! | nothing | the socket appears there, by a link, which takes no other's place |
//! | a socket where nobody answers | it is replaced: a server has ended without removing it |
//! | a socket where somebody answers | [`io::ErrorKind::AddrInUse`] |
//! | anything else | [`io::ErrorKind::AlreadyExists`], and it stays as it is |
//!
//! Of several servers that start at once, one replaces what is left over: the one that has made a
//! link to it whose name only one can take.
//!
//! At the end the path is removed before the socket closes, and only if it still leads to this
//! socket. A server that starts meanwhile sees a socket that answers, or nothing.

use std::fmt::Display;
use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::mem;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{self, Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use crate::peer::Peer;

/// The permissions of a socket that is not told its own, as far as the umask leaves them.
const MODE: u32 = 0o666;

/// The longest path that the system takes.
const LONGEST: usize =
    mem::size_of::<libc::sockaddr_un>() - mem::offset_of!(libc::sockaddr_un, sun_path) - 1;

/// How long another server that starts at the same path may take to replace what is left over.
const OTHERS_TIME: Duration = Duration::from_secs(1);

/// How often a server looks whether another one has done so.
const PAUSE: Duration = Duration::from_millis(5);

/// A socket that does not listen yet, and where it is to appear.
#[derive(Debug)]
pub(crate) struct SocketToPlace {
    socket: Socket,
    path: PathBuf,
    /// Where it was bound.
    temporary: SocketFile,
    mode: u32,
}

/// A path of a socket. It is removed when this is dropped, if it still leads to that socket.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    identity: Identity,
}

/// What tells one file from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occupant {
    Nothing,
    /// A socket where nobody answers.
    LeftOver(Identity),
}

impl SocketToPlace {
    /// Binds a socket that is to appear at this path.
    ///
    /// # Errors
    ///
    /// If it cannot be bound there, or if the path is taken. The message names the path.
    pub(crate) fn new(path: &Path) -> io::Result<SocketToPlace> {
        let said = |error| explained(path, error);
        let path = absolute(path).map_err(said)?;
        occupant(&path).map_err(said)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        let (temporary, mode) = bind_beside(&socket, &path).map_err(said)?;
        Ok(SocketToPlace { socket, path, temporary, mode: mode & MODE })
    }

    /// The address that clients will connect to.
    pub(crate) fn address(&self) -> Peer {
        Peer::unix(&self.path)
    }

    /// Sets its permissions.
    pub(crate) fn set_mode(&mut self, mode: u32) {
        self.mode = mode;
    }

    /// Listens, and appears at the path. `backlog`: how many clients may wait to be accepted.
    ///
    /// # Errors
    ///
    /// If the path has been taken meanwhile, or if the system refuses.
    pub(crate) fn place(self, backlog: i32) -> io::Result<(UnixListener, SocketFile)> {
        let SocketToPlace { socket, path, temporary, mode } = self;
        let result = fs::set_permissions(&temporary.path, Permissions::from_mode(mode))
            .and_then(|()| socket.listen(backlog))
            .and_then(|()| appear(&temporary.path, &path));
        result.map_err(|error| explained(&path, error))?;
        let listener = UnixListener::from(OwnedFd::from(socket));
        Ok((listener, SocketFile { path, identity: temporary.identity }))
    }
}

impl Identity {
    fn of(found: &Metadata) -> Identity {
        Identity { device: found.dev(), inode: found.ino() }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Nobody takes the path between the two calls, since a socket that listens still answers.
        let found = fs::symlink_metadata(&self.path).map(|found| Identity::of(&found));
        if found.is_ok_and(|identity| identity == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The path for good: neither the working directory nor the system's bound on its length matter
/// later.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    if path.as_os_str().as_bytes().contains(&0) {
        return Err(in_words(ErrorKind::InvalidInput, "a path has no NUL in it"));
    }
    if path.file_name().is_none() {
        return Err(in_words(ErrorKind::InvalidInput, "this is not the path of a file"));
    }
    path::absolute(path)
}

/// Binds the socket under a name of its own in the directory of this path. Says which permissions
/// the umask has left.
fn bind_beside(socket: &Socket, path: &Path) -> io::Result<(SocketFile, u32)> {
    loop {
        let temporary = path.with_file_name(name_of_our_own());
        let longest = path.as_os_str().len().max(temporary.as_os_str().len());
        if longest > LONGEST {
            let message = format!("the path is too long by {} bytes", longest - LONGEST);
            return Err(in_words(ErrorKind::InvalidInput, message));
        }
        match socket.bind(&SockAddr::unix(&temporary)?) {
            Ok(()) => {
                let found = fs::symlink_metadata(&temporary)?;
                let identity = Identity::of(&found);
                return Ok((SocketFile { path: temporary, identity }, found.mode()));
            }
            // A process with this number has left it. In a container, most have the same one.
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    }
}

/// A short one, since paths of sockets are.
fn name_of_our_own() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!(".{:x}.{:x}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Makes the socket that listens under its own name appear at the path.
fn appear(bound: &Path, path: &Path) -> io::Result<()> {
    let mut waited_since = None;
    loop {
        let left_over = match occupant(path)? {
            Occupant::LeftOver(identity) => identity,
            Occupant::Nothing => match fs::hard_link(bound, path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                // The file system may have no links.
                Err(_) => return fs::rename(bound, path),
                Ok(()) => return Ok(()),
            },
        };
        let claim = path.with_file_name(format!(".{:x}", left_over.inode));
        match fs::hard_link(path, &claim) {
            Ok(()) => {
                let identity = Identity::of(&fs::symlink_metadata(&claim)?);
                let _claim = SocketFile { path: claim, identity };
                if identity == left_over {
                    return fs::rename(bound, path);
                }
                // By then something else was at the path.
            }
            // Another server replaces it, unless that one was killed at it.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let since = *waited_since.get_or_insert_with(Instant::now);
                if since.elapsed() > OTHERS_TIME {
                    let _claim = SocketFile { path: claim, identity: left_over };
                    return fs::rename(bound, path);
                }
                thread::sleep(PAUSE);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(_) => return fs::rename(bound, path),
        }
    }
}

/// What is at the path, if it may be replaced.
fn occupant(path: &Path) -> io::Result<Occupant> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Occupant::Nothing),
        other => other?,
    };
    if !found.file_type().is_socket() {
        let message = "something other than a socket is there, and stays there";
        return Err(in_words(ErrorKind::AlreadyExists, message));
    }
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // If many clients wait there, the system would let this one wait, too.
    probe.set_nonblocking(true)?;
    match probe.connect(&SockAddr::unix(path)?) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            Ok(Occupant::LeftOver(Identity::of(&found)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Occupant::Nothing),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let message = "a socket is there, and this user may not ask whether a server answers";
            Err(in_words(ErrorKind::PermissionDenied, message))
        }
        // A connection, or an error of a socket that is of another kind, or has no room now.
        _ => Err(ErrorKind::AddrInUse.into()),
    }
}

fn in_words(kind: ErrorKind, words: impl Into<String>) -> io::Error {
    io::Error::new(kind, words.into())
}

/// The error, with the path and the remedy.
pub(crate) fn explained(path: &Path, error: io::Error) -> io::Error {
    let own_words = error.get_ref().map(ToString::to_string);
    let remedy = match error.kind() {
        _ if own_words.is_some() => own_words.unwrap_or_default(),
        ErrorKind::AddrInUse => {
            "a server answers there already (is another copy running?)".to_owned()
        }
        ErrorKind::NotFound => "its directory does not exist".to_owned(),
        ErrorKind::PermissionDenied => {
            "permission denied (the server makes files in that directory)".to_owned()
        }
        _ => error.to_string(),
    };
    about(&Peer::unix(path), error.kind(), &remedy)
}

fn about(address: &impl Display, kind: ErrorKind, remedy: &str) -> io::Error {
    io::Error::new(kind, format!("cannot listen on {address}: {remedy}"))
}

/// A listener with a name that is not in the file system.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn with_abstract_name(name: &[u8]) -> io::Result<UnixListener> {
    use std::ffi::OsStr;

    #[cfg(target_os = "android")]
    use std::os::android::net::SocketAddrExt;
    #[cfg(target_os = "linux")]
    use std::os::linux::net::SocketAddrExt;

    let full = [b"\0", name].concat();
    let said = |error| explained(Path::new(OsStr::from_bytes(&full)), error);
    if name.is_empty() || name.len() > LONGEST {
        let message = format!("a name has 1 to {LONGEST} bytes after the @");
        return Err(said(in_words(ErrorKind::InvalidInput, message)));
    }
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name).map_err(said)?;
    UnixListener::bind_addr(&address).map_err(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::{UnixDatagram, UnixStream};
    use std::sync::Barrier;

    fn place(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
        SocketToPlace::new(path)?.place(16)
    }

    /// What a server leaves that was killed.
    fn leave_over(path: &Path) {
        drop(UnixListener::bind(path).unwrap());
        assert_eq!(UnixStream::connect(path).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }

    fn names_in(directory: &Path) -> Vec<String> {
        let names = fs::read_dir(directory).unwrap();
        names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn it_appears_when_it_listens_and_goes_when_it_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let mut to_place = SocketToPlace::new(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(to_place.address(), Peer::unix(&path));
        to_place.set_mode(0o620);
        let (listener, file) = to_place.place(16).unwrap();
        assert_eq!(names_in(directory.path()), ["a"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o620);
        UnixStream::connect(&path).unwrap();
        // Removed first, it still has those who came before.
        drop(file);
        assert!(!path.exists());
        listener.accept().unwrap();
    }

    #[test]
    fn one_that_is_never_placed_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        drop(SocketToPlace::new(&directory.path().join("a")).unwrap());
        assert!(names_in(directory.path()).is_empty());
    }

    #[test]
    fn what_was_left_over_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        for _ in 0..2 {
            leave_over(&path);
            let _placed = place(&path).unwrap();
            UnixStream::connect(&path).unwrap();
            assert_eq!(names_in(directory.path()), ["a"]);
        }
        assert!(names_in(directory.path()).is_empty());
    }

    #[test]
    fn what_answers_or_is_no_socket_stays() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let _answers = place(&at("answers")).unwrap();
        let _other_kind = UnixDatagram::bind(at("datagrams")).unwrap();
        File::create(at("file")).unwrap();
        fs::create_dir(at("directory")).unwrap();
        leave_over(&at("left over"));
        symlink(at("left over"), at("link")).unwrap();
        symlink(at("nothing"), at("loose link")).unwrap();
        let before = fs::symlink_metadata(at("left over")).unwrap().ino();
        for (name, kind) in [
            ("answers", ErrorKind::AddrInUse),
            ("datagrams", ErrorKind::AddrInUse),
            ("file", ErrorKind::AlreadyExists),
            ("directory", ErrorKind::AlreadyExists),
            ("link", ErrorKind::AlreadyExists),
            ("loose link", ErrorKind::AlreadyExists),
        ] {
            let error = place(&at(name)).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            let begin = format!("cannot listen on unix:{}: ", at(name).display());
            assert!(error.to_string().starts_with(&begin), "{error}");
            assert!(fs::symlink_metadata(at(name)).is_ok(), "{name}");
        }
        assert_eq!(fs::symlink_metadata(at("left over")).unwrap().ino(), before);
        assert!(names_in(directory.path()).iter().all(|name| !name.starts_with('.')));
    }

    #[test]
    fn a_server_whose_queue_is_full_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let _placed = SocketToPlace::new(&path).unwrap().place(0).unwrap();
        let _waiting = UnixStream::connect(&path).unwrap();
        let error = place(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse, "{error}");
    }

    #[test]
    fn a_path_that_is_somebody_elses_by_now_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let first = place(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let second = place(&path).unwrap();
        drop(first);
        UnixStream::connect(&path).unwrap();
        drop(second);
        assert!(!path.exists());
    }

    #[test]
    fn one_of_those_who_start_at_once_gets_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        for round in 0..40 {
            if round % 2 == 0 {
                leave_over(&path);
            }
            let barrier = Barrier::new(4);
            let results: Vec<_> = thread::scope(|scope| {
                let start = || {
                    scope.spawn(|| {
                        let to_place = SocketToPlace::new(&path);
                        barrier.wait();
                        to_place?.place(16)
                    })
                };
                let starting: Vec<_> = (0..4).map(|_| start()).collect();
                starting.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let (placed, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
            assert_eq!(placed.len(), 1, "{refused:?}");
            assert!(refused.iter().all(|result| {
                result.as_ref().is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
            }));
            let client = UnixStream::connect(&path).unwrap();
            placed.into_iter().next().unwrap().unwrap().0.accept().unwrap();
            drop(client);
            assert!(names_in(directory.path()).is_empty());
        }
    }

    #[test]
    fn a_server_that_was_killed_while_it_replaced_another_holds_up_nobody_for_long() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        leave_over(&path);
        let inode = fs::symlink_metadata(&path).unwrap().ino();
        fs::hard_link(&path, directory.path().join(format!(".{inode:x}"))).unwrap();
        let _placed = place(&path).unwrap();
        UnixStream::connect(&path).unwrap();
        assert_eq!(names_in(directory.path()), ["a"]);
    }

    #[test]
    fn a_path_that_cannot_be_one_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().as_os_str().len();
        let fits = directory.path().join("x".repeat(LONGEST - root - 1));
        let _placed = place(&fits).unwrap();
        UnixStream::connect(&fits).unwrap();
        for (path, kind, part) in [
            (
                directory.path().join("x".repeat(LONGEST - root)),
                ErrorKind::InvalidInput,
                "by 1 byte",
            ),
            ("a\0b".into(), ErrorKind::InvalidInput, "NUL"),
            ("".into(), ErrorKind::InvalidInput, "not the path of a file"),
            ("/".into(), ErrorKind::InvalidInput, "not the path of a file"),
            (directory.path().join("no/a"), ErrorKind::NotFound, "directory"),
        ] {
            let error = place(&path).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_name_is_the_sockets_alone() {
        let name = format!("bhrh {}", process::id());
        let listener = with_abstract_name(name.as_bytes()).unwrap();
        let error = with_abstract_name(name.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        assert!(error.to_string().contains(&format!("unix:@{name}: a server answers")), "{error}");
        drop(listener);
        with_abstract_name(name.as_bytes()).unwrap();
        for name in [&b""[..], &[b'x'; LONGEST + 1]] {
            let error = with_abstract_name(name).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
        with_abstract_name(&[b'x'; LONGEST]).unwrap();
    }
}
