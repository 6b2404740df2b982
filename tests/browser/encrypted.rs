//! HTTPS: what Chromium makes of the server's certificate and of its connections.

use std::fs;

use crate::{Program, script};

#[test]
fn pages_and_large_files_come_over_https() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("large"), vec![b'x'; 3_000_000]).expect("a file");
    fs::create_dir(directory.path().join("folder")).expect("a directory");
    let path = directory.path().to_str().expect("text");
    let options = ["--tls-self-signed", "--directory", path];
    let serve = Program::start(env!("CARGO_BIN_EXE_files-serve"), &options);
    assert!(serve.url.starts_with("https://"), "{}", serve.url);
    script("encrypted.mjs", &[&serve.url]);
}
