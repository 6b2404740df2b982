//! The feature `auth` is off.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        match http.basic_auth() {
            Some(user) if user.name() == "me" => http.reply(200, "text/plain", "ok"),
            _ => http.demand_basic_auth("this place"),
        }
    }
}

fn main() {}
