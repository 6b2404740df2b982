//! Links that the macro builds, and the table of routes.

use super::say;
use bhrh::testing::get;
use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    #[route("GET /")]
    fn root(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "root")
    }

    #[route("GET /users/{id}/posts/{slug}", path = "link_to_post")]
    #[route("GET /posts/{slug}")]
    fn post(&self, http: &mut Exchange, slug: &str, id: Option<u64>) -> io::Result<()> {
        say(http, format_args!("{id:?} {slug}"))
    }

    #[route("/files/{path...}")]
    fn file(&self, http: &mut Exchange, path: &str) -> io::Result<()> {
        say(http, path)
    }

    #[cfg(any())]
    #[route("GET /never")]
    fn never(&self, _: &mut Exchange) {}

    #[route("GET /caf\u{e9} au lait/100%/")]
    fn literal(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "literal")
    }

    #[route("GET /named/{__path}")]
    fn named(&self, http: &mut Exchange, __path: &str) -> io::Result<()> {
        say(http, __path)
    }

    #[route("GET /{type}")]
    fn r#type(&self, http: &mut Exchange, r#type: &str) -> io::Result<()> {
        say(http, r#type)
    }
}

#[test]
fn paths_are_built_of_parameters() {
    assert_eq!(App::root_path(), "/");
    assert_eq!(App::link_to_post(7, "a/b c"), "/users/7/posts/a%2Fb%20c");
    assert_eq!(App::file_path("a/b c/%2F"), "/files/a/b%20c/%252F");
    assert_eq!(App::literal_path(), "/caf%C3%A9%20au%20lait/100%25/");
    assert_eq!(App::named_path("x"), "/named/x");
    assert_eq!(App::type_path("é?"), "/%C3%A9%3F");
}

#[test]
fn what_is_built_is_found() {
    for (path, text) in [
        (App::root_path(), "root"),
        (App::link_to_post(7, "a/b c+%2F?#"), "Some(7) a/b c+%2F?#"),
        (App::file_path("a/b c//%41"), "a/b c//%41"),
        (App::literal_path(), "literal"),
        (App::type_path(".é."), ".é."),
    ] {
        assert_eq!(get(&App, &path).text(), text, "{path}");
    }
}

#[test]
fn the_table_lists_what_there_is() {
    let lines: Vec<String> = App::ROUTES.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "GET / (root)",
            "GET /users/{id}/posts/{slug} (post)",
            "GET /posts/{slug} (post)",
            "/files/{path...} (file)",
            "GET /caf\u{e9} au lait/100%/ (literal)",
            "GET /named/{__path} (named)",
            "GET /{type} (type)",
        ]
    );
}

struct Search;

#[http_handler]
impl Search {
    #[route("GET /shelves/{id}/books")]
    #[expect(clippy::too_many_arguments, reason = "one of each kind")]
    fn books(
        &self,
        id: u8,
        #[query] q: &str,
        #[query(default = 1)] page: u32,
        #[query("max&size")] size: Option<u8>,
        #[query] tag: Vec<&str>,
        #[query] full: bool,
        #[query("id")] other: Option<u8>,
    ) -> String {
        format!("{id} {q} {page} {size:?} {tag:?} {full} {other:?}")
    }

    #[route("GET /taken")]
    fn taken(&self, #[query] page: u32) -> String {
        page.to_string()
    }

    fn taken_path_with_query() -> &'static str {
        "mine"
    }
}

#[test]
fn links_have_the_parameters_of_the_query() {
    let link = Search::books_path_with_query(7, "a+b & c", None, None, &[], false, None);
    assert_eq!(link, "/shelves/7/books?q=a%2Bb%20%26%20c");
    assert_eq!(get(&Search, &link).text(), "7 a+b & c 1 None [] false None");
    let tags: [&dyn std::fmt::Display; 2] = [&"x=y", &8];
    let link = Search::books_path_with_query(7, "é", Some(&2), Some(&3), &tags, true, Some(&9));
    assert_eq!(get(&Search, &link).text(), r#"7 é 2 Some(3) ["x=y", "8"] true Some(9)"#);
    // Beside it is the path alone, as before.
    assert_eq!(Search::books_path(7), "/shelves/7/books");
    // A method of the user's keeps its name.
    assert_eq!((Search::taken_path(), Search::taken_path_with_query()), ("/taken".into(), "mine"));
}

struct Alike;

#[http_handler]
impl Alike {
    #[route("GET /{a_b}")]
    fn sum(
        &self,
        a_b: u8,
        #[query("a-b")] one: u8,
        #[query("a_b")] two: u8,
        #[query("é")] three: u8,
    ) -> String {
        format!("{a_b} {one} {two} {three}")
    }

    #[route("GET /sum/more", path = "sum_path_with_query")]
    fn more(&self) -> String {
        "more".into()
    }
}

#[test]
fn parameters_whose_names_are_alike_do_not_meet() {
    assert_eq!(get(&Alike, "/1?a-b=2&a_b=3&%C3%A9=4").text(), "1 2 3 4");
    // The name of the link is another route's, which was there first.
    assert_eq!(Alike::sum_path_with_query(), "/sum/more");
}

struct AlikeToo;

#[http_handler]
impl AlikeToo {
    #[route("GET /{a_b}")]
    fn sum(&self, a_b: u8, #[query("a-b")] one: u8, #[query("é")] two: u8) -> String {
        format!("{a_b} {one} {two}")
    }
}

#[test]
fn links_to_them_have_each() {
    let link = AlikeToo::sum_path_with_query(1, 2, 3);
    assert_eq!(get(&AlikeToo, &link).text(), "1 2 3");
}
