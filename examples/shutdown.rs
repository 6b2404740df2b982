//! A server that shuts down cleanly: on SIGTERM or Ctrl-C it accepts no more connections, finishes
//! running requests, and reports the result. A second Ctrl-C ends it at once.
//!
//! `cargo run --features signals --example shutdown -- --work 5 --patience 30`, `curl` it, and
//! press Ctrl-C before it has answered.

use bhrh::{Exchange, HttpServer, Timeouts, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

struct Work {
    time: Duration,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Work {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.log_message(format_args!("working for {:?}", self.time));
        thread::sleep(self.time);
        let body = "Done.\n";
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.send_header("Content-Length", body.len());
        http.end_headers()?;
        http.wfile.write_all(body.as_bytes())
    }
}

fn main() -> io::Result<()> {
    let options = options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let mut timeouts = Timeouts::default();
    timeouts.shutdown = options.patience;
    let server = HttpServer::bind(options.address)?.timeouts(timeouts).stop_on_signals();
    // `spawn` instead of `serve_forever`: a signal right after the ready line is already handled.
    let server = server.spawn(Work { time: options.work })?;
    ready_line::announce(server.local_addr())?;
    // An error means that a connection had to be cut. The program's exit status says so.
    server.join()?;
    writeln!(io::stdout(), "All requests have been answered.")
}

struct Options {
    address: String,
    work: Duration,
    patience: Duration,
}

fn options(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options {
        address: ready_line::DEFAULT_ADDRESS.to_owned(),
        work: Duration::from_secs(5),
        patience: Duration::from_secs(30),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("work") => options.work = Duration::from_secs(parser.value()?.parse()?),
            Arg::Long("patience") => {
                options.patience = Duration::from_secs(parser.value()?.parse()?);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}
