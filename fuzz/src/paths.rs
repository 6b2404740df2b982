//! Paths to files: only files below the directory are sent, each under the path that names it, and
//! no hidden ones.

use super::asked::answer;
use super::conversations::Answer;
use bhrh::Exchange;
use bhrh::files::Files;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

/// What no client may get to see. No target has its second character.
const SECRET: &str = "S\u{1}CRET";

/// The tree, made once: `root` is served, what is beside it is not.
fn tree() -> &'static Path {
    static TREE: OnceLock<TempDir> = OnceLock::new();
    TREE.get_or_init(|| {
        let tree = tempfile::tempdir().expect("a directory");
        let put = |name: &str, content: &str| {
            let path = tree.path().join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
            fs::write(path, content).expect("a file");
        };
        put("beside.txt", SECRET);
        put("root2/a.txt", SECRET);
        for name in FILES {
            put(&format!("root/{name}"), name);
        }
        put("root/.hidden", SECRET);
        put("root/.git/config", SECRET);
        #[cfg(unix)]
        std::os::unix::fs::symlink("../beside.txt", tree.path().join("root/link")).expect("a link");
        tree
    })
    .path()
}

/// The content of each file is its name.
const FILES: [&str; 5] = ["a.txt", "d/b.txt", "d/index.html", "d/e/c d.txt", ".well-known/x"];

/// The input is a path, in the characters that a target may have.
pub fn check(bytes: &[u8]) {
    let path: String =
        bytes.iter().filter(|byte| byte.is_ascii_graphic()).copied().map(char::from).collect();
    let target = if path.starts_with('/') { path } else { format!("/{path}") };
    let root = tree().join("root");
    let files = Files::new(&root).listing(true);
    if let Ok(Some(place)) = files.place(&target) {
        assert!(place.starts_with(&root), "{target}: {}", place.display());
        let inside = place.strip_prefix(&root).expect("it starts with it");
        let plain = |part| matches!(part, std::path::Component::Normal(_));
        assert!(inside.components().all(plain), "{target}: {}", place.display());
    }
    let handler = Answer(|http: &mut Exchange<'_>| files.serve(http));
    let response = answer(&handler, "GET", &target, &[]);
    let content = String::from_utf8_lossy(&response.content);
    assert!(!content.contains(SECRET), "{target}: {content}");
    let location = response.values("Location");
    match (response.status, meant(&target)) {
        (200, Some(name)) if FILES.contains(&&*name) => assert_eq!(content, name, "{target}"),
        (200, Some(directory)) => {
            let is_one = matches!(&*directory, "" | "d" | "d/e" | ".well-known");
            assert!(is_one && target.split('?').next().is_some_and(ends_as_directory), "{target}");
        }
        // To the same directory, with a slash; never to another host.
        (301 | 302 | 307 | 308, Some(directory)) => {
            assert!(["d", "d/e", ".well-known"].contains(&&*directory), "{target}");
            assert!(location.len() == 1 && location[0].starts_with(b"./"), "{target}");
        }
        (400 | 404, name) => {
            let is_there = name.as_ref().is_some_and(|name| FILES.contains(&&**name));
            let as_file = is_there && !target.split('?').next().is_some_and(ends_as_directory);
            assert!(response.status == 400 || !as_file, "{target}");
        }
        (status, name) => panic!("{status} for {name:?}: {target}"),
    }
}

fn ends_as_directory(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    matches!(&*last.to_ascii_lowercase().replace("%2e", "."), "" | "." | "..")
}

/// What a path names below the directory, by RFC 3986 section 5.2.4 on decoded segments. `None`:
/// nothing, since a segment is no name.
fn meant(target: &str) -> Option<String> {
    let path = target.split('?').next().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for segment in path.split('/') {
        let mut bytes = Vec::new();
        let mut rest = segment;
        while let Some(c) = rest.chars().next() {
            let digits = rest.strip_prefix('%').and_then(|rest| rest.get(..2));
            let byte = digits.filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
            match byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &rest[3..];
                }
                None => {
                    bytes.push(u8::try_from(c).ok()?);
                    rest = &rest[1..];
                }
            }
        }
        if bytes.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0)) {
            return None;
        }
        match &*String::from_utf8_lossy(&bytes) {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name.to_owned()),
        }
    }
    Some(names.join("/"))
}
