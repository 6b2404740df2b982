//! Directories: redirects to their slash, index files.

use std::fs;

use crate::listing::references;
use crate::tree::{Tree, get, get_with};
use bhrh::__internals::converse;
use bhrh::files::Files;
use bhrh::{Exchange, http_handler, testing};

#[test]
fn a_directory_has_a_slash() {
    let tree = Tree::new(&[("d/e/index.html", "hello"), ("x:y/index.html", "colon")]);
    for (path, location) in [
        ("/d", "./d/"),
        ("/d/e?a=b&c=/d", "./e/?a=b&c=/d"),
        ("/d/%65", "./%65/"),
        ("/x:y", "./x:y/"),
        ("http://localhost/d", "./d/"),
    ] {
        let response = get(&tree.files(), path);
        assert_eq!(response.status(), 301, "{path}");
        assert_eq!(response.header("Location"), Some(location), "{path}");
        assert_eq!(response.header("Content-Length"), Some("0"));
    }
}

/// CVE-2021-28861 in Python: `//host/..` was answered with a redirect to that host.
#[test]
fn no_redirect_leads_to_another_host() {
    let tree = Tree::new(&[("evil.example/a/index.html", "hello")]);
    for path in [
        "//evil.example",
        "///evil.example",
        "//evil.example/a",
        "/%2fevil.example",
        "/\\evil.example",
        "//evil.example/%2e%2e",
        "//evil.example/..",
        "http://evil.example",
    ] {
        let (bytes, _) = converse(
            &tree.files(),
            format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n").as_bytes(),
            bhrh::Profile::PYTHON,
        );
        let text = String::from_utf8(bytes).unwrap();
        let location = text.lines().find_map(|line| line.strip_prefix("Location: "));
        // `./` and one name: there is no way to a host in that.
        let harmless = location.is_none_or(|location| {
            location.strip_prefix("./").is_some_and(|name| name.matches('/').count() == 1)
        });
        assert!(harmless, "{path}: {location:?}");
    }
}

#[test]
fn an_index_file_stands_for_its_directory() {
    let tree = Tree::new(&[
        ("index.html", "root"),
        ("d/index.htm", "htm"),
        ("e/home.txt", "home"),
        ("f/index.html/not-a-file", ""),
    ]);
    let files = tree.files().listing(true);
    assert_eq!(get(&files, "/").text(), "root");
    let response = get(&files, "/d/");
    assert_eq!(response.text(), "htm");
    assert_eq!(response.header("Content-Type"), Some("text/html"));
    assert!(get(&files, "/f/").text().contains("index.html/"));
    let own = tree.files().index(["home.txt"]);
    assert_eq!(get(&own, "/e/").text(), "home");
    assert_eq!(get(&own, "/").status(), 404);
    assert_eq!(get(&tree.files().index([""; 0]), "/").status(), 404);
}

#[test]
fn a_file_has_no_slash() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    for path in ["/a.txt/", "/a.txt/b", "/a.txt/index.html", "/b.txt"] {
        let response = get(&tree.files(), path);
        assert_eq!((response.status(), response.reason()), (404, "File not found"), "{path}");
    }
    assert_eq!(get(&tree.files(), "//a.txt").text(), "hello");
}

/// Hands on what is below `/static`, without it.
struct Mounted(Files);

#[http_handler(protocol_version = "HTTP/1.1")]
impl Mounted {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        match http.path.strip_prefix("/static") {
            Some(rest) => {
                http.path = if rest.is_empty() { "/" } else { rest };
                self.0.serve(http)
            }
            None => self.0.serve_path(http, "/page/"),
        }
    }
}

#[test]
fn mounted_files_redirect_to_where_they_are() {
    let tree = Tree::new(&[("d/a.txt", "hello"), ("page/index.html", "one page")]);
    let app = Mounted(tree.files().listing(true));
    for (path, location) in [("/static", "./static/"), ("/static/d?q", "./d/?q")] {
        let response = testing::get(&app, path);
        assert_eq!((response.status(), response.header("Location")), (301, Some(location)));
    }
    let page = testing::get(&app, "/static/d/").text().to_owned();
    assert!(page.contains("<title>/static/d/</title>"), "{page}");
    assert_eq!(references(&page), ["../", "./a.txt"]);
    // A path of the program's own choice leads to no redirect.
    assert_eq!(testing::get(&app, "/any/where").text(), "one page");
}

/// Some of its paths lead to directories of other names.
struct Shared(Files);

#[http_handler(protocol_version = "HTTP/1.1")]
impl Shared {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        match http.path.strip_prefix("/shared") {
            Some(rest) => self.0.serve_path(http, &format!("/users/7{rest}")),
            None => self.0.serve_path(http, "/users/"),
        }
    }
}

#[test]
fn a_listing_is_called_what_its_client_calls_it() {
    let tree = Tree::new(&[("users/7/tea/green/a.txt", "hello")]);
    let app = Shared(tree.files().listing(true));
    let listing = |path| {
        let client = testing::client(&app);
        let page = client.get(path).header("Host", "h").send().text().to_owned();
        let between = |begin, end| {
            let text = page.split(begin).nth(1).and_then(|rest| rest.split(end).next());
            text.unwrap_or_default().to_owned()
        };
        let links = page.split("<a href=\"../").skip(1);
        let links = links.map(|link| format!("../{}", link.split("</bdi>").next().unwrap()));
        let links: Vec<_> = links.map(|link| link.replace("\"><bdi>", " ")).collect();
        (between("<title>", "</title>"), between("<h1><bdi>", "</bdi></h1>"), links.join(", "))
    };
    for (path, title, heading, links) in [
        // Nothing leads from here to the directory of all users.
        ("/shared/", "/shared/", "h/shared", ""),
        ("/any/where/", "/any/where/", "h/any/where", ""),
        ("/shared/tea/", "/shared/tea/", "tea", "../ h/shared"),
        ("/shared/tea/green/", "/shared/tea/green/", "green", "../../ h/shared, ../ tea"),
        ("/shared/tea/./x/%2e./", "/shared/tea/", "tea", "../ h/shared"),
    ] {
        assert_eq!(listing(path), (title.into(), heading.into(), links.into()), "{path}");
    }
    let page = testing::get(&app, "/shared/").text().to_owned();
    assert_eq!(references(&page), ["./tea/"]);
    // References on a page of a directory count from its slash.
    let response = testing::get(&app, "/any/where?sort=-time");
    assert_eq!(
        (response.status(), response.header("Location")),
        (301, Some("./where/?sort=-time"))
    );
}

/// The same by the macro.
struct App {
    assets: Files,
}

#[http_handler(protocol_version = "HTTP/1.1", mount("/static" = self.assets))]
impl App {
    #[route("POST /static/form")]
    fn form(&self, http: &mut Exchange) -> std::io::Result<()> {
        http.reply(200, "text/plain", "posted")
    }
}

#[test]
fn files_are_mounted() {
    let tree = Tree::new(&[("d/a.txt", "hello"), ("form", "a file")]);
    let app = App { assets: tree.files().listing(true) };
    assert_eq!(testing::get(&app, "/static/d/a.txt").text(), "hello");
    assert_eq!(testing::get(&app, "/d/a.txt").status(), 404);
    for path in ["/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static//../secret.txt"] {
        assert_ne!(testing::get(&app, path).status(), 200, "{path}");
    }
    // There is nothing above the mount, and no other way into it.
    for path in ["/static/./d/a.txt", "/static/d/../d/a.txt", "/static/../d/a.txt"] {
        assert_eq!(testing::get(&app, path).text(), "hello", "{path}");
    }
    for path in ["/./static/d/a.txt", "/x/../static/d/a.txt"] {
        assert_eq!(testing::get(&app, path).status(), 404, "{path}");
    }
    let response = testing::get(&app, "/static/d?q");
    assert_eq!((response.status(), response.header("Location")), (301, Some("./d/?q")));
    let page = testing::get(&app, "/static/").text().to_owned();
    assert!(page.contains("<title>/static/</title>"), "{page}");
    assert_eq!(references(&page), ["./d/", "./form"]);
    // Each command has its handler, and what there is is told.
    assert_eq!(testing::get(&app, "/static/form").text(), "a file");
    assert_eq!(bhrh_tests::request(&app, "POST", "/static/form", &[], b"").text(), "posted");
    let response = bhrh_tests::request(&app, "DELETE", "/static/d/a.txt", &[], b"");
    assert_eq!((response.status(), response.header("Allow")), (405, Some("GET, HEAD, OPTIONS")));
}

#[test]
fn the_directory_may_be_exchanged_for_another() {
    let tree = Tree::new(&[("one/a.txt", "one"), ("two/a.txt", "two")]);
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("one", tree.path("current")).unwrap();
        let files = Files::new(tree.path("current"));
        assert_eq!(get(&files, "/a.txt").text(), "one");
        fs::remove_file(tree.path("current")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("two", tree.path("current")).unwrap();
        assert_eq!(get_with(&files, "/a.txt", &[]).text(), "two");
    }
}
