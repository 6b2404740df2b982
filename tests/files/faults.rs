//! A file system that fails: the client gets a 500, and the log has the reason. `serve` runs with a
//! `realpath` and a `statx` of the test's instead of the C library's.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::process::Command;

use crate::serve::Program;
use crate::tree::Tree;

/// `serve` on a directory where look-ups fail by their names.
fn start(tree: &Tree, options: &[&str]) -> Program {
    let library = tree.outside("faulty.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/files/faulty.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source);
    assert!(compiler.status().expect("the linker that Rust needs too").success());
    Program::start_with(tree, options, |command| {
        command.env("LD_PRELOAD", &library);
    })
}

/// The lines of the log up to the one of a request that got this status.
fn logged(program: &mut Program, status: u16) -> String {
    let mut lines = String::new();
    while !lines.ends_with(&format!(" {status} -\n")) {
        lines += &program.logged();
        lines.push('\n');
    }
    lines
}

#[test]
fn an_error_of_a_look_up_is_a_500_with_its_reason_in_the_log() {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let mut program = start(&tree, &["0"]);
    for (path, words) in [
        ("/EIO", "Input/output error"),
        ("/ESTALE.txt", "Stale file handle"),
        ("/ENOMEM/a.txt", "Cannot allocate memory"),
    ] {
        assert_eq!(program.ask("GET", path, "", "").status(), 500, "{path}");
        let lines = logged(&mut program, 500);
        assert!(lines.contains(words) && lines.contains(path), "{lines}");
    }
    // These are the client's: nothing can be there.
    let long = format!("/{}", "n".repeat(300));
    for path in ["/nothing", "/a.txt/b", &long, "/ELOOP"] {
        assert_eq!(program.ask("GET", path, "", "").status(), 404, "{path}");
        let lines = logged(&mut program, 404);
        assert!(!lines.contains("os error"), "{lines}");
    }
    // This is told to the operator only.
    assert_eq!(program.ask("GET", "/EACCES", "", "").status(), 404);
    let lines = logged(&mut program, 404);
    assert!(lines.contains("cannot read what /EACCES names"), "{lines}");
    assert!(lines.contains("Permission denied"), "{lines}");
}

#[test]
fn nothing_is_sent_in_the_place_of_what_cannot_be_looked_up() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new(&[
        ("a.txt", "hello"),
        ("index/index.htm", "another index file"),
        ("gzipped.css", "the plain file"),
        ("gzipped.css.gz", "the gzipped form"),
        ("links/b.txt", "b"),
    ]);
    symlink("../a.txt", tree.path("links/EIO")).expect("a link");
    let mut program = start(&tree, &["0", "--overwrite"]);
    for (method, path) in [
        ("GET", "/index/"),
        ("GET", "/gzipped.css"),
        // A page without the entry would say that there is no such file.
        ("GET", "/links/"),
        ("PUT", "/EIO/new.txt"),
    ] {
        let fields = "Accept-Encoding: gzip\r\n";
        assert_eq!(program.ask(method, path, fields, "").status(), 500, "{path}");
        let lines = logged(&mut program, 500);
        assert!(lines.contains("Input/output error"), "{path}: {lines}");
    }
    // A client that does not accept a form costs no look for it, and a form that is not there costs
    // one `lstat`.
    for (path, fields) in [("/gzipped.css", ""), ("/a.txt", "Accept-Encoding: br, gzip\r\n")] {
        assert_eq!(program.ask("GET", path, fields, "").status(), 200, "{path}");
    }
    // What may not be read is not there.
    std::fs::remove_file(tree.path("links/EIO")).expect("a link");
    symlink("../a.txt", tree.path("links/EACCES")).expect("a link");
    let page = program.ask("GET", "/links/", "", "");
    assert!(page.text().contains("b.txt") && !page.text().contains("EACCES"), "{}", page.text());
}

/// What may not be read is not there, however it is asked for.
#[test]
fn what_may_not_be_read_is_not_the_servers_fault() {
    let tree = Tree::new(&[("d/a.txt", "a"), ("d/VANISHED", "b")]);
    let options = ["0", "--archive", "--upload", "--fallback-extension=html"];
    let mut program = start(&tree, &options);
    for (method, path, status) in [
        ("GET", "/EACCES/a", 404),
        ("GET", "/EACCES/?archive=tar.gz", 404),
        ("PUT", "/EACCES/a.txt", 403),
    ] {
        assert_eq!(program.ask(method, path, "", "").status(), status, "{method} {path}");
        let lines = logged(&mut program, status);
        assert!(lines.contains("Permission denied"), "{lines}");
    }
    // A file that has been deleted since its name was read is left out.
    assert_eq!(program.ask("GET", "/d/?archive=tar.gz", "", "").status(), 200);
}
