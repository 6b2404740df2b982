//! Which request finds which method, with which arguments.

use super::say;
use bhrh::__internals::{converse, read_response};
use bhrh::testing::{Response, get};
use bhrh::{Exchange, Profile, http_handler};
use bhrh_tests::request;
use std::borrow::Cow;
use std::io::{self, Write};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    #[route("GET /")]
    fn root(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "root")
    }

    #[route("GET /users")]
    #[route("GET /groups/{group}/users")]
    fn users(&self, http: &mut Exchange, group: Option<&str>) -> io::Result<()> {
        say(http, format_args!("users of {group:?}"))
    }

    #[route("GET /users/{id}")]
    fn user(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        say(http, format_args!("user {id}"))
    }

    #[route("DELETE /users/{id}")]
    fn delete(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        say(http, format_args!("delete {id}"))
    }

    #[route("GET /users/me")]
    fn me(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "me")
    }

    #[route("GET /users/{id}/posts/{slug}")]
    fn post(&self, http: &mut Exchange, slug: Cow<str>, id: u64) -> io::Result<()> {
        say(http, format_args!("post {slug} of {id}"))
    }

    #[route("GET /files/{path...}")]
    fn file(&self, http: &mut Exchange, path: String) -> io::Result<()> {
        say(http, format_args!("file {path}"))
    }

    #[route("GET /below/{id}/{...}")]
    fn below(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        say(http, format_args!("below {id}"))
    }

    #[route("GET /dir/")]
    fn dir(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "dir")
    }

    #[route("/any/{name}")]
    fn any(&self, http: &mut Exchange, name: &str) -> io::Result<()> {
        let command = http.command;
        say(http, format_args!("{command} {name}"))
    }

    #[route("GET /caf\u{e9}/{type}")]
    fn coffee(&self, http: &mut Exchange, r#type: &str) -> io::Result<()> {
        say(http, format_args!("coffee {type}", type = r#type))
    }
}

#[test]
fn each_path_has_its_method() {
    for (path, text) in [
        ("/", "root"),
        ("/?x", "root"),
        ("/users", "users of None"),
        ("/groups/a%20b/users", "users of Some(\"a b\")"),
        ("/users/7", "user 7"),
        ("/users/%37", "user 7"),
        ("/users/me", "me"),
        ("/users/m%65", "me"),
        ("/users/7/posts/x%2Fy", "post x/y of 7"),
        ("/files/", "file "),
        ("/below/7/", "below 7"),
        ("/below/7/a/b", "below 7"),
        ("/files/a/b%20c//d", "file a/b c//d"),
        ("/files/a%2Fb", "file a%2Fb"),
        ("/dir/", "dir"),
        ("/any/thing", "GET thing"),
        ("/caf%C3%A9/latte", "coffee latte"),
        ("http://localhost/users/7?x", "user 7"),
        ("http://localhost", "root"),
    ] {
        let response = get(&App, path);
        assert_eq!((response.status(), response.text()), (200, text), "{path}");
    }
}

#[test]
fn other_paths_have_none() {
    for path in [
        "/user",
        "/users/",
        "/users/x",
        "/users/-1",
        "/users/7/",
        "/users/7/posts",
        "/users/7/posts/",
        "/files",
        "/dir",
        "/dir/x",
        "/any/",
        "/users/../users/7",
        "/users/%2e%2E/users/7",
        "/files/../x",
        "/files/a/.",
        "/Users",
        "/groups/x/user",
    ] {
        assert_eq!(get(&App, path).status(), 404, "{path}");
    }
}

fn answer(command: &str, path: &str) -> Response {
    request(&App, command, path, &[], b"")
}

#[test]
fn other_commands_are_told_what_there_is() {
    for (command, path, status, allow) in [
        // A route without a command knows every command.
        ("POST", "/", 405, Some("GET, HEAD, OPTIONS")),
        ("DELETE", "/", 405, Some("GET, HEAD, OPTIONS")),
        ("DELETE", "/users/7", 200, None),
        ("DELETE", "/nothing", 404, None),
        ("OPTIONS", "/users/7", 204, Some("GET, HEAD, DELETE, OPTIONS")),
        ("OPTIONS", "/users/me", 204, Some("GET, HEAD, DELETE, OPTIONS")),
        ("OPTIONS", "*", 204, Some("GET, HEAD, DELETE, OPTIONS")),
        ("OPTIONS", "/nothing", 404, None),
        ("BREW", "/any/pot", 200, None),
    ] {
        let response = answer(command, path);
        assert_eq!(
            (response.status(), response.header("Allow")),
            (status, allow),
            "{command} {path}"
        );
    }
}

/// A client that asks for a missing path need not connect again.
#[test]
fn what_no_route_answers_leaves_the_connection_open() {
    let requests = "GET /files HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n\
                    GET /users/x/posts/y HTTP/1.1\r\nHost: a\r\n\r\nNONE / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (bytes, _) = converse(&App, requests.as_bytes(), Profile::STRICT);
    let mut rest = &bytes[..];
    for status in [404, 405, 404, 405] {
        let response = read_response(&mut rest, false).expect("a response");
        assert_eq!((response.status(), response.header("Connection")), (status, None));
    }
}

struct Site;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Site {
    #[route("GET /page")]
    fn page(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "page")
    }

    #[route("GET /sized")]
    fn sized(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Length", 4);
        http.end_headers()?;
        http.wfile.write_all(b"size")
    }

    #[route("PUT /{name}")]
    fn put(&self, http: &mut Exchange, name: &str) -> io::Result<()> {
        say(http, name)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let path = http.path;
        say(http, format_args!("posted to {path}"))
    }
}

#[test]
fn methods_for_commands_answer_every_path() {
    for (command, path, status, allow) in [
        ("BREW", "/page", 501, None),
        ("BREW", "/nothing/here", 501, None),
        ("POST", "/nothing/here", 200, None),
        ("POST", "/../x", 200, None),
        ("POST", "/%FF", 400, None),
        ("GET", "/%FF", 400, None),
        ("GET", "/page/", 405, Some("POST, OPTIONS")),
        ("GET", "/other", 405, Some("PUT, POST, OPTIONS")),
        ("DELETE", "/page", 501, None),
        ("PUT", "/page", 200, None),
        ("OPTIONS", "/nothing/here", 204, Some("POST, OPTIONS")),
        ("OPTIONS", "*", 204, Some("GET, HEAD, PUT, POST, OPTIONS")),
        ("POST", "*", 400, None),
    ] {
        let response = request(&Site, command, path, &[], b"");
        assert_eq!(
            (response.status(), response.header("Allow")),
            (status, allow),
            "{command} {path}"
        );
    }
}

/// RFC 9110 section 9.3.2: the same fields as for GET, and no body.
#[test]
fn get_answers_head() {
    for path in ["/page", "/sized"] {
        let get = get(&Site, path);
        let head = request(&Site, "HEAD", path, &[], b"");
        assert_eq!((head.status(), head.body()), (200, &b""[..]));
        assert_eq!(head.header("Content-Length"), Some("4"), "{path}");
        let names = |response: &Response| -> Vec<String> {
            response.headers().iter().map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(&get), names(&head));
    }
}

/// The target of CONNECT is no path, whatever it looks like.
#[test]
fn connect_reaches_no_route() {
    struct Everything;

    #[http_handler]
    impl Everything {
        #[route("/{rest...}")]
        fn all(&self, http: &mut Exchange, _rest: &str) -> io::Result<()> {
            say(http, "all")
        }
    }
    let connect = request(&Everything, "CONNECT", "localhost:80", &[], b"");
    assert_eq!(connect.status(), 404);
    assert_eq!(get(&Everything, "/any/thing").status(), 200);
    assert_eq!(request(&Everything, "OPTIONS", "/x", &[], b"").status(), 200);
    assert_eq!(request(&Everything, "OPTIONS", "*", &[], b"").header("Allow"), Some("OPTIONS"));
}
