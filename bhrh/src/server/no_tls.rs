//! `tls` where its feature is off: it cannot be called, and says what it lacks.

use super::{Endpoint, HttpServer};

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`tls` is in bhrh's feature `tls`, which is off",
    label = "turn it on: `cargo add bhrh --features tls`"
)]
pub trait EncryptedListening {
    fn absent<T>() -> T;
}

// As for `stop_on_signals`: bounds on references, each on the line of the name.

impl HttpServer {
    #[doc(hidden)]
    #[rustfmt::skip]
    pub fn tls<'server>(self, _: impl Sized) -> HttpServer where &'server HttpServer: EncryptedListening {
        <&HttpServer as EncryptedListening>::absent()
    }
}

impl Endpoint {
    #[doc(hidden)]
    #[rustfmt::skip]
    pub fn tls<'server>(self, _: impl Sized) -> Endpoint where &'server Endpoint: EncryptedListening {
        <&Endpoint as EncryptedListening>::absent()
    }
}
