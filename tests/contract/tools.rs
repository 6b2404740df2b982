//! Tools of others against the documents: `openapi-spec-validator` reads them, and `schemathesis`
//! sends what they allow and what they do not, over HTTP.
//!
//! `cargo test -p bhrh-tests --features contract --test contract`; needs both tools from PyPI in
//! `target/tools`, where `.ci/run` installs them.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bhrh::openapi::Document;
use bhrh::{Exchange, Handler, HttpServer, http_handler};

use super::app::TodoApi;
use super::every::{Every, Shop};
use super::store::Store;

/// Another handler, without the log of some thousand requests.
struct Quiet<H>(H);

#[http_handler(wraps = self.0)]
impl<H: Handler> Quiet<H> {
    fn log_message(&self, _: &Exchange, _: fmt::Arguments) {}
}

/// A tool, from `target/tools` or from where the system has it.
fn tool(name: &str) -> Command {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/bin").join(name);
    let mut command = Command::new(if ours.exists() { ours } else { PathBuf::from(name) });
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}:\n{printed}\n{errors}");
    output
}

/// Checks the document, and then every operation: with data that fit and data that do not, for
/// all that schemathesis can check. `more` are arguments for it.
#[track_caller]
fn check(handler: impl Handler + 'static, name: &str, rules: Option<&str>, more: &[&str]) {
    let handler = Quiet(handler);
    let document = Document::of(&handler).into_json();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    fs::write(&file, document.to_string()).expect("the document is written");
    run(tool("openapi-spec-validator").arg(&file));

    let server = HttpServer::bind("127.0.0.1:0").expect("a port").spawn(handler).expect("a server");
    let url = format!("http://{}/openapi.json", server.local_addr());
    let mut schemathesis = tool("schemathesis");
    if let Some(rules) = rules {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract").join(rules);
        schemathesis.arg("--config-file").arg(rules);
    }
    schemathesis.args(["run", &url, "--checks", "all", "--mode", "all", "--seed", "1"]);
    // CONTRACT_EXAMPLES=1000 for a long run.
    let examples = env::var("CONTRACT_EXAMPLES").unwrap_or_else(|_| "40".to_owned());
    schemathesis.args([
        "--max-examples",
        &examples,
        "--no-color",
        "--suppress-health-check",
        "all",
    ]);
    schemathesis.args(more);
    let printed = run(&mut schemathesis);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    // All operations, but that for the document.
    let paths = document["paths"].as_object().expect("paths").iter();
    let paths = paths.filter(|(path, _)| *path != "/openapi.json");
    let count: usize =
        paths.map(|(_, methods)| methods.as_object().map_or(0, serde_json::Map::len)).sum();
    assert!(printed.contains(&format!("Tested: {count}\n")), "{printed}");
}

#[test]
fn every_kind_of_input_and_answer() {
    check(Every { shop: Shop }, "every", None, &["--header", "Authorization: Bearer secret"]);
}

#[test]
fn the_example_todo_api() {
    check(
        TodoApi::new(Store::default()),
        "todo_api",
        Some("todo_api.toml"),
        &["--exclude-checks", "unsupported_method"],
    );
}
