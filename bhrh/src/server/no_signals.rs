//! `stop_on_signals` where its feature is off: it cannot be called, and says what it lacks.

use super::HttpServer;

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`stop_on_signals` is in bhrh's feature `signals`, which is off",
    label = "turn it on: `cargo add bhrh --features signals`"
)]
pub trait Signals {
    fn absent<T>() -> T;
}

impl HttpServer {
    #[doc(hidden)]
    // The bound is on a reference, since the compiler refuses one here that nothing could ever
    // meet. It is on the line of the name, since the compiler then shows one line of it.
    #[rustfmt::skip]
    pub fn stop_on_signals<'server>(self) -> HttpServer where &'server HttpServer: Signals {
        <&HttpServer as Signals>::absent()
    }
}
