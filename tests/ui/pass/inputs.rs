//! Arguments and answers that need care of the macro.

#![forbid(unsafe_code, non_snake_case, elided_lifetimes_in_paths)]
#![deny(warnings)]

use bhrh::{Exchange, Json, NoContent, Reply, http_handler};
use std::borrow::Cow;
use std::io;

/// Names that the output must not be mixed up with.
mod apart {
    #![allow(dead_code)]

    use bhrh::{Json, http_handler};

    type Option = ();
    type Result = ();
    type Vec = ();
    type String = ();

    pub(crate) struct Shadowed;

    #[http_handler]
    impl Shadowed {
        #[route("POST /a")]
        fn a(&self, #[json] number: u8, #[header("X-A", default = 1)] a: u8) -> Json<u8> {
            Json(number.saturating_add(a))
        }

        #[route("PUT /b")]
        fn b(&self, #[body] text: &str, #[cookie] c: &str) -> &'static str {
            if text == c { "same" } else { "other" }
        }
    }
}

struct App;

macro_rules! handler {
    ($name:ident, $ty:ty, $returned:ty) => {
        #[http_handler]
        impl App {
            #[route("POST /made")]
            fn $name(&self, #[json] value: $ty) -> $returned {
                Json(value)
            }

            #[bhrh::route("PUT /raw/{type}")]
            fn raw(&self, r#type: u8, #[bhrh::header] r#if: Option<Cow<'_, str>>) -> impl Reply {
                format!("{} {:?}", r#type, r#if)
            }

            #[cfg(any())]
            #[route("POST /gone")]
            fn gone(&self, #[json] value: Gone) -> Gone {}

            fn do_DELETE(&self) -> NoContent {
                NoContent
            }

            fn do_PUT(&self, http: &mut Exchange, #[body] text: Result<String, bhrh::Error>) -> io::Result<()> {
                http.reply(200, "text/plain", text?)
            }
        }
    };
}

handler!(echo, Vec<u8>, Json<Vec<u8>>);

fn main() {
    let json = |path: &'static str| {
        bhrh::testing::client(&App).post(path).header("Content-Type", "application/json")
    };
    assert_eq!(json("/made").body("[1]").send().text(), "[1]");
    let raw = bhrh::testing::client(&App).put("/raw/7").header("If", "x").send();
    assert_eq!(raw.text(), "7 Some(\"x\")");
    let _ = apart::Shadowed;
}
