//! Searching a directory and all below it, within bounds: a search is one request, and a client may
//! send as many requests as it likes.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::time::{Duration, Instant};

use super::entry::Entry;
use super::read;
use crate::kit::files::locate::Place;

/// As many as a page shows at once, and more than people read.
const RESULTS: usize = 1000;

/// How many entries a search looks at.
const VISITS: usize = 50_000;

/// How long a search takes. A slow file system does not see many entries in it.
const TIME: Duration = Duration::from_secs(1);

/// The entries below a place whose names have each word of `text` in them, whatever the case; and
/// whether these are all of them. What is near comes first. Links to directories are not followed:
/// they may lead round in a circle.
pub(super) fn find(place: Place<'_>, text: &str) -> io::Result<(Vec<Entry>, bool)> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let began = Instant::now();
    let mut visits = 0;
    let mut found = Vec::new();
    let mut directories = VecDeque::from([Vec::new()]);
    while let Some(below) = directories.pop_front() {
        let mut path = place.real.to_owned();
        path.extend(&below);
        let Some(entries) = read::unless_gone(fs::read_dir(&path))? else { continue };
        for entry in entries {
            let entry = entry?;
            if visits == VISITS || found.len() == RESULTS || began.elapsed() > TIME {
                return Ok((found, false));
            }
            visits += 1;
            let name = entry.file_name();
            if !read::is_shown(place, &below, &name) {
                continue;
            }
            if matches(&name, &words) {
                found.extend(read::entry(place, &below, &entry)?);
            }
            let kind = read::unless_gone(entry.file_type())?;
            if kind.is_some_and(|kind| kind.is_dir()) {
                directories.push_back([&below[..], &[name]].concat());
            }
        }
    }
    Ok((found, true))
}

fn matches(name: &OsString, words: &[&str]) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    words.iter().all(|word| name.contains(word))
}
