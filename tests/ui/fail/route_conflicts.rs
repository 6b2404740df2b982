//! Routes that do not go together.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler]
impl App {
    #[route("GET /users/{id}/settings")]
    fn settings(&self, http: &mut Exchange, id: u64) {}

    #[route("GET /users/me/{page}")]
    fn my_page(&self, http: &mut Exchange, page: &str) {}

    #[route("GET /same/{a}")]
    fn same_1(&self, http: &mut Exchange, a: &str) {}

    #[route("GET /same/{b}")]
    fn same_2(&self, http: &mut Exchange, b: &str) {}

    #[route("POST /twice")]
    #[route("POST /twice")]
    fn twice(&self, http: &mut Exchange) {}

    #[route("/status")]
    fn status(&self, http: &mut Exchange) {}

    #[route("PUT /{name}")]
    fn put(&self, http: &mut Exchange, name: &str) {}

    #[route("GET /pages/one")]
    fn page(&self, http: &mut Exchange) {}

    #[route("HEAD /pages/{name}")]
    fn head(&self, http: &mut Exchange, name: &str) {}

    // These do: conditions that exclude each other, commands that differ.
    #[cfg(unix)]
    #[route("GET /either")]
    fn either_1(&self, http: &mut Exchange) {}

    #[cfg(not(unix))]
    #[route("GET /either")]
    fn either_2(&self, http: &mut Exchange) {}

    #[route("POST /either")]
    fn either_3(&self, http: &mut Exchange) {}
}

struct Unreached;

#[http_handler]
impl Unreached {
    #[route("GET /{rest...}")]
    fn all(&self, http: &mut Exchange, rest: &str) {}

    fn do_GET(&self, http: &mut Exchange) {}
}

struct Covered;

#[http_handler]
impl Covered {
    #[route("GET /")]
    fn root(&self, http: &mut Exchange) {}

    #[route("GET /{one}")]
    fn one(&self, http: &mut Exchange, one: &str) {}

    #[route("GET /{one}/{more...}")]
    fn more(&self, http: &mut Exchange, one: &str, more: &str) {}

    #[route("GET /{rest...}")]
    fn rest(&self, http: &mut Exchange, rest: &str) {}
}

struct Names;

#[http_handler]
impl Names {
    const ROUTES: usize = 1;

    #[route("GET /a")]
    fn user(&self, http: &mut Exchange) {}

    fn user_path(&self) {}

    #[route("GET /b", path = "one")]
    fn b(&self, http: &mut Exchange) {}

    #[route("GET /c", path = "one")]
    fn c(&self, http: &mut Exchange) {}
}

fn main() {}
