//! The twin of Python's `http.server`: the methods of `tests/parity/reference.py`. Tests compare
//! the bytes and the log lines of the two.
//!
//! `cargo run --example twin -- --bind 127.0.0.1:8000 --handler full --protocol HTTP/1.1`

use bhrh::{Handler, HttpServer};
use std::io;

mod answer;
mod base;
mod full;
mod http09;
mod json;
mod log;
mod options;
mod page;

use options::{HandlerName, Options};

fn main() -> io::Result<()> {
    let options =
        Options::from_command_line().unwrap_or_else(|error| ready_line::exit_with(&error));
    match options.handler {
        HandlerName::Full => serve(&options, full::Full { names: options.names("HTTP/0.9") }),
        HandlerName::Base => serve(&options, base::Base { names: options.names("HTTP/1.1") }),
        HandlerName::Page => serve(&options, page::Page { names: options.names("HTTP/0.9") }),
        HandlerName::Refuse => serve(&options, page::Refuse { names: options.names("HTTP/0.9") }),
        HandlerName::Log => serve(&options, log::Log { names: options.names("HTTP/1.1") }),
        HandlerName::Http09 => serve(&options, http09::Http09 { names: options.names("HTTP/0.9") }),
    }
}

fn serve(options: &Options, handler: impl Handler + 'static) -> io::Result<()> {
    let server = HttpServer::bind(&*options.bind)?.profile(options.profile);
    ready_line::announce(server.local_addr())?;
    server.serve_forever(handler)
}
