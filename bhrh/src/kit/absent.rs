//! The methods whose features are off. A call of one is an error that names the feature, which
//! nobody would guess from "no method named `reply_json`".
//!
//! None of them can be called: each needs a trait that nothing implements. The compiler shows where
//! a method states that need. So it stands in one line with the method's name, and not in a macro.

#![allow(missing_docs, clippy::missing_errors_doc, clippy::must_use_candidate)]

#[cfg(not(feature = "serde_json"))]
#[rustfmt::skip]
mod serde_json {
    use crate::exchange::Exchange;
    use crate::error::Error;
    use std::io;

    #[diagnostic::on_unimplemented(
        message = "`read_json` and `reply_json` are in bhrh's feature `serde_json`, which is off",
        label = "turn it on: `cargo add bhrh --features serde_json`"
    )]
    pub trait Json {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn read_json<T>(&mut self) -> Result<T, Error> where Self: Json {
            Self::absent()
        }

        #[doc(hidden)]
        pub fn reply_json<T>(&mut self, _: impl Sized, _: T) -> io::Result<()> where Self: Json {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "forms"))]
#[rustfmt::skip]
mod forms {
    use crate::exchange::Exchange;
    use crate::error::Error;

    #[diagnostic::on_unimplemented(
        message = "`query` and `read_form` are in bhrh's feature `forms`, which is off",
        label = "turn it on: `cargo add bhrh --features forms`"
    )]
    pub trait Forms {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn query<T>(&self) -> T where Self: Forms {
            Self::absent()
        }

        #[doc(hidden)]
        pub fn read_form<T>(&mut self) -> Result<T, Error> where Self: Forms {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "multipart"))]
#[rustfmt::skip]
mod multipart {
    use crate::exchange::Exchange;
    use crate::error::Error;

    #[diagnostic::on_unimplemented(
        message = "`multipart` is in bhrh's feature `multipart`, which is off",
        label = "turn it on: `cargo add bhrh --features multipart`"
    )]
    pub trait Multipart {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn multipart<T>(&mut self) -> Result<T, Error> where Self: Multipart {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "gzip"))]
#[rustfmt::skip]
mod gzip {
    use crate::exchange::Exchange;

    #[diagnostic::on_unimplemented(
        message = "`compress` is in bhrh's feature `gzip`, which is off",
        label = "turn it on: `cargo add bhrh --features gzip`"
    )]
    pub trait Gzip {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn compress(&mut self) where Self: Gzip {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "auth"))]
#[rustfmt::skip]
mod auth {
    use crate::exchange::Exchange;
    use std::io;

    #[diagnostic::on_unimplemented(
        message = "`basic_auth` and `demand_basic_auth` are in bhrh's feature `auth`, which is off",
        label = "turn it on: `cargo add bhrh --features auth`"
    )]
    pub trait Auth {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn basic_auth<T>(&self) -> Option<T> where Self: Auth {
            Self::absent()
        }

        #[doc(hidden)]
        pub fn demand_basic_auth(&mut self, _: &str) -> io::Result<()> where Self: Auth {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "etag"))]
#[rustfmt::skip]
mod etag {
    use crate::kit::etag::ETag;

    #[diagnostic::on_unimplemented(
        message = "`ETag::of` is in bhrh's feature `etag`, which is off",
        label = "turn it on: `cargo add bhrh --features etag`"
    )]
    pub trait Hashed {
        fn absent<T>() -> T;
    }

    impl ETag {
        #[doc(hidden)]
        pub fn of<C>(_: C) -> ETag where C: Hashed {
            C::absent()
        }
    }
}

#[cfg(not(feature = "websocket"))]
#[rustfmt::skip]
mod websocket {
    use crate::exchange::Exchange;
    use std::io;

    #[diagnostic::on_unimplemented(
        message = "`websocket` is in bhrh's feature `websocket`, which is off",
        label = "turn it on: `cargo add bhrh --features websocket`"
    )]
    pub trait WebSockets {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn websocket<T>(&mut self) -> io::Result<T> where Self: WebSockets {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "tls"))]
#[rustfmt::skip]
mod tls {
    use crate::exchange::Exchange;

    #[diagnostic::on_unimplemented(
        message = "`encryption` is in bhrh's feature `tls`, which is off",
        label = "turn it on: `cargo add bhrh --features tls`"
    )]
    pub trait Encrypted {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn encryption<T>(&self) -> Option<T> where Self: Encrypted {
            Self::absent()
        }
    }
}

#[cfg(not(feature = "openapi"))]
#[rustfmt::skip]
mod openapi {
    use crate::exchange::Exchange;
    use crate::handler::Handler;
    use std::io;

    #[diagnostic::on_unimplemented(
        message = "`reply_openapi` and `reply_openapi_docs` are in bhrh's feature `openapi`, which is off",
        label = "turn it on: `cargo add bhrh --features openapi`"
    )]
    pub trait OpenApi {
        fn absent<T>() -> T;
    }

    impl Exchange<'_> {
        #[doc(hidden)]
        pub fn reply_openapi(&mut self, _: &dyn Handler) -> io::Result<()> where Self: OpenApi {
            Self::absent()
        }

        #[doc(hidden)]
        pub fn reply_openapi_docs(&mut self, _: &dyn Handler) -> io::Result<()> where Self: OpenApi {
            Self::absent()
        }
    }
}
