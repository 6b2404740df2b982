//! The methods whose features are off, each to say so: from "no method named `reply_json`" nobody
//! guesses a feature.
//!
//! None of them can be called: each asks for a trait that nothing implements.

use crate::exchange::Exchange;

macro_rules! absent {
    ($feature:literal, $name:ident, $message:literal, $label:literal, { $(
        fn $method:ident $(<$ty:ident>)? ($($taken:tt)*) -> $output:ty;
    )* }) => {
        #[cfg(not(feature = $feature))]
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label)]
        pub trait $name {
            fn absent<T>() -> T;
        }

        #[cfg(not(feature = $feature))]
        #[allow(missing_docs, clippy::missing_errors_doc, clippy::must_use_candidate)]
        impl Exchange<'_> {
            $(
                #[doc(hidden)]
                pub fn $method $(<$ty>)? ($($taken)*) -> $output
                where
                    Self: $name,
                {
                    Self::absent()
                }
            )*
        }
    };
}

absent!(
    "serde_json",
    SerdeJson,
    "`read_json` and `reply_json` are in bhrh's feature `serde_json`, which is off",
    "turn it on: `cargo add bhrh --features serde_json`",
    {
        fn read_json<T>(&mut self) -> Result<T, crate::Error>;
        fn reply_json<T>(&mut self, _: impl Sized, _: T) -> std::io::Result<()>;
    }
);
absent!(
    "forms",
    Forms,
    "`query` and `read_form` are in bhrh's feature `forms`, which is off",
    "turn it on: `cargo add bhrh --features forms`",
    {
        fn query<T>(&self) -> T;
        fn read_form<T>(&mut self) -> Result<T, crate::Error>;
    }
);
absent!(
    "multipart",
    Multipart,
    "`multipart` is in bhrh's feature `multipart`, which is off",
    "turn it on: `cargo add bhrh --features multipart`",
    {
        fn multipart<T>(&mut self) -> Result<T, crate::Error>;
    }
);
absent!(
    "gzip",
    Gzip,
    "`compress` is in bhrh's feature `gzip`, which is off",
    "turn it on: `cargo add bhrh --features gzip`",
    {
        fn compress(&mut self) -> ();
    }
);
absent!(
    "auth",
    Auth,
    "`basic_auth` and `demand_basic_auth` are in bhrh's feature `auth`, which is off",
    "turn it on: `cargo add bhrh --features auth`",
    {
        fn basic_auth<T>(&self) -> Option<T>;
        fn demand_basic_auth(&mut self, _: &str) -> std::io::Result<()>;
    }
);
