//! What runs before methods: `#[before(…)]`, and the prefix of a block.

use bhrh::testing::{self, Response};
use bhrh::{Error, Exchange, Handler, HttpError, Json, http_handler};
use std::io;
use std::sync::Mutex;

use super::say;

#[derive(Debug, HttpError, thiserror::Error)]
enum Refused {
    #[error("who are you?")]
    #[status(401)]
    Unknown,
}

#[derive(Debug)]
struct User(String);

/// Writes down what ran, in order.
#[derive(Default)]
struct App {
    ran: Mutex<Vec<&'static str>>,
}

impl App {
    fn ran(&self, what: &'static str) {
        self.ran.lock().expect("no panic").push(what);
    }

    fn user(&self, http: &mut Exchange<'_>) -> Result<User, Refused> {
        self.ran("user");
        match http.headers.get("X-User") {
            Some("thief") => panic!("a thief"),
            Some(name) => Ok(User(name.to_owned())),
            None => Err(Refused::Unknown),
        }
    }
}

impl App {
    fn known(&self, http: &mut Exchange<'_>) -> Result<(), Refused> {
        self.user(http).map(drop)
    }
}

fn free(http: &Exchange<'_>) -> bool {
    http.headers.get("X-Free") != Some("no")
}

#[http_handler(prefix = "/api/v1", before(self.counted))]
impl App {
    fn counted(&self, _: &mut Exchange) {
        self.ran("counted");
    }

    /// Answers itself, if it must.
    fn open(&self, http: &mut Exchange) -> io::Result<()> {
        self.ran("open");
        match http.headers.contains("X-Closed") {
            true => http.send_error((503, "Closed")),
            false => Ok(()),
        }
    }

    fn maybe(&self, http: &mut Exchange) -> io::Result<Option<u8>> {
        match http.headers.get("X-Number") {
            Some("mine") => {
                http.reply(200, "text/plain", "by the guard")?;
                Ok(None)
            }
            Some(number) => Ok(number.parse().ok()),
            None => Err(Error::status((400, "No number")).into()),
        }
    }

    #[route("GET /things/{id}")]
    #[before(self.open, free)]
    fn thing(&self, http: &mut Exchange, id: u8, #[query] page: Option<u8>) -> io::Result<()> {
        self.ran("thing");
        say(http, format_args!("{id} {page:?}"))
    }

    #[route("GET /me")]
    fn me(&self, #[before(self.user)] user: User) -> String {
        self.ran("me");
        user.0
    }

    #[route("POST /me")]
    #[before(self.user, self.open)]
    fn change(&self, #[json] number: u8, #[before(self.user)] user: User) -> Json<(String, u8)> {
        Json((user.0, number))
    }

    #[route("GET /number")]
    fn number(&self, #[before(self.maybe)] number: u8) -> String {
        number.to_string()
    }

    #[before(self.known)]
    fn do_DELETE(&self, http: &mut Exchange) -> io::Result<()> {
        say(http, "deleted")
    }
}

fn send(app: &App, method: &str, path: &str, fields: &[(&str, &str)]) -> (Response, String) {
    app.ran.lock().expect("no panic").clear();
    let request = testing::client(app).request(method, path);
    let response = fields.iter().fold(request, |it, (name, value)| it.header(name, value)).send();
    (response, app.ran.lock().expect("no panic").join(" "))
}

#[test]
fn guards_run_in_order_before_the_rest_is_read() {
    let app = App::default();
    let get = |path: &str, fields: &[(&str, &str)]| {
        let (response, ran) = send(&app, "GET", path, fields);
        (response.status(), response.text().to_owned(), ran)
    };
    let path = "/api/v1/things/7?page=1";
    assert_eq!(get(path, &[]), (200, "7 Some(1)".to_owned(), "counted open thing".to_owned()));
    // One that answers has the last word.
    let (status, text, ran) = get(path, &[("X-Closed", "")]);
    assert_eq!((status, ran.as_str()), (503, "counted open"));
    assert!(text.contains("Closed"), "{text}");
    // One that refuses without an answer.
    assert_eq!(get(path, &[("X-Free", "no")]).0, 403);
    // The path is read before the guards run, and the query after them.
    let (status, _, ran) = get("/api/v1/things/x", &[]);
    assert_eq!((status, ran.as_str()), (404, ""));
    let (status, _, ran) = get("/api/v1/things/7?page=x", &[]);
    assert_eq!((status, ran.as_str()), (400, "counted open"));
    // What no method answers has no guards.
    assert_eq!(get("/things/7", &[]).2, "");
}

#[test]
fn guards_give_values() {
    let app = App::default();
    let (response, ran) = send(&app, "GET", "/api/v1/me", &[("X-User", "ada")]);
    assert_eq!((response.text(), ran.as_str()), ("ada", "counted user me"));
    let (response, ran) = send(&app, "GET", "/api/v1/me", &[]);
    assert_eq!((response.status(), ran.as_str()), (401, "counted user"));
    assert!(response.text().contains("who are you?"), "{}", response.text());
    // A guard that is named twice runs once, in the first place.
    let json = [("X-User", "ada"), ("Content-Type", "application/json")];
    let (response, ran) = send(&app, "POST", "/api/v1/me", &json);
    assert_eq!((response.status(), ran.as_str()), (411, "counted user open"));
    let number = |value: &str| send(&app, "GET", "/api/v1/number", &[("X-Number", value)]).0;
    assert_eq!(number("7").text(), "7");
    assert_eq!(number("mine").text(), "by the guard");
    assert_eq!(number("x").status(), 403);
    assert_eq!(send(&app, "GET", "/api/v1/number", &[]).0.reason(), "No number");
}

#[test]
fn guards_of_commands_and_their_panics() {
    let app = App::default();
    let (response, ran) = send(&app, "DELETE", "/anywhere", &[]);
    assert_eq!((response.status(), ran.as_str()), (401, "counted user"));
    assert_eq!(send(&app, "DELETE", "/anywhere", &[("X-User", "ada")]).0.text(), "deleted");
    let (response, _) = send(&app, "GET", "/api/v1/me", &[("X-User", "thief")]);
    assert_eq!(response.status(), 500);
    assert!(response.log().join("").contains("panicked: a thief"), "{:?}", response.log());
}

#[test]
fn a_prefix_is_part_of_routes_and_links() {
    let app = App::default();
    assert_eq!(App::thing_path(7), "/api/v1/things/7");
    assert_eq!(app.routes()[0].to_string(), "GET /api/v1/things/{id} (thing)");
    let (response, _) = send(&app, "PUT", "/api/v1/me", &[]);
    assert_eq!(response.status(), 501);
    let (response, _) = send(&app, "POST", "/api/v1/number", &[]);
    assert_eq!(response.header("Allow"), Some("GET, HEAD, DELETE, OPTIONS"));
}
