//! What the guest book answers.

use std::io;

use bhrh::files::Files;
use bhrh::{Error, Exchange, Html, Redirect, http_handler};

use crate::book::Book;
use crate::session::Sessions;

const HEAD: &str = "<!doctype html><title>Guest book</title>
<link rel=stylesheet href=/static/style.css>
<h1>Guest book</h1>
";

const SIGN_IN: &str = "<form method=post action=/session>
<input name=name placeholder=Name required> <button>Sign in</button></form>
";

const WRITE: &str = "<form method=post action=/entries>
<input name=text placeholder=Text required> <button>Write</button></form>
<form method=post action=/session/end><button>Sign out</button></form>
";

pub struct App {
    pub book: Book,
    pub files: Files,
    pub sessions: Sessions,
}

impl App {
    fn visitor(&self, http: &Exchange<'_>) -> Option<String> {
        self.sessions.visitor(http)
    }
}

#[http_handler(protocol_version = "HTTP/1.1", mount("/static" = self.files))]
impl App {
    #[route("GET /")]
    fn page(&self, http: &mut Exchange) -> Html<String> {
        let mut page = HEAD.to_owned();
        for entry in self.book.entries() {
            page += &format!("<p><b>{}</b>: {}\n", escaped(&entry.name), escaped(&entry.text));
        }
        match self.visitor(http) {
            Some(name) => page += &format!("<p>Signed in as {}\n{WRITE}", escaped(&name)),
            None => page += SIGN_IN,
        }
        Html(page)
    }

    #[route("POST /session")]
    fn sign_in(&self, http: &mut Exchange) -> io::Result<()> {
        let form = http.read_form()?;
        let name = form.require("name")?;
        if name.len() > 100 {
            return Err(Error::status((422, "That is too long")).into());
        }
        http.set_cookie(&self.sessions.begin(&name).secure(http.secured()))?;
        // The browser goes on with a GET, so reloading the page does not send the form again.
        http.redirect(303, "/")
    }

    #[route("POST /session/end")]
    fn sign_out(&self, http: &mut Exchange) -> io::Result<()> {
        http.set_cookie(&Sessions::end())?;
        http.redirect(303, "/")
    }

    #[route("POST /entries")]
    fn write(
        &self,
        http: &mut Exchange,
        #[before(self.visitor)] visitor: String,
    ) -> Result<Redirect<'static>, Error> {
        let form = http.read_form()?;
        let text = form.require("text")?;
        if text.len() > 2000 {
            return Err(Error::status((422, "That is too long")));
        }
        self.book.add(&visitor, &text)?;
        Ok(Redirect::to("/"))
    }
}

/// Escapes a visitor's text for a page: nothing in it is a tag.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
