//! A guestbook, ported from the Python script beside this file.
//!
//! Read the two side by side: this file has the parts of `original.py` in the same order, under the
//! same names. The comments say where the port differs.
//!
//! `cargo run --example port_of_a_script -- --bind 127.0.0.1:8000`

use bhrh::{Exchange, HttpServer, Profile, http_handler};
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

mod html;

const LARGEST_FORM: usize = 10_000;

const ERROR_PAGE: &str = "\
<!DOCTYPE html>
<title>%(message)s</title>
<h1>%(message)s</h1>
<p>%(explain)s (%(code)d)</p>
<p><a href=\"/\">Back to the guestbook</a></p>
";

// Python creates an object per request, so data that outlives a request is on the class. Here one
// value serves all requests, so the data are its fields, and the lock contains what it protects.
#[derive(Default)]
struct Guestbook {
    entries: Mutex<Vec<Entry>>,
}

struct Entry {
    name: String,
    message: String,
}

// The class attributes become arguments of the attribute, under their names.
#[http_handler(
    protocol_version = "HTTP/1.1",
    server_version = "Guestbook/1.0",
    sys_version = "example",
    error_message_format = ERROR_PAGE,
    error_content_type = "text/html; charset=utf-8"
)]
impl Guestbook {
    // `self` is two things in Python. Here the guestbook is `self` and the request is `http`.
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/" => send_page(http, &self.page()),
            // Python's optional arguments become one tuple here. A tuple cannot have an explanation
            // without a message, so the message is written out.
            _ => http.send_error((404, "Not Found", "There is only the guestbook here.")),
        }
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path != "/sign" {
            return http.send_error((404, "Not Found", "Only /sign can be posted to."));
        }
        // Where `int(…)` raises in Python, the server has already refused the request.
        let length = http.headers.get("Content-Length").and_then(|length| length.parse().ok());
        if length.unwrap_or(0) > LARGEST_FORM {
            return http.send_error((413, "Too long", "Please be brief."));
        }
        if http.headers.get_content_type() != "application/x-www-form-urlencoded" {
            return http.send_error((415, "Unsupported Media Type", "Please use the form."));
        }
        // `rfile` ends where the body ends, so there are no bytes to count.
        let mut body = Vec::new();
        io::copy(&mut http.rfile, &mut body)?;
        let entry = Entry { name: field(&body, "name"), message: field(&body, "message") };
        if entry.name.is_empty() || entry.message.is_empty() {
            let explain = "Please give a name & a message.";
            return http.send_error((400, "Something is missing", explain));
        }
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        // A redirect, so that reloading the page does not sign again.
        http.send_response(303);
        http.send_header("Location", "/");
        http.send_header("Content-Length", 0);
        http.end_headers()
    }

    // An ordinary method, which is not looked up by its name, needs nothing special.
    fn page(&self) -> String {
        let mut entries = String::new();
        for entry in &*self.entries.lock().unwrap_or_else(PoisonError::into_inner) {
            let (name, message) = (html::escape(&entry.name), html::escape(&entry.message));
            let _ = writeln!(entries, "<li><b>{name}</b>: {message}</li>");
        }
        html::page(&entries)
    }

    // An override is written like any method and recognised by its name. The message is already
    // formatted. `bhrh::base::log_message(http, message)` calls the original.
    fn log_message(&self, http: &Exchange, message: fmt::Arguments<'_>) {
        eprintln!("guestbook: {}: {message}", http.address_string());
    }
}

/// A method in Python, a function here, because it does not use the guestbook.
fn send_page(http: &mut Exchange, page: &str) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", "text/html; charset=utf-8");
    http.send_header("Content-Length", page.len());
    http.end_headers()?;
    // No `if self.command != "HEAD"`: the server drops a body for HEAD.
    http.wfile.write_all(page.as_bytes())
}

/// One field of a form, stripped, as `parse_qs(…).get(name, [""])[0].strip()`.
fn field(form: &[u8], name: &str) -> String {
    // `parse_qs` ignores fields without a value.
    let mut fields = form_urlencoded::parse(form).filter(|(_, value)| !value.is_empty());
    let found = fields.find(|(key, _)| key == name);
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

fn main() -> io::Result<()> {
    let server = HttpServer::bind(ready_line::bind_option())?;
    ready_line::announce(server.local_addr())?;
    // The profile makes error pages equal to the original's, byte for byte: they close the
    // connection.
    let mut profile = Profile::STRICT;
    profile.keep_after_error = false;
    server.profile(profile).serve_forever(Guestbook::default())
}
