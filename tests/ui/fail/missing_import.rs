//! A forgotten `use`: the compiler's own error, at the user's own word.

#![allow(unused_variables)]

use bhrh::http_handler;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
