//! A hook has one signature.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::fmt;
use std::io;
use std::time::Duration;

struct App;

struct Returns;

#[http_handler]
impl Returns {
    fn do_GET(&self, http: &mut Exchange) {}

    fn log_message(&self, http: &Exchange, message: fmt::Arguments) -> io::Result<()> {
        Ok(())
    }

    fn end_headers(&self, http: &mut Exchange) {}

    fn address_string(&self, http: &Exchange) -> () {}
}

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}

    fn version_string(&self) -> String {
        String::new()
    }

    fn address_string(&self, http: &mut Exchange) -> String {
        String::new()
    }

    fn date_time_string(&self) -> String {
        String::new()
    }

    fn log_message(&self, http: &Exchange) {}

    fn log_error(&self, http: Exchange, message: fmt::Arguments<'_>) {}

    fn log_debug(&mut self, http: &Exchange, message: fmt::Arguments<'_>) {}

    fn handle_expect_100(&self, http: &Exchange) -> io::Result<bool> {
        Ok(true)
    }

    async fn handle_one_request(&self, http: &mut Exchange) {}

    fn send_error(&self, http: &mut Exchange, code: u16) -> io::Result<()> {
        Ok(())
    }

    #[command("END")]
    fn end_headers(&self, http: &mut Exchange, more: bool) -> io::Result<()> {
        Ok(())
    }

    fn log_request(&self, http: &Exchange, code: u16, size: Option<u64>) {}

    fn log_access(&self, http: &Exchange, code: u16, size: u64, duration: Duration) {}
}

fn main() {}
