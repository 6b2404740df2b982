//! Conditional requests (RFC 9110 section 13), on the wire. Their order is tested where it is
//! decided.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::tree::{THEN, Tree, get, get_with};

#[test]
fn what_the_client_has_is_not_sent_again() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let files = tree.files();
    let tag = get(&files, "/a.txt").header("ETag").unwrap().to_owned();
    for field in [("If-None-Match", &*tag), ("If-Modified-Since", THEN)] {
        for command in ["GET", "HEAD"] {
            let response = bhrh_tests::request(&files, command, "/a.txt", &[field], b"");
            assert_eq!((response.status(), response.body()), (304, &b""[..]), "{field:?}");
            // Section 15.4.5.
            let names: Vec<_> = response.headers().keys().collect();
            assert_eq!(names, ["Server", "Date", "ETag"]);
        }
    }
}

#[test]
fn a_change_is_noticed() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let files = tree.files();
    let tag = get(&files, "/a.txt").header("ETag").unwrap().to_owned();
    tree.write("a.txt", b"hello again");
    assert_eq!(get_with(&files, "/a.txt", &[("If-None-Match", &tag)]).text(), "hello again");
    let failed = get_with(&files, "/a.txt", &[("If-Match", &tag)]);
    assert_eq!((failed.status(), failed.header("Connection")), (412, None));
    let since = [("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT")];
    assert_eq!(get_with(&files, "/a.txt", &since).status(), 412);
}

#[test]
fn a_file_that_was_just_changed_has_a_weak_tag() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    tree.touch("a.txt", SystemTime::now() + std::time::Duration::from_secs(600));
    let response = get(&tree.files(), "/a.txt");
    let tag = response.header("ETag").unwrap().to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    // Section 8.8.2.1: not later than the `Date`.
    let time = |name| httpdate::parse_http_date(response.header(name).unwrap()).unwrap();
    assert!(time("Last-Modified") <= time("Date"));
    // Good enough for what is cached, not for what is put together.
    let status = |name, more: &[(&str, &str)]| {
        let fields = [&[(name, &*tag)], more].concat();
        get_with(&tree.files(), "/a.txt", &fields).status()
    };
    assert_eq!(status("If-None-Match", &[]), 304);
    assert_eq!(status("If-Match", &[]), 412);
    assert_eq!(status("If-Range", &[("Range", "bytes=0-0")]), 200);
}

/// Clocks that are wrong: what they say of a file is not told, or moved to what a date can tell.
#[test]
fn a_time_that_no_date_can_tell_is_no_fault() {
    let tree = Tree::new(&[("early.txt", "hello"), ("late.txt", "hello")]);
    let day = Duration::from_secs(86_400);
    tree.touch("early.txt", UNIX_EPOCH - 4000 * day);
    tree.touch("late.txt", UNIX_EPOCH + 3_652_059 * day);
    let early = get(&tree.files(), "/early.txt");
    assert_eq!((early.status(), early.header("Last-Modified")), (200, None));
    let late = get(&tree.files(), "/late.txt");
    let time = |name| httpdate::parse_http_date(late.header(name).unwrap()).unwrap();
    assert_eq!(late.status(), 200);
    assert!(time("Last-Modified") <= time("Date"));
    let since = [("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT")];
    assert_eq!(get_with(&tree.files(), "/early.txt", &since).status(), 200);
    // It is compared with what the file system says, not with what was shown.
    let shown = late.header("Last-Modified").unwrap();
    for (name, status) in [("If-Modified-Since", 200), ("If-Unmodified-Since", 412)] {
        assert_eq!(get_with(&tree.files(), "/late.txt", &[(name, shown)]).status(), status);
    }
    assert_eq!(get(&tree.files().listing(true), "/").status(), 200);
}

#[test]
fn conditions_apply_to_an_index_file() {
    let tree = Tree::new(&[("index.html", "hello")]);
    let tag = get(&tree.files(), "/").header("ETag").unwrap().to_owned();
    assert_eq!(get_with(&tree.files(), "/", &[("If-None-Match", &tag)]).status(), 304);
}
