//! A listing for programs.

use std::fmt::Write;

use super::html::exact_time;
use super::list::Listing;
use crate::quote::Json;

/// One object, with one entry a line.
pub(super) fn write(listing: &Listing) -> String {
    let mut text = String::with_capacity(128 + 128 * listing.entries().len());
    // Writing to a String cannot fail.
    let _ = write!(text, "{{\"path\":{},\"sort\":\"{}\"", Json(listing.path()), listing.sort());
    if let Some(search) = listing.search() {
        let _ = write!(text, ",\"search\":{}", Json(search));
    }
    let _ = write!(text, ",\"complete\":{},\"entries\":[", listing.is_complete());
    for (at, entry) in listing.entries().iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        let _ = write!(text, "{{\"name\":{},\"href\":\"{}\"", Json(&entry.name()), entry.href());
        let _ = match entry.size() {
            Some(size) => write!(text, ",\"type\":\"file\",\"size\":{size}"),
            None => write!(text, ",\"type\":\"directory\""),
        };
        if let Some(time) = entry.modified().and_then(exact_time) {
            let _ = write!(text, ",\"modified\":\"{time}\"");
        }
        text.push('}');
    }
    text.push_str("\n]}\n");
    text
}
