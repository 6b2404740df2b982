//! Members of `BaseHTTPRequestHandler` that are not hooks.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    #[allow(non_upper_case_globals)]
    const protocol_version: &'static str = "HTTP/1.1";

    fn server_version(&self) -> &'static str {
        "App/1.0"
    }

    fn do_GET(&self, http: &mut Exchange) {}

    fn send_response(&self, http: &mut Exchange, code: u16) {}

    fn send_header(&self, http: &mut Exchange, name: &str, value: &str) {}

    fn handle(&self, http: &mut Exchange) {}

    fn finish(&self, http: &mut Exchange) {}

    fn parse_request(&self, http: &mut Exchange) -> bool {
        true
    }

    fn wants_log_access(&self) -> bool {
        true
    }

    // Without an exchange it is a method of the user's own.
    fn setup(&self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {}
