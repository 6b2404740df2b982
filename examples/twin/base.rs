//! `base`: the methods of CPython's own test handler. There is no `GET`.
//!
//! In Python, `full` inherits them. Here they are functions that both impl blocks call.

use bhrh::{Exchange, http_handler};
use std::io::{self, Write};

use crate::answer::code_in_path;
use crate::options::Names;

pub(crate) struct Base {
    pub(crate) names: Names,
}

#[http_handler(
    protocol_version = self.names.protocol,
    server_version = self.names.server,
    sys_version = self.names.sys,
    default_request_version = self.names.default_request
)]
impl Base {
    fn do_TEST(&self, http: &mut Exchange) -> io::Result<()> {
        empty(http, 204, "close")
    }

    fn do_KEEP(&self, http: &mut Exchange) -> io::Result<()> {
        empty(http, 204, "keep-alive")
    }

    fn do_CUSTOM(&self, http: &mut Exchange) -> io::Result<()> {
        empty(http, 999, "close")
    }

    fn do_KEYERROR(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(999)
    }

    fn do_NOTFOUND(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(404)
    }

    fn do_EXPLAINERROR(&self, http: &mut Exchange) -> io::Result<()> {
        explained_error(http)
    }

    fn do_LATINONEHEADER(&self, http: &mut Exchange) -> io::Result<()> {
        latin_one_header(http)
    }

    fn do_SEND_ERROR(&self, http: &mut Exchange) -> io::Result<()> {
        error_in_path(http)
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        error_in_path(http)
    }
}

/// A response without a body.
pub(crate) fn empty(http: &mut Exchange, code: u16, connection: &str) -> io::Result<()> {
    http.send_response(code);
    http.send_header("Content-Type", "text/html");
    http.send_header("Connection", connection);
    http.end_headers()
}

pub(crate) fn explained_error(http: &mut Exchange) -> io::Result<()> {
    http.send_error((999, "Short Message", "This is a long \n explanation"))
}

/// A Latin-1 field each way; what came in goes back as UTF-8.
pub(crate) fn latin_one_header(http: &mut Exchange) -> io::Result<()> {
    http.send_response(999);
    http.send_header("X-Special", "D\u{e4}ngerous Mind");
    http.send_header("Connection", "close");
    http.end_headers()?;
    let incoming = http.headers.get("x-special-incoming").unwrap_or_default();
    http.wfile.write_all(incoming.as_bytes())
}

/// The error that the path names, `/404`; else a 400.
pub(crate) fn error_in_path(http: &mut Exchange) -> io::Result<()> {
    let code = code_in_path(http).unwrap_or(400);
    http.send_error(code)
}
