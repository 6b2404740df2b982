//! `examples/upload.rs`.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use bhrh::testing::Response;
use tempfile::TempDir;

use crate::program::Program;

fn start(limit: u64) -> (Program, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_str().expect("text");
    let options = ["--directory", path, "--limit", &limit.to_string()];
    (Program::start(env!("CARGO_BIN_EXE_programs-upload"), &options), directory)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<_> = entries.map(name).map(|it| it.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn put(program: &Program, path: &str, content: &[u8]) -> Response {
    let rest = format!("Content-Length: {}\r\n\r\n", content.len());
    program.ask("PUT", path, &[rest.as_bytes(), content].concat())
}

fn post(program: &Program, body: &str) -> Response {
    let length = body.len();
    let rest = format!(
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    program.ask("POST", "/", rest.as_bytes())
}

fn file(name: &str, content: &str) -> String {
    let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
    format!("--b\r\n{head}\r\n\r\n{content}\r\n")
}

#[test]
fn a_form_and_a_put() {
    let (program, directory) = start(1000);
    assert!(program.ask("GET", "/", b"\r\n").text().contains("multipart/form-data"));
    let body = file("../../a.txt", "one") + &file("b", "") + &file("", "none") + "--b--\r\n";
    let response = post(&program, &body);
    assert_eq!((response.status(), response.text()), (201, "a.txt: 3 bytes\nb: 0 bytes\n"));
    assert_eq!(put(&program, "/c.bin", b"\0\xff").status(), 201);
    assert_eq!(names(directory.path()), ["a.txt", "b", "c.bin"]);
    assert_eq!(fs::read(directory.path().join("a.txt")).expect("a file"), b"one");
    assert_eq!(fs::read(directory.path().join("c.bin")).expect("a file"), b"\0\xff");
    // What is there stays.
    assert_eq!(put(&program, "/c.bin", b"other").status(), 409);
    assert_eq!(fs::read(directory.path().join("c.bin")).expect("a file"), b"\0\xff");
}

#[test]
fn names_lead_nowhere() {
    let (program, directory) = start(1000);
    for path in ["/", "/../x", "/a/b", "/.hidden", "/%2e%2e", "/a%00", "/a?b"] {
        assert_eq!(put(&program, path, b"x").status(), 400, "{path}");
    }
    assert_eq!(names(directory.path()), [""; 0]);
}

/// The form has the same rules as PUT.
#[test]
fn names_that_no_file_should_have_are_refused() {
    let (program, directory) = start(1000);
    let long = "n".repeat(256);
    for name in [".htaccess", "..", ".", &long] {
        let response = post(&program, &(file(name, "x") + "--b--"));
        assert!(matches!(response.status(), 201 | 400), "{name}");
        assert_eq!(put(&program, &format!("/{name}"), b"x").status(), 400, "{name}");
    }
    assert_eq!(post(&program, &(file(".htaccess", "x") + "--b--")).status(), 400);
    assert_eq!(post(&program, &(file(&long, "x") + "--b--")).status(), 400);
    // Before the content is sent.
    let head = format!(
        "PUT /{long} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    );
    let mut client = program.send(head.as_bytes());
    let mut answer = [0; 12];
    client.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 400");
    assert_eq!(names(directory.path()), [""; 0]);
    assert_eq!(put(&program, &format!("/{}", "n".repeat(255)), b"x").status(), 201);
}

#[test]
fn a_put_with_a_coding_is_a_415() {
    let (program, directory) = start(1000);
    for coding in ["gzip", "aws-chunked"] {
        let rest = format!("Content-Encoding: {coding}\r\nContent-Length: 1\r\n\r\nx");
        let response = program.ask("PUT", "/a", rest.as_bytes());
        assert_eq!(response.status(), 415, "{coding}");
        assert_eq!(response.header("Accept-Encoding"), Some("identity"));
    }
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
fn over_the_limit_nothing_stays() {
    let (program, directory) = start(1000);
    assert_eq!(put(&program, "/a", &[b'x'; 1001]).status(), 413);
    assert_eq!(post(&program, &(file("a", &"x".repeat(1000)) + "--b--")).status(), 413);
    let chunk = format!("258\r\n{}\r\n", "x".repeat(600));
    let chunks = format!("Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n");
    assert_eq!(program.ask("PUT", "/a", chunks.as_bytes()).status(), 413);
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
fn what_is_cut_off_does_not_stay() {
    let (program, directory) = start(1000);
    assert_eq!(post(&program, &file("a", "cut")).status(), 400);
    let mut client = program.send(b"PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    client.shutdown(std::net::Shutdown::Write).expect("it is open");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_large_upload_takes_little_memory() {
    const MIB: usize = 1 << 20;
    let (program, directory) = start(1 << 30);
    let before = program.peak_memory();
    let head = format!("PUT /large HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", 64 * MIB);
    let mut client = program.send(head.as_bytes());
    for _ in 0..64 {
        client.write_all(&vec![b'x'; MIB]).expect("it reads");
    }
    let mut answer = [0; 12];
    client.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 201");
    let length = fs::metadata(directory.path().join("large")).expect("a file").len();
    assert_eq!(length, 64 << 20);
    let more = program.peak_memory() - before;
    assert!(more < 16 << 10, "{more} KiB");
}
