//! `log`: the handler of CPython's tests of the log.

use bhrh::{Exchange, http_handler};
use std::io;

use crate::options::Names;

pub(crate) struct Log {
    pub(crate) names: Names,
}

#[http_handler(
    protocol_version = self.names.protocol,
    server_version = self.names.server,
    sys_version = self.names.sys,
    default_request_version = self.names.default_request
)]
impl Log {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()
    }

    fn do_ERROR(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error((404, "File not found"))
    }
}
