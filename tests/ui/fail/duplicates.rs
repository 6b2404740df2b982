//! Two methods for one thing.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}

    #[command("GET")]
    fn get(&self, http: &mut Exchange) {}

    #[command("TWICE")]
    #[command("TWICE")]
    fn twice(&self, http: &mut Exchange) {}

    #[cfg(unix)]
    fn do_PUT(&self, http: &mut Exchange) {}

    #[command("PUT")]
    fn put(&self, http: &mut Exchange) {}

    #[cfg(unix)]
    #[command("SAME")]
    fn same_1(&self, http: &mut Exchange) {}

    #[cfg(unix)]
    #[command("SAME")]
    fn same_2(&self, http: &mut Exchange) {}
}

struct Same;

#[http_handler]
impl Same {
    fn do_GET(&self, http: &mut Exchange) {}

    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
