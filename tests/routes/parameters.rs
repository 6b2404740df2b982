//! What arguments make of the path and of the query.

use super::say;
use bhrh::testing::get;
use bhrh::{Exchange, http_handler};
use std::borrow::Cow;
use std::io;
use std::net::Ipv4Addr;

struct App;

#[http_handler]
impl App {
    #[route("GET /types/{text}/{number}/{address}/{rest...}")]
    fn types(
        &self,
        http: &mut Exchange,
        rest: Cow<'_, str>,
        number: i8,
        address: Ipv4Addr,
        text: String,
    ) -> io::Result<()> {
        say(http, format_args!("{text:?} {number} {address} {rest:?}"))
    }

    #[route("GET /numbers")]
    fn numbers(
        &self,
        http: &mut Exchange,
        #[query] page: u32,
        #[query(default = 20)] size: u8,
        #[query] last: Option<i64>,
        #[query(name = "with-id")] ids: Vec<u16>,
    ) -> io::Result<()> {
        say(http, format_args!("{page} {size} {last:?} {ids:?}"))
    }

    #[route("GET /texts")]
    fn texts(
        &self,
        http: &mut Exchange,
        #[query] q: &str,
        #[query(default = "none")] word: &str,
        #[query] cow: Option<Cow<'_, str>>,
        #[query] maybe: Option<&str>,
        #[query] tag: Vec<&str>,
    ) -> io::Result<()> {
        say(http, format_args!("{q:?} {word:?} {cow:?} {maybe:?} {tag:?}"))
    }

    #[route("GET /flags")]
    fn flags(
        &self,
        http: &mut Exchange,
        #[query] all: bool,
        #[query] deep: bool,
    ) -> io::Result<()> {
        say(http, format_args!("{all} {deep}"))
    }

    #[route("GET /mixed/{id}")]
    #[route("GET /mixed")]
    fn mixed(&self, http: &mut Exchange, #[query] page: u32, id: Option<u64>) -> io::Result<()> {
        say(http, format_args!("{page} {id:?}"))
    }
}

#[test]
fn arguments_are_what_they_say() {
    for (path, text) in [
        ("/types/a%20b/-8/127.0.0.1/x/y", r#""a b" -8 127.0.0.1 "x/y""#),
        ("/types/%C3%A9/7/10.0.0.1/", r#""é" 7 10.0.0.1 """#),
        ("/numbers?page=7", "7 20 None []"),
        ("/numbers?size=30&last=-1&page=7&other=x", "7 30 Some(-1) []"),
        ("/numbers?with-id=1&page=0&with-id=2&with%2Did=3", "0 20 None [1, 2, 3]"),
        ("/texts?q=a+b%26c", r#""a b&c" "none" None None []"#),
        (
            "/texts?tag=x&q=&maybe=%2B&cow=c&word=%C3%A9&tag=y",
            r#""" "é" Some("c") Some("+") ["x", "y"]"#,
        ),
        ("/flags", "false false"),
        ("/flags?deep", "false true"),
        ("/flags?all=1&deep=false", "true false"),
        ("/mixed?page=1", "1 None"),
        ("/mixed/7?page=1", "1 Some(7)"),
    ] {
        let response = get(&App, path);
        assert_eq!((response.status(), response.text()), (200, text), "{path}");
    }
}

#[test]
fn a_segment_that_does_not_parse_is_not_found() {
    for path in [
        "/types/a/128/127.0.0.1/x",
        "/types/a/1/127.0.0/x",
        "/mixed/x?page=1",
        // The path is looked at before the query.
        "/mixed/x",
    ] {
        assert_eq!(get(&App, path).status(), 404, "{path}");
    }
}

#[test]
fn a_query_that_does_not_parse_is_a_bad_request() {
    for (path, reason) in [
        ("/numbers", "Missing query parameter page"),
        ("/numbers?page=", "Bad query parameter page"),
        ("/numbers?page=x", "Bad query parameter page"),
        ("/numbers?page=-1", "Bad query parameter page"),
        ("/numbers?page=1&page=2", "Repeated query parameter page"),
        ("/numbers?page=1&size=256", "Bad query parameter size"),
        ("/numbers?page=1&last=", "Bad query parameter last"),
        ("/numbers?page=1&with-id=1&with-id=x", "Bad query parameter with-id"),
        ("/texts", "Missing query parameter q"),
        ("/flags?all=perhaps", "Bad query parameter all"),
        ("/mixed/7", "Missing query parameter page"),
    ] {
        let response = get(&App, path);
        assert_eq!((response.status(), response.reason()), (400, reason), "{path}");
    }
}
