//! Handlers around handlers, however the inner one is kept.

use bhrh::{Exchange, Handler, Outcome, http_handler};
use std::sync::Arc;

struct Generic<H>(H);

#[http_handler(wraps = self.0)]
impl<H: Handler> Generic<H> {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        http.dispatch()
    }
}

struct Unsized<H: ?Sized>(Box<H>);

#[http_handler(wraps = self.0, protocol_version = "HTTP/1.1")]
impl<H: Handler + ?Sized> Unsized<H> {}

struct Borrowed<'a> {
    inner: &'a dyn Handler,
}

#[http_handler(wraps = self.inner)]
impl Borrowed<'_> {
    #[route("GET /health")]
    fn health(&self, _: &mut Exchange) {}
}

struct Many(Vec<Arc<dyn Handler>>, usize);

#[http_handler(wraps = self.0[self.1])]
impl Many {
    fn do_SPAM(&self, _: &mut Exchange) {}
}

struct Called(Arc<dyn Handler>);

#[http_handler(wraps = self.inner())]
impl Called {
    fn inner(&self) -> &dyn Handler {
        &self.0
    }
}

enum Either<A, B> {
    A(A),
    B(B),
}

#[http_handler(wraps = match self { Either::A(inner) => inner, Either::B(inner) => inner })]
impl<A: Handler, B: Handler> Either<A, B> {}

#[http_handler(wraps = match self { Choice::A(inner) => inner as &dyn Handler, Choice::B(inner) => inner })]
impl Choice {}

enum Choice {
    A(Arc<Called>),
    B(Box<dyn Handler>),
}

macro_rules! around {
    ($name:ident, $inner:expr) => {
        #[http_handler(wraps = $inner)]
        impl $name {}
    };
}

static NOT_FOUND: Constant = Constant;

struct AroundConstant;

struct Constant;

#[http_handler]
impl Constant {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        http.send_error(404)
    }
}

around!(AroundConstant, NOT_FOUND);

fn main() {
    let inner: Arc<dyn Handler> = Arc::new(bhrh::from_fn(|_| {}));
    let all: [&dyn Handler; 8] = [
        &Generic(Generic(Arc::clone(&inner))),
        &Unsized(Box::new(Constant) as Box<dyn Handler>),
        &Borrowed { inner: &Constant },
        &Many(vec![inner.clone()], 0),
        &Called(inner.clone()),
        &Either::<_, Constant>::A(Called(inner.clone())),
        &Choice::A(Arc::new(Called(inner.clone()))),
        &AroundConstant,
    ];
    assert_eq!(all.len(), 8);
    let _ = (Either::<Constant, _>::B(Constant), Choice::B(Box::new(Constant)));
}
