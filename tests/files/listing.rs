//! What a directory without an index file is answered with.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use crate::tree::{Tree, get, get_with};
use bhrh::files::{Files, ListingPage};
use sha2::{Digest, Sha256};

#[test]
fn a_directory_is_listed_on_request_only() {
    let tree = Tree::new(&[("d/a.txt", "hello")]);
    assert_eq!(get(&tree.files(), "/d/").status(), 404);
    let response = get(&tree.files().listing(true), "/d/");
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("Content-Type"), Some("text/html; charset=utf-8"));
    assert_eq!(response.header("Cache-Control"), Some("no-cache"));
    assert_eq!(response.header("Vary"), Some("Accept"));
}

/// A browser takes the style sheet and the script only if their hashes are in the policy.
#[test]
fn the_policy_has_the_hashes() {
    let response = get(&Tree::new(&[]).files().listing(true), "/");
    let page = response.text();
    let hash = |element: &str| {
        let (before, after) = (format!("<{element}>"), format!("</{element}>"));
        let text = page.split(&*before).nth(1).and_then(|rest| rest.split(&*after).next());
        format!("'sha256-{}'", base64(&Sha256::digest(text.expect(element))))
    };
    let policy = response.header("Content-Security-Policy").unwrap();
    let expected = format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; \
         form-action 'self'",
        hash("style"),
        hash("script")
    );
    assert_eq!(policy, expected, "bhrh/src/kit/files/listing/page.rs has them");
}

/// RFC 4648 section 4.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |three: &[u8]| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        let digit = |at: usize| match at > three.len() {
            true => '=',
            false => char::from(DIGITS[bits >> (18 - 6 * at) & 63]),
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

/// The references of a page's list, in order.
pub(crate) fn references(page: &str) -> Vec<&str> {
    let list = page.split("<tbody>").nth(1).expect("a list");
    list.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn a_listing_has_what_can_be_asked_for_in_order() {
    let tree = Tree::new(&[
        ("b.txt", "12345"),
        ("A.txt", ""),
        ("z/file", ""),
        ("Y/file", ""),
        (".hidden", ""),
        (".well-known/x", ""),
        ("a b&c.txt", ""),
    ]);
    let page = get(&tree.files().listing(true), "/").text().to_owned();
    let expected = ["./.well-known/", "./Y/", "./z/", "./a%20b%26c.txt", "./A.txt", "./b.txt"];
    assert_eq!(references(&page), expected);
    assert!(page.contains(">a b&amp;c.txt<"));
    assert!(page.contains("<span title=\"5 bytes\">5 B</span>"));
    assert!(page.contains("<time datetime=\"1994-11-06T08:49:37Z\" title=\"1994-11-06 "));
    let hidden = get(&tree.files().listing(true).hidden(true), "/").text().to_owned();
    assert!(references(&hidden).contains(&"./.hidden"));
    // Each of them leads somewhere.
    for reference in expected {
        let path = format!("/{}", &reference[2..]);
        assert_eq!(get(&tree.files().listing(true), &path).status(), 200, "{path}");
    }
    // Below the root there is a way up.
    let below = get(&tree.files().listing(true), "/z/").text().to_owned();
    assert_eq!(references(&below), ["../", "./file"]);
}

#[cfg(unix)]
#[test]
fn a_listing_has_nothing_that_would_not_be_served() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let tree = Tree::new(&[("a.txt", "hello")]);
    symlink(tree.outside("secret.txt"), tree.path("out.txt")).unwrap();
    symlink("..", tree.path("up")).unwrap();
    symlink("gone", tree.path("broken")).unwrap();
    symlink("a.txt", tree.path("inside.txt")).unwrap();
    fs::write(tree.path("back\\slash"), "").unwrap();
    // The strict profile refuses `%0A` in a path.
    fs::write(tree.path("two\nlines.txt"), "").unwrap();
    fs::write(tree.path("").join(OsStr::from_bytes(b"latin-\xe9")), "bytes").unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(tree.path("pipe")).status();
    assert!(pipe.unwrap().success());
    let files = tree.files().listing(true);
    let page = get(&files, "/").text().to_owned();
    assert_eq!(references(&page), ["./a.txt", "./inside.txt", "./latin-%E9"]);
    assert_eq!(get(&files, "/latin-%E9").text(), "bytes");
    let server = bhrh::HttpServer::bind("127.0.0.1:0").expect("a port");
    let server = server.profile(bhrh::Profile::PYTHON).spawn(files.clone()).expect("a server");
    let client = bhrh::testing::tcp_client(server.local_addr());
    let page = client.get("/").send().text().to_owned();
    assert_eq!(references(&page)[3..], ["./two%0Alines.txt"]);
    assert_eq!(client.get("/two%0Alines.txt").send().status(), 200);
    let page = get(&files.follow_links(false), "/").text().to_owned();
    assert_eq!(references(&page), ["./a.txt", "./latin-%E9"]);
}

/// What `Accept: application/json` gets.
fn json(files: &Files, path: &str) -> serde_json::Value {
    let response = get_with(files, path, &[("Accept", "application/json")]);
    assert_eq!(response.header("Content-Type"), Some("application/json"), "{path}");
    serde_json::from_str(response.text()).expect(path)
}

fn names(listing: &serde_json::Value) -> Vec<&str> {
    let entries = listing["entries"].as_array().expect("a list");
    entries.iter().map(|entry| entry["name"].as_str().expect("a name")).collect()
}

#[test]
fn programs_get_json() {
    let tree = Tree::new(&[("d/\"é\\n\".txt", "12345"), ("d/e/f", "")]);
    let files = tree.files().listing(true);
    let mut listing = json(&files, "/d/?sort=-name");
    // When a directory was changed is the system's business.
    listing["entries"][0].as_object_mut().expect("an entry").remove("modified").expect("a time");
    let expected = serde_json::json!({
        "path": "/d/", "sort": "-name", "complete": true,
        "entries": [
            {"name": "e", "href": "./e/", "type": "directory"},
            {"name": "\"é\\n\".txt", "href": "./%22%C3%A9%5Cn%22.txt", "type": "file", "size": 5,
             "modified": "1994-11-06T08:49:37Z"},
        ]
    });
    let without = serde_json::json!({
        "path": "/d/", "sort": "-name", "complete": true, "entries": [expected["entries"][0]]
    });
    // A backslash is no part of a name that can be asked for.
    assert_eq!(listing, without);
    for (accept, expected) in [
        ("text/html, application/json;q=0.9", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/plain", "text/html; charset=utf-8"),
        ("application/json, text/html;q=0.9", "application/json"),
    ] {
        let response = get_with(&files, "/", &[("Accept", accept)]);
        assert_eq!(response.header("Content-Type"), Some(expected), "{accept}");
    }
}

#[test]
fn a_listing_comes_in_each_order() {
    let tree = Tree::new(&[("file10", "1"), ("File2", "1234"), ("file1", "12"), ("z/a", "")]);
    tree.touch("file10", UNIX_EPOCH + Duration::from_secs(2_000_000_000));
    let files = tree.files().listing(true);
    for (query, expected) in [
        ("", ["z", "file1", "File2", "file10"]),
        ("?sort=name", ["z", "file1", "File2", "file10"]),
        ("?sort=-name", ["z", "file10", "File2", "file1"]),
        ("?sort=size", ["z", "file10", "file1", "File2"]),
        ("?sort=-size", ["z", "File2", "file1", "file10"]),
        ("?sort=-time", ["z", "file10", "file1", "File2"]),
        ("?sort=time&sort=name", ["z", "file1", "File2", "file10"]),
        ("?sort=nonsense&x=y", ["z", "file1", "File2", "file10"]),
    ] {
        assert_eq!(names(&json(&files, &format!("/{query}"))), expected, "{query}");
    }
    let page = get(&files, "/?sort=-size").text().to_owned();
    assert!(
        page.contains(
            "<th aria-sort=\"descending\"><button form=\"s\" name=\"sort\" value=\"size\">"
        )
    );
    // A filter that is sent as a search keeps the order.
    assert!(page.contains("<input type=\"hidden\" name=\"sort\" value=\"-size\">"));
}

#[test]
fn a_search_finds_names_below() {
    let tree = Tree::new(&[
        ("Tea green.txt", ""),
        ("d/green tea/leaf", ""),
        ("d/e/tea.txt", ""),
        (".git/tea", ""),
        ("other", ""),
    ]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..", tree.path("d/round")).unwrap();
        std::os::unix::fs::symlink(tree.outside("secret.txt"), tree.path("tea secret")).unwrap();
    }
    let files = tree.files().listing(true);
    for (path, expected) in [
        ("/?q=tea", &["d/green tea", "d/e/tea.txt", "Tea green.txt"][..]),
        ("/?q=+GREEN++tea&sort=-name", &["d/green tea", "Tea green.txt"]),
        ("/d/?q=tea", &["green tea", "e/tea.txt"]),
        ("/?q=leaf", &["d/green tea/leaf"]),
        ("/?q=%3Cb%3E", &[]),
        ("/?q=+", &["d", "other", "Tea green.txt"]),
    ] {
        let found = json(&files, path);
        assert_eq!(names(&found), expected, "{path}");
        assert_eq!(found["complete"], true);
    }
    assert_eq!(names(&json(&files.clone().hidden(true), "/?q=tea"))[1], ".git/tea");
    let page = get(&files, "/?q=leaf%22").text().to_owned();
    assert!(page.contains("value=\"leaf&quot;\" data-found>") && page.contains("Nothing found."));
    assert_eq!(references(get(&files, "/?q=leaf").text()), ["./d/green%20tea/leaf"]);
    assert_eq!(get(&files, "/d/green%20tea/leaf").status(), 200);
}

#[test]
fn a_search_has_an_end() {
    let tree = Tree::new(&[]);
    for at in 0..1001 {
        fs::write(tree.path(&format!("file{at}")), "").unwrap();
    }
    let files = tree.files().listing(true);
    let found = json(&files, "/?q=file");
    assert_eq!((names(&found).len(), &found["complete"]), (1000, &serde_json::json!(false)));
    assert!(get(&files, "/?q=file").text().contains("there may be more"));
    let all = json(&files, "/?q=file10");
    assert_eq!((names(&all).len(), &all["complete"]), (12, &serde_json::json!(true)));
    // A directory is listed whole.
    assert_eq!(names(&json(&files, "/")).len(), 1001);
}

#[test]
fn an_application_adds_to_the_page_or_has_its_own() {
    let tree = Tree::new(&[("a.txt", "")]);
    let files = tree.files().listing(true);
    let more = files.clone().listing_page(|http, listing| {
        let page = listing.page().before("<a href=\"/help\">Help</a>");
        let page = page.after(&format!("<p>{} asked</p>", http.client_address));
        let page = page.style("p { color: red }", "sha256-one").script("1", "sha256-two");
        page.policy("connect-src 'self'")
    });
    let response = get(&more, "/");
    let page = response.text();
    let places =
        ["<style>p { color: red }</style>", "/help", "<tbody>", " asked</p>", "<script>1<"];
    let places = places.map(|text| page.find(text).unwrap_or_else(|| panic!("{text}: {page}")));
    assert!(places.is_sorted(), "{places:?}");
    let policy = response.header("Content-Security-Policy").unwrap();
    for part in [" 'sha256-one';", " 'sha256-two';", "; connect-src 'self'"] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    let own = files.listing_page(|_, listing| {
        assert!(!listing.has_parent() && listing.is_complete() && listing.search().is_none());
        ListingPage::new(format!("{} {}", listing.path(), listing.entries()[0].name()))
    });
    let response = get(&own, "/");
    assert_eq!(response.text(), "/ a.txt");
    assert_eq!(response.header("Content-Security-Policy"), None);
    assert_eq!(names(&json(&own, "/")), ["a.txt"]);
}
