//! A condition on a method is a condition on what is written for it.

use bhrh::{Exchange, http_handler};
use std::fmt;
use std::time::Duration;

struct App;

#[http_handler]
impl App {
    #[cfg(unix)]
    fn do_GET(&self, _: &mut Exchange) {}

    #[cfg(not(unix))]
    fn do_GET(&self, _: &mut Exchange) {}

    #[cfg(any())]
    fn do_POST(&self, _: &mut Missing) {}

    #[cfg(all())]
    #[command("ONE")]
    fn one(&self, _: &mut Exchange) {}

    #[cfg(any())]
    #[command("ONE")]
    fn other(&self, _: &mut Exchange) {}

    #[cfg(any())]
    fn log_access(&self, _: &Exchange, _: u16, _: u64, _: Duration) {}

    #[cfg(all())]
    fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}

    #[cfg(any())]
    fn log_message(&self, _: &Exchange, _: Missing) {}

    #[cfg(all())]
    fn log_message(&self, _: &Exchange, _: fmt::Arguments<'_>) {}

    #[cfg_attr(all(), inline)]
    fn do_PUT(&self, _: &mut Exchange) {}
}

#[http_handler]
#[cfg(any())]
impl Missing {
    fn do_GET(&self, _: &mut Exchange) {}
}

fn main() {}
