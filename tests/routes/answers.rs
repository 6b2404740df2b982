//! What methods return as their answers.

use bhrh::testing::{self, Response, get};
use bhrh::{
    Content, Error, Exchange, Handler, Html, HttpError, Json, NoContent, Redirect, Reply, Status,
    files, http_handler,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

#[derive(Debug, HttpError, thiserror::Error)]
enum ShopError {
    #[error("There is no tea {0}.")]
    #[status(404, "No such tea")]
    NoTea(u32),
    #[error("the kettle is broken")]
    #[status(503)]
    Broken,
    #[error(transparent)]
    #[status(transparent)]
    Till(#[from] TillError),
}

#[derive(Debug, HttpError, thiserror::Error)]
#[error("{} coins are missing", .coins)]
#[status(402, "No money")]
struct TillError {
    coins: u8,
}

/// Above the enum is the status of those that have none.
#[derive(Debug, HttpError, thiserror::Error)]
#[status(409)]
enum Common {
    #[error("a")]
    Conflict,
    #[error("b")]
    #[status(410)]
    Gone,
}

type Answer<T> = Result<T, ShopError>;

/// Its keys are not texts, so it cannot be written as JSON.
type NoJson = BTreeMap<Vec<u8>, u8>;

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    #[route("GET /text")]
    fn text(&self) -> &'static str {
        "tea\n"
    }

    #[route("GET /owned/{text}")]
    fn owned(&self, text: String) -> String {
        text
    }

    #[route("GET /cow/{text}")]
    fn cow(&self, text: &str) -> Cow<'_, str> {
        Cow::Owned(text.to_uppercase())
    }

    #[route("GET /lent/{text}")]
    fn lent<'t>(&self, text: &'t str) -> &'t str {
        text
    }

    #[route("GET /html")]
    fn html(&self) -> Html<&'static str> {
        Html("<p>tea")
    }

    #[route("GET /bytes")]
    fn bytes(&self) -> Vec<u8> {
        vec![0, 255]
    }

    #[route("GET /json")]
    fn json(&self) -> Json<[u8; 2]> {
        Json([1, 2])
    }

    #[route("GET /bad")]
    fn bad(&self) -> Json<NoJson> {
        Json(BTreeMap::from([(vec![1], 1)]))
    }

    #[route("POST /made")]
    fn made(&self) -> (u16, [(&'static str, u32); 2], Json<u8>) {
        (201, [("X-Number", 7), ("X-Other", 8)], Json(1))
    }

    #[route("POST /phrase")]
    fn phrase(&self) -> ((u16, &'static str), &'static str) {
        ((202, "Brewing"), "wait")
    }

    #[route("GET /fields")]
    fn fields(&self) -> ([(&'static str, &'static str); 1], &'static str) {
        ([("Cache-Control", "no-store")], "x")
    }

    #[route("GET /bad-field")]
    fn bad_field(&self) -> ([(&'static str, &'static str); 1], &'static str) {
        ([("X-Bad", "a\r\nb: c")], "x")
    }

    #[route("POST /status")]
    fn status(&self) -> Status<201, Html<&'static str>> {
        Status(Html("made"))
    }

    #[route("POST /accepted")]
    fn accepted(&self) -> Status<202, ()> {
        Status(())
    }

    #[route("POST /nothing")]
    fn nothing(&self) -> (u16, ()) {
        (200, ())
    }

    #[route("DELETE /{id}")]
    fn delete(&self, id: u32) -> Answer<NoContent> {
        match id {
            1 => Ok(NoContent),
            2 => Err(ShopError::Broken),
            _ => Err(ShopError::NoTea(id)),
        }
    }

    #[route("GET /option/{some}")]
    fn option(&self, some: bool) -> Option<&'static str> {
        some.then_some("here")
    }

    #[route("GET /redirect")]
    fn redirect(&self) -> Redirect<'static> {
        Redirect::to("/text").status(307)
    }

    #[route("GET /file")]
    fn file(&self) -> files::SendFile<&'static str> {
        files::SendFile("Cargo.toml")
    }

    #[route("GET /unit-error")]
    fn unit_error(&self, _: &mut Exchange) -> Result<(), ShopError> {
        Err(ShopError::NoTea(7))
    }

    #[route("GET /inside")]
    fn inside(&self, _: &mut Exchange) -> io::Result<()> {
        Err(io::Error::other("disk full"))
    }

    #[route("GET /till/{coins}")]
    fn till(&self, coins: u8) -> Answer<String> {
        Err(TillError { coins })?
    }

    #[route("GET /turned/{gone}")]
    fn turned(&self, http: &mut Exchange, gone: bool) -> io::Result<()> {
        let error = if gone { Common::Gone } else { Common::Conflict };
        http.add_header("X-Turned", "yes");
        Err(error)?
    }

    #[route("GET /turned-500")]
    fn turned_500(&self) -> Result<String, Error> {
        Err(ShopError::Broken)?
    }

    #[route("GET /boxed")]
    fn boxed(&self) -> Result<Option<String>, Box<dyn std::error::Error>> {
        Err(Error::status((410, "Gone fishing")).into())
    }

    #[route("GET /twice/{what}")]
    fn twice(&self, http: &mut Exchange, what: &str) -> Result<Option<&'static str>, Error> {
        http.reply(203, "text/plain", "first")?;
        Ok((what == "some").then_some("second"))
    }

    fn do_PUT(&self) -> impl Reply {
        (200, "inferred")
    }
}

fn log(response: &Response) -> String {
    response.log().join("\n")
}

fn send(method: &str, path: &str) -> Response {
    testing::client(&App).request(method, path).send()
}

#[test]
fn contents_have_their_type_and_length() {
    for (path, media_type, body) in [
        ("/text", "text/plain; charset=utf-8", &b"tea\n"[..]),
        ("/owned/x", "text/plain; charset=utf-8", b"x"),
        ("/cow/x", "text/plain; charset=utf-8", b"X"),
        ("/lent/y", "text/plain; charset=utf-8", b"y"),
        ("/html", "text/html; charset=utf-8", b"<p>tea"),
        ("/bytes", "application/octet-stream", b"\0\xff"),
        ("/json", "application/json", b"[1,2]"),
        ("/option/true", "text/plain; charset=utf-8", b"here"),
    ] {
        let response = get(&App, path);
        assert_eq!((response.status(), response.body()), (200, body), "{path}");
        assert_eq!(response.header("Content-Type"), Some(media_type), "{path}");
        let length = body.len().to_string();
        assert_eq!(response.header("Content-Length"), Some(&*length), "{path}");
        let head = send("HEAD", path);
        assert_eq!((head.status(), head.body()), (200, &b""[..]), "{path}");
        assert_eq!(head.header("Content-Length"), Some(&*length), "{path}");
        assert_eq!(head.header("Content-Type"), Some(media_type), "{path}");
    }
}

#[test]
fn statuses_and_fields() {
    let made = send("POST", "/made");
    assert_eq!((made.status(), made.text()), (201, "1"));
    assert_eq!((made.header("X-Number"), made.header("X-Other")), (Some("7"), Some("8")));
    let phrase = send("POST", "/phrase");
    assert_eq!((phrase.status(), phrase.reason(), phrase.text()), (202, "Brewing", "wait"));
    assert_eq!(get(&App, "/fields").header("Cache-Control"), Some("no-store"));
    let status = send("POST", "/status");
    assert_eq!((status.status(), status.text()), (201, "made"));
    for (path, status) in [("/accepted", 202), ("/nothing", 200)] {
        let response = send("POST", path);
        assert_eq!((response.status(), response.header("Content-Length")), (status, Some("0")));
        assert_eq!(response.header("Content-Type"), None);
    }
    let deleted = send("DELETE", "/1");
    assert_eq!((deleted.status(), deleted.header("Content-Length")), (204, None));
    assert_eq!(send("PUT", "/").text(), "inferred");
    let redirect = get(&App, "/redirect");
    assert_eq!((redirect.status(), redirect.header("Location")), (307, Some("/text")));
}

#[test]
fn what_cannot_be_sent_is_a_500() {
    for path in ["/bad", "/bad-field"] {
        let response = get(&App, path);
        assert_eq!(response.status(), 500, "{path}");
        assert!(log(&response).contains("the handler failed"), "{}", log(&response));
        assert_eq!(response.header("X-Bad"), None);
    }
}

#[test]
fn a_file() {
    let response = get(&App, "/file");
    assert_eq!(response.status(), 200);
    assert!(response.text().contains("name = \"bhrh-tests\"") && response.header("ETag").is_some());
    let part = testing::client(&App).get("/file").header("Range", "bytes=1-7").send();
    assert_eq!((part.status(), part.text()), (206, "package"));
}

#[test]
fn errors_say_their_status_by_their_type() {
    for response in [send("DELETE", "/7"), get(&App, "/unit-error")] {
        assert_eq!((response.status(), response.reason()), (404, "No such tea"));
        assert!(response.text().contains("There is no tea 7."), "{}", response.text());
        assert!(!log(&response).contains("the handler failed"), "{}", log(&response));
    }
    // What is the server's fault is in the log, and not in the answer.
    let response = send("DELETE", "/2");
    assert_eq!((response.status(), response.reason()), (503, "Service Unavailable"));
    assert!(!response.text().contains("kettle"), "{}", response.text());
    assert!(log(&response).contains("the kettle is broken"), "{}", log(&response));
    assert_eq!(get(&App, "/inside").status(), 500);
    let till = get(&App, "/till/3");
    assert_eq!((till.status(), till.reason()), (402, "No money"));
    assert!(till.text().contains("3 coins are missing"), "{}", till.text());
    // By `?`, they turn into the errors of other methods.
    assert_eq!(get(&App, "/turned/true").status(), 410);
    assert_eq!(get(&App, "/turned/false").status(), 409);
    let turned = get(&App, "/turned-500");
    assert_eq!(turned.status(), 503);
    assert!(log(&turned).contains("the kettle is broken"), "{}", log(&turned));
    assert_eq!(get(&App, "/boxed").reason(), "Gone fishing");
    assert_eq!(get(&App, "/option/false").status(), 404);
}

#[test]
fn the_first_of_two_answers_stands() {
    for path in ["/twice/some", "/twice/none"] {
        let response = get(&App, path);
        assert_eq!((response.status(), response.text()), (203, "first"), "{path}");
        let told = "the method answered, and then returned another answer, which is dropped";
        assert!(log(&response).contains(told), "{}", log(&response));
    }
}

struct Csv<'r>(&'r [[u8; 2]]);

impl Content for Csv<'_> {
    const TYPE: &'static str = "text/csv";
    type Bytes = String;

    fn into_bytes(self) -> io::Result<String> {
        Ok(self.0.iter().map(|[a, b]| format!("{a},{b}\n")).collect())
    }
}

struct Table(Vec<[u8; 2]>);

#[http_handler]
impl Table {
    fn do_GET(&self) -> Csv<'_> {
        Csv(&self.0)
    }
}

#[test]
fn a_content_of_your_own() {
    let response = get(&Table(vec![[1, 2], [3, 4]]), "/");
    assert_eq!(response.header("Content-Type"), Some("text/csv"));
    assert_eq!(response.text(), "1,2\n3,4\n");
}

struct Typed;

#[http_handler]
impl Typed {
    fn do_GET(&self) -> ([(&'static str, &'static str); 2], &'static str) {
        ([("X-Rows", "1"), ("content-type", "text/csv")], "1,2\n")
    }
}

#[test]
fn a_content_type_among_the_fields_is_the_only_one() {
    let bytes = bhrh::testing::client(&Typed).raw("GET / HTTP/1.0\r\n\r\n");
    let answer = String::from_utf8(bytes).expect("text").to_ascii_lowercase();
    assert_eq!(answer.matches("content-type:").count(), 1, "{answer}");
    assert!(answer.contains("\r\ncontent-type: text/csv\r\n"), "{answer}");
}

struct Generic<T>(T);

#[http_handler]
impl<T: Clone + Content + Send + Sync> Generic<T> {
    fn do_GET(&self) -> Result<T, ShopError> {
        Ok(self.0.clone())
    }

    fn do_POST(&self, _: &mut Exchange) -> Result<(), ShopError> {
        Err(ShopError::NoTea(1))
    }
}

#[test]
fn generic_and_boxed_handlers_answer_too() {
    let app = Generic("x");
    assert_eq!(get(&app, "/").text(), "x");
    assert_eq!(testing::client(&app).post("/").send().status(), 404);
    let boxed: Box<dyn Handler> = Box::new(app);
    assert_eq!(get(&*boxed, "/").text(), "x");
}
