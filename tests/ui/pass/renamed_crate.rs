//! The runtime under another name: as a text, as a path, from another crate's re-export.

extern crate bhrh as web;

mod framework {
    pub mod http {
        pub use web::*;
    }

    /// A macro of a framework that has bhrh inside.
    #[macro_export]
    macro_rules! hello {
        ($name:ident) => {
            struct $name;

            #[$crate::framework::http::http_handler(crate = $crate::framework::http)]
            impl $name {
                fn do_GET(&self, _: &mut $crate::framework::http::Exchange) {}
            }
        };
    }
}

use web::{Exchange, http_handler};

struct Text;

#[http_handler(crate = "web", server_version = "Text/1.0")]
impl Text {
    fn do_GET(&self, _: &mut Exchange) {}

    fn handle_one_request(&self, _: &mut Exchange) {}
}

struct Path;

#[http_handler(responses = &[(299, "Odd", "")], crate = crate::framework::http)]
impl Path {
    fn do_GET(&self, _: &mut Exchange) {}
}

hello!(Hello);

fn main() {
    fn is_handler(_: impl web::Handler) {}
    is_handler(Text);
    is_handler(Path);
    is_handler(Hello);
}
