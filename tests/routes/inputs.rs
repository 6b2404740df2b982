//! Arguments that take header fields, cookies, the content, and the whole query.

use bhrh::testing::{self, Request, Response};
use bhrh::{Error, Exchange, Form, Handler, Html, Json, http_handler, negotiate};
use serde::Deserialize;
use std::io;

use super::say;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    tea: String,
    cups: Vec<Cup>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Cup {
    size: u8,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Name,
    Price,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Filter {
    q: Option<String>,
    sort: Sort,
    #[serde(default)]
    page: u32,
    #[serde(default)]
    tag: Vec<u8>,
    #[serde(default)]
    full: bool,
}

const SMALL: u64 = 8;

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    #[route("GET /headers")]
    fn headers(
        &self,
        http: &mut Exchange,
        #[header] user_agent: Option<&str>,
        #[header("X-Level", default = 3)] level: u8,
        #[header("X-Tag")] tags: Vec<&str>,
        #[header(name = "X-Id")] ids: Vec<u32>,
        #[header] x_must: String,
    ) -> io::Result<()> {
        say(http, format_args!("{user_agent:?} {level} {tags:?} {ids:?} {x_must}"))
    }

    #[route("GET /cookies")]
    fn cookies(
        &self,
        http: &mut Exchange,
        #[cookie] session: Option<&str>,
        #[cookie("visits", default = 0)] visits: u32,
    ) -> io::Result<()> {
        say(http, format_args!("{session:?} {visits}"))
    }

    #[route("GET /teas")]
    fn teas(&self, http: &mut Exchange, #[query(struct)] filter: Filter) -> io::Result<()> {
        say(http, format_args!("{filter:?}"))
    }

    #[route("POST /orders/{number}")]
    fn order(
        &self,
        http: &mut Exchange,
        number: u32,
        #[query("dry-run")] dry_run: bool,
        #[json] Order { tea, cups }: Order,
    ) -> io::Result<()> {
        say(http, format_args!("{number} {dry_run} {tea} {}", cups.len()))
    }

    #[route("POST /tried")]
    fn tried(
        &self,
        http: &mut Exchange,
        #[json] numbers: Result<Vec<u8>, Error>,
    ) -> io::Result<()> {
        match numbers {
            Ok(numbers) => say(http, format_args!("{numbers:?}")),
            Err(error) => say(http, format_args!("mended: {:?}", error.status_code())),
        }
    }

    #[route("POST /maybe")]
    fn maybe(&self, http: &mut Exchange, #[json] number: Option<u8>) -> io::Result<()> {
        say(http, format_args!("{number:?}"))
    }

    #[route("POST /form")]
    fn form(&self, http: &mut Exchange, #[form] form: Form<'static>) -> io::Result<()> {
        say(http, format_args!("{form:?}"))
    }

    #[route("POST /filter")]
    fn filter(&self, http: &mut Exchange, #[form] filter: Filter) -> io::Result<()> {
        say(http, format_args!("{filter:?}"))
    }

    #[route("PUT /bytes")]
    fn bytes(&self, http: &mut Exchange, #[body(limit = SMALL)] bytes: &[u8]) -> io::Result<()> {
        say(http, format_args!("{bytes:?}"))
    }

    #[route("PUT /text")]
    fn text(&self, http: &mut Exchange, #[body] text: &str) -> io::Result<()> {
        say(http, text)
    }

    fn do_REPORT(
        &self,
        http: &mut Exchange,
        #[query(default = "all")] what: &str,
        #[header] depth: Option<u8>,
        #[body(limit = 64 << 10)] text: String,
    ) -> io::Result<()> {
        say(http, format_args!("{what} {depth:?} {text}"))
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        negotiate::send_problem(http, code, message, explain)
    }
}

fn app(method: &str, path: &str, with: impl Fn(Request<'_>) -> Request<'_>) -> Response {
    with(testing::client(&App).request(method, path)).send()
}

fn json(path: &str, body: &str) -> Response {
    app("POST", path, |it| it.header("Content-Type", "application/json").body(body))
}

fn form(path: &str, body: &str) -> Response {
    app("POST", path, |it| {
        it.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    })
}

/// That the status, the reason and a part of the explanation are these, and the page the handler's.
fn refused(response: &Response, status: u16, reason: &str, explanation: &str) {
    assert_eq!((response.status(), response.reason()), (status, reason), "{}", response.text());
    assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
    assert!(response.text().contains(explanation), "{}", response.text());
}

#[test]
fn header_fields() {
    let response = app("GET", "/headers", |it| {
        let it = it.header("User-Agent", "curl/8").header("X-Tag", "a, b").header("x-tag", "c");
        it.header("X-Id", "1,2").header("X-Must", "here")
    });
    assert_eq!(response.text(), r#"Some("curl/8") 3 ["a", "b", "c"] [1, 2] here"#);
    let refuse = |name: &str, value: &str, reason: &str| {
        let response = app("GET", "/headers", |it| it.header("X-Must", "1").header(name, value));
        refused(&response, 400, reason, name);
    };
    refuse("X-Must", "2", "Repeated header field X-Must");
    refuse("X-Level", "256", "Bad header field X-Level");
    refuse("X-Id", "1, x", "Bad header field X-Id");
    refused(&app("GET", "/headers", |it| it), 400, "Missing header field X-Must", "");
}

#[test]
fn cookies() {
    let get = |cookies: &str| app("GET", "/cookies", |it| it.header("Cookie", cookies));
    assert_eq!(get("a=b; session=s%1").text(), r#"Some("s%1") 0"#);
    assert_eq!(get("visits=7").text(), "None 7");
    refused(&get("visits=many"), 400, "Bad cookie visits", "");
}

#[test]
fn the_whole_query() {
    let get = |query: &str| app("GET", &format!("/teas?{query}"), |it| it);
    assert_eq!(
        get("sort=price&tag=2&q=a+b&tag=1&full&other=x").text(),
        r#"Filter { q: Some("a b"), sort: Price, page: 0, tag: [2, 1], full: true }"#
    );
    for (query, reason, explanation) in [
        ("", "Missing query parameter sort", "sort has to be given"),
        ("sort=colour", "Bad query parameter sort", "unknown variant `colour`"),
        ("sort=name&page=x", "Bad query parameter page", "expected u32"),
        ("sort=name&page=1&page=2", "Bad query parameter page", "once only"),
        ("sort=name&tag=1&tag=256", "Bad query parameter tag", "expected u8"),
        ("sort=name&full=perhaps", "Bad query parameter full", "expected a boolean"),
    ] {
        refused(&get(query), 400, reason, explanation);
    }
}

#[test]
fn json_content() {
    let order = r#"{"tea": "green", "cups": [{"size": 1}]}"#;
    assert_eq!(json("/orders/7?dry-run", order).text(), "7 true green 1");
    let post = |body: &str| json("/orders/7", body);
    let cup = "{\"tea\": \"green\",\n \"cups\": [{\"size\": 1}, {\"size\": 300}]}";
    refused(&post(cup), 422, "Unexpected JSON", "cups[1].size: invalid value");
    refused(&post(cup), 422, "Unexpected JSON", "at line 2");
    refused(&post(r#"{"tea": 1}"#), 422, "Unexpected JSON", "tea: invalid type");
    refused(&post("{}"), 422, "Unexpected JSON", "missing field `tea`");
    refused(&post("{\n,"), 400, "Bad JSON", "line 2 column 1");
    let empty = app("POST", "/orders/7", |it| {
        it.header("Content-Type", "application/json").header("Content-Length", "0")
    });
    refused(&empty, 400, "Bad JSON", "EOF");
    // What comes first in the request is looked at first.
    refused(&json("/orders/x?dry-run=perhaps", "{"), 404, "Not Found", "");
    refused(&json("/orders/7?dry-run=perhaps", "{"), 400, "Bad query parameter dry-run", "");
    refused(&app("POST", "/orders/7", |it| it.body("{}")), 415, "Not application/json", "");
    refused(&app("POST", "/orders/7", |it| it), 411, "No content", "application/json");
    let large = format!("\"{}\"", "x".repeat(3 << 20));
    assert_eq!(post(&large).status(), 413);
}

#[test]
fn content_that_may_be_wrong_or_missing() {
    assert_eq!(json("/tried", "[1, 2]").text(), "[1, 2]");
    assert_eq!(json("/tried", "[1, 256]").text(), "mended: Some(422)");
    assert_eq!(app("POST", "/tried", |it| it).text(), "mended: Some(411)");
    assert_eq!(json("/maybe", "7").text(), "Some(7)");
    assert_eq!(app("POST", "/maybe", |it| it).text(), "None");
    refused(&json("/maybe", "x"), 400, "Bad JSON", "");
}

#[test]
fn forms() {
    assert_eq!(form("/form", "a=1&b=%C3%A9").text(), r#"[("a", "1"), ("b", "é")]"#);
    refused(&json("/form", "{}"), 415, "Not application/x-www-form-urlencoded", "");
    assert_eq!(
        form("/filter", "q=&sort=name&full=on").text(),
        "Filter { q: None, sort: Name, page: 0, tag: [], full: true }"
    );
    refused(&form("/filter", "q=x"), 422, "Missing field \"sort\"", "has to be given");
    refused(&form("/filter", "sort=name&page=-1"), 422, "Bad value in field \"page\"", "u32");
    let many = "tag=1&".repeat(1001);
    refused(&form("/filter", &many), 413, "Too many fields", "1000");
}

#[test]
fn bytes_and_texts() {
    let put = |path: &str, body: &[u8]| app("PUT", path, |it| it.body(body));
    assert_eq!(put("/bytes", b"\xff\0").text(), "[255, 0]");
    assert_eq!(put("/bytes", b"").text(), "[]");
    assert_eq!(put("/bytes", b"123456789").status(), 413);
    assert_eq!(put("/text", "é".as_bytes()).text(), "é");
    refused(&put("/text", b"ab\xff"), 400, "Bad UTF-8", "from byte 2 on");
    let latin = app("PUT", "/text", |it| {
        it.header("Content-Type", "text/plain; charset=ISO-8859-1").body("a")
    });
    refused(&latin, 415, "Not UTF-8", "iso-8859-1");
    let gzip = app("PUT", "/text", |it| it.header("Content-Encoding", "gzip").body("a"));
    refused(&gzip, 415, "Encoded content", "gzip");
}

#[test]
fn commands_take_them_too() {
    let report = |path: &str| app("REPORT", path, |it| it.header("Depth", "1").body("x"));
    assert_eq!(report("/anywhere?what=some").text(), "some Some(1) x");
    assert_eq!(report("/").text(), "all Some(1) x");
    refused(&report("/?what=a&what=b"), 400, "Repeated query parameter what", "");
}

struct NoExchange;

#[http_handler]
impl NoExchange {
    fn do_GET(&self, #[query] name: &str) -> String {
        format!("Hello, {name}")
    }

    fn do_POST(&self, #[json] numbers: Vec<u32>) -> Json<u32> {
        Json(numbers.iter().sum())
    }

    #[route("GET /page/{title}")]
    fn page(&self, title: &str) -> Html<String> {
        Html(format!("<title>{title}</title>"))
    }
}

#[test]
fn the_exchange_may_be_left_out() {
    let client = testing::client(&NoExchange);
    assert_eq!(client.get("/?name=Ada").send().text(), "Hello, Ada");
    assert_eq!(client.get("/page/tea").send().text(), "<title>tea</title>");
    let post = client.post("/").header("Content-Type", "application/json").body("[1, 2]");
    assert_eq!(post.send().text(), "3");
    assert_eq!(NoExchange.routes().len(), 1);
}
