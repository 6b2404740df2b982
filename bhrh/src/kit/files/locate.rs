//! From names to a file or directory that is really below the one that is served.
//!
//! The system resolves links, if there are any on the way. The resulting path has to be below the
//! real path of the served directory. So a link may lead to another place inside of the directory,
//! but not out of it. Between the look-up and the opening of the file, somebody who may write into
//! the directory can replace the file by a link. Those who may write there are trusted not to do
//! so.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::path::is_hidden;

/// What may be found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) hidden: bool,
    pub(super) links: bool,
    /// Links may lead out of the directory.
    pub(super) out: bool,
}

/// What was found, by its real place.
#[derive(Debug)]
pub(super) enum Found {
    File(PathBuf),
    Directory(PathBuf),
}

/// A directory that was found, for what looks into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The directory that is served.
    pub(super) root: &'a Path,
    /// Where this one really is.
    pub(super) real: &'a Path,
    /// What leads to it from the root.
    pub(super) names: &'a [OsString],
    pub(super) rules: Rules,
    /// A path may have control characters in it, by their escapes. The strict profile refuses it.
    pub(super) controls: bool,
}

/// The real place of the directory that is served. It is looked up for each request, so that it may
/// be a link that is changed when a new version is put in place.
pub(super) fn root(directory: &Path) -> io::Result<PathBuf> {
    directory.canonicalize().map_err(|error| {
        let message = format!("cannot serve files of {}: {error}", directory.display());
        io::Error::new(error.kind(), message)
    })
}

/// Finds what the names lead to, below `root`; `None` if nothing there can be served. Pipes,
/// sockets and devices are not served: opening one may take for ever.
pub(super) fn find(
    root: &Path,
    names: impl IntoIterator<Item: AsRef<OsStr>>,
    rules: Rules,
) -> io::Result<Option<Found>> {
    let mut asked = root.to_owned();
    names.into_iter().for_each(|name| asked.push(name.as_ref()));
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", asked.display()));
    let resolved = without_links(root, &asked).unwrap_or_else(|| {
        let real = asked.canonicalize()?;
        let metadata = fs::metadata(&real)?;
        Ok((real, metadata))
    });
    let Some((real, metadata)) = present(resolved).map_err(named)? else { return Ok(None) };
    let below = match real.strip_prefix(root) {
        Ok(below) => below,
        // What is out there is not called by its own name.
        Err(_) if rules.out => Path::new(""),
        Err(_) => return Ok(None),
    };
    if !rules.links && real != asked {
        return Ok(None);
    }
    // The requested name is known not to be hidden. But a link may lead to a hidden file, and so
    // does a short name on Windows.
    let shown = |(at, name): (usize, &OsStr)| !is_hidden(name.as_encoded_bytes(), at == 0);
    if !rules.hidden && !below.iter().enumerate().all(shown) {
        return Ok(None);
    }
    Ok(if metadata.is_file() {
        Some(Found::File(real))
    } else if metadata.is_dir() {
        Some(Found::Directory(real))
    } else {
        None
    })
}

/// What is at a path below the root, if there is no link on its way: then the path is a real one.
/// The system is asked once for each name, and not for the root's own names again. `None`: it has
/// to resolve the path. So it has to where a file has several names, such as short ones.
fn without_links(root: &Path, asked: &Path) -> Option<io::Result<(PathBuf, Metadata)>> {
    if cfg!(any(not(unix), target_vendor = "apple")) {
        return None;
    }
    let mut real = root.to_owned();
    let mut last = None;
    for name in asked.strip_prefix(root).ok()?.components() {
        let Component::Normal(name) = name else { return None };
        real.push(name);
        match fs::symlink_metadata(&real) {
            Ok(metadata) if metadata.is_symlink() => return None,
            Ok(metadata) => last = Some(metadata),
            Err(error) => return Some(Err(error)),
        }
    }
    last.map(|metadata| Ok((real, metadata)))
}

/// Opens what was found to be a file; `None` if it is no longer a file.
pub(super) fn open(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let Some(file) = present(File::open(path))? else { return Ok(None) };
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// Whether something exists at a path, or could exist: a name that is too long can never exist. A
/// link counts as something, wherever it leads.
pub(super) fn can_be(place: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        result => Ok(present(result)?.is_some()),
    }
}

/// The result of a look-up; `None` if its name leads nowhere. Other errors are not the client's
/// fault: missing permission, a broken disk, too many open files.
pub(super) fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if leads_nowhere(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an error says that there is nothing of this name, or that nothing can have it.
fn leads_nowhere(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, IsADirectory, NotADirectory, NotFound};
    match (error.kind(), error.raw_os_error()) {
        (NotFound | NotADirectory | IsADirectory, _) => true,
        (_, Some(code)) => is_no_name(code),
        // The standard library's own word for a name with a NUL in it.
        (kind, None) => kind == InvalidInput,
    }
}

/// A name that is too long, links that go round in a circle, bytes that are not characters to the
/// file system (macOS, ZFS). The oldest supported compiler has no stable error kind for some of
/// them.
#[cfg(unix)]
fn is_no_name(code: i32) -> bool {
    matches!(code, libc::ENAMETOOLONG | libc::ELOOP | libc::EILSEQ)
}

/// `ERROR_INVALID_NAME`, `ERROR_BAD_PATHNAME`, `ERROR_FILENAME_EXCED_RANGE`, and links that go
/// round in a circle: `ERROR_CANT_RESOLVE_FILENAME`.
#[cfg(windows)]
fn is_no_name(code: i32) -> bool {
    matches!(code, 123 | 161 | 206 | 1921)
}

#[cfg(not(any(unix, windows)))]
fn is_no_name(_: i32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Rules = Rules { hidden: true, links: true, out: false };
    const SHOWN: Rules = Rules { hidden: false, links: true, out: false };
    const PLAIN: Rules = Rules { hidden: true, links: false, out: false };

    /// What the names lead to: `f` a file, `d` a directory, `-` nothing.
    fn kind(root: &Path, names: &str, rules: Rules) -> char {
        match find(root, names.split('/').filter(|name| !name.is_empty()), rules).unwrap() {
            Some(Found::File(path)) => {
                assert!(path.starts_with(root));
                'f'
            }
            Some(Found::Directory(path)) => {
                assert!(path.starts_with(root));
                'd'
            }
            None => '-',
        }
    }

    /// A directory `served` with `a/b.txt` in it, and a file `secret.txt` beside it.
    fn tree() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("served");
        fs::create_dir_all(root.join("a")).unwrap();
        fs::create_dir(root.join(".hidden")).unwrap();
        fs::write(root.join("a/b.txt"), "b").unwrap();
        fs::write(root.join(".hidden/c.txt"), "c").unwrap();
        fs::write(directory.path().join("secret.txt"), "secret").unwrap();
        let root = super::root(&root).unwrap();
        (directory, root)
    }

    #[test]
    fn files_and_directories_are_found() {
        let (_directory, root) = tree();
        for rules in [ALL, SHOWN, PLAIN] {
            assert_eq!(kind(&root, "", rules), 'd');
            assert_eq!(kind(&root, "a", rules), 'd');
            assert_eq!(kind(&root, "a/b.txt", rules), 'f');
            assert_eq!(kind(&root, "a/c.txt", rules), '-');
            assert_eq!(kind(&root, "a/b.txt/c", rules), '-');
            assert_eq!(kind(&root, &"x".repeat(5000), rules), '-');
        }
        assert_eq!(kind(&root, ".hidden/c.txt", ALL), 'f');
        // Names like these do not come from a path. If one did, it would lead nowhere.
        assert_eq!(kind(&root, "../secret.txt", ALL), '-');
        assert!(find(&root, ["/etc/passwd"], ALL).unwrap().is_none());
        assert!(find(&root, ["a\0b"], ALL).unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn only_what_can_not_be_there_is_not_there() {
        let of = |code| present::<()>(Err(io::Error::from_raw_os_error(code)));
        for code in [libc::ENOENT, libc::ENOTDIR, libc::ENAMETOOLONG, libc::ELOOP, libc::EILSEQ] {
            assert!(of(code).unwrap().is_none(), "{}", io::Error::from_raw_os_error(code));
        }
        for code in [
            libc::EIO,
            libc::ESTALE,
            libc::ENOMEM,
            libc::EACCES,
            libc::EPERM,
            libc::EMFILE,
            libc::ENFILE,
            libc::EINVAL,
            libc::ENODEV,
            libc::ETIMEDOUT,
            libc::EHOSTDOWN,
        ] {
            assert_eq!(of(code).unwrap_err().raw_os_error(), Some(code));
        }
        assert!(present(fs::metadata("a\0b")).unwrap().is_none());
    }

    #[cfg(all(unix, not(target_vendor = "apple")))]
    #[test]
    fn a_way_without_links_is_the_one_that_the_system_would_find() {
        let (_directory, root) = tree();
        std::os::unix::fs::symlink("a", root.join("inside")).unwrap();
        for way in ["a", "a/b.txt", ".hidden/c.txt", "a/./b.txt"] {
            let (real, metadata) = without_links(&root, &root.join(way)).unwrap().unwrap();
            assert_eq!(real, root.join(way).canonicalize().unwrap(), "{way}");
            assert_eq!(metadata.is_dir(), real.is_dir(), "{way}");
        }
        for way in ["a/none", "a/b.txt/c"] {
            assert!(without_links(&root, &root.join(way)).unwrap().is_err(), "{way}");
        }
        for way in ["inside", "inside/b.txt", "../served/a", "a/..", "/etc", ""] {
            assert!(without_links(&root, &root.join(way)).is_none(), "{way}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = super::root(Path::new("/no/such/place")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().starts_with("cannot serve files of /no/such/place: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_around_inside_and_not_out() {
        use std::os::unix::fs::symlink;
        let (directory, root) = tree();
        let outside = directory.path().join("secret.txt");
        symlink(&outside, root.join("absolute.txt")).unwrap();
        symlink("../secret.txt", root.join("relative.txt")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("/", root.join("a/system")).unwrap();
        symlink("absolute.txt", root.join("twice.txt")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        symlink("round", root.join("round")).unwrap();
        symlink("a", root.join("inside")).unwrap();
        symlink(root.join("a/b.txt"), root.join("inside.txt")).unwrap();
        symlink(".hidden/c.txt", root.join("shown.txt")).unwrap();
        let out = [
            "absolute.txt",
            "relative.txt",
            "up/secret.txt",
            "up",
            "a/system",
            "twice.txt",
            "a/system/etc/passwd",
            "broken",
            "round",
        ];
        for names in out {
            assert_eq!(kind(&root, names, ALL), '-', "{names}");
        }
        let out_too = Rules { out: true, ..SHOWN };
        for (names, expected) in [
            ("absolute.txt", 'o'),
            ("up/secret.txt", 'o'),
            ("twice.txt", 'o'),
            ("broken", '-'),
            ("round", '-'),
            ("a/b.txt", 'f'),
        ] {
            let found = find(&root, names.split('/'), out_too).unwrap();
            let kind = match found {
                Some(Found::File(path)) if path.starts_with(&root) => 'f',
                Some(Found::File(_)) => 'o',
                _ => '-',
            };
            assert_eq!(kind, expected, "{names}");
        }
        // A way out and in again ends inside.
        assert_eq!(kind(&root, "up/served/a/b.txt", ALL), 'f');
        assert_eq!(kind(&root, "inside", ALL), 'd');
        assert_eq!(kind(&root, "inside/b.txt", ALL), 'f');
        assert_eq!(kind(&root, "inside.txt", ALL), 'f');
        assert_eq!(kind(&root, "inside/b.txt", PLAIN), '-');
        assert_eq!(kind(&root, "inside.txt", PLAIN), '-');
        assert_eq!(kind(&root, "shown.txt", ALL), 'f');
        assert_eq!(kind(&root, "shown.txt", SHOWN), '-');
        // A directory beside the root whose name begins like the root's.
        fs::create_dir(directory.path().join("served-too")).unwrap();
        symlink("../served-too", root.join("neighbour")).unwrap();
        assert_eq!(kind(&root, "neighbour", ALL), '-');
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_no_files() {
        let (_directory, root) = tree();
        let pipe = root.join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        assert_eq!(kind(&root, "pipe", ALL), '-');
        let _listener = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        assert_eq!(kind(&root, "socket", ALL), '-');
        assert_eq!(kind(&Path::new("/dev").canonicalize().unwrap(), "zero", ALL), '-');
    }
}
