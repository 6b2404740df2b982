//! Every hook, and each form of text that it may return.

use bhrh::{Exchange, http_handler};
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

struct All {
    name: String,
}

#[http_handler]
impl All {
    fn version_string(&self, _: &Exchange) -> &str {
        &self.name
    }

    fn address_string<'s>(&'s self, http: &'s Exchange) -> Cow<'s, str> {
        http.path.into()
    }

    fn log_date_time_string(&self, _: &Exchange) -> Cow<str> {
        Cow::Borrowed(&self.name)
    }

    fn date_time_string(&self, _: Option<SystemTime>) -> String {
        String::new()
    }

    fn log_message(&self, _: &Exchange, _: fmt::Arguments) {}

    fn log_request(&self, http: &Exchange, code: u16, size: Option<u64>) {
        bhrh::base::log_request(http, code, size);
    }

    fn log_error(&self, http: &Exchange, message: fmt::Arguments<'_>) {
        self.log_message(http, message);
    }

    fn log_debug(&self, _: &Exchange, _: fmt::Arguments<'_>) {}

    fn handle_expect_100(&self, _: &mut Exchange) -> io::Result<bool> {
        Ok(false)
    }

    // A block with this hook needs no commands.
    fn handle_one_request(&self, _: &mut Exchange) {}

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        bhrh::base::send_error(http, code, message, explain)
    }

    fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
        bhrh::base::end_headers(http)
    }
}

struct Access;

#[http_handler]
impl Access {
    fn do_GET(&self, _: &mut Exchange) {}

    fn version_string(&self, _: &Exchange) -> &'static str {
        "constant"
    }

    fn handle_one_request(&self, http: &mut Exchange) -> Result<(), bhrh::Error> {
        http.dispatch()
    }

    fn log_access(&self, _: &Exchange, _: u16, _: u64, _: Duration) {}
}

fn main() {}
