//! A type has one block.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}
}

#[http_handler]
impl App {
    fn do_POST(&self, http: &mut Exchange) {}
}

struct Routed;

#[http_handler]
impl Routed {
    #[route("GET /a")]
    fn a(&self, http: &mut Exchange) {}
}

#[http_handler]
impl Routed {
    #[route("GET /b")]
    fn b(&self, http: &mut Exchange) {}
}

struct Twice;

#[http_handler(protocol_version = "HTTP/1.1")]
#[http_handler]
impl Twice {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
