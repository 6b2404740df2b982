//! The types of arguments are the compiler's to check, at the user's own expression.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App {
    port: u16,
}

const NUMBER: u8 = 11;

#[http_handler(
    server_version = self.port,
    sys_version = NUMBER,
    protocol_version = self.no_such_method(),
    error_content_type = (),
    responses = 7,
)]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
