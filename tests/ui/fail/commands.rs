//! `#[command]` names one command that a request can have.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    #[command]
    fn nothing(&self, http: &mut Exchange) {}

    #[command()]
    fn empty(&self, http: &mut Exchange) {}

    #[command(GET)]
    fn no_text(&self, http: &mut Exchange) {}

    #[command = "GET"]
    fn no_parentheses(&self, http: &mut Exchange) {}

    #[command("GET", "HEAD")]
    fn two(&self, http: &mut Exchange) {}

    #[bhrh::command("")]
    fn no_letters(&self, http: &mut Exchange) {}

    #[command("GET /\r\n")]
    fn no_token(&self, http: &mut Exchange) {}

    #[command("*")]
    fn all(&self, http: &mut Exchange) {}

    #[cfg_attr(unix, inline, command("UNIX"))]
    fn conditional(&self, http: &mut Exchange) {}
}

fn main() {}
