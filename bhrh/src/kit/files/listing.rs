//! The page that lists a directory.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use tz::DateTime;

use super::locate::{self, Found, Rules};
use super::path;
use crate::date::calendar;
use crate::quote::HtmlEscape;

/// What a name keeps as it is in a reference: RFC 3986's `unreserved`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Forbids everything except inline styles, in case the page ever holds more than intended.
pub(super) const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// One row.
#[derive(Debug)]
struct Entry {
    name: std::ffi::OsString,
    /// `None` for a directory.
    size: Option<u64>,
    modified: Option<SystemTime>,
}

/// The page for a directory. `target` is what the client asked for, `names` leads to the directory,
/// which is at `real`.
pub(super) fn page(
    root: &Path,
    real: &Path,
    names: &[std::ffi::OsString],
    target: &str,
    rules: Rules,
) -> io::Result<String> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(real)? {
        entries.extend(read(root, names, &entry?, rules)?);
    }
    let key = |entry: &Entry| {
        let name = entry.name.to_string_lossy().to_lowercase();
        (entry.size.is_some(), name, entry.name.clone())
    };
    entries.sort_by_cached_key(key);
    Ok(write(&entries, !names.is_empty(), target))
}

/// Reads one entry; `None` if it cannot be asked for.
fn read(
    root: &Path,
    names: &[std::ffi::OsString],
    entry: &fs::DirEntry,
    rules: Rules,
) -> io::Result<Option<Entry>> {
    let name = entry.file_name();
    if !rules.hidden && path::is_hidden(name.as_encoded_bytes(), names.is_empty()) {
        return Ok(None);
    }
    if !path::can_be_asked_for(&name) {
        return Ok(None);
    }
    // The entry may be gone by now.
    let Some(kind) = unless_gone(entry.file_type())? else { return Ok(None) };
    // The target of a link counts, if that is served.
    let metadata = if kind.is_symlink() {
        match locate::find(root, names.iter().chain([&name]), rules) {
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
    let size = metadata.is_file().then_some(metadata.len());
    Ok(Some(Entry { name, size, modified: metadata.modified().ok() }))
}

/// An entry that is gone, or may not be read, is left out. Any other error fails the whole page: a
/// program that copies what is listed must not take an incomplete page for the whole directory.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match locate::present(result) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        result => result,
    }
}

const STYLE: &str = "\
:root { color-scheme: light dark; --line: #8884; --quiet: #666; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --quiet: #999; --link: #8ab4f8; } }
body { margin: 0 auto; padding: 1rem; max-width: 60rem;
  font: 1rem/1.4 system-ui, sans-serif; }
h1 { margin: 0 0 .75rem; font-size: 1.25rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th { font-size: .8rem; font-weight: normal; text-align: left; color: var(--quiet); }
th:first-child { width: 100%; }
td, th { padding: 0; border-bottom: 1px solid var(--line); }
td + td, th + th { padding-left: 1rem; text-align: right; white-space: nowrap;
  color: var(--quiet); font-variant-numeric: tabular-nums; }
td a { display: block; padding: .6rem 0; color: var(--link); text-decoration: none;
  overflow-wrap: anywhere; }
td a:hover, td a:focus { text-decoration: underline; }
.d { font-weight: 600; }
p { color: var(--quiet); }
@media (max-width: 32rem) { td + td, th + th { padding-left: .75rem; font-size: .8rem; }
  time span { display: none; } }
";

fn write(entries: &[Entry], has_parent: bool, target: &str) -> String {
    let path = path::split(target).0;
    let bytes: Vec<u8> = path.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let path = percent_encoding::percent_decode(&bytes).decode_utf8_lossy();
    let title = HtmlEscape(&path);
    let mut page = String::with_capacity(2048 + 256 * entries.len());
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>Directory listing for <bdi>{title}</bdi></h1>\n<table>\n\
         <thead><tr><th>Name</th><th>Size</th><th>Modified</th></tr></thead>\n<tbody>\n"
    );
    if has_parent {
        page.push_str("<tr><td><a class=\"d\" href=\"../\">../</a></td><td></td><td></td></tr>\n");
    }
    for entry in entries {
        row(&mut page, entry);
    }
    page.push_str("</tbody>\n</table>\n");
    if entries.is_empty() {
        page.push_str("<p>Nothing here.</p>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn row(page: &mut String, entry: &Entry) {
    let (class, slash) = match entry.size {
        Some(_) => ("", ""),
        None => (" class=\"d\"", "/"),
    };
    let name = entry.name.to_string_lossy();
    // With the dot before it, no name is taken for a scheme or a host.
    let href = percent_encode(entry.name.as_encoded_bytes(), ESCAPED);
    let _ = write!(
        page,
        "<tr><td><a{class} href=\"./{href}{slash}\"><bdi>{}</bdi>{slash}</a></td><td>",
        HtmlEscape(&name)
    );
    if let Some(size) = entry.size {
        let _ = write!(page, "<span title=\"{size} bytes\">{}</span>", readable(size));
    }
    page.push_str("</td><td>");
    if let Some(modified) = entry.modified {
        time(page, modified);
    }
    page.push_str("</td></tr>\n");
}

/// The local time to the minute; programs are told the second in UTC.
fn time(page: &mut String, time: SystemTime) {
    let (Some(utc), Some(local)) = (calendar::utc(time), calendar::local(time)) else { return };
    let date =
        |time: &DateTime| format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.month_day());
    let (hour, minute, second) = (utc.hour(), utc.minute(), utc.second());
    let exact = format!("{}T{hour:02}:{minute:02}:{second:02}Z", date(&utc));
    let (day, hour, minute) = (date(&local), local.hour(), local.minute());
    let _ =
        write!(page, "<time datetime=\"{exact}\">{day}<span> {hour:02}:{minute:02}</span></time>");
}

/// A size in bytes, or in multiples of 1000 of them, with two digits or more.
fn readable(size: u64) -> String {
    if size < 1000 {
        return format!("{size} B");
    }
    let mut unit = "kB";
    let mut value = size as f64 / 1e3;
    for next in ["MB", "GB", "TB", "PB", "EB"] {
        if value < 999.5 {
            break;
        }
        (unit, value) = (next, value / 1e3);
    }
    if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        for (size, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1234, "1.2 kB"),
            (9949, "9.9 kB"),
            (9950, "10 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (5_000_000_000, "5.0 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(readable(size), expected);
        }
    }

    #[test]
    fn nothing_of_a_name_is_markup_or_a_scheme() {
        let entry = |name: &str| Entry { name: name.into(), size: Some(1), modified: None };
        let names = ["<script>alert(1)</script>", "javascript:alert(1)", "\"><b>", "a?b#c%2e", "é"];
        let entries: Vec<Entry> = names.iter().map(|name| entry(name)).collect();
        let page = write(&entries, false, "/%3Cscript%3E%22/?q=<i>");
        for expected in [
            "<title>/&lt;script&gt;\"/</title>",
            "href=\"./%3Cscript%3Ealert%281%29%3C%2Fscript%3E\"><bdi>&lt;script&gt;alert(1)&lt;/script&gt;",
            "href=\"./javascript%3Aalert%281%29\"",
            "href=\"./%22%3E%3Cb%3E\"><bdi>\"&gt;&lt;b&gt;</bdi>",
            "href=\"./a%3Fb%23c%252e\"",
            "href=\"./%C3%A9\"><bdi>é</bdi>",
        ] {
            assert!(page.contains(expected), "{expected} is not in\n{page}");
        }
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<i>"));
        assert!(!page.contains("../"));
    }
}
