//! Routes in all the places where handlers can be.

use bhrh::{Exchange, Handler, RouteInfo, http_handler};
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::str::FromStr;

#[derive(Debug)]
enum Order {
    Up,
    Down,
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Order, String> {
        match text {
            "up" => Ok(Order::Up),
            "down" => Ok(Order::Down),
            _ => Err(format!("no order: {text}")),
        }
    }
}

struct Store<T>(T);

#[http_handler]
impl<T: FromStr + fmt::Display + Send + Sync + 'static> Store<T> {
    #[route("GET /items/{key}")]
    fn item(&self, http: &mut Exchange, key: T) -> io::Result<()> {
        http.send_error((404, key.to_string()))
    }

    #[bhrh::route("GET /sorted/{order}")]
    pub fn sorted(&self, _: &mut bhrh::Exchange, order: Order, #[bhrh::query] then: Option<Order>) {
        let _ = (order, then);
    }

    /// Called by itself as well.
    #[route("GET /docs/{page...}")]
    fn docs<'a>(&'a self, http: &mut Exchange, mut page: Cow<'_, str>) -> io::Result<()> {
        page.to_mut().push('!');
        http.send_error((404, page))
    }

    #[allow(clippy::needless_pass_by_value)]
    #[route("PATCH /{type}/{fn}")]
    fn keywords(&self, _: &mut Exchange, r#type: String, r#fn: &str) {
        let _ = (r#type, r#fn);
    }

    // No command: a `do_` method with a route answers the route alone.
    #[route("GET /only/here")]
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.docs(http, "x".into())
    }
}

macro_rules! crud {
    ($name:ident, $list:literal, $one:literal, $id:ident : $ty:ty) => {
        struct $name;

        #[http_handler]
        impl $name {
            #[route($list)]
            fn list(&self, _: &mut Exchange) {}

            #[route($one)]
            fn one(&self, _: &mut Exchange, $id: $ty) -> Result<(), String> {
                Err(format!("no {}", $id))
            }

            #[route("PUT /inside/{here}")]
            fn inside(&self, _: &mut Exchange, here: u8, #[query(default = 1)] page: $ty) {
                let _ = (here, page);
            }
        }
    };
}

crud!(Books, "GET /books", "GET /books/{id}", id: u32);

struct Site {
    books: Books,
    shared: std::sync::Arc<dyn Handler>,
}

#[http_handler(mount("/a" = self.books, "/b" = *self.shared), mount("/c" = &self.books))]
impl Site {}

struct Rests;

#[http_handler]
impl Rests {
    #[route("/{...}")]
    fn others(&self, _: &mut Exchange) {}

    #[route("GET /{rest}/a/{...}")]
    fn below(&self, _: &mut Exchange, rest: u8) {
        let _ = rest;
    }
}

fn main() {
    assert_eq!(Rests::others_path("a/b"), "/a/b");
    assert_eq!(Rests::below_path(1, "b/c"), "/1/a/b/c");
    const ROUTES: &[RouteInfo] = Books::ROUTES;
    assert_eq!(ROUTES.len(), 3);
    assert_eq!(Books::one_path(7), "/books/7");
    assert_eq!(Store::<u8>::keywords_path("x", "y"), "/x/y");
    let site = Site { books: Books, shared: std::sync::Arc::new(Books) };
    assert_eq!(site.routes().len(), 9);
}
