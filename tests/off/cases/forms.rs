//! The feature `forms` is off.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let query = http.query();
        let form = http.read_form()?;
        let name = form.get("name").or(query.get("name")).unwrap_or_default();
        http.reply(200, "text/plain", &*name)
    }
}

fn main() {}
