//! What a method may return.

#![allow(unused_variables)]

use bhrh::{Exchange, Json, Status, http_handler};
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

struct Answers;

#[http_handler]
impl Answers {
    fn do_GET(&self) -> u64 {
        7
    }

    fn do_PUT(&self, _: &mut Exchange) -> io::Result<u64> {
        Ok(7)
    }

    fn do_POST(&self) -> (u16, NoError) {
        (200, NoError)
    }

    fn do_DELETE(&self) -> Json<NoError> {
        Json(NoError)
    }

    fn do_PATCH(&self) -> Result<String, NoError> {
        Err(NoError)
    }

    fn do_OPTIONS(&self) -> Status<201, Json<NoError>> {
        Status(Json(NoError))
    }

    fn do_TRACE(&self) -> Option<Json<NoError>> {
        None
    }
}

struct Silent;

#[http_handler]
impl Silent {
    // A method that returns nothing needs the exchange.
    fn do_TRACE(&self) {}
}

struct TooEarly;

#[http_handler]
impl TooEarly {
    fn do_GET(&self) -> Status<99, &'static str> {
        Status("x")
    }
}

fn main() {}
