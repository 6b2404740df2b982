//! What browsers make of the pages: a script for each test drives Chromium.
//!
//! `cargo test -p bhrh-tests --features browser --test browser`; needs `chromium`, `node`, and
//! `puppeteer-core` and `axe-core` in `target/node`. `.ci/run` installs them.
//!
//! A script gets the URL of a server as its argument, opens pages with `browser.mjs` and throws if
//! something is wrong. `browser.mjs` fails it for what no page may do, too: an error in a page, or
//! a request to another machine.
#![cfg(unix)]

#[path = "../../examples/todo_api/app.rs"]
mod app;
mod chat;
mod encrypted;
mod listing;
mod openapi;
#[path = "../clients/proxies.rs"]
#[expect(dead_code, reason = "only one of their ports is asked here")]
mod proxies;
#[path = "../../examples/todo_api/store.rs"]
#[allow(dead_code)] // The list is in memory here.
mod store;
mod video;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program of this repository, ended with the test.
struct Program {
    child: Child,
    /// With a slash at the end.
    url: String,
}

impl Program {
    /// Starts a program that takes `--bind`, and waits until it listens.
    fn start(path: &str, arguments: &[&str]) -> Program {
        let mut command = Command::new(path);
        command.args(["--bind", "127.0.0.1:0"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut ready = String::new();
        let output = child.stdout.take().expect("a pipe");
        let mut program = Program { child, url: String::new() };
        BufReader::new(output).read_line(&mut ready).expect("a ready line");
        let url = ready.split(['(', ')']).nth(1);
        program.url = url.unwrap_or_else(|| panic!("no URL: {ready:?}")).to_owned();
        program
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a script of this folder to its end, which must be a good one.
#[track_caller]
fn script(name: &str, arguments: &[&str]) {
    let mut node = Command::new("node");
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser").join(name)).args(arguments);
    let output = node.output().expect("node");
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {printed}{complaints}");
    eprint!("{printed}");
}
