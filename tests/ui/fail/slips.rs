//! Names that are nearly right.

#![allow(unused_variables)]

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

    // These are nobody's slips.
    fn do_GETT(&self, http: &mut Exchange) {}
    fn do_update(&self, key: &str) {}
    fn log_message_of_the_day(&self) {}
}

fn main() {}
