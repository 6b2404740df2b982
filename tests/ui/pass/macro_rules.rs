//! Inside `macro_rules!`, with pieces from outside and from inside.

use bhrh::{Exchange, http_handler};
use std::io;

macro_rules! handler {
    ($name:ident, $method:ident, $version:literal, $kind:expr, $exchange:ty, $command:literal) => {
        struct $name {
            page: String,
        }

        #[http_handler(
            server_version = $version,
            error_content_type = $kind,
            error_message_format = self.page
        )]
        impl $name {
            fn $method(&self, _: $exchange) -> io::Result<()> {
                Ok(())
            }

            #[command($command)]
            fn inside(&self, http: &mut Exchange) -> io::Result<()> {
                self.do_GET(http)
            }

            fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
                bhrh::base::end_headers(http)
            }
        }
    };
}

handler!(App, do_GET, "App/1.0", "text/plain", &mut Exchange, "M-SEARCH");

// The whole value comes from outside, `self` and all.
macro_rules! with_version {
    ($($version:tt)*) => {
        struct Outside {
            version: String,
        }

        impl Outside {
            fn sys(&self) -> &str {
                "sys"
            }
        }

        #[http_handler(protocol_version = $($version)*, sys_version = self.sys())]
        impl Outside {
            fn do_GET(&self, _: &mut Exchange) {}
        }
    };
}

with_version!(self.version);

// An expression that is handed on.
macro_rules! with_expression {
    ($version:expr) => {
        struct Handed {
            version: String,
        }

        #[http_handler(protocol_version = $version)]
        impl Handed {
            fn do_GET(&self, _: &mut Exchange) {}
        }
    };
}

with_expression!(self.version);

fn main() {
    fn is_handler(_: impl bhrh::Handler) {}
    is_handler(App { page: String::new() });
    is_handler(Outside { version: String::new() });
    is_handler(Handed { version: String::new() });
}
