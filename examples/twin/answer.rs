//! What the handlers share: in Python a common superclass, here functions over the exchange.

use bhrh::Exchange;
use std::io::{self, Write};

/// A 200 with this text as its body.
pub(crate) fn text(http: &mut Exchange, body: &str) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", "text/plain; charset=utf-8");
    http.send_header("Content-Length", body.len());
    http.end_headers()?;
    // For HEAD, the body goes nowhere by itself.
    http.wfile.write_all(body.as_bytes())
}

/// The status that a path like `/404` names.
pub(crate) fn code_in_path(http: &Exchange) -> Option<u16> {
    let digits = http.path.strip_prefix('/')?;
    let three_digits = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|code| three_digits && *code >= 100)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
