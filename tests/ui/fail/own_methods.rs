//! Methods of the user's own that have the name of a hook, and hooks that take other types.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;
use std::time::Duration;

struct Own;

#[http_handler]
impl Own {
    fn do_GET(&self, http: &mut Exchange) {}

    fn send_error(&self, text: &str) {}

    fn log_message(&self, text: &str) {}

    fn request_id(&self, number: u64) -> u64 {
        number
    }

    fn end_headers(&self, fields: Vec<String>) {}
}

struct Types;

#[http_handler]
impl Types {
    fn do_GET(&self, http: &mut Exchange) {}

    fn log_message(&self, http: &Exchange, message: &str) {}

    fn log_error(&self, http: &Exchange, message: String) {}

    fn log_request(&self, http: &Exchange, code: u32, size: Option<usize>) {}

    fn date_time_string(&self, timestamp: Option<u64>) -> String {
        String::new()
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: &str,
        explain: Option<String>,
    ) -> io::Result<()> {
        Ok(())
    }
}

// These are the right types, whatever they are called.
type Request<'a> = Exchange<'a>;
type Line<'a> = std::fmt::Arguments<'a>;
type Code = u16;

struct Alike;

#[http_handler]
impl Alike {
    fn do_GET(&self, http: &mut Exchange) {}

    fn log_message(&self, http: &Request<'_>, message: Line<'_>) {}

    fn log_access(&self, http: &Request<'_>, code: Code, size: u64, duration: Duration) {}
}

fn main() {}
