//! The attributes in other places.

#![allow(non_snake_case, unused_variables)]

use bhrh::{Dispatch, Exchange, Handler, http_handler};

#[http_handler]
struct App {
    field: u8,
}

#[http_handler]
pub fn do_GET(http: &mut Exchange) {}

struct Other;

#[http_handler]
impl Handler for Other {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Unsupported
    }
}

impl App {
    #[bhrh::command("M-SEARCH")]
    fn search(&self, http: &mut Exchange) {}
}

impl Other {
    #[http_handler]
    fn do_GET(&self, http: &mut Exchange) {}
}

#[bhrh::command("GET")]
fn get(http: &mut Exchange) {}

fn main() {
    // The items are still there.
    let app = App { field: 1 };
    let _ = (app.field, get, do_GET, App::search);
}
