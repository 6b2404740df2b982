//! Methods that are being typed. The compiler says what is missing. The macro adds nothing, unless it
//! cannot be sure that the compiler has.

use bhrh::{Exchange, http_handler};
use std::io;

struct NoType;

#[http_handler]
impl NoType {
    fn do_GET(&self, http: &mut Exchange) -> {}
}

struct NoBody;

#[http_handler]
impl NoBody {
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }

    fn do_GET(&self, http: &mut Exchange) -> io::Result<()>
}

struct NoParameterType;

#[http_handler]
impl NoParameterType {
    fn do_GET(&self, http) {}
}

struct NoParameterTypeYet;

#[http_handler]
impl NoParameterTypeYet {
    fn do_GET(&self, http: ) -> io::Result<()> {
        http.end_headers()
    }
}

struct NoBodyBefore;

#[http_handler]
impl NoBodyBefore {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()>

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }
}

struct NoCall;

#[http_handler]
impl NoCall {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.
    }
}

struct NoColon;

#[http_handler]
impl NoColon {
    fn do_GET(&self, http &mut Exchange) {}
}

fn main() {
    let _ = bhrh::serve("127.0.0.1:0", NoType);
    let _ = bhrh::serve("127.0.0.1:0", NoBody);
}
