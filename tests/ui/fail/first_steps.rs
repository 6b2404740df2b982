//! What is written in the first hour: by heart, from Python or from other frameworks.

#![allow(unused_variables)]

use bhrh::{Exchange, NoContent, Status, http_handler};
use std::io;

struct Attributes;

#[http_handler]
impl Attributes {
    #[rout("GET /")]
    fn index(&self) -> &'static str {
        "index"
    }

    #[comand("PURGE")]
    fn purge(&self) -> NoContent {
        NoContent
    }

    #[befor(self.ok)]
    fn do_PUT(&self) -> NoContent {
        NoContent
    }

    fn ok(&self) -> bool {
        true
    }
}

struct Arguments;

#[http_handler(protocol = "HTTP/1.1", error = "text/plain")]
impl Arguments {
    fn do_GET(&self, http: &mut Exchange) {}
}

struct Bodies;

#[http_handler]
impl Bodies {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let host = http.headers["Host"];
        http.reply(200, "text/plain", host)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/old" {
            return http.redirect("/new");
        }
        http.send_error(404)
    }
}

struct Guards;

#[http_handler(before(ok))]
impl Guards {
    fn ok(&self, http: &mut Exchange) -> bool {
        true
    }

    fn user(&self, http: &mut Exchange) -> Option<u32> {
        None
    }

    fn do_GET(&self, #[before(user)] user: u32) -> String {
        user.to_string()
    }

    fn do_PUT(&self, #[before(user)] user: u32) -> NoContent {
        NoContent
    }
}

struct Optional;

#[http_handler]
impl Optional {
    fn user(&self, http: &mut Exchange) -> Option<u32> {
        None
    }

    fn do_GET(&self, #[before(self.user)] user: Option<u32>) -> NoContent {
        NoContent
    }
}

struct Answers;

#[http_handler]
impl Answers {
    fn do_GET(&self) -> Status<2001, String> {
        Status(String::new())
    }

    fn do_PUT(&self) -> io::Result<Status<0, ()>> {
        Ok(Status(()))
    }

    fn do_DELETE(&self) -> io::Result<()> {
        Ok(())
    }
}

struct Pairs;

#[http_handler]
impl Pairs {
    fn do_GET(&self) -> (u32, String) {
        (200, String::new())
    }
}

fn main() {}
