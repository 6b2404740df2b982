//! Types are the compiler's to check, at the user's own parameter.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut String) {
        http.clear();
    }

    fn do_POST(&self, http: &mut Exchnge) {}

    fn log_message(&self, _: &Exchange, message: Vec<u8>) {}

    fn log_request(&self, _: &Exchange, code: std::num::NonZeroU16, size: Option<u64>) {}
}

fn main() {}
