//! PUT: a file that others see when all of it is there, and that replaces none unless that is
//! wanted.

use std::fs::Permissions;
use std::io;
use std::path::Path;

use bhrh::files::Files;
use bhrh::{Error, Exchange};
use tempfile::NamedTempFile;

/// Stores the content of a request under its path. How large it may be is the server's to say:
/// [`bhrh::Limits::body`].
pub(crate) fn store(http: &mut Exchange, files: &Files, overwrite: bool) -> io::Result<()> {
    // RFC 9110 section 14.4: a part of a file is no file.
    if http.headers.contains("Content-Range") {
        return Err(Error::status((400, "No parts of files, please")).into());
    }
    let Some(place) = files.place(http.path)? else {
        return Err(Error::status((404, "No place for such a file")).into());
    };
    // Section 13.1: conditions that are not understood here must not be taken for fulfilled.
    let new_only = http.headers.get("If-None-Match") == Some("*");
    if http.headers.contains("If-Match") || http.headers.contains("If-Unmodified-Since") {
        return Err(Error::status(412).into());
    }
    let replaces = place.exists();
    if replaces && new_only {
        return Err(Error::status(412).into());
    }
    if replaces && (!overwrite || place.is_dir()) {
        return Err(taken().into());
    }

    let directory = place.parent().unwrap_or(Path::new("."));
    // Whatever ends this method early, the file goes with it.
    let mut file = temporary(directory)?;
    let size = io::copy(&mut http.rfile, &mut file)?;
    let stored = match overwrite && !new_only {
        true => file.persist(&place),
        // Somebody else may have been quicker.
        false => file.persist_noclobber(&place),
    };
    match stored {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(taken().into());
        }
        Err(error) => return Err(error.error),
    }
    let code = if replaces { 200 } else { 201 };
    http.reply(code, "text/plain; charset=utf-8", format!("{size} bytes stored\n"))
}

fn taken() -> Error {
    Error::status((409, "There is such a file already"))
}

/// A file beside its later place, hidden, which may be read by those who may read other new files.
fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".upload-");
    if let Some(permissions) = of_new_files() {
        builder.permissions(permissions);
    }
    builder.tempfile_in(directory)
}

/// The system takes away from these what its mask says.
#[cfg(unix)]
fn of_new_files() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn of_new_files() -> Option<Permissions> {
    None
}
