//! `#[route]` and `#[query]` written wrongly, or where they cannot be.

#![allow(unused_variables, non_snake_case)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    #[route]
    fn bare(&self, http: &mut Exchange) {}

    #[route()]
    fn nothing(&self, http: &mut Exchange) {}

    #[route(GET "/a")]
    fn unquoted(&self, http: &mut Exchange) {}

    #[route("GET /b", "GET /c")]
    fn two(&self, http: &mut Exchange) {}

    #[route("GET /d", name = "d")]
    fn unknown(&self, http: &mut Exchange) {}

    #[route("GET /e", path = e_link)]
    fn unquoted_name(&self, http: &mut Exchange) {}

    #[route("GET /f", path = "f link")]
    fn no_name(&self, http: &mut Exchange) {}

    #[route("GET /g", path = "g_1")]
    #[route("GET /h", path = "g_2")]
    fn named_twice(&self, http: &mut Exchange) {}

    #[cfg_attr(unix, route("GET /i"))]
    fn conditional(&self, http: &mut Exchange) {}

    #[route("GET /j")]
    #[command("NOTIFY")]
    fn both(&self, http: &mut Exchange) {}

    #[route("GET /k")]
    fn end_headers(&self, http: &mut Exchange) -> std::io::Result<()> {
        bhrh::base::end_headers(http)
    }

    #[route("GET /l")]
    fn query_twice(&self, http: &mut Exchange, #[query] #[query] a: Option<u8>) {}

    #[route("GET /m")]
    fn query_unknown(&self, http: &mut Exchange, #[query(rename = "b")] a: Option<u8>) {}

    #[route("GET /n")]
    fn query_unquoted(&self, http: &mut Exchange, #[query(name = b)] a: Option<u8>) {}

    #[route("GET /o")]
    fn query_default(&self, http: &mut Exchange, #[query(default = 1)] a: Option<u8>) {}

    fn do_GET(&self, http: &mut Exchange, #[query] page: u8) {}
}

struct Outside;

impl Outside {
    #[bhrh::route("GET /users/{id}")]
    fn user(&self, http: &mut Exchange, id: u64) {}
}

#[bhrh::query]
fn page() {}

fn main() {
    let _ = (Outside::user, page);
}
