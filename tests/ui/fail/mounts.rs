//! Mounted handlers, and `auto_head`.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App {
    api: Api,
    text: String,
}

struct Api;

#[http_handler]
impl Api {
    fn do_GET(&self, http: &mut Exchange) {}
}

#[http_handler(
    mount,
    mount(),
    mount(self.api),
    mount("/a"),
    mount("b" = self.api),
    mount("/" = self.api),
    mount("/c/" = self.api),
    mount("/{tenant}" = self.api),
    mount("/d" = self.api, "/d" = self.api),
    mount("/e" = self.api "/f" = self.api),
    auto_head = true,
    auto_had,
)]
impl App {}

struct Headless;

#[http_handler(auto_head)]
impl Headless {
    #[route("GET /")]
    fn root(&self, http: &mut Exchange) {}
}

struct Twice;

#[http_handler(auto_head)]
impl Twice {
    fn do_GET(&self, http: &mut Exchange) {}

    fn do_HEAD(&self, http: &mut Exchange) {}
}

struct NoHandler {
    text: String,
}

#[http_handler(mount("/text" = self.text))]
impl NoHandler {}

fn main() {}
