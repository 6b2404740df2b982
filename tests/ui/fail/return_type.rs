//! What a method may return.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

struct NoError;

type Boxed = Result<(), Box<dyn std::error::Error>>;

#[http_handler]
impl App {
    fn do_POST(&self, _: &mut Exchange) -> Result<(), NoError> {
        Ok(())
    }

    fn do_DELETE(&self, _: &mut Exchange) -> Boxed {
        Ok(())
    }

    fn do_PATCH(&self, _: &mut Exchange) -> NoError {
        NoError
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

struct Content;

#[http_handler]
impl Content {
    fn do_GET(&self, _: &mut Exchange) -> &'static str {
        "hello"
    }

    fn do_PUT(&self, _: &mut Exchange) -> io::Result<u64> {
        Ok(7)
    }

    fn do_POST(&self, _: &mut Exchange) -> (u16, Vec<u8>) {
        (200, Vec::new())
    }
}

fn main() {}
