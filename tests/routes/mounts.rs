//! Handlers below handlers.

use super::say;
use bhrh::testing::get;
use bhrh::{Exchange, Handler, Outcome, http_handler};
use bhrh_tests::request;
use std::io;

struct Leaf;

#[http_handler(protocol_version = "HTTP/1.1", server_version = "Leaf/1")]
impl Leaf {
    #[route("GET /")]
    fn root(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "leaf root")
    }

    #[route("PUT /put")]
    fn put(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "leaf put")
    }

    #[route("GET /item/{id}")]
    fn item(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        let link = http.link(Leaf::item_path(id + 1));
        let path = http.path;
        say(http, format_args!("leaf {id} at {path}, next {link}"))
    }
}

/// Middleware: it runs around the leaf, whether that has an answer or not.
struct Around(Leaf);

#[http_handler(protocol_version = "HTTP/1.1")]
impl Around {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        http.log_message(format_args!("around"));
        http.pass_to(&self.0)
    }
}

/// As in Python: commands, whatever the path.
struct Plain;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Plain {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let path = http.path;
        say(http, format_args!("plain {path}"))
    }
}

struct Middle {
    leaf: Leaf,
    plain: Plain,
}

#[http_handler(protocol_version = "HTTP/1.1", mount("/leaf" = self.leaf, "/leaf/deep" = self.plain))]
impl Middle {
    #[route("PUT /leaf/item/{id}")]
    fn put(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        say(http, format_args!("middle {id}"))
    }
}

struct App {
    middle: Middle,
    around: Around,
}

#[http_handler(protocol_version = "HTTP/1.1", mount("/a" = self.middle), mount("/b" = self.around))]
impl App {
    #[route("GET /b/{rest...}")]
    fn fallback(&self, http: &mut Exchange, rest: &str) -> io::Result<()> {
        let link = http.link(App::fallback_path("x"));
        say(http, format_args!("outer {rest}, link {link}"))
    }
}

fn app() -> App {
    App { middle: Middle { leaf: Leaf, plain: Plain }, around: Around(Leaf) }
}

#[test]
fn the_inner_one_sees_the_rest_of_the_path() {
    for (path, text) in [
        ("/b/item/7", "leaf 7 at /item/7, next /b/item/8"),
        ("/b/item/7?x=y", "leaf 7 at /item/7?x=y, next /b/item/8"),
        ("/b/", "leaf root"),
        ("/a/leaf/item/7", "leaf 7 at /item/7, next /a/leaf/item/8"),
        ("/%61/leaf/item/7", "leaf 7 at /item/7, next /%61/leaf/item/8"),
        ("http://localhost/a/leaf/item/7", "leaf 7 at /item/7, next /a/leaf/item/8"),
        ("/a/leaf/deep/x?y", "plain /x?y"),
        ("/a/leaf/deep//x", "plain /x"),
    ] {
        let response = get(&app(), path);
        assert_eq!((response.status(), response.text()), (200, text), "{path}");
    }
    assert_eq!(get(&app(), "/b/").header("Server"), Some("Leaf/1 Rust"));
}

#[test]
fn the_outer_one_answers_what_the_inner_one_does_not() {
    let response = get(&app(), "/b/no/such");
    assert_eq!((response.status(), response.text()), (200, "outer no/such, link /b/x"));
    assert!(response.log()[0].ends_with("around"));
    // A segment that does not parse is no answer either.
    assert_eq!(get(&app(), "/b/item/x").text(), "outer item/x, link /b/x");
    let put = request(&app(), "PUT", "/a/leaf/item/7", &[], b"");
    assert_eq!(put.text(), "middle 7");
}

#[test]
fn what_nobody_answers_is_refused_once() {
    for (command, path, status, allow) in [
        ("GET", "/", 404, None),
        ("GET", "/a", 404, None),
        ("GET", "/ab/leaf/item/7", 404, None),
        ("GET", "/a/nothing", 404, None),
        ("GET", "/a/leaf/nothing", 404, None),
        ("BREW", "/a/leaf/item/7", 501, None),
        ("GET", "/a/leaf/put", 405, Some("PUT, OPTIONS")),
        ("GET", "/a/leaf/item/x", 405, Some("PUT, OPTIONS")),
        ("PUT", "/b/item/7", 405, Some("GET, HEAD, OPTIONS")),
        ("OPTIONS", "/b/item/7", 204, Some("GET, HEAD, OPTIONS")),
        ("HEAD", "/b/item/7", 200, None),
        ("HEAD", "/b/other", 200, None),
    ] {
        let response = request(&app(), command, path, &[], b"");
        assert_eq!(
            (response.status(), response.header("Allow")),
            (status, allow),
            "{command} {path}"
        );
        assert!(response.log().iter().filter(|line| line.contains("\" ")).count() <= 1);
    }
}

/// It knows a command that nothing below it does.
struct Sender(App);

#[http_handler(protocol_version = "HTTP/1.1", mount("/app" = self.0))]
impl Sender {
    #[route("POST /sent")]
    fn sent(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "sent")
    }
}

#[test]
fn a_command_that_somebody_knows_is_one_that_the_path_lacks() {
    let app = Sender(app());
    for (command, path, status, allow) in [
        ("POST", "/app/b/", 405, Some("GET, HEAD, OPTIONS")),
        ("POST", "/app/a/leaf/item/7", 405, Some("PUT, OPTIONS, GET, HEAD")),
        ("POST", "/app/a/leaf/nothing", 404, None),
        ("GET", "/sent", 405, Some("POST, OPTIONS")),
        ("BREW", "/app/b/", 501, None),
        ("BREW", "/app/a/leaf/nothing", 501, None),
    ] {
        let response = request(&app, command, path, &[], b"");
        let found = (response.status(), response.header("Allow"));
        assert_eq!(found, (status, allow), "{command} {path}");
    }
}

#[test]
fn routes_are_listed_with_their_prefixes() {
    let lines: Vec<String> = app().routes().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "GET /b/{rest...} (fallback)",
            "PUT /a/leaf/item/{id} (put)",
            "GET /a/leaf/ (root)",
            "PUT /a/leaf/put (put)",
            "GET /a/leaf/item/{id} (item)",
        ]
    );
}
