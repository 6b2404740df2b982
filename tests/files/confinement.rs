//! No path and no link leads to anything outside the directory, and only files are served.

use crate::tree::{Tree, get};
use bhrh::__internals::{converse, read_response};
use bhrh::Profile;
use bhrh::files::Files;

fn tree() -> Tree {
    Tree::new(&[
        ("a.txt", "hello"),
        ("d/b.txt", "b"),
        (".env", "hidden"),
        ("d/.git/config", "hidden"),
    ])
}

/// The status for a target that no client library would send, on either profile.
fn status(files: &Files, target: &str) -> Vec<u16> {
    let ask = |profile| {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        let (bytes, _) = converse(files, request.as_bytes(), profile);
        let response = read_response(&mut &bytes[..], false).expect("a response");
        assert!(!response.text().contains("what is outside"), "{target} leads out");
        response.status()
    };
    vec![ask(Profile::STRICT), ask(Profile::PYTHON)]
}

fn none_of(targets: &[&str]) {
    let tree = tree();
    let files = tree.files().listing(true).hidden(true);
    for target in targets {
        for status in status(&files, target) {
            assert!(matches!(status, 400 | 404), "{target}: {status}");
        }
    }
}

#[test]
fn dot_segments() {
    // The dots are removed first, and what is left is not there.
    none_of(&[
        "/../secret.txt",
        "/d/../../secret.txt",
        "/d/../../served/../secret.txt",
        "/./secret.txt",
        "http://a/../secret.txt",
        "../secret.txt",
    ]);
    let tree = tree();
    let files = tree.files().listing(true);
    for target in ["/..", "/../", "/../../..", "/%2e%2e/", "/d/../../"] {
        let page = get(&files, target);
        assert!(page.text().contains("./a.txt") && page.text().contains("./d/"), "{target}");
        assert!(!page.text().contains("secret.txt"), "{target}");
    }
}

/// RFC 3986 section 5.2.4; `apt` asks for `/./Packages`.
#[test]
fn dot_segments_are_removed_first() {
    let tree = tree();
    let files = tree.files().listing(true);
    for (target, expected) in [
        ("/./a.txt", "hello"),
        ("/.//./a.txt?x=/..", "hello"),
        ("/../a.txt", "hello"),
        ("/d/../a.txt", "hello"),
        ("/nothing/../a.txt", "hello"),
        ("/a.txt/../d/./b.txt", "b"),
        ("/%2e/a.txt", "hello"),
        ("/d/%2E%2e/a.txt", "hello"),
        ("http://a/./d/../a.txt", "hello"),
        ("/.git/../a.txt", "hello"),
    ] {
        assert_eq!(status(&files, target), [200, 200], "{target}");
        assert_eq!(get(&files, target).text(), expected, "{target}");
    }
    // They mean a directory, and a redirect to it would be one to itself.
    for target in ["/d/.", "/d/./", "/d/x/..", "/d/%2e"] {
        let page = get(&files, target);
        assert!(page.status() == 200 && page.text().contains("./b.txt"), "{target}");
    }
    for target in ["/a.txt/.", "/d/../.env", "/d/.git/config", "/d/../d/./.git/config"] {
        assert_eq!(get(&files, target).status(), 404, "{target}");
    }
    assert_eq!(get(&files.hidden(true), "/d/../.env").text(), "hidden");
    // A place for an upload, likewise.
    let files = tree.files();
    let place = |path| files.place(path).expect("it can be looked up");
    assert_eq!(place("/./d/../new.txt"), place("/new.txt"));
    assert_eq!(place("/../new.txt"), place("/new.txt"));
    assert!(place("/new.txt").is_some());
    for path in ["/new/.", "/d/..", "/.", "/d/../.new", "/x/../d/%2e%2e%2fnew.txt"] {
        assert_eq!(place(path), None, "{path}");
    }
}

#[test]
fn encoded_dot_segments() {
    // Decoded once, and removed.
    none_of(&[
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/.%2e/secret.txt",
        "/%2e./secret.txt",
        "/d/%2e%2e/%2e%2e/secret.txt",
        "/%252e%252e/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
    ]);
}

#[test]
fn encoded_slashes_and_backslashes() {
    none_of(&[
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/d%2f..%2f..%2fsecret.txt",
        "/d%2fb.txt",
        "/..%5csecret.txt",
        "/d%5cb.txt",
        "/..\\secret.txt",
        "/%c0%af../secret.txt",
    ]);
}

#[test]
fn absolute_paths() {
    let tree = tree();
    let secret = tree.outside("secret.txt");
    let secret = secret.to_str().expect("text");
    let encoded = secret.replace('/', "%2f");
    for target in [format!("/{secret}"), format!("//{secret}"), format!("/{encoded}"), encoded] {
        for status in status(&tree.files(), &target) {
            assert!(matches!(status, 400 | 404), "{target}: {status}");
        }
    }
    none_of(&[
        "/etc/passwd",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/%2fetc%2fpasswd",
        "file:///etc/passwd",
    ]);
}

#[test]
fn nul() {
    none_of(&["/%00", "/a.txt%00", "/a.txt%00.html", "/%00/../secret.txt", "/d/%00b.txt"]);
}

/// What these mean on Windows is refused there by name (`files/path.rs` has the test); elsewhere
/// they are names like others, of nothing.
#[test]
fn windows_forms() {
    none_of(&[
        "/C:/secret.txt",
        "/C:secret.txt",
        "/c%3a/secret.txt",
        "/C:%5csecret.txt",
        "//host/share/secret.txt",
        "/%5c%5chost%5cshare",
        "/%5c%5c%3f%5cC:%5csecret.txt",
        "/%5c%5c.%5cCOM1",
        "/CON",
        "/nul.txt",
        "/COM1",
        "/LPT1.txt",
        "/a.txt::$DATA",
        "/a.txt:stream",
        "/a.txt.",
        "/a.txt%20",
        "/A~1.TXT",
    ]);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out() {
    use std::os::unix::fs::symlink;
    let tree = tree();
    symlink(tree.outside("secret.txt"), tree.path("absolute.txt")).unwrap();
    symlink("../secret.txt", tree.path("relative.txt")).unwrap();
    symlink("..", tree.path("up")).unwrap();
    symlink(tree.directory(), tree.path("d/out")).unwrap();
    symlink("absolute.txt", tree.path("twice.txt")).unwrap();
    symlink("round", tree.path("round")).unwrap();
    symlink("../secret.txt", tree.path("d/index.html")).unwrap();
    symlink("../secret.txt", tree.path("a.txt.gz")).unwrap();
    let files = tree.files().listing(true).hidden(true).precompressed(true);
    for target in [
        "/absolute.txt",
        "/relative.txt",
        "/up/secret.txt",
        "/up/",
        "/up",
        "/d/out/secret.txt",
        "/twice.txt",
        "/round",
    ] {
        assert_eq!(status(&files, target), [404, 404], "{target}");
    }
    // Neither as an index file nor as a gzipped form.
    let page = get(&files, "/d/");
    assert!(page.status() == 200 && page.text().contains("./b.txt"));
    let gzip = [("Accept-Encoding", "gzip")];
    assert_eq!(bhrh_tests::request(&files, "GET", "/a.txt", &gzip, b"").text(), "hello");
    // Inside, links are followed, unless that is not wanted.
    symlink("../a.txt", tree.path("d/inside.txt")).unwrap();
    symlink(tree.path("d"), tree.path("e")).unwrap();
    assert_eq!(get(&files, "/d/inside.txt").text(), "hello");
    assert_eq!(get(&files, "/e/b.txt").text(), "b");
    let files = files.follow_links(false);
    assert_eq!(get(&files, "/d/inside.txt").status(), 404);
    assert_eq!(get(&files, "/e/b.txt").status(), 404);
    assert_eq!(get(&files, "/d/b.txt").text(), "b");
}

#[test]
fn hidden_files() {
    let tree = tree();
    tree.write(".well-known/security.txt", b"to be found");
    for path in ["/.env", "/%2eenv", "/d/.git/config", "/d/.git/", "/d/.git"] {
        assert_eq!(get(&tree.files().listing(true), path).status(), 404, "{path}");
        assert_ne!(get(&tree.files().listing(true).hidden(true), path).status(), 404, "{path}");
    }
    assert_eq!(get(&tree.files(), "/.well-known/security.txt").text(), "to be found");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let tree = tree();
    let pipe = std::process::Command::new("mkfifo").arg(tree.path("pipe")).status();
    assert!(pipe.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(tree.path("socket")).unwrap();
    // To open the pipe would take until somebody writes into it.
    assert_eq!(get(&tree.files(), "/pipe").status(), 404);
    assert_eq!(get(&tree.files(), "/socket").status(), 404);
    assert_eq!(get(&Files::new("/dev"), "/zero").status(), 404);
    assert_eq!(get(&Files::new("/dev"), "/null").status(), 404);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_not_there_and_the_log_says_why() {
    use std::os::unix::fs::PermissionsExt;
    let tree = tree();
    std::fs::set_permissions(tree.path("a.txt"), PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::File::open(tree.path("a.txt")).is_ok() {
        return; // root may read everything
    }
    let response = get(&tree.files(), "/a.txt");
    assert_eq!(response.status(), 404);
    assert!(response.log()[0].contains("cannot read what /a.txt names: "), "{:?}", response.log());
}
