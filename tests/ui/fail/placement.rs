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

#[http_handler]
enum Kind<T: Copy> {
    One(T),
}

struct Named;

trait Name {}

#[http_handler]
impl Name for Named {}

#[bhrh::command("GET")]
fn get(http: &mut Exchange) {}

fn main() {
    // The items are still there, and count as handlers: one mistake is one message.
    let _ = bhrh::serve("127.0.0.1:0", Kind::<u8>::One(1));
    let _ = bhrh::serve("127.0.0.1:0", Named);
    let app = App { field: 1 };
    let _ = (app.field, get, do_GET, App::search);
}
