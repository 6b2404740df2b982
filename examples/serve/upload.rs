//! PUT: a file becomes visible when it is complete, and replaces an existing file only if the
//! options allow it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata, Permissions};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bhrh::files::Files;
use bhrh::{Error, Exchange};
use tempfile::NamedTempFile;

use crate::pages;

/// What may be uploaded.
#[derive(Debug)]
pub(crate) struct Uploads {
    /// Uploads replace files.
    pub(crate) overwrite: bool,
    /// What the files are called that are sent for their folders.
    pub(crate) index: Vec<String>,
    /// What is appended to a path that names nothing.
    pub(crate) extension: Option<String>,
    /// The names that the server is known by.
    pub(crate) hosts: Vec<String>,
    /// Held from the last check of the old file until it has been replaced.
    pub(crate) replacing: Mutex<()>,
}

impl Uploads {
    /// Stores the content of a request under its path. [`bhrh::Limits::body`] limits its size.
    pub(crate) fn store(&self, http: &mut Exchange, files: &Files) -> io::Result<()> {
        if let Some(reason) = pages::refusal(http, &self.hosts) {
            return Err(Error::status((403, reason)).into());
        }
        match self.store_file(http, files) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                http.log_error(format_args!("cannot store {}: {error}", http.path));
                Err(Error::status((403, "No permission to store files here")).into())
            }
            result => result,
        }
    }

    fn store_file(&self, http: &mut Exchange, files: &Files) -> io::Result<()> {
        // RFC 9110 section 14.4: a part of a file must not replace the file.
        if http.headers.contains("Content-Range") {
            return Err(Error::status((400, "No parts of files, please")).into());
        }
        // Section 8.4: the file would later be served without the coding.
        if is_encoded(http) {
            http.add_header("Accept-Encoding", "identity");
            return Err(Error::status((415, "No Content-Encoding, please")).into());
        }
        let Some(place) = files.place(http.path)? else {
            return Err(Error::status((404, "No place for such a file")).into());
        };
        let old = present(&place)?;
        if !files.check_conditions(http)? {
            return Ok(());
        }
        if old.as_ref().is_some_and(|old| !self.overwrite || old.is_dir()) {
            return Err(taken().into());
        }
        self.check_name(&place)?;

        let directory = place.parent().unwrap_or(Path::new("."));
        // If this method ends early for any reason, the file is deleted.
        let mut file = temporary(directory)?;
        // Set before the file has any content, because not everybody may read that.
        if let Some(mode) = old.filter(Metadata::is_file).and_then(|old| kept(&old)) {
            file.as_file().set_permissions(mode)?;
        }
        let size = io::copy(&mut http.rfile, &mut file)?;

        // Another upload may have been quicker.
        let _lock = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let replaces = present(&place)?;
        if !files.check_conditions(http)? {
            return Ok(());
        }
        self.check_name(&place)?;
        let new_only = http.headers.get("If-None-Match") == Some("*");
        let stored = match self.overwrite && !new_only {
            true => file.persist(&place),
            false => file.persist_noclobber(&place),
        };
        match stored {
            Ok(_) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(taken().into());
            }
            Err(error) => return Err(error.error),
        }
        let code = if replaces.is_some() { 200 } else { 201 };
        http.reply(code, "text/plain; charset=utf-8", format!("{size} bytes stored\n"))
    }

    /// Refuses a new file that would be sent for a path that another file, or a list, is sent for.
    /// Without `--overwrite`, what a path answers stays what it is.
    fn check_name(&self, place: &Path) -> Result<(), Error> {
        let Some(name) = place.file_name().filter(|_| !self.overwrite) else { return Ok(()) };
        if self.index.iter().any(|index| name.eq_ignore_ascii_case(index)) {
            return Err(Error::status((409, "It would be sent for its folder")));
        }
        // Other servers, and this one without `--upload`, send it for the other file.
        let is_coding = |extension: &&OsStr| {
            ["br", "gz", "zst"].iter().any(|coding| extension.eq_ignore_ascii_case(coding))
        };
        let plain = place.extension().filter(is_coding).map(|_| place.with_extension(""));
        let longer = self.extension.as_ref().map(|extension| {
            let mut longer = OsString::from(name);
            longer.push(extension);
            place.with_file_name(longer)
        });
        match plain.into_iter().chain(longer).any(|other| fs::symlink_metadata(other).is_ok()) {
            true => Err(Error::status((409, "It would be sent for another file"))),
            false => Ok(()),
        }
    }
}

fn is_encoded(http: &Exchange) -> bool {
    let codings = http.headers.get_all("Content-Encoding").flat_map(|value| value.split(','));
    codings.map(str::trim).any(|it| !it.is_empty() && !it.eq_ignore_ascii_case("identity"))
}

/// The metadata of the existing file; for a link, those of the link itself.
fn present(place: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

fn taken() -> Error {
    Error::status((409, "There is such a file already"))
}

/// A hidden file beside its later place, with the permissions of other new files.
fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".upload-");
    if let Some(permissions) = of_new_files() {
        builder.permissions(permissions);
    }
    builder.tempfile_in(directory)
}

/// The system's umask is subtracted from these.
#[cfg(unix)]
fn of_new_files() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn of_new_files() -> Option<Permissions> {
    None
}

/// The permissions that a file keeps when it is replaced. The set-user-ID and set-group-ID bits are
/// not kept, because the content comes from the client.
#[cfg(unix)]
fn kept(old: &Metadata) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(old.permissions().mode() & 0o777))
}

/// Elsewhere, permissions are lists that a new file inherits from its directory.
#[cfg(not(unix))]
fn kept(_: &Metadata) -> Option<Permissions> {
    None
}
