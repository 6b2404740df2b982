//! One value serves all threads.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::cell::Cell;

struct Counter {
    count: Cell<u32>,
}

#[http_handler]
impl Counter {
    fn do_GET(&self, http: &mut Exchange) {
        self.count.set(self.count.get() + 1);
    }
}

struct Wrapper<T>(T);

#[http_handler]
impl<T> Wrapper<T> {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
