//! Python programs against the twin: CPython's own tests, and ordinary clients.

use std::process::Command;

use crate::case::FULL;
use crate::server::{Server, python, twin_path};

#[test]
fn cpythons_own_suite_passes() {
    let mut suite = python("cpython_suite.py");
    let output = suite.arg(twin_path()).output().expect("python3 runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("\nRan 38 tests "), "{said}");
}

#[test]
fn python_clients_cannot_tell_the_two_apart() {
    for server in [Server::reference(FULL), Server::twin(FULL)] {
        let mut clients: Command = python("clients.py");
        let output = clients.arg(server.url()).output().expect("python3 runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
