//! The listing in HTML: where one is, the filter, and a table.

use std::fmt::Write;
use std::time::SystemTime;

use tz::DateTime;

use super::entry::{Entry, Kind};
use super::list::Listing;
use super::order::Column;
use crate::date::calendar;
use crate::quote::HtmlEscape;

/// What the page is put together from.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) head: String,
    pub(super) header: String,
    pub(super) rows: String,
}

pub(super) fn parts(listing: &Listing) -> Parts {
    let title = HtmlEscape(listing.path());
    // Without an icon of its own, browsers would ask for /favicon.ico each time.
    let head = format!(
        "<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n"
    );
    let mut header = String::new();
    path(&mut header, listing);
    search(&mut header, listing);
    let mut rows = String::with_capacity(1024 + 256 * listing.entries.len());
    summary(&mut rows, listing);
    table(&mut rows, listing);
    Parts { head, header, rows }
}

/// The value of an attribute in double quotes.
fn attribute(text: &str) -> String {
    HtmlEscape(text).to_string().replace('"', "&quot;")
}

/// The directories on the way here, as links, and this one as the heading. (Writing to a String
/// cannot fail.)
fn path(page: &mut String, listing: &Listing) {
    let depth = listing.names.len();
    let top = top(listing);
    page.push_str("<div class=\"path\">");
    if let Some((name, above)) = listing.names.split_last() {
        page.push_str("<nav aria-label=\"Breadcrumb\"><ol>");
        for (at, name) in [&top].into_iter().chain(above).enumerate() {
            let up = "../".repeat(depth - at);
            let _ = write!(page, "<li><a href=\"{up}\"><bdi>{}</bdi></a></li>", HtmlEscape(name));
        }
        let _ = write!(page, "</ol></nav><h1><bdi>{}</bdi></h1>", HtmlEscape(name));
    } else {
        let _ = write!(page, "<h1><bdi>{}</bdi></h1>", HtmlEscape(&top));
    }
    page.push_str("</div>\n");
}

/// What the directory that is served is called: the server, and where on it the files are mounted.
fn top(listing: &Listing) -> String {
    let segments: Vec<&str> = listing.path.split('/').filter(|name| !name.is_empty()).collect();
    let mount = segments.len().saturating_sub(listing.names.len());
    let mut top = listing.host.clone().unwrap_or_default();
    for segment in &segments[..mount] {
        top.push('/');
        top.push_str(segment);
    }
    if top.is_empty() { "/".to_owned() } else { top }
}

/// The field that filters, and that searches below if it is sent.
fn search(page: &mut String, listing: &Listing) {
    page.push_str(
        "<form role=\"search\"><label class=\"v\" for=\"q\">Filter by name, or search below</label>\
         <input type=\"search\" id=\"q\" name=\"q\" placeholder=\"Filter\" autocomplete=\"off\" \
         spellcheck=\"false\" autocapitalize=\"off\"",
    );
    if let Some(text) = listing.search() {
        let _ = write!(page, " value=\"{}\" data-found", attribute(text));
    }
    page.push('>');
    if listing.sort() != "name" {
        let _ = write!(page, "<input type=\"hidden\" name=\"sort\" value=\"{}\">", listing.sort());
    }
    page.push_str("<button title=\"Search this folder and all below it\">Search</button></form>\n");
}

/// How much there is.
fn summary(page: &mut String, listing: &Listing) {
    page.push_str("<p class=\"n\"><span id=\"n\" role=\"status\">");
    let directories = listing.entries.iter().filter(|entry| entry.is_directory()).count();
    let files = listing.entries.len() - directories;
    let mut parts = Vec::new();
    let counted = [(directories, "folder", "folders"), (files, "file", "files")];
    for (count, one, many) in counted.into_iter().filter(|(count, ..)| *count > 0) {
        parts.push(format!("{count} {}", if count == 1 { one } else { many }));
    }
    if files > 0 {
        let sizes = listing.entries.iter().filter_map(Entry::size);
        parts.push(readable(sizes.fold(0, u64::saturating_add)));
    }
    match (listing.search(), parts.is_empty()) {
        (None, true) => page.push_str("Nothing here."),
        (Some(_), true) => page.push_str("Nothing found."),
        (None, false) => page.push_str(&parts.join(", ")),
        (Some(_), false) => {
            let _ = write!(page, "Found {}.", parts.join(", "));
        }
    }
    if !listing.is_complete() {
        page.push_str(" The search ended early: there may be more.");
    }
    page.push_str("</span>");
    if listing.search().is_some() {
        page.push_str(" <a class=\"all\" href=\"./\">Show the folder</a>");
    }
    page.push_str("</p>\n");
}

fn table(page: &mut String, listing: &Listing) {
    // The columns are buttons of a form: programs that follow all links would fetch each order.
    page.push_str("<form id=\"s\">");
    if let Some(text) = listing.search() {
        let _ = write!(page, "<input type=\"hidden\" name=\"q\" value=\"{}\">", attribute(text));
    }
    page.push_str("</form>\n<table>\n<thead><tr>");
    for (column, name) in
        [(Column::Name, "Name"), (Column::Size, "Size"), (Column::Time, "Modified")]
    {
        let next = listing.order.after_click(column);
        let sorted = match (listing.order.column == column, listing.order.descending) {
            (false, _) => "",
            (true, false) => " aria-sort=\"ascending\"",
            (true, true) => " aria-sort=\"descending\"",
        };
        let word = next.word();
        let _ = write!(
            page,
            "<th{sorted}><button form=\"s\" name=\"sort\" value=\"{word}\">{name}</button></th>"
        );
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    if listing.has_parent() && listing.search().is_none() {
        page.push_str(
            "<tr data-up><td><a class=\"u\" href=\"../\"><bdi>../</bdi></a></td><td></td>\
             <td></td></tr>\n",
        );
    }
    for entry in &listing.entries {
        row(page, entry);
    }
    page.push_str("</tbody>\n</table>\n");
}

fn row(page: &mut String, entry: &Entry) {
    let class = match entry.kind() {
        Kind::Directory => " class=\"d\"",
        Kind::Image => " class=\"i\"",
        Kind::Audio => " class=\"s\"",
        Kind::Video => " class=\"m\"",
        Kind::Text => " class=\"t\"",
        Kind::Code => " class=\"c\"",
        Kind::Archive => " class=\"z\"",
        Kind::Other => "",
    };
    let slash = if entry.is_directory() { "/" } else { "" };
    let (href, name) = (entry.href(), entry.name());
    let name = HtmlEscape(&name);
    let _ = write!(page, "<tr><td><a{class} href=\"{href}\"><bdi>{name}{slash}</bdi></a></td><td>");
    if let Some(size) = entry.size() {
        let _ = write!(page, "<span title=\"{size} bytes\">{}</span>", readable(size));
    }
    page.push_str("</td><td>");
    if let Some(modified) = entry.modified() {
        time(page, modified);
    }
    page.push_str("</td></tr>\n");
}

/// The local time to the minute. Programs are told the second in UTC, and the title has the zone.
fn time(page: &mut String, time: SystemTime) {
    let (Some(exact), Some(local)) = (exact_time(time), calendar::local(time)) else { return };
    let (day, hour, minute) = (date(&local), local.hour(), local.minute());
    let kind = local.local_time_type();
    let offset = kind.ut_offset();
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
    let _ = write!(
        page,
        "<time datetime=\"{exact}\" title=\"{day} {hour:02}:{minute:02}:{:02} UTC{sign}{:02}:{:02}\">\
         {day}<span> {hour:02}:{minute:02}</span></time>",
        local.second(),
        minutes / 60,
        minutes % 60
    );
}

fn date(time: &DateTime) -> String {
    format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.month_day())
}

/// A time to the second, in UTC (RFC 3339).
pub(super) fn exact_time(time: SystemTime) -> Option<String> {
    let time = calendar::utc(time)?;
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    Some(format!("{}T{hour:02}:{minute:02}:{second:02}Z", date(&time)))
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
    use crate::kit::files::listing::order::Order;

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

    fn listing(path: &str, names: &[&str], entries: &[&str]) -> Listing {
        Listing {
            host: Some("<h>:80".to_owned()),
            path: path.to_owned(),
            names: names.iter().map(|&name| name.to_owned()).collect(),
            entries: entries.iter().map(|name| Entry::of(name, Some(1), None)).collect(),
            order: Order::default(),
            search: None,
            complete: true,
        }
    }

    #[test]
    fn nothing_of_a_name_is_markup() {
        let names = ["<script>alert(1)</script>", "\"><b>", "a?b#c%2e"];
        let mut listing = listing("/<i>\"/", &["<i>\""], &names);
        listing.search = Some("\"><u>".to_owned());
        let parts = parts(&listing);
        let page = [parts.head, parts.header, parts.rows].concat();
        for expected in [
            "<title>/&lt;i&gt;\"/</title>",
            "<li><a href=\"../\"><bdi>&lt;h&gt;:80</bdi></a></li>",
            "<h1><bdi>&lt;i&gt;\"</bdi></h1>",
            "href=\"./%3Cscript%3Ealert%281%29%3C/script%3E\"><bdi>&lt;script&gt;alert(1)&lt;/script&gt;",
            "href=\"./%22%3E%3Cb%3E\"><bdi>\"&gt;&lt;b&gt;</bdi>",
            "name=\"q\" value=\"&quot;&gt;&lt;u&gt;\">",
        ] {
            assert!(page.contains(expected), "{expected} is not in\n{page}");
        }
        for markup in ["<script", "<b>", "<i>", "<u>"] {
            assert!(!page.contains(markup), "{markup}");
        }
    }

    #[test]
    fn the_way_here_begins_where_the_files_are_mounted() {
        let mut page = String::new();
        path(&mut page, &listing("/static/a/b/", &["a", "b"], &[]));
        let expected = "<li><a href=\"../../\"><bdi>&lt;h&gt;:80/static</bdi></a></li>\
                        <li><a href=\"../\"><bdi>a</bdi></a></li></ol></nav><h1><bdi>b</bdi></h1>";
        assert!(page.contains(expected), "{page}");
        for (path, expected) in [("/", "<h>:80"), ("/a/", "<h>:80/a")] {
            assert_eq!(top(&listing(path, &[], &[])), expected);
        }
        let mut unnamed = listing("/", &[], &[]);
        unnamed.host = None;
        assert_eq!(top(&unnamed), "/");
    }

    #[test]
    fn what_there_is_is_counted() {
        let mut few = listing("/", &[], &["a", "b"]);
        few.entries.push(Entry::of("d", None, None));
        let mut none = listing("/", &[], &[]);
        let said = |listing: &Listing| {
            let mut page = String::new();
            summary(&mut page, listing);
            let text = page.split("role=\"status\">").nth(1).expect("a status");
            text.split("</span>").next().expect("its text").to_owned()
        };
        assert_eq!(said(&few), "1 folder, 2 files, 2 B");
        assert_eq!(said(&none), "Nothing here.");
        none.search = Some("x".to_owned());
        assert_eq!(said(&none), "Nothing found.");
        (few.search, few.complete) = (Some("x".to_owned()), false);
        let expected = "Found 1 folder, 2 files, 2 B. The search ended early: there may be more.";
        assert_eq!(said(&few), expected);
    }
}
