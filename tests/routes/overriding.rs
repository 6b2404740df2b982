//! What is answered without being asked for, answered by hand instead.

use super::say;
use bhrh::testing::get;
use bhrh::{Exchange, http_handler};
use bhrh_tests::request;
use std::io::{self, Write};

struct ByHand;

#[http_handler(protocol_version = "HTTP/1.1")]
impl ByHand {
    #[route("GET /a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "a")
    }

    #[route("GET /b")]
    fn b(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "b")
    }

    #[route("HEAD /b")]
    #[route("OPTIONS /b")]
    fn b_by_hand(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(299);
        http.end_headers()
    }

    fn do_OPTIONS(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(298);
        http.end_headers()
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        _: Option<&str>,
    ) -> io::Result<()> {
        http.send_response(code);
        http.end_headers()?;
        write!(http.wfile, "sorry: {message:?}")
    }
}

#[test]
fn each_answer_can_be_written_by_hand() {
    for (command, path, status) in [
        ("HEAD", "/a", 200),
        ("HEAD", "/b", 299),
        ("OPTIONS", "/a", 298),
        ("OPTIONS", "/b", 299),
        ("OPTIONS", "/nothing", 298),
        ("OPTIONS", "*", 298),
    ] {
        assert_eq!(request(&ByHand, command, path, &[], b"").status(), status, "{command} {path}");
    }
    // A `do_*` method knows every path, so this path is known.
    let refused = get(&ByHand, "/nothing");
    assert_eq!((refused.status(), refused.text()), (405, "sorry: None"));
    assert_eq!(refused.header("Allow"), Some("OPTIONS"));
    assert_eq!(request(&ByHand, "BREW", "/a", &[], b"").status(), 501);
}

struct DoHead;

#[http_handler]
impl DoHead {
    #[route("GET /a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "a")
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(299);
        http.end_headers()
    }
}

struct MaybeHead;

#[http_handler]
impl MaybeHead {
    #[route("GET /a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "a")
    }

    #[cfg(any())]
    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(500)
    }
}

#[test]
fn do_head_takes_the_place_of_get() {
    assert_eq!(request(&DoHead, "HEAD", "/a", &[], b"").status(), 299);
    assert_eq!(request(&MaybeHead, "HEAD", "/a", &[], b"").status(), 200);
}

struct Fallback;

#[http_handler]
impl Fallback {
    #[route("GET /a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "a")
    }

    #[route("/{path...}")]
    fn other(&self, http: &mut Exchange, path: &str) -> io::Result<()> {
        let command = http.command;
        http.send_response(404);
        http.send_header("Content-Type", "text/plain");
        http.end_headers()?;
        write!(http.wfile, "{command} {path}?")
    }
}

#[test]
fn a_fallback_has_everything_else() {
    assert_eq!(get(&Fallback, "/a").text(), "a");
    assert_eq!(request(&Fallback, "HEAD", "/a", &[], b"").status(), 200);
    for (command, path, text) in
        [("GET", "/b/c", "GET b/c?"), ("PUT", "/a", "PUT a?"), ("OPTIONS", "/a", "OPTIONS a?")]
    {
        let response = request(&Fallback, command, path, &[], b"");
        assert_eq!((response.status(), response.text()), (404, text));
    }
}

struct Headed;

#[http_handler(protocol_version = "HTTP/1.1", auto_head)]
impl Headed {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "page")
    }
}

struct HeadedRoutes;

#[http_handler(auto_head)]
impl HeadedRoutes {
    #[route("PUT /a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "a")
    }

    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "page")
    }
}

#[test]
fn auto_head_answers_by_do_get() {
    let head = request(&Headed, "HEAD", "/x", &[], b"");
    assert_eq!((head.status(), head.header("Content-Length"), head.text()), (200, Some("4"), ""));
    assert_eq!(request(&Headed, "OPTIONS", "/x", &[], b"").status(), 501);
    assert_eq!(request(&HeadedRoutes, "HEAD", "/x", &[], b"").status(), 200);
    let put = request(&HeadedRoutes, "PUT", "/x", &[], b"");
    assert_eq!((put.status(), put.header("Allow")), (405, Some("GET, HEAD, OPTIONS")));
}

/// The rules of paths are for handlers with routes only.
#[test]
fn commands_alone_are_as_in_python() {
    struct Plain;

    #[http_handler]
    impl Plain {
        fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
            let path = http.path;
            say(http, path)
        }
    }
    assert_eq!(get(&Plain, "/%FF/../x").text(), "/%FF/../x");
    for command in ["HEAD", "OPTIONS", "PUT"] {
        assert_eq!(request(&Plain, command, "/", &[], b"").status(), 501);
    }
}
