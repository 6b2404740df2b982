//! What the tree promises of itself: ARCHITECTURE.md's layers, files of readable size, a porting
//! table that compiles, dependencies that are few and free.

mod graph;
mod guide;
mod layers;
mod links;
mod packages;
mod readme;
mod words;
mod workflows;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_owned()
}

/// All Rust files below a directory, with their text.
fn sources(below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(below)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a readable directory") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).expect("below the root");
                let text = fs::read_to_string(&path).expect("a readable file");
                found.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {below}");
    found
}

#[test]
fn the_core_neither_reads_nor_waits() {
    for (name, text) in sources("bhrh/src/proto") {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in ["std::io", "std::net::Tcp", "std::thread", "std::time", "Instant"] {
                assert!(!line.contains(word), "{name} has {word}: {line}");
            }
        }
    }
}

/// Who may say these words: a client's socket has one room, the poller three files of it, and TLS
/// one room in it.
#[test]
fn sockets_have_one_room() {
    const MAY: [(&str, &[&str]); 5] = [
        (
            "mio::",
            &["bhrh/src/net/socket.rs", "bhrh/src/net/readiness.rs", "bhrh/src/net/listener.rs"],
        ),
        ("socket2", &["bhrh/src/net/"]),
        ("MSG_", &["bhrh/src/net/"]),
        ("rustls", &["bhrh/src/net/tls/"]),
        // The test of transports is a client of its own, and the other end of a relay is the
        // user's.
        (
            "TcpStream",
            &[
                "bhrh/src/net/",
                "bhrh/src/testing/",
                "bhrh/src/engine/any_transport.rs",
                "bhrh/src/exchange/relay.rs",
            ],
        ),
    ];
    for (name, text) in sources("bhrh/src") {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for (word, rooms) in MAY {
                let may = rooms.iter().any(|room| name.starts_with(room));
                assert!(may || !line.contains(word), "{name} says {word}: {line}");
            }
        }
    }
}

#[test]
fn files_can_be_read_in_one_go() {
    for below in ["bhrh/src", "bhrh-macros/src", "examples"] {
        for (name, text) in sources(below) {
            let lines = text.lines().count();
            assert!(lines <= 520, "{name} has {lines} lines: is it still one idea?");
            assert!(text.starts_with("//!"), "{name} does not begin with what it is for");
        }
    }
}

/// `let` chains came with Rust 1.88, and nothing but a compiler of the stated age would notice.
/// rustfmt breaks code at 100 columns, and leaves comments alone.
#[test]
fn comments_fit_in_100_columns() {
    let mut long = Vec::new();
    for folder in ["bhrh", "bhrh-macros/src", "examples", "tests", "fuzz/src"] {
        for (name, text) in sources(folder) {
            // trybuild's messages quote these with their columns, and `target` is not ours.
            if name.starts_with("tests/ui/") || name.contains("/target/") {
                continue;
            }
            let mut is_code = false;
            for (at, line) in text.lines().enumerate() {
                let Some(words) = line.trim_start().strip_prefix("//") else { continue };
                let words = words.trim_start_matches(['/', '!']).trim_start();
                is_code ^= words.starts_with("```");
                // Rows of tables and drawings have no other form.
                let is_shape = words.starts_with('|') || words.contains('\u{2500}');
                if !is_code && !is_shape && line.chars().count() > 100 {
                    long.push(format!("{name}:{}", at + 1));
                }
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn published_code_has_no_newer_syntax_than_its_stated_rust() {
    for below in ["bhrh/src", "bhrh-macros/src"] {
        for (name, text) in sources(below) {
            for line in text.lines() {
                let chain = line.contains("&& let ") || line.contains("let chains");
                assert!(!chain, "{name}: {line}");
                assert!(!line.contains("= format_args!"), "{name}: {line}");
            }
        }
    }
}

/// Each line of Rust in the porting table stands in the program below it, which is a doctest.
#[test]
fn every_row_of_the_porting_table_is_compiled() {
    let page = fs::read_to_string(root().join("bhrh/src/porting.md")).expect("the porting page");
    let program = page.rsplit_once("## Every line above, compiled").expect("the program").1;
    let mut rows = 0;
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        // A bar within a cell is escaped.
        let line = line.replace("\\|", "\u{1}");
        let cell = line.split('|').nth(2).expect("a second cell").trim();
        // What Python has and this has not is said, not shown.
        if cell != "none" {
            let code = cell.trim_matches('`').replace('\u{1}', "|");
            assert!(program.contains(&code), "not in the program: {code}");
        }
        rows += 1;
    }
    assert!(rows >= 65, "only {rows} rows were found");
}

/// Python's documentation of the class, member by member, its base's and its subclass's.
#[test]
fn every_documented_member_has_its_row() {
    let page = fs::read_to_string(root().join("bhrh/src/porting.md")).expect("the porting page");
    let first_cells: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    for member in [
        "client_address",
        "server",
        "close_connection",
        "requestline",
        "command",
        "path",
        "request_version",
        "headers",
        "rfile",
        "wfile",
        "server_version",
        "sys_version",
        "error_message_format",
        "error_content_type",
        "protocol_version",
        "MessageClass",
        "responses",
        "handle",
        "handle_one_request",
        "handle_expect_100",
        "send_error",
        "send_response",
        "send_header",
        "send_response_only",
        "end_headers",
        "flush_headers",
        "log_request",
        "log_error",
        "log_message",
        "version_string",
        "date_time_string",
        "log_date_time_string",
        "address_string",
        // Of `StreamRequestHandler` and the servers.
        "setup",
        "finish",
        "timeout",
        "rbufsize",
        "wbufsize",
        "connection",
        "request",
        "address_family",
        "serve_forever",
        "shutdown",
        // Of `SimpleHTTPRequestHandler`.
        "directory",
        "do_GET",
        "do_HEAD",
        "extensions_map",
        "index_pages",
        "send_head",
        "list_directory",
        "translate_path",
        "guess_type",
        "copyfile",
    ] {
        let has_it = |cell: &&str| {
            let mut words = cell.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word == member)
        };
        assert!(first_cells.iter().any(has_it), "no row for {member}");
    }
}

/// The program that `tests/programs/hello.rs` runs stands on three first pages, less its own first
/// line.
#[test]
fn the_printed_hello_is_the_example() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a page");
    let file = read("bhrh/examples/hello.rs");
    let (_, program) = file.split_once("\n\n").expect("a first line");
    for page in ["README.md", "docs/guide/getting-started.md", "bhrh/src/lib.rs"] {
        let plain = |line: &str| line.strip_prefix("//!").unwrap_or(line).trim().to_owned();
        let lines = |text: &str| text.lines().map(plain).collect::<Vec<_>>().join("\n");
        let printed = format!("no_run\n{}\n```\n", lines(program));
        assert!(lines(&read(page)).contains(&printed), "{page} prints another program");
    }
}

#[test]
fn the_changelog_knows_the_version() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).expect("a changelog");
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(changelog.lines().any(|line| line.starts_with(&heading)), "no {heading:?}");
}

/// Each row of the page of decisions cites a clause, and names tests that exist.
#[test]
fn every_decision_has_its_clause_and_its_test() {
    let page = fs::read_to_string(root().join("bhrh/src/rfc9112.md")).expect("the page");
    let (mut rows, mut named) = (0, 0);
    for row in
        page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1)
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, _, _, clause, tests] = cells[..] else { panic!("not five cells: {row}") };
        assert!(clause == "none" || clause.starts_with(|c: char| c.is_ascii_digit()), "{row}");
        for test in tests.split(", ") {
            let path = test.trim_matches('`');
            let (file, name) = path.rsplit_once("::").unwrap_or_else(|| panic!("no test: {row}"));
            let file = root().join("tests").join(format!("{}.rs", file.replace("::", "/")));
            let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("no file for {path}"));
            let is_test = text.contains(&format!("#[test]\nfn {name}() {{"));
            assert!(is_test, "{path} is no test: {row}");
            named += 1;
        }
        rows += 1;
    }
    assert!(rows >= 60 && named >= rows, "only {rows} rows and {named} tests were found");
}

/// Each cell of bhrh's in `docs/compared.md` is shown by a test, an example or a page that is
/// there. (The program `serve` has a section of its own, with figures.)
#[test]
fn every_comparison_is_shown_by_something() {
    let page = fs::read_to_string(root().join("docs/compared.md")).expect("the page");
    let (mut rows, mut shown) = (0, 0);
    let (page, _) = page.split_once("\n## `serve` beside").expect("the section of serve");
    let cells = page.lines().filter(|line| line.starts_with("| ")).map(|line| {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        (cells.nth(1).expect("bhrh's cell"), cells.next().expect("what shows it"))
    });
    for (cell, proof) in cells.filter(|(cell, _)| *cell != "**bhrh**") {
        rows += 1;
        if proof == "–" {
            let admits = ["N: ", "not tried", "new"].iter().any(|word| cell.starts_with(word));
            assert!(admits, "nothing shows {cell}");
            continue;
        }
        for proof in proof.split(", ") {
            let (path, name) = match proof.trim_matches('`').split_once("::") {
                Some((path, name)) => (path, Some(name)),
                None => (proof.trim_matches('`'), None),
            };
            assert!(root().join(path).exists(), "{cell}: no {path}");
            if let Some(name) = name {
                let test = format!("fn {name}()");
                let files = match root().join(path).is_dir() {
                    true => sources(path),
                    false => {
                        vec![(path.to_owned(), fs::read_to_string(root().join(path)).unwrap())]
                    }
                };
                assert!(files.iter().any(|(_, text)| text.contains(&test)), "no test {proof}");
            }
            shown += 1;
        }
    }
    assert!(rows >= 62 && shown >= 50, "only {rows} rows, {shown} of them shown");
}
