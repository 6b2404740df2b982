//! `#[before(…)]` and `prefix`.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};

struct App;

struct User;

#[http_handler(before, prefix = api)]
impl App {
    #[route("GET /a")]
    #[before]
    fn none(&self, http: &mut Exchange) {}

    #[route("GET /b")]
    #[before(self.user())]
    fn called(&self, http: &mut Exchange) {}

    #[before(self.user)]
    fn helper(&self) {}

    #[route("GET /c")]
    fn two(&self, http: &mut Exchange, #[before(self.user, self.user)] user: User) {}

    #[route("GET /d")]
    #[before(7)]
    fn number(&self, http: &mut Exchange) {}
}

struct Types;

#[http_handler(prefix = "/api/")]
impl Types {
    #[route("GET /a")]
    fn prefixed(&self, http: &mut Exchange) {}
}

struct Values;

impl Values {
    fn user(&self, http: &mut Exchange<'_>) -> Option<User> {
        None
    }

    fn alone(&self) {}
}

#[http_handler]
impl Values {
    #[route("GET /a")]
    #[before(self.user)]
    fn not_taken(&self, http: &mut Exchange) {}

    #[route("GET /b")]
    fn other(&self, http: &mut Exchange, #[before(self.user)] user: u8) {}

    #[route("GET /c")]
    #[before(self.missing)]
    fn missing_guard(&self, http: &mut Exchange) {}

    #[route("GET /d")]
    #[before(self.alone)]
    fn no_exchange(&self, http: &mut Exchange) {}
}

fn main() {}
