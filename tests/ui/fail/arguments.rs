//! The arguments of the attribute.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler(
    protocl_version = "HTTP/1.1",
    speed = 9,
    "HTTP/1.1",
    sys_version,
    server_version = "A/1" "B/2",
    server_version = "B/2",
    default_request_version = 1.1,
    protocol_version = "1.1",
    error_content_type = b"text/plain",
    server_version = "A\r\nB",
    error_content_type = +,
    crate = "no path",
    log_format = "combined",
)]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}
}

struct Elsewhere;

#[http_handler(timeout = 5, MessageClass = Message, extensions_map = TYPES, wbufsize = 0)]
impl Elsewhere {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
