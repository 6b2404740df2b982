//! A whole file: its head, and the forms that it may come in.

use std::fs;
use std::time::{Duration, SystemTime};

use crate::tree::{THEN, Tree, get, get_with};
use bhrh::testing;

#[test]
fn a_file_comes_with_what_is_known_of_it() {
    let tree = Tree::new(&[("a.html", "<p>hello\n")]);
    let response = get(&tree.files(), "/a.html?x=/y");
    assert_eq!((response.status(), response.text()), (200, "<p>hello\n"));
    let fields: Vec<_> = response.headers().iter().skip(2).collect();
    let expected = [
        ("Last-Modified", THEN),
        ("Accept-Ranges", "bytes"),
        ("ETag", "\"ae1b981bc490a00-9\""),
        ("Content-Type", "text/html"),
        ("Content-Length", "9"),
    ];
    assert_eq!(fields, expected);
    assert!(response.log()[0].ends_with("\"GET /a.html?x=/y HTTP/1.1\" 200 -"));
}

#[test]
fn head_has_the_fields_of_get_and_no_body() {
    let tree = Tree::new(&[("a.txt", "hello"), ("d/b.txt", "")]);
    let files = tree.files().listing(true);
    for path in ["/a.txt", "/d/b.txt", "/d/", "/d", "/nothing"] {
        let with = get(&files, path);
        let without = bhrh_tests::request(&files, "HEAD", path, &[], b"");
        assert_eq!(without.status(), with.status(), "{path}");
        let fields = |response: &testing::Response| {
            let fields = response.headers();
            let fields = fields.iter().filter(|field| field.0 != "Date");
            fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(fields(&without), fields(&with), "{path}");
    }
}

#[test]
fn an_empty_file_is_a_file() {
    let tree = Tree::new(&[("empty.txt", "")]);
    for fields in [&[][..], &[("Range", "bytes=0-")], &[("Range", "bytes=-5")]] {
        let response = get_with(&tree.files(), "/empty.txt", fields);
        assert_eq!((response.status(), response.body()), (200, &b""[..]));
        assert_eq!(response.header("Content-Length"), Some("0"));
    }
}

#[test]
fn a_large_file_comes_in_pieces_and_whole() {
    let tree = Tree::new(&[]);
    let content: Vec<u8> = (0..1_000_003_u32).map(|at| (at % 251) as u8).collect();
    tree.write("large.bin", &content);
    let response = get(&tree.files(), "/large.bin");
    assert_eq!(response.header("Content-Length"), Some("1000003"));
    assert!(response.body() == content);
}

#[test]
fn other_commands_are_told_which_there_are() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let files = tree.files();
    for command in ["POST", "PUT", "DELETE", "PATCH"] {
        let response = bhrh_tests::request(&files, command, "/a.txt", &[], b"x");
        assert_eq!(response.status(), 405, "{command}");
        assert_eq!(response.header("Allow"), Some("GET, HEAD, OPTIONS"));
    }
    let response = bhrh_tests::request(&files, "OPTIONS", "/a.txt", &[], b"");
    assert_eq!((response.status(), response.header("Allow")), (204, Some("GET, HEAD, OPTIONS")));
    let response = bhrh_tests::request(&files, "BREW", "/a.txt", &[], b"");
    assert_eq!((response.status(), response.reason()), (501, "Unsupported method ('BREW')"));
    assert_eq!(fs::read(tree.path("a.txt")).unwrap(), b"hello");
}

#[test]
fn a_gzipped_form_goes_to_those_who_accept_it() {
    let tree = Tree::new(&[("a.css", "plain"), ("a.css.gz", "zipped"), ("b.css", "b")]);
    let files = tree.files().precompressed(true);
    for (accept, zipped) in [
        (Some("gzip"), true),
        (Some("br, gzip;q=0.1"), true),
        (Some("*"), true),
        (Some("gzip;q=0, *"), false),
        (Some("br"), false),
        (Some(""), false),
        (None, false),
    ] {
        let fields: Vec<_> = accept.map(|value| ("Accept-Encoding", value)).into_iter().collect();
        let response = get_with(&files, "/a.css", &fields);
        assert_eq!(response.text(), if zipped { "zipped" } else { "plain" }, "{accept:?}");
        assert_eq!(response.header("Content-Encoding"), zipped.then_some("gzip"));
        assert_eq!(response.header("Content-Type"), Some("text/css"));
        assert_eq!(response.header("Vary"), Some("Accept-Encoding"));
    }
    let gzip = [("Accept-Encoding", "gzip")];
    // The two are told apart.
    let tag = |fields| get_with(&files, "/a.css", fields).header("ETag").unwrap().to_owned();
    assert_ne!(tag(&[]), tag(&gzip));
    let known = tag(&gzip);
    let again = [("Accept-Encoding", "gzip"), ("If-None-Match", &*known)];
    let response = get_with(&files, "/a.css", &again);
    assert_eq!((response.status(), response.header("Vary")), (304, Some("Accept-Encoding")));
    // There is only one form of these.
    let all = [("Accept-Encoding", "gzip, br, zstd")];
    for (files, path) in [(&files, "/b.css"), (&tree.files(), "/a.css")] {
        let response = get_with(files, path, &all);
        assert_eq!((response.header("Vary"), response.header("Content-Encoding")), (None, None));
    }
    // Asked for by its own name it is what it is.
    let response = get_with(&files, "/a.css.gz", &gzip);
    assert_eq!(response.header("Content-Type"), Some("application/gzip"));
    assert_eq!(response.header("Content-Encoding"), None);
}

/// Which of the forms that lie there a client gets (RFC 9110 section 12.5.3).
#[test]
fn the_form_that_a_client_wants_most_is_sent() {
    let tree = Tree::new(&[
        ("a.js", "plain"),
        ("a.js.br", "brotli"),
        ("a.js.zst", "zstandard"),
        ("a.js.gz", "zipped"),
        ("b.js", "plain"),
        ("b.js.zst", "zstandard"),
    ]);
    let files = tree.files().precompressed(true);
    for (path, accept, text, coding) in [
        ("/a.js", "gzip, deflate, br, zstd", "brotli", Some("br")),
        ("/a.js", "gzip, deflate, zstd", "zstandard", Some("zstd")),
        ("/a.js", "gzip, br;q=0.9", "zipped", Some("gzip")),
        ("/a.js", "br;q=0.1, zstd;q=0.2, *;q=0.3", "zipped", Some("gzip")),
        ("/a.js", "*", "brotli", Some("br")),
        ("/a.js", "*, br;q=0", "zstandard", Some("zstd")),
        ("/a.js", "identity, br;q=0.5", "plain", None),
        ("/a.js", "identity;q=0.2, br;q=0.1, gzip;q=0.3", "zipped", Some("gzip")),
        ("/a.js", "deflate", "plain", None),
        ("/b.js", "gzip, br, zstd;q=0.1", "zstandard", Some("zstd")),
        ("/b.js", "gzip, br", "plain", None),
    ] {
        let response = get_with(&files, path, &[("Accept-Encoding", accept)]);
        assert_eq!((response.status(), response.text()), (200, text), "{path}: {accept}");
        assert_eq!(response.header("Content-Encoding"), coding, "{path}: {accept}");
        assert!(response.header("Content-Type").unwrap().starts_with("text/javascript"));
        // Another client might get another one.
        assert_eq!(response.header("Vary"), Some("Accept-Encoding"), "{path}: {accept}");
    }
    // An old one is not sent, and the next is.
    tree.touch("a.js.br", SystemTime::UNIX_EPOCH + Duration::from_secs(700_000_000));
    let all = [("Accept-Encoding", "br, zstd, gzip")];
    assert_eq!(get_with(&files, "/a.js", &all).text(), "zstandard");
    // A client goes on with the form that it has begun with, whatever it prefers.
    let zipped = [("Accept-Encoding", "gzip")];
    let tag = get_with(&files, "/a.js", &zipped).header("ETag").unwrap().to_owned();
    let fields = [all[0], ("Range", "bytes=3-"), ("If-Range", &*tag)];
    let rest = get_with(&files, "/a.js", &fields);
    assert_eq!((rest.status(), rest.text()), (206, "ped"));
    assert_eq!(rest.header("Content-Encoding"), Some("gzip"));
    // By its own name each is what it is.
    for (path, media_type) in
        [("/a.js.br", "application/x-brotli"), ("/a.js.zst", "application/zstd")]
    {
        let response = get_with(&files, path, &all);
        assert_eq!(response.header("Content-Type"), Some(media_type));
        assert_eq!(response.header("Content-Encoding"), None);
    }
}

/// RFC 9110 section 8.8.3.3: of one size and one time, and two representations all the same.
#[test]
fn two_forms_have_two_tags() {
    let tree = Tree::new(&[("a.css", "0123456789"), ("a.css.gz", "abcdefghij")]);
    let files = tree.files().precompressed(true);
    const GZIP: (&str, &str) = ("Accept-Encoding", "gzip");
    let tag = |fields: &[_]| get_with(&files, "/a.css", fields).header("ETag").unwrap().to_owned();
    let (plain, zipped) = (tag(&[]), tag(&[GZIP]));
    assert_ne!(plain, zipped);
    assert_eq!(tag(&[("Accept-Encoding", "br")]), plain);
    let ask = |fields: &[_]| {
        let response = get_with(&files, "/a.css", fields);
        (response.status(), response.text().to_owned())
    };
    // Nobody is told that it has the one since it has the other.
    for (known, fields, expected) in [
        (&plain, &[GZIP][..], (200, "abcdefghij")),
        (&zipped, &[], (200, "0123456789")),
        (&plain, &[], (304, "")),
        (&zipped, &[GZIP], (304, "")),
    ] {
        let fields = [&[("If-None-Match", &**known)], fields].concat();
        let (status, text) = ask(&fields);
        assert_eq!((status, &*text), expected, "{fields:?}");
    }
    // Nobody joins a part of the one to the other.
    let range = ("Range", "bytes=1-2");
    for (condition, fields, expected) in [
        (&*plain, &[][..], (206, "12")),
        (&*zipped, &[], (200, "0123456789")),
        (&*plain, &[GZIP], (206, "12")),
        (&*zipped, &[GZIP], (206, "bc")),
        // Both have this date.
        (THEN, &[], (200, "0123456789")),
        (THEN, &[GZIP], (200, "0123456789")),
    ] {
        let fields = [&[range, ("If-Range", condition)], fields].concat();
        let (status, text) = ask(&fields);
        assert_eq!((status, &*text), expected, "{fields:?}");
    }
    let fields = [range, GZIP, ("If-Match", &*zipped)];
    let response = get_with(&files, "/a.css", &fields);
    assert_eq!((response.status(), response.text()), (206, "bc"));
    assert_eq!(response.header("Content-Encoding"), Some("gzip"));
}

/// From some bytes in the middle of a coding nothing can be decoded, and from several of them, with
/// lines between them, less than that.
#[test]
fn a_part_is_a_part_of_the_plain_file() {
    let tree = Tree::new(&[("a.css", "0123456789"), ("a.css.gz", "abcdefghij")]);
    let files = tree.files().precompressed(true);
    let gzip = ("Accept-Encoding", "gzip");
    let one = get_with(&files, "/a.css", &[gzip, ("Range", "bytes=2-3")]);
    assert_eq!((one.status(), one.text()), (206, "23"));
    assert_eq!(one.header("Content-Encoding"), None);
    assert_eq!(one.header("Vary"), Some("Accept-Encoding"));
    let several = get_with(&files, "/a.css", &[gzip, ("Range", "bytes=0-1,8-9")]);
    assert_eq!((several.status(), several.header("Content-Encoding")), (206, None));
    assert!(several.text().contains("\r\n\r\n01\r\n--"), "{}", several.text());
    // A client that asks for parts of the gzipped form gets all of it.
    let zipped = get_with(&files, "/a.css", &[gzip]).header("ETag").unwrap().to_owned();
    let fields = [gzip, ("Range", "bytes=0-1,8-9"), ("If-Range", &zipped)];
    let whole = get_with(&files, "/a.css", &fields);
    assert_eq!((whole.status(), whole.text()), (200, "abcdefghij"));
    assert_eq!(whole.header("Content-Encoding"), Some("gzip"));
    // The field is for GET: HEAD is told of the form that GET without it gets.
    let head = bhrh_tests::request(&files, "HEAD", "/a.css", &[gzip, ("Range", "bytes=0-1")], b"");
    assert_eq!(head.header("Content-Encoding"), Some("gzip"));
}

#[test]
fn a_gzipped_form_that_is_older_than_its_file_is_not_used() {
    let tree = Tree::new(&[("a.css", "new"), ("a.css.gz", "old")]);
    tree.touch("a.css", SystemTime::now() - Duration::from_secs(60));
    let files = tree.files().precompressed(true);
    let response = get_with(&files, "/a.css", &[("Accept-Encoding", "gzip, br, zstd")]);
    assert_eq!((response.text(), response.header("Vary")), ("new", None));
}

#[test]
fn fields_of_ones_own() {
    let tree = Tree::new(&[("a.txt", "hello"), ("d/b", "b")]);
    let files = tree.files().listing(true).header("X-One", "1").header("X-One", "2");
    let files = files.cache_control("max-age=60").media_type(".TXT", "text/x-own");
    let known = [("If-None-Match", "*")];
    for (path, fields, status, cache) in [
        ("/a.txt", &[][..], 200, Some("max-age=60")),
        ("/a.txt", &[("Range", "bytes=0-0")], 206, Some("max-age=60")),
        ("/a.txt", &known, 304, Some("max-age=60")),
        ("/d", &[], 301, None),
        ("/d/", &[], 200, Some("no-cache")),
    ] {
        let response = get_with(&files, path, fields);
        assert_eq!(response.status(), status);
        let own: Vec<_> = response.headers().get_all("X-One").collect();
        assert_eq!(own, ["1", "2"], "{path}");
        assert_eq!(response.header("Cache-Control"), cache, "{path}");
    }
    assert_eq!(get(&files, "/a.txt").header("Content-Type"), Some("text/x-own"));
    assert_eq!(get(&files, "/nothing").header("X-One"), None);
}

/// A page of 1998 that says what it is written in: the header would override it.
#[test]
fn a_charset_is_said_of_what_cannot_say_it_itself() {
    let page: &[u8] = b"<meta charset=iso-8859-1>caf\xe9";
    let tree =
        Tree::new(&[("a.css", ""), ("a.txt", ""), ("a.xml", ""), ("a.js", ""), ("a.vcf", "")]);
    tree.write("a.html", page);
    let types = |files: &bhrh::files::Files| {
        ["html", "css", "txt", "xml", "js", "vcf"].map(|extension| {
            let response = get(files, &format!("/a.{extension}"));
            response.header("Content-Type").expect("a type").to_owned()
        })
    };
    let silent =
        ["text/html", "text/css", "text/plain", "application/xml", "text/javascript", "text/vcard"];
    let say = |charset: &str, which: [bool; 6]| {
        let mut types = silent.map(str::to_owned);
        for (media_type, _) in types.iter_mut().zip(which).filter(|row| row.1) {
            media_type.push_str("; charset=");
            media_type.push_str(charset);
        }
        types
    };
    let files = tree.files();
    assert_eq!(types(&files), say("utf-8", [false, false, true, false, true, true]));
    assert_eq!(types(&files.clone().charset(None)), silent);
    let latin1 = files.charset("iso-8859-1");
    assert_eq!(types(&latin1), say("iso-8859-1", [true, true, true, false, true, true]));
    // The page that lists a directory is the server's own.
    let listing = get(&latin1.index([""; 0]).listing(true), "/");
    assert_eq!(listing.header("Content-Type"), Some("text/html; charset=utf-8"));
}

#[test]
fn what_has_no_known_ending_has_the_default_type() {
    let tree = Tree::new(&[("Makefile", "all:"), ("a.txt", "hello")]);
    let of = |files: &bhrh::files::Files, path: &str| {
        get(files, path).header("Content-Type").map(str::to_owned)
    };
    assert_eq!(of(&tree.files(), "/Makefile").as_deref(), Some("application/octet-stream"));
    let files = tree.files().default_type("text/plain");
    assert_eq!(of(&files, "/Makefile").as_deref(), Some("text/plain"));
    assert_eq!(of(&files, "/a.txt").as_deref(), Some(bhrh::files::media_type("b/a.txt")));
}

/// Browsers show one that says that it is gzipped, and no other.
#[test]
fn an_svgz_says_that_it_is_gzipped() {
    let tree = Tree::new(&[("a.svgz", "0123456789"), ("a.svgz.gz", "x")]);
    for accept in ["gzip", "identity"] {
        let fields = [("Accept-Encoding", accept)];
        let response = get_with(&tree.files().precompressed(true), "/a.svgz", &fields);
        assert_eq!(response.text(), "0123456789");
        assert_eq!(response.header("Content-Type"), Some("image/svg+xml"));
        assert_eq!(response.header("Content-Encoding"), Some("gzip"));
        assert_eq!(response.header("Vary"), None);
    }
    let several = get_with(&tree.files(), "/a.svgz", &[("Range", "bytes=0-1,8-9")]);
    assert_eq!((several.status(), several.text()), (200, "0123456789"));
    // A program that has them saved says so.
    let saved = get(&tree.files().media_type("svgz", "application/gzip"), "/a.svgz");
    assert_eq!(saved.header("Content-Encoding"), None);
}

#[test]
fn a_fallback_is_served_where_there_is_nothing() {
    let tree = Tree::new(&[("index.html", "<p>one page"), ("a.txt", "hello"), ("d/b.txt", "b")]);
    let files = tree.files().fallback("/index.html").cache_control("no-cache");
    files.check().expect("it is there");
    for path in ["/users/7", "/users/7/", "/a.txt/b", "/d/", "/.env", "/x/../y?z", "/a%2fb"] {
        let response = get(&files, path);
        assert_eq!((response.status(), response.text()), (200, "<p>one page"), "{path}");
        assert_eq!(response.header("Content-Type"), Some("text/html"));
        assert_eq!(response.header("Cache-Control"), Some("no-cache"));
    }
    assert_eq!(get(&files, "/a.txt").text(), "hello");
    assert_eq!(get(&files, "/d").header("Location"), Some("./d/"));
    assert_eq!(get(&files, "/").text(), "<p>one page");
    // It has the validators and the parts of the file that it is.
    let tag = get(&files, "/index.html").header("ETag").expect("a tag").to_owned();
    assert_eq!(get_with(&files, "/users/7", &[("If-None-Match", &tag)]).status(), 304);
    assert_eq!(get_with(&files, "/users/7", &[("Range", "bytes=0-2")]).text(), "<p>");
    let head = bhrh_tests::request(&files, "HEAD", "/users/7", &[], b"");
    assert_eq!((head.status(), head.header("Content-Length")), (200, Some("11")));
    assert_eq!(bhrh_tests::request(&files, "POST", "/users/7", &[], b"").status(), 405);
    // Not above its own mount, not for others, and not instead of an error.
    for fallback in ["/gone.html", "/d", "/d/", "/.env", "/../secret.txt"] {
        let files = tree.files().fallback(fallback);
        assert_eq!(get(&files, "/users/7").status(), 404, "{fallback}");
        let said = files.check().expect_err("it is no file").to_string();
        assert!(said.contains(&format!("{fallback:?}")), "{said}");
    }
    let gone = bhrh::files::Files::new(tree.path("gone")).fallback("/index.html");
    assert_eq!(get(&gone, "/users/7").status(), 500);
}

#[test]
fn what_cannot_serve_says_so() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    tree.files().check().expect("all is well");
    let message = |files: bhrh::files::Files| files.check().unwrap_err().to_string();
    let said = message(bhrh::files::Files::new(tree.path("gone")));
    assert!(said.starts_with("cannot serve files of ") && said.contains("gone"), "{said}");
    let said = message(bhrh::files::Files::new(tree.path("a.txt")));
    assert!(said.ends_with("a.txt: not a directory"), "{said}");
    for (name, value) in [("X Y", "z"), ("", "z"), ("X", "a\r\nb"), ("X", "\u{2026}")] {
        let said = message(tree.files().header(name, value));
        assert!(said.contains(&format!("{name:?}")), "{said}");
    }
    for files in [tree.files().default_type("a\nb"), tree.files().charset("\r\nX: y")] {
        assert!(message(files).contains("Content-Type"));
    }
    // Nor is it hidden from those who did not ask.
    let response = get(&bhrh::files::Files::new(tree.path("gone")), "/a.txt");
    assert_eq!(response.status(), 500);
    assert!(response.log()[0].contains("cannot serve files of"), "{:?}", response.log());
}
