//! Methods that are being typed.

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

fn main() {
    let _ = bhrh::serve("127.0.0.1:0", NoType);
    let _ = bhrh::serve("127.0.0.1:0", NoBody);
}
