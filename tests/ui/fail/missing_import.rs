//! A forgotten `use` gets the compiler's own suggestion.

#![allow(unused_variables)]

use bhrh::http_handler;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
