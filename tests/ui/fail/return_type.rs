//! What a method may return.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

struct NoError;

#[http_handler]
impl App {
    fn do_GET(&self, _: &mut Exchange) -> &'static str {
        "hello"
    }

    fn do_POST(&self, _: &mut Exchange) -> Result<(), NoError> {
        Ok(())
    }

    fn do_PUT(&self, _: &mut Exchange) -> io::Result<u64> {
        Ok(7)
    }

    fn end_headers(&self, _: &mut Exchange) -> Result<(), String> {
        Ok(())
    }

    fn handle_expect_100(&self, _: &mut Exchange) -> bool {
        true
    }

    fn version_string(&self, _: &Exchange) -> u8 {
        1
    }
}

fn main() {}
