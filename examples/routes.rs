//! Routes, a mounted handler, middleware around it, and a page that lists all of them:
//! `cargo run --example routes -- --bind 127.0.0.1:8000`, then
//! `curl http://127.0.0.1:8000/_routes`.

use bhrh::{Exchange, Handler, HttpServer, Outcome, http_handler};
use std::fmt::Display;
use std::io::{self, Write};
use std::time::Instant;

/// The site: some pages, and the shop below `/shop`.
struct Site {
    shop: Timed<Shop>,
}

#[http_handler(protocol_version = "HTTP/1.1", mount("/shop" = self.shop))]
impl Site {
    #[route("GET /")]
    fn home(&self, http: &mut Exchange) -> io::Result<()> {
        text(http, format_args!("welcome, {}\n", Site::greet_path("Ada Lovelace")))
    }

    #[route("GET /greet/{name}")]
    fn greet(&self, http: &mut Exchange, name: &str) -> io::Result<()> {
        text(http, format_args!("hello, {name}\n"))
    }

    /// Also available on a `dyn Handler`.
    #[route("GET /_routes")]
    fn list(&self, http: &mut Exchange) -> io::Result<()> {
        let lines: String = self.routes().iter().map(|route| format!("{route}\n")).collect();
        text(http, lines)
    }
}

/// A separate handler, which does not know where it is mounted.
struct Shop {
    items: Vec<&'static str>,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Shop {
    #[route("GET /items")]
    fn items(&self, http: &mut Exchange, #[query(default = 10)] limit: usize) -> io::Result<()> {
        let link = |id| http.link(Shop::item_path(id));
        let items = self.items.iter().enumerate().take(limit);
        let lines: String = items.map(|(id, item)| format!("{item}: {}\n", link(id))).collect();
        text(http, lines)
    }

    #[route("GET /items/{id}")]
    fn item(&self, http: &mut Exchange, id: usize) -> io::Result<()> {
        match self.items.get(id) {
            Some(item) => text(http, format_args!("{item}\n")),
            None => http.send_error((404, "No such item")),
        }
    }
}

/// Middleware: a handler around another handler, with the inner handler's settings, hooks and
/// routes.
struct Timed<H>(H);

#[http_handler(wraps = self.0)]
impl<H: Handler> Timed<H> {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        let began = Instant::now();
        let outcome = http.dispatch();
        http.log_message(format_args!("{} took {:?}", http.path, began.elapsed()));
        outcome
    }
}

fn text(http: &mut Exchange<'_>, text: impl Display) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", "text/plain; charset=utf-8");
    http.end_headers()?;
    write!(http.wfile, "{text}")
}

fn main() -> io::Result<()> {
    let site = Site { shop: Timed(Shop { items: vec!["tea", "cups", "spoons"] }) };
    let server = HttpServer::bind(ready_line::bind_option())?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_is_found() {
        let site = Site { shop: Timed(Shop { items: vec!["tea", "cups"] }) };
        let home = bhrh::testing::get(&site, "/");
        assert_eq!(home.text(), "welcome, /greet/Ada%20Lovelace\n");
        assert_eq!(
            bhrh::testing::get(&site, "/greet/Ada%20Lovelace").text(),
            "hello, Ada Lovelace\n"
        );
        let items = bhrh::testing::get(&site, "/shop/items?limit=1");
        assert_eq!(items.text(), "tea: /shop/items/0\n");
        assert!(items.log().iter().any(|line| line.contains("/items?limit=1 took")));
        assert_eq!(bhrh::testing::get(&site, "/shop/items/0").text(), "tea\n");
        assert_eq!(bhrh::testing::get(&site, "/shop/items/7").reason(), "No such item");
        assert_eq!(bhrh::testing::get(&site, "/shop/items?limit=x").status(), 400);
        assert_eq!(
            bhrh::testing::get(&site, "/_routes").text(),
            "GET / (home)\nGET /greet/{name} (greet)\nGET /_routes (list)\n\
             GET /shop/items (items)\nGET /shop/items/{id} (item)\n"
        );
    }
}
