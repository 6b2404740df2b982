//! Mistakes in the argument `openapi`, and types without a schema.

#![allow(unused_variables)]

use bhrh::http_handler;

struct App;

#[http_handler(openapi(name = "App"))]
impl App {
    #[route("GET /")]
    fn home(&self) -> String {
        String::new()
    }
}

struct Guarded;

#[http_handler(openapi(security(self.user = Security::bearer())))]
impl Guarded {
    #[route("GET /")]
    fn home(&self) -> String {
        String::new()
    }
}

struct Scheme;

#[http_handler(openapi(security(bearer)))]
impl Scheme {
    #[route("GET /")]
    fn home(&self) -> String {
        String::new()
    }
}

struct Value;

#[http_handler(openapi = "App")]
impl Value {
    #[route("GET /")]
    fn home(&self) -> String {
        String::new()
    }
}

struct Page;

#[http_handler(openapi(docs = page))]
impl Page {
    #[route("GET /")]
    fn home(&self) -> String {
        String::new()
    }
}

struct Taken;

#[http_handler(openapi(document = "/"))]
impl Taken {
    #[route("GET /")]
    fn home(&self) -> String {
        String::new()
    }
}

fn main() {}
