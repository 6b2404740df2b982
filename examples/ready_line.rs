//! Shared by the examples: the option `--bind`, and the line with the server's address, in the
//! words of `python3 -m http.server`.

use std::fmt::Display;
use std::io::{self, Write};
use std::net::ToSocketAddrs;

use lexopt::{Arg, Parser, ValueExt};

/// The default of `--bind`.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:8000";

/// The address from `--bind ADDR:PORT` or `--bind unix:PATH`, for a program without other options.
///
/// Port 0 lets the system choose. A wrong command line ends the program.
pub fn bind_option() -> String {
    parse(Parser::from_env()).unwrap_or_else(|error| exit_with(&error))
}

/// Ends the program as `python3` ends on a wrong command line.
pub fn exit_with(error: &lexopt::Error) -> ! {
    eprintln!("error: {error}");
    std::process::exit(2)
}

/// Prints the ready line and flushes it, because a test may wait for it at the end of a pipe.
pub fn announce(address: impl ToSocketAddrs + Display) -> io::Result<()> {
    announce_as("http", address)
}

/// What the URL of a server begins with.
pub const fn scheme(is_encrypted: bool) -> &'static str {
    if is_encrypted { "https" } else { "http" }
}

/// The same as [`announce`], for a server whose [`scheme`] is `http` or `https`.
pub fn announce_as(scheme: &str, address: impl ToSocketAddrs + Display) -> io::Result<()> {
    let protocol = scheme.to_uppercase();
    let mut stdout = io::stdout().lock();
    match address.to_socket_addrs() {
        Ok(addresses) => {
            for address in addresses {
                let (ip, port) = (address.ip(), address.port());
                let url = format_args!("{scheme}://{address}/");
                writeln!(stdout, "Serving {protocol} on {ip} port {port} ({url}) ...")?;
            }
        }
        // A Unix socket.
        Err(_) => writeln!(stdout, "Serving {protocol} on {address} ...")?,
    }
    stdout.flush()
}

fn parse(mut parser: Parser) -> Result<String, lexopt::Error> {
    let mut address = DEFAULT_ADDRESS.to_owned();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => address = parser.value()?.string()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(address)
}
