//! What other frameworks write.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;

struct Attributes;

#[http_handler]
impl Attributes {
    #[get("/a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }

    #[post]
    fn b(&self, http: &mut Exchange) {}
}

struct Arguments;

#[http_handler]
impl Arguments {
    #[route("POST /json")]
    fn json(&self, http: &mut Exchange, #[json] order: String) {}

    #[route("POST /form/{id}")]
    fn form(&self, http: &mut Exchange, #[path] id: u32, #[form] form: String) {}

    #[route("POST /header")]
    fn header(&self, http: &mut Exchange, #[header] host: String, #[magic] x: u8) {}

    #[route("PUT /body")]
    fn body(&self, http: &mut Exchange, body: Vec<u8>) {}

    #[route("PUT /bytes")]
    fn bytes(&self, http: &mut Exchange, image: &[u8]) {}

    fn do_PUT(&self, http: &mut Exchange, #[body] text: String) {}
}

struct Extractors;

struct Item;
struct Json<T>(T);
struct Query<T>(T);

#[http_handler]
impl Extractors {
    #[route("POST /typed")]
    fn typed(&self, http: &mut Exchange, item: Json<Item>) {}

    #[route("POST /taken-apart")]
    fn taken_apart(&self, http: &mut Exchange, Json(item): Json<Item>) {}

    #[route("GET /query")]
    fn query(&self, http: &mut Exchange, Query(filter): Query<Item>) {}

    #[route("PATCH /plain/{id}")]
    fn plain(&self, http: &mut Exchange, id: u32, item: Item) {}

    fn do_PUT(&self, http: &mut Exchange, item: Json<Item>) {}
}

struct NoExchange;

#[http_handler]
impl NoExchange {
    #[route("GET /a/{id}")]
    fn a(&self, id: u32) {}
}

fn main() {}
