//! Everything that can be wrong with the text of a route.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    #[route("")]
    fn empty(&self, http: &mut Exchange) {}

    #[route(" /a")]
    fn white_space(&self, http: &mut Exchange) {}

    #[route("users")]
    fn no_slash(&self, http: &mut Exchange) {}

    #[route("GET users")]
    fn no_slash_after_command(&self, http: &mut Exchange) {}

    #[route("GET")]
    fn no_path(&self, http: &mut Exchange) {}

    #[route("GET  /a")]
    fn two_spaces(&self, http: &mut Exchange) {}

    #[route("get /a")]
    fn lower_case(&self, http: &mut Exchange) {}

    #[route("GET,POST /a")]
    fn several(&self, http: &mut Exchange) {}

    #[route("GE(T /a")]
    fn no_token(&self, http: &mut Exchange) {}

    #[route("CONNECT /a")]
    fn connect(&self, http: &mut Exchange) {}

    #[route("GET /a?page=1")]
    fn query(&self, http: &mut Exchange) {}

    #[route("GET /a#b")]
    fn fragment(&self, http: &mut Exchange) {}

    #[route("GET /a//b")]
    fn empty_segment(&self, http: &mut Exchange) {}

    #[route("GET /a/../b")]
    fn dots(&self, http: &mut Exchange) {}

    #[route("GET /{}")]
    fn unnamed(&self, http: &mut Exchange) {}

    #[route("GET /{1st}")]
    fn no_name(&self, http: &mut Exchange) {}

    #[route("GET /{id:u64}")]
    fn typed(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /{*rest}")]
    fn starred(&self, http: &mut Exchange, rest: &str) {}

    #[route("GET /{rest...}/b")]
    fn rest_in_the_middle(&self, http: &mut Exchange, rest: &str) {}

    #[route("GET /{$}/b")]
    fn end_in_the_middle(&self, http: &mut Exchange) {}

    #[route("GET /{a}/{a}")]
    fn twice(&self, http: &mut Exchange, a: &str) {}

    #[route("GET /{a")]
    fn open_brace(&self, http: &mut Exchange, a: &str) {}

    #[route("GET /{name}.txt")]
    fn part_of_a_segment(&self, http: &mut Exchange, name: &str) {}

    #[route("GET /:id")]
    fn colon(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /<id>")]
    fn angles(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /*rest")]
    fn star(&self, http: &mut Exchange, rest: &str) {}

    #[route("GET /*")]
    fn only_a_star(&self, http: &mut Exchange) {}

    #[route("GET /caf%C3%A9")]
    fn encoded(&self, http: &mut Exchange) {}

    #[route("GET /a\tb")]
    fn control(&self, http: &mut Exchange) {}

    #[route("* /all/1")]
    fn star_for_all(&self, http: &mut Exchange) {}

    #[route("ANY /all/2")]
    fn any_for_all(&self, http: &mut Exchange) {}

    #[route("all /all/3")]
    fn all_for_all(&self, http: &mut Exchange) {}

    #[route("DELTE /slip")]
    fn letters(&self, http: &mut Exchange) {}
}

fn main() {}
