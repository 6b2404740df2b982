//! `http09`: writes only a body, because an HTTP/0.9 client understands nothing else.

use bhrh::{Exchange, http_handler};
use std::io::{self, Write};

use crate::options::Names;

pub(crate) struct Http09 {
    pub(crate) names: Names,
}

#[http_handler(
    protocol_version = self.names.protocol,
    server_version = self.names.server,
    sys_version = self.names.sys,
    default_request_version = self.names.default_request
)]
impl Http09 {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        write!(http.wfile, "OK: here is {}\r\n", http.path)
    }
}
