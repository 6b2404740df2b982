//! What only the compiler can see: two blocks for one type, conditions that do not exclude each
//! other.

#![deny(unreachable_patterns)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, _: &mut Exchange) {}
}

#[http_handler]
impl App {
    fn do_POST(&self, _: &mut Exchange) {}
}

struct Other;

#[http_handler]
impl Other {
    #[cfg(all())]
    #[command("NOTIFY")]
    fn first(&self, _: &mut Exchange) {}

    #[cfg(not(any()))]
    #[command("NOTIFY")]
    fn second(&self, _: &mut Exchange) {}
}

fn main() {}
