//! Arguments whose features are off.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    #[route("POST /json")]
    fn json(&self, http: &mut Exchange, #[json] numbers: Vec<u8>) {}

    #[route("POST /form")]
    fn form(&self, http: &mut Exchange, #[form] form: String) {}

    #[route("GET /query")]
    fn query(&self, http: &mut Exchange, #[query(struct)] filter: String) {}
}

fn main() {}
