//! What a directory without an index file is answered with: the list of what is in it.
//!
//! [`Listing`] is that list, without a form. `page.rs` makes a page of it, and `json.rs` makes JSON
//! of it. An application may make a page of its own.

mod entry;
mod html;
mod json;
mod list;
mod order;
mod page;
mod read;
mod search;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::sync::Arc;

pub use entry::Entry;
pub use list::Listing;
use order::Order;
pub use page::{LISTING_STYLE, ListingPage};

use super::locate::Place;
use super::path;
use super::types::Types;
use crate::exchange::Exchange;
use crate::routing::query;

/// Makes the page of a listing.
type Make = dyn Fn(&Exchange<'_>, &Listing) -> ListingPage + Send + Sync;

/// The function that makes the pages of an application.
#[derive(Clone)]
pub(super) struct Maker(pub(super) Arc<Make>);

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Maker")
    }
}

/// The list for a directory. `target` is what the client asked for.
pub(super) fn of(
    http: &Exchange<'_>,
    place: Place<'_>,
    target: &str,
    types: &Types,
) -> io::Result<Listing> {
    let (path, query) = path::split(target);
    let query = query.unwrap_or_default();
    // If a parameter is there twice, the first counts: nothing depends on it.
    let parameter = |name| query::all(query, name).into_iter().next();
    let order = parameter("sort").and_then(|word| Order::read(&word)).unwrap_or_default();
    let search = parameter("q").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (mut entries, complete) = match &search {
        Some(text) => search::find(place, text)?,
        None => (read::entries(place)?, true),
    };
    for entry in &mut entries {
        entry.find_kind(types);
    }
    order.sort(&mut entries);
    let host = http.headers.get("Host").filter(|host| !host.is_empty()).map(str::to_owned);
    let (path, names) = way(path, place.names);
    Ok(Listing { host, path, names, entries, order, search, complete })
}

/// What is sent to clients that prefer JSON.
pub(super) fn json(listing: &Listing) -> String {
    json::write(listing)
}

/// The path that was asked for, as people read it, and the last names of it that are also the last
/// ones of the directory's way. Only to them do references lead back: the path of a mount, or of a
/// method that serves a directory under another path, is no directory of these files.
fn way(asked: &str, way: &[OsString]) -> (String, Vec<String>) {
    let text = |name: &OsString| name.to_string_lossy().into_owned();
    // Without dots in it. A path that a method has replaced may be one that names no file.
    let Some(names) = path::names(asked, true) else { return (decoded(asked), Vec::new()) };
    let asked = names.segments;
    let pairs = asked.iter().rev().zip(way.iter().rev());
    let shared = pairs.take_while(|(asked, way)| asked == way).count();
    let mut path = String::from("/");
    for name in &asked {
        path.push_str(&text(name));
        path.push('/');
    }
    (path, way[way.len() - shared..].iter().map(text).collect())
}

/// A path as people read it.
fn decoded(path: &str) -> String {
    let bytes: Vec<u8> = path.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let mut path = percent_encoding::percent_decode(&bytes).decode_utf8_lossy().into_owned();
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}
