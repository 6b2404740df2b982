//! What handlers with routes do: which request finds which method, and what the others get.

mod answers;
mod guards;
mod guide;
mod inputs;
mod links;
mod matching;
mod mounts;
mod overriding;
mod parameters;
mod random;

use bhrh::Exchange;
use std::io::{self, Write};

fn say(http: &mut Exchange<'_>, text: impl std::fmt::Display) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", "text/plain");
    http.end_headers()?;
    write!(http.wfile, "{text}")
}
