//! Names that are nearly right.

#![allow(unused_variables, non_snake_case)]

use bhrh::{Exchange, http_handler};
use std::fmt;
use std::io;
use std::time::SystemTime;

struct App;

#[http_handler]
impl App {
    fn do_get(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }

    fn do_Post(&self, http: &mut Exchange) {}

    fn do_VERSION_CONTROL(&self, http: &mut Exchange) {}

    fn do_größe(&self, http: &mut Exchange) {}

    fn log_mesage(&self, http: &Exchange, message: fmt::Arguments<'_>) {}

    fn handle_one_requst(&self, http: &mut Exchange) {}

    fn version_strings(&self, http: &Exchange) -> String {
        String::new()
    }

    fn date_time_strng(&self, timestamp: Option<SystemTime>) -> String {
        String::new()
    }

    // No client is to run a helper.
    fn do_delete_everything(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }

    fn do_table(&self, http: &Exchange, rows: usize) -> String {
        String::new()
    }

    fn do_gte(&self, http: &mut Exchange) {}

    fn do_GETT(&self, http: &mut Exchange) {}

    fn do_PSOT(&self, http: &mut Exchange) {}

    fn do_DELTEE(&self, http: &mut Exchange) {}

    fn do_ANY(&self, http: &mut Exchange) {}

    fn DO_POST(&self, http: &mut Exchange) {}

    fn doPUT(&self) {}

    fn do_post(&self) {}

    fn PATCH(&self, http: &mut Exchange) {}

    // These are nobody's slips.
    fn do_update(&self, key: &str) {}
    fn do_put(&self, key: &str) {}
    fn do_SPAM(&self, http: &mut Exchange) {}
    fn get(&self, http: &mut Exchange) {}
    fn log_message_of_the_day(&self) {}
}

fn main() {}
