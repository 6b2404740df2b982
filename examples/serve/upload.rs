//! PUT: a file becomes visible when it is complete, and replaces an existing file only if the
//! options allow it.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bhrh::files::{self, Files};
use bhrh::{Error, Exchange};
use tempfile::NamedTempFile;

/// Stores the content of a request under its path. [`bhrh::Limits::body`] limits its size.
pub(crate) fn store(
    http: &mut Exchange,
    files: &Files,
    overwrite: bool,
    replacing: &Mutex<()>,
) -> io::Result<()> {
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
    if !holds(http, old.as_ref())? {
        return Ok(());
    }
    if old.as_ref().is_some_and(|old| !overwrite || old.is_dir()) {
        return Err(taken().into());
    }

    let directory = place.parent().unwrap_or(Path::new("."));
    // If this method ends early for any reason, the file is deleted.
    let mut file = temporary(directory)?;
    // Set before the file has any content, because not everybody may read that.
    if let Some(mode) = old.filter(Metadata::is_file).and_then(|old| kept(&old)) {
        file.as_file().set_permissions(mode)?;
    }
    let size = io::copy(&mut http.rfile, &mut file)?;

    // Another upload may have been quicker.
    let _lock = replacing.lock().unwrap_or_else(PoisonError::into_inner);
    let replaces = present(&place)?;
    if !holds(http, replaces.as_ref())? {
        return Ok(());
    }
    let new_only = http.headers.get("If-None-Match") == Some("*");
    let stored = match overwrite && !new_only {
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

/// Whether the request's conditions hold (section 13); if not, it has been answered.
fn holds(http: &mut Exchange, old: Option<&Metadata>) -> io::Result<bool> {
    let modified = old.map(Metadata::modified).transpose()?;
    http.check_conditions(old.and_then(files::etag).as_deref(), modified)
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
