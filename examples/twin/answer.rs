//! Shared by the handlers: a common superclass in Python, functions over the exchange here.

use bhrh::Exchange;
use std::io::{self, Write};

/// A 200 with this text as its body.
pub(crate) fn text(http: &mut Exchange, body: &str) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", "text/plain; charset=utf-8");
    http.send_header("Content-Length", body.len());
    http.end_headers()?;
    // The server drops a body for HEAD.
    http.wfile.write_all(body.as_bytes())
}

/// The status in a path like `/404`.
pub(crate) fn code_in_path(http: &Exchange) -> Option<u16> {
    let digits = http.path.strip_prefix('/')?;
    let three_digits = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|code| three_digits && *code >= 100)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
