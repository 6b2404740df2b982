//! A folder as a `.tar.gz`, made while it is sent.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bhrh::files::Files;
use bhrh::{Error, Exchange};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use crate::turns::Turns;

/// How many archives are made at once, and how many for one client: each takes a processor.
pub(crate) const AT_ONCE: (usize, usize) = (6, 2);

/// What a client has to take per second on average, once it has been waited for this long. Others
/// wait for its place.
const PACE: (u64, Duration) = (4 << 10, Duration::from_secs(30));

/// How many files and folders an archive has at most.
const ENTRIES: usize = 100_000;

/// Which folders are packed, and how large they may be.
#[derive(Debug)]
pub(crate) struct Archives {
    pub(crate) hidden: bool,
    pub(crate) max_bytes: u64,
    /// Pages of other sites may read them.
    pub(crate) cors: bool,
    pub(crate) turns: Turns,
}

/// Something to be packed.
struct Entry {
    path: PathBuf,
    /// Where the archive has it.
    name: PathBuf,
    is_directory: bool,
}

impl Archives {
    /// Answers with the folder that the path names. Links in it are left out, and so is what is
    /// hidden.
    pub(crate) fn send(&self, http: &mut Exchange, files: &Files) -> io::Result<()> {
        let folder = readable(http, folder(http.path, files))?;
        let Some(folder) = folder else { return http.send_error(404) };
        let Some(_turn) = self.turns.take(http.client_ip()) else {
            http.add_header("Retry-After", 10);
            return http.send_error((503, "Other archives are being made"));
        };
        let name = folder.file_name().map_or("files".into(), |name| name.to_string_lossy());
        let entries = readable(http, self.entries(&folder, Path::new(&*name)).map(Some))?;
        let Some(entries) = entries else { return http.send_error(404) };
        http.send_response(200);
        http.send_header("Content-Type", "application/gzip");
        http.send_header("Content-Disposition", disposition(&format!("{name}.tar.gz")));
        http.send_header("Cache-Control", "no-store");
        if self.cors {
            http.send_header("Access-Control-Allow-Origin", "*");
        }
        http.end_headers()?;
        if http.command == "HEAD" {
            return Ok(());
        }
        // Level 1: what is served is often compressed already, and the network should be what
        // waits.
        let client = Paced::new(&mut http.wfile, PACE);
        let mut archive = Builder::new(GzEncoder::new(client, Compression::fast()));
        for entry in entries {
            append(&mut archive, &entry)?;
        }
        archive.into_inner()?.finish()?.flush()
    }

    /// All that is in a folder, if that is not too much. What is gone by now, or may not be read,
    /// is left out, but for the folder itself.
    fn entries(&self, folder: &Path, name: &Path) -> io::Result<Vec<Entry>> {
        let mut entries =
            vec![Entry { path: folder.to_owned(), name: name.to_owned(), is_directory: true }];
        let (mut at, mut bytes) = (0, 0_u64);
        while let Some(entry) = entries.get(at) {
            at += 1;
            if !entry.is_directory {
                continue;
            }
            let (path, name) = (entry.path.clone(), entry.name.clone());
            let directory = match fs::read_dir(&path) {
                Err(error) if at == 1 => return Err(error),
                directory => unless_gone(directory)?,
            };
            let Some(directory) = directory else { continue };
            for entry in directory {
                let entry = entry?;
                let Some(kind) = unless_gone(entry.file_type())? else { continue };
                let file_name = entry.file_name();
                let is_hidden = !self.hidden && file_name.as_encoded_bytes().starts_with(b".");
                if is_hidden || !(kind.is_dir() || kind.is_file()) {
                    continue;
                }
                if kind.is_file() {
                    let Some(metadata) = unless_gone(entry.metadata())? else { continue };
                    bytes = bytes.saturating_add(metadata.len());
                }
                if bytes > self.max_bytes || entries.len() == ENTRIES {
                    return Err(Error::status((403, "Too large for an archive")).into());
                }
                let name = name.join(file_name);
                entries.push(Entry { path: entry.path(), name, is_directory: kind.is_dir() });
            }
        }
        Ok(entries)
    }
}

/// Where the folder is that a path names, in whatever spelling; `None` if the path names none that
/// is served. `Files` says where a file in it would be.
fn folder(path: &str, files: &Files) -> io::Result<Option<PathBuf>> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let place = files.place(&format!("{path}/file"))?;
    Ok(place.as_deref().and_then(Path::parent).map(Path::to_owned))
}

/// What may not be read is not there, as for files. The operator learns of it from the log.
fn readable<T>(http: &Exchange, result: io::Result<Option<T>>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            http.log_error(format_args!("cannot read what {} names: {error}", http.path));
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result,
    }
}

/// `None` for what is gone by now, or may not be read.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    match result {
        Err(error) if matches!(error.kind(), NotADirectory | NotFound | PermissionDenied) => {
            Ok(None)
        }
        result => result.map(Some),
    }
}

/// A client that has to keep a pace.
struct Paced<W> {
    client: W,
    per_second: u64,
    patience: Duration,
    /// How long it has been waited for.
    waited: Duration,
    taken: u64,
}

impl<W> Paced<W> {
    fn new(client: W, (per_second, patience): (u64, Duration)) -> Paced<W> {
        Paced { client, per_second, patience, waited: Duration::ZERO, taken: 0 }
    }
}

impl<W: Write> Write for Paced<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let began = Instant::now();
        let count = self.client.write(buffer)?;
        self.waited += began.elapsed();
        self.taken += count as u64;
        let expected = self.waited.as_secs_f64() * self.per_second as f64;
        if self.waited > self.patience && (self.taken as f64) < expected {
            let message = format!("the client takes less than {} bytes a second", self.per_second);
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.client.flush()
    }
}

/// Appends a file or a folder, with its time, and without its owner.
fn append(archive: &mut Builder<impl Write>, entry: &Entry) -> io::Result<()> {
    // What is gone by now, or may not be read, is left out.
    let Ok(metadata) = fs::symlink_metadata(&entry.path) else { return Ok(()) };
    let mut header = Header::new_gnu();
    let modified = metadata.modified().ok().and_then(|time| {
        let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
        Some(since.as_secs())
    });
    header.set_mtime(modified.unwrap_or_default());
    header.set_uid(0);
    header.set_gid(0);
    if entry.is_directory {
        header.set_entry_type(EntryType::Directory);
        header.set_mode(0o755);
        header.set_size(0);
        return archive.append_data(&mut header, &entry.name, io::empty());
    }
    let Ok(file) = File::open(&entry.path) else { return Ok(()) };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(());
    }
    header.set_mode(0o644);
    header.set_size(metadata.len());
    let content = Exactly { file, left: metadata.len() };
    archive.append_data(&mut header, &entry.name, content)
}

/// As much of a file as its header says. A file that shrinks ends the archive with an error.
struct Exactly {
    file: File,
    left: u64,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&mut self.file).take(self.left).read(buffer)?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            let message = format!("a file became shorter by {} bytes", self.left);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// RFC 6266, with the name in ASCII for clients that know no other.
fn disposition(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._ ()".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                exact.push(char::from(byte));
            }
            _ => exact.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a byte in ten milliseconds.
    struct Slow;

    impl Write for Slow {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            std::thread::sleep(Duration::from_millis(10));
            Ok(1)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_client_that_is_too_slow_is_given_up() {
        let patience = Duration::from_millis(100);
        let error = Paced::new(Slow, (4096, patience)).write_all(&[0; 100]).expect_err("slow");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        Paced::new(Slow, (1, patience)).write_all(&[0; 30]).expect("it keeps the pace");
        Paced::new(Slow, (4096, Duration::from_secs(60))).write_all(&[0; 30]).expect("not yet");
        let mut whole = Vec::new();
        Paced::new(&mut whole, (4096, Duration::ZERO)).write_all(&[0; 99_999]).expect("quick");
        assert_eq!(whole.len(), 99_999);
    }
}
