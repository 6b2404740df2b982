//! Reading a directory.

use std::ffi::OsString;
use std::fs;
use std::io;

use super::entry::Entry;
use crate::kit::files::locate::{self, Found, Place};
use crate::kit::files::path;

/// What is in a directory and can be asked for, in no order.
pub(super) fn entries(place: Place<'_>) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(place.real)? {
        entries.extend(self::entry(place, &[], &entry?)?);
    }
    Ok(entries)
}

/// Reads one entry of the directory that `below` leads to from the place; `None` if it cannot be
/// asked for.
pub(super) fn entry(
    place: Place<'_>,
    below: &[OsString],
    entry: &fs::DirEntry,
) -> io::Result<Option<Entry>> {
    let name = entry.file_name();
    if !is_shown(place, below, &name) {
        return Ok(None);
    }
    // The entry may be gone by now.
    let Some(kind) = unless_gone(entry.file_type())? else { return Ok(None) };
    // The target of a link counts, if that is served.
    let metadata = if kind.is_symlink() {
        let names = place.names.iter().chain(below).chain([&name]);
        match locate::find(place.root, names, place.rules) {
            Ok(Some(Found::File(real) | Found::Directory(real))) => fs::metadata(real),
            Ok(None) => return Ok(None),
            Err(error) => Err(error),
        }
    } else {
        entry.metadata()
    };
    let Some(metadata) = unless_gone(metadata)? else { return Ok(None) };
    if !metadata.is_file() && !metadata.is_dir() {
        return Ok(None);
    }
    let mut path = OsString::new();
    for part in below {
        path.push(part);
        path.push("/");
    }
    path.push(name);
    Ok(Some(Entry::new(path, &metadata)))
}

/// Whether a request can name an entry of the directory that `below` leads to.
pub(super) fn is_shown(place: Place<'_>, below: &[OsString], name: &OsString) -> bool {
    let first = place.names.is_empty() && below.is_empty();
    let shown = place.rules.hidden || !path::is_hidden(name.as_encoded_bytes(), first);
    let controls = name.as_encoded_bytes().iter().any(u8::is_ascii_control);
    shown && path::can_be_asked_for(name) && (place.controls || !controls)
}

/// An entry that is gone, or may not be read, is left out. Any other error fails the whole page: a
/// program that copies what is listed must not take an incomplete page for the whole directory.
pub(super) fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match locate::present(result) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        result => result,
    }
}
