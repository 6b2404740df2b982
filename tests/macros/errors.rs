//! What a method may fail with, and what the client and the log get.

use bhrh::{Error, Exchange, Handler, http_handler};
use std::fmt;
use std::io;

struct App;

/// An error of the user's around one that says a status.
#[derive(Debug)]
struct Wrapped(Error);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrapped")
    }
}

impl std::error::Error for Wrapped {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// An error that may not leave its thread.
#[derive(Debug)]
struct Here(std::rc::Rc<str>);

impl fmt::Display for Here {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "only {}", self.0)
    }
}

impl std::error::Error for Here {}

type Anything = Result<(), Box<dyn std::error::Error>>;

#[http_handler]
impl App {
    /// Written out, since the attribute looks at it.
    fn do_GET(&self, http: &mut Exchange) -> Result<(), Box<dyn std::error::Error>> {
        choose(http.path)?;
        Ok(http.reply(200, "text/plain", "fine")?)
    }

    fn do_PUT(
        &self,
        http: &mut Exchange,
    ) -> std::result::Result<(), Box<dyn std::error::Error + Send>> {
        match http.path {
            "/error" => Err(Box::new(Error::status((404, "No such thing")))),
            _ => Err(Box::new(io::Error::other("disk full"))),
        }
    }

    /// The error type that the guide recommends.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/error" => Err(Error::status((404, "No such thing")))?,
            _ => http.reply(200, "text/plain", "fine"),
        }
    }

    /// A lifetime of the method's own, which has no name where the method is called.
    fn do_PATCH<'a>(&'a self, _: &mut Exchange) -> Result<(), Borrowed<'a>> {
        Err(Borrowed("borrowed"))
    }

    fn do_DELETE(&self, _: &mut Exchange) -> Result<(), Borrowed<'_>> {
        Err(Borrowed("borrowed"))
    }
}

struct Borrowed<'a>(&'a str);

impl From<Borrowed<'_>> for Box<dyn std::error::Error + Send + Sync> {
    fn from(error: Borrowed<'_>) -> Self {
        error.0.into()
    }
}

fn choose(path: &str) -> Anything {
    match path {
        "/error" => Err(Error::status((404, "No such thing")))?,
        "/io" => Err(io::Error::other("disk full"))?,
        "/io-error" => Err(io::Error::other(Error::status(410)))?,
        "/wrapped" => Err(Wrapped(Error::status(409)))?,
        "/number" => drop("x".parse::<u8>()?),
        "/here" => Err(Here("here".into()))?,
        "/text" => Err("a text")?,
        _ => {}
    }
    Ok(())
}

fn answer(command: &str, path: &str) -> (u16, String, Vec<String>) {
    let response = bhrh_tests::request(&App as &dyn Handler, command, path, &[], b"");
    (response.status(), response.reason().to_owned(), response.log().to_vec())
}

#[test]
fn an_error_that_stays_on_its_thread_keeps_its_status_and_its_text() {
    for (path, status, logged) in [
        ("/", 200, None),
        ("/error", 404, None),
        ("/io-error", 410, None),
        ("/wrapped", 409, None),
        ("/io", 500, Some("disk full")),
        ("/number", 500, Some("invalid digit found in string")),
        ("/here", 500, Some("only here")),
        ("/text", 500, Some("a text")),
    ] {
        let (found, _, log) = answer("GET", path);
        assert_eq!(found, status, "{path}");
        let failed = log.iter().find(|line| line.contains("the handler failed"));
        match logged {
            Some(text) => assert!(failed.is_some_and(|line| line.ends_with(text)), "{log:?}"),
            None => assert_eq!(failed, None),
        }
    }
    assert_eq!(answer("GET", "/error").1, "No such thing");
    assert_eq!(answer("PUT", "/error").1, "No such thing");
    assert_eq!(answer("PUT", "/io").0, 500);
}

#[test]
fn the_recommended_type_keeps_the_status() {
    assert_eq!(answer("POST", "/error").1, "No such thing");
    assert_eq!(answer("POST", "/").0, 200);
}

#[test]
fn errors_may_borrow() {
    for command in ["PATCH", "DELETE"] {
        let (status, _, log) = answer(command, "/");
        assert_eq!(status, 500);
        assert!(log.iter().any(|line| line.ends_with("the handler failed: borrowed")), "{log:?}");
    }
}
