//! What cannot be wrapped.

use bhrh::{Handler, http_handler};

struct Inner;

struct NoHandler(Inner);

#[http_handler(wraps = self.0)]
impl NoHandler {}

struct Twice<H>(H);

#[http_handler(wraps = self.0, wraps = self.0)]
impl<H: Handler> Twice<H> {}

struct NoValue<H>(H);

#[http_handler(wraps)]
impl<H: Handler> NoValue<H> {}

struct Misspelt<H>(H);

#[http_handler(wrap = self.0)]
impl<H: Handler> Misspelt<H> {}

struct ByValue<H>(H);

#[http_handler(wraps = self.inner())]
impl<H: Handler + Clone> ByValue<H> {
    fn inner(&self) -> H {
        self.0.clone()
    }
}

fn main() {}
