//! A folder as a `.tar.gz`, made while it is sent.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use bhrh::files::Files;
use bhrh::{Error, Exchange};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// How many archives are made at once: each takes a processor.
const AT_ONCE: usize = 2;

/// How many files and folders an archive has at most.
const ENTRIES: usize = 100_000;

/// Which folders are packed, and how large they may be.
#[derive(Debug)]
pub(crate) struct Archives {
    pub(crate) directory: PathBuf,
    pub(crate) hidden: bool,
    pub(crate) max_bytes: u64,
    pub(crate) running: AtomicUsize,
}

/// Something to be packed.
struct Entry {
    path: PathBuf,
    /// Where the archive has it.
    name: PathBuf,
    is_directory: bool,
}

/// A place among the archives that are made at once, given back with this value.
struct Turn<'a>(&'a AtomicUsize);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Archives {
    /// Answers with the folder that the path names. Links in it are left out, and so is what is
    /// hidden.
    pub(crate) fn send(&self, http: &mut Exchange, files: &Files) -> io::Result<()> {
        let Some(folder) = self.folder(http.path, files)? else { return http.send_error(404) };
        let _turn = Turn(&self.running);
        if self.running.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            http.add_header("Retry-After", 10);
            return http.send_error((503, "Other archives are being made"));
        }
        let name = folder.file_name().map_or("files".into(), |name| name.to_string_lossy());
        let entries = self.entries(&folder, Path::new(&*name))?;
        http.send_response(200);
        http.send_header("Content-Type", "application/gzip");
        http.send_header("Content-Disposition", disposition(&format!("{name}.tar.gz")));
        http.send_header("Cache-Control", "no-store");
        http.end_headers()?;
        if http.command == "HEAD" {
            return Ok(());
        }
        // Level 1: what is served is often compressed already, and the network should be what
        // waits.
        let mut archive = Builder::new(GzEncoder::new(&mut http.wfile, Compression::fast()));
        for entry in entries {
            append(&mut archive, &entry)?;
        }
        archive.into_inner()?.finish()?.flush()
    }

    /// Where the folder is; `None` if the path names none that is served.
    fn folder(&self, path: &str, files: &Files) -> io::Result<Option<PathBuf>> {
        let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
        if path.is_empty() {
            return self.directory.canonicalize().map(Some);
        }
        let Some(place) = files.place(path)? else { return Ok(None) };
        // Not through a link: `place` does not say where that leads.
        let is_folder = fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_dir());
        Ok(is_folder.then_some(place))
    }

    /// All that is in a folder, if that is not too much.
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
            let Ok(directory) = fs::read_dir(&path) else { continue };
            for entry in directory {
                let entry = entry?;
                let (file_name, kind) = (entry.file_name(), entry.file_type()?);
                let is_hidden = !self.hidden && file_name.as_encoded_bytes().starts_with(b".");
                if is_hidden || !(kind.is_dir() || kind.is_file()) {
                    continue;
                }
                if kind.is_file() {
                    bytes = bytes.saturating_add(entry.metadata()?.len());
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
