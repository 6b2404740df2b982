//! A to-do list as a JSON API: typed routes, JSON in and out, links that the compiler checks.
//!
//! `cargo run --example todo_api`, then the session in `README.md` beside this file. The list is in
//! memory; `--file todos.json` keeps it in a file.

mod app;
mod store;

use std::io;
use std::path::PathBuf;

use bhrh::HttpServer;
use lexopt::{Arg, Parser, ValueExt};

use app::TodoApi;
use store::Store;

struct Options {
    address: String,
    file: Option<PathBuf>,
}

fn options() -> Result<Options, lexopt::Error> {
    let mut options = Options { address: ready_line::DEFAULT_ADDRESS.to_owned(), file: None };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("file") => options.file = Some(parser.value()?.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}

fn main() -> io::Result<()> {
    let options = options().unwrap_or_else(|error| ready_line::exit_with(&error));
    let store = match options.file {
        Some(path) => Store::in_file(path)?,
        None => Store::default(),
    };
    let server = HttpServer::bind(options.address)?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(TodoApi::new(store))
}
