//! A block that answers nothing.

#![allow(unused_variables)]

use bhrh::http_handler;

struct App<T>(T);

#[http_handler]
impl<T: Send + Sync> App<T> {
    fn new(value: T) -> Self {
        Self(value)
    }
}

fn main() {}
