//! Two mistakes in bodies that the compiler explains badly.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;
use std::thread;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/" {
            http.send_response(200, "OK");
            return http.end_headers();
        }
        http.send_error(404, "No", "why")
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        thread::spawn(move || http.reply(200, "text/plain", "from a thread"));
        Ok(())
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        thread::scope(|scope| {
            scope.spawn(|| helper(http));
        });
        Ok(())
    }

    fn answer(&self, http: &mut Exchange) {
        http.send_response_only(200, "Fine");
    }
}

fn helper(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_error(404)
}

fn main() {}
