//! The port of a script does what the script does: `examples/port_of_a_script`.

use std::path::Path;
use std::process::Command;

use crate::case::{Case, Options};
use crate::compare::compare_servers;
use crate::server::{Server, python_at};

/// Only names the cases: neither program takes options.
const GUESTBOOK: Options = Options::new("guestbook", "HTTP/1.1");

const ORIGINAL: &str = "../examples/port_of_a_script/original.py";

#[test]
fn the_port_does_as_the_original() {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join(ORIGINAL);
    let port = Command::new(env!("CARGO_BIN_EXE_parity-guestbook"));
    let cases = cases();
    let complaints = compare_servers(
        || Server::start(python_at(&original)),
        || Server::start(port),
        &cases.iter().collect::<Vec<_>>(),
    );
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// In this order: what one case signs is on the page of the next.
fn cases() -> Vec<Case> {
    let new = |name: &str| Case::new(GUESTBOOK, name);
    let page = "GET / HTTP/1.1\r\nHost: parity\r\n\r\n";
    let signed = |name: &str, form: &str| new(name).send(sign(form)).send(page).open();
    let refused = |name: &str, form: &str| new(name).send(sign(form));
    vec![
        new("empty").send(page).open(),
        new("head").send("HEAD / HTTP/1.1\r\nHost: parity\r\n\r\n").open(),
        signed("sign", "name=Ada&message=Hello+there"),
        signed("markup", "name=%3Cb%3E&message=%26+%22quoted%22+%27s%27"),
        signed("utf-8", "name=Z%C3%BCrich&message=%E2%82%AC"),
        signed("raw utf-8", "name=Z\u{fc}rich&message=\u{20ac}"),
        signed("not utf-8", "name=%FF%FE&message=x"),
        signed("other fields", "x=1&message=a&y=&name=b&name=c"),
        signed("blanks around", "name=+Ada+&message=%20b%20"),
        signed("percent alone", "name=100%&message=%zz"),
        refused("no name", "name=&message=Hello"),
        refused("only blanks", "name=+&message=Hello"),
        refused("no fields", "nothing"),
        refused("empty form", ""),
        refused("too long", &"x".repeat(10_001)),
        new("no type").send("POST /sign HTTP/1.1\r\nHost: parity\r\nContent-Length: 0\r\n\r\n"),
        new("no such page").send("GET /x HTTP/1.1\r\nHost: parity\r\n\r\n"),
        new("no such form").send("POST /x HTTP/1.1\r\nHost: parity\r\n\r\n"),
        new("no such head").send("HEAD /x HTTP/1.1\r\nHost: parity\r\n\r\n"),
        new("no such method").send("PUT / HTTP/1.1\r\nHost: parity\r\n\r\n"),
        new("at the end").send([page, page].concat()).open(),
    ]
}

fn sign(form: &str) -> String {
    format!(
        "POST /sign HTTP/1.1\r\nHost: parity\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    )
}
