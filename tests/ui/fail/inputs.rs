//! Arguments under `#[query]`, `#[header]`, `#[cookie]`, `#[json]`, `#[form]` and `#[body]`.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct Attributes;

#[http_handler]
impl Attributes {
    #[route("POST /a")]
    fn two_contents(&self, http: &mut Exchange, #[json] a: u8, #[body] b: Vec<u8>) {}

    #[route("POST /b")]
    fn two_places(&self, http: &mut Exchange, #[query] #[header] a: u8) {}

    #[route("POST /c")]
    fn twice(&self, http: &mut Exchange, #[json] #[json] a: u8) {}

    #[route("GET /d")]
    fn content_of_get(&self, http: &mut Exchange, #[json] a: u8) {}

    #[route("GET /e")]
    fn bad_name(&self, http: &mut Exchange, #[header("X Tag")] a: u8) {}

    #[route("GET /f")]
    fn unknown_option(&self, http: &mut Exchange, #[header(limit = 3)] a: u8) {}

    #[route("POST /g")]
    fn named_content(&self, http: &mut Exchange, #[json("a")] a: u8) {}

    #[route("POST /h")]
    fn borrowed_json(&self, http: &mut Exchange, #[json] a: &str) {}

    #[route("POST /i")]
    fn borrowed_body(&self, http: &mut Exchange, #[body] a: &u8) {}

    #[route("GET /j")]
    fn default_of_option(&self, http: &mut Exchange, #[cookie(default = 3)] a: Option<u8>) {}

    #[route("GET /k")]
    fn no_name(&self, http: &mut Exchange, #[query] (a, b): (u8, u8)) {}

    #[route("GET /l")]
    fn named_struct(&self, http: &mut Exchange, #[query("a", struct)] a: u8) {}

    #[route("GET /m")]
    fn default_of_struct(&self, http: &mut Exchange, #[query(struct, default = 3)] a: u8) {}

    #[route("GET /n")]
    fn two_names(&self, http: &mut Exchange, #[query("a", name = "b")] a: u8) {}

    fn do_PUT(&self, http: &mut Exchange, a: u8) {}

    fn do_PATCH(&self, http: &mut Exchange, form: Vec<u8>) {}

    fn do_HEAD(&self, http: &mut Exchange, #[body] text: String) {}

    fn helper(&self, #[query] a: u8) {}

    fn log_message(&self, http: &Exchange, #[header] message: std::fmt::Arguments<'_>) {}
}

struct Plain;

struct Types;

#[http_handler]
impl Types {
    #[route("POST /a")]
    fn json(&self, http: &mut Exchange, #[json] a: Plain) {}

    #[route("POST /b")]
    fn form(&self, http: &mut Exchange, #[form] a: Plain) {}

    #[route("POST /c")]
    fn body(&self, http: &mut Exchange, #[body] a: Plain) {}

    #[route("GET /d")]
    fn query(&self, http: &mut Exchange, #[query(struct)] a: Plain) {}

    #[route("GET /e")]
    fn header(&self, http: &mut Exchange, #[header] a: Plain) {}

    #[route("POST /f")]
    fn limit(&self, http: &mut Exchange, #[body(limit = "many")] a: String) {}

    #[route("POST /g")]
    fn tried(&self, http: &mut Exchange, #[json] a: Result<u8, Plain>) {}
}

fn main() {}
