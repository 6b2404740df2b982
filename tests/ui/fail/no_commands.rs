//! Blocks that answer nothing: the method that was meant to is shown, if there is one.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App<T>(T);

#[http_handler]
impl<T: Send + Sync> App<T> {
    fn new(value: T) -> Self {
        Self(value)
    }
}

struct Get;

#[http_handler]
impl Get {
    fn page(&self, http: &mut Exchange) {}

    fn get(&self, http: &mut Exchange) {}
}

struct Index;

#[http_handler]
impl Index {
    fn index(&self, http: &mut Exchange) {}
}

struct Capitals;

#[http_handler]
impl Capitals {
    fn DO_GET(&self, http: &mut Exchange) {}
}

fn main() {}
