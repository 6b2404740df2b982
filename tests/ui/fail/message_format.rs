//! The error page is checked while compiling.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler(
    error_message_format = "%(code)5d %(code)x %(message)d %(body)s 100% of %d %(explain)s %% %(cod"
)]
impl App {
    fn do_GET(&self, http: &mut Exchange) {}
}

fn main() {}
