//! Parts of a file (RFC 9110 section 14), on the wire.

use crate::tree::{THEN, Tree, get_with};

const DIGITS: &str = "0123456789";

fn tree() -> Tree {
    Tree::new(&[("digits.txt", DIGITS)])
}

#[test]
fn one_range() {
    let tree = tree();
    for (range, body, content_range) in [
        ("bytes=0-0", "0", "bytes 0-0/10"),
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=-200", DIGITS, "bytes 0-9/10"),
        ("bytes=3-3,90-", "3", "bytes 3-3/10"),
    ] {
        let response = get_with(&tree.files(), "/digits.txt", &[("Range", range)]);
        assert_eq!((response.status(), response.text()), (206, body), "{range}");
        assert_eq!(response.header("Content-Range"), Some(content_range));
        assert_eq!(response.header("Content-Length"), Some(&*body.len().to_string()));
        assert_eq!(response.header("Content-Type"), Some("text/plain; charset=utf-8"));
        assert!(response.headers().contains("ETag"));
        assert_eq!(response.header("Last-Modified"), Some(THEN));
    }
}

#[test]
fn several_ranges() {
    let tree = tree();
    let response = get_with(&tree.files(), "/digits.txt", &[("Range", "bytes=-1, 0-1,4-6")]);
    assert_eq!(response.status(), 206);
    assert_eq!(response.header("Content-Range"), None);
    let media_type = response.header("Content-Type").unwrap();
    let boundary = media_type.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |range: &str, body: &str| {
        format!(
            "--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Range: bytes {range}/10\r\n\r\n{body}\r\n"
        )
    };
    let parts = [part("9-9", "9"), part("0-1", "01"), part("4-6", "456")].concat();
    assert_eq!(response.text(), format!("{parts}--{boundary}--\r\n"));
}

#[test]
fn bytes_that_are_not_there_are_a_416() {
    let tree = tree();
    for range in ["bytes=10-", "bytes=-0", "bytes=99-100,200-"] {
        let response = get_with(&tree.files(), "/digits.txt", &[("Range", range)]);
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(response.header("Connection"), None);
        assert_eq!(response.header("Content-Range"), Some("bytes */10"));
    }
}

#[test]
fn a_range_that_is_none_or_not_wanted_is_ignored() {
    let tree = tree();
    let many = format!("bytes={}", vec!["0-"; 1000].join(","));
    for range in ["bytes=5-4", "bytes=a", "lines=1-2", "bytes", &many] {
        let response = get_with(&tree.files(), "/digits.txt", &[("Range", range)]);
        assert_eq!((response.status(), response.text()), (200, DIGITS), "{range}");
    }
    // Section 14.2: for GET only.
    let range = [("Range", "bytes=0-1")];
    let response = bhrh_tests::request(&tree.files(), "HEAD", "/digits.txt", &range, b"");
    assert_eq!((response.status(), response.header("Content-Length")), (200, Some("10")));
}

/// Apache httpd CVE-2011-3192: ranges that overlap never make an answer larger than the file and
/// the heads of at most 32 parts.
#[test]
fn no_request_makes_more_of_a_file_than_there_is() {
    let tree = Tree::new(&[]);
    tree.write("large.bin", &vec![0; 1 << 20]);
    let overlapping: Vec<String> = (0..1300).map(|at| format!("{at}-")).collect();
    let small: Vec<String> = (0..40).map(|at| format!("{}-{}", at * 9, at * 9)).collect();
    for ranges in [overlapping.join(","), small.join(","), "0-,-1".to_owned(), "0-,0-".to_owned()] {
        let range = format!("bytes={ranges}");
        let response = get_with(&tree.files(), "/large.bin", &[("Range", &range)]);
        assert_eq!((response.status(), response.body().len()), (200, 1 << 20));
    }
}

#[test]
fn if_range_decides_between_a_part_and_the_whole() {
    let tree = tree();
    let tag = "\"ae1b981bc490a00-a\"";
    for (condition, part) in [
        (tag, true),
        ("W/\"ae1b981bc490a00-a\"", false),
        ("\"other\"", false),
        (THEN, true),
        ("Sun, 06 Nov 1994 08:49:38 GMT", false),
        ("nonsense", false),
    ] {
        let fields = [("Range", "bytes=1-2"), ("If-Range", condition)];
        let response = get_with(&tree.files(), "/digits.txt", &fields);
        let expected = if part { (206, "12") } else { (200, DIGITS) };
        assert_eq!((response.status(), response.text()), expected, "{condition}");
        assert_eq!(response.header("ETag"), Some(tag));
    }
}
