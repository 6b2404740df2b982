//! Patterns and arguments that do not go together.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

struct NoFromStr;

#[http_handler]
impl App {
    #[route("GET /a/{id}/{name}")]
    fn lacks_one(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /b")]
    fn one_too_many(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /c/{user}")]
    fn misspelt(&self, http: &mut Exchange, usr: u64) {}

    #[route("GET /d/{id}")]
    #[route("GET /e")]
    fn not_in_both(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /f/{a}")]
    fn taken_apart(&self, http: &mut Exchange, (a, b): (u8, u8)) {}

    #[route("GET /g/{a}")]
    fn borrowed(&self, http: &mut Exchange, a: &u8) {}

    #[route("GET /h/{id}")]
    fn no_exchange(&self, id: u64) {}

    #[route("GET /i")]
    fn two_exchanges(&self, http: &mut Exchange, other: &mut Exchange) {}

    #[route("GET /j")]
    fn nothing(&self) {}

    #[route("GET /k/{id}")]
    async fn waits(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /l/{id}")]
    fn generic<T>(&self, http: &mut Exchange, id: T) {}
}

struct Types;

#[http_handler]
impl Types {
    #[route("GET /a/{id}")]
    fn path(&self, http: &mut Exchange, id: NoFromStr) {}

    #[route("GET /b")]
    fn query(&self, http: &mut Exchange, #[query] filter: Option<NoFromStr>) {}

    #[route("GET /c")]
    fn default(&self, http: &mut Exchange, #[query(default = "1")] page: u32) {}

    #[route("GET /d")]
    fn returned(&self, http: &mut Exchange) -> Result<(), NoFromStr> {
        Ok(())
    }
}

fn main() {}
