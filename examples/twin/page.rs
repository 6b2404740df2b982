//! `page`: a small page without a length, with what the handler saw in `X-` fields; and `refuse`,
//! the same behind an expectation that always fails.

use bhrh::{Exchange, http_handler};
use std::io::{self, Write};

use crate::json;
use crate::options::Names;

pub(crate) struct Page {
    pub(crate) names: Names,
}

#[http_handler(
    protocol_version = self.names.protocol,
    server_version = self.names.server,
    sys_version = self.names.sys,
    default_request_version = self.names.default_request
)]
impl Page {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        page(http)
    }
}

pub(crate) struct Refuse {
    pub(crate) names: Names,
}

#[http_handler(
    protocol_version = self.names.protocol,
    server_version = self.names.server,
    sys_version = self.names.sys,
    default_request_version = self.names.default_request
)]
impl Refuse {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        page(http)
    }

    fn handle_expect_100(&self, http: &mut Exchange) -> io::Result<bool> {
        http.send_error(417)?;
        Ok(false)
    }
}

fn page(http: &mut Exchange) -> io::Result<()> {
    let headers = json::array_of_pairs(http.headers.iter());
    http.send_response(200);
    http.send_header("Content-Type", "text/html");
    http.send_header("X-Command", http.command);
    http.send_header("X-Path", http.path);
    http.send_header("X-Request-Version", http.request_version);
    http.send_header("X-Requestline", http.requestline);
    http.send_header("X-Headers", headers);
    http.end_headers()?;
    http.wfile.write_all(b"<html><body>Data</body></html>\r\n")
}
