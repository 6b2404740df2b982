//! The guest book, asked in memory.

use std::fs;
use std::path::Path;

use bhrh::files::Files;
use bhrh::testing::client;

use crate::app::App;
use crate::book::Book;
use crate::session::Sessions;

const FORM: &str = "application/x-www-form-urlencoded";

fn app(folder: &Path) -> App {
    let key = folder.join("key");
    fs::write(&key, [7; 64]).unwrap();
    App {
        book: Book::open(&folder.join("entries.txt")).unwrap(),
        files: Files::new("static"),
        sessions: Sessions::by_key(&key).unwrap(),
    }
}

/// The cookie of somebody who signs in, as browsers send it.
fn sign_in(app: &App, name: &str) -> String {
    let form = client(app).post("/session").header("Content-Type", FORM);
    let response = form.body(format!("name={name}")).send();
    let set = response.header("Set-Cookie").expect("a cookie");
    assert!(set.contains("HttpOnly; SameSite=Lax"), "{set}");
    set.split(';').next().unwrap_or_default().to_owned()
}

#[test]
fn who_has_signed_in_writes_under_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    let write = client(&app).post("/entries").header("Content-Type", FORM).body("text=<b>tea");
    assert_eq!(write.clone().send().status(), 403);

    let cookie = sign_in(&app, "Ada");
    assert_eq!(write.header("Cookie", &cookie).send().status(), 303);
    let page = client(&app).get("/").header("Cookie", &cookie).send();
    assert!(page.text().contains("<p><b>Ada</b>: &lt;b>tea\n<p>Signed in as Ada\n"));
}

#[test]
fn a_cookie_that_was_changed_is_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    let cookie = sign_in(&app, "Ada").replace("Ada", "Eve");
    let page = client(&app).get("/").header("Cookie", &cookie).send();
    assert!(page.text().contains("Sign in"));
}

#[test]
fn entries_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    app(folder.path()).book.add("Ada", "first\tline\r\nsecond").unwrap();
    let page = bhrh::testing::get(&app(folder.path()), "/");
    assert!(page.text().contains("<p><b>Ada</b>: first line second\n"));
}
