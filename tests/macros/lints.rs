//! What the macro writes stays clean under lints that users forbid. This file only has to compile
//! (and to pass clippy).

#![forbid(
    clippy::all,
    clippy::pedantic,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    future_incompatible,
    missing_debug_implementations,
    missing_docs,
    nonstandard_style,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unsafe_code,
    unused,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    warnings
)]

mod bare {
    #![no_implicit_prelude]

    use ::bhrh::{Exchange, http_handler};
    use ::std::borrow::Cow;
    use ::std::convert::From;
    use ::std::fmt::Arguments;
    use ::std::format;
    use ::std::io;
    use ::std::string::String;
    use ::std::time::Duration;

    #[derive(Debug)]
    pub(super) struct App {
        pub(super) name: String,
    }

    #[http_handler(
        server_version = "App/1.0",
        protocol_version = self.name,
        error_content_type = String::from("text/html"),
        responses = &[(299, "Odd", "")],
    )]
    impl App {
        fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_response(204);
            http.send_header("X-Name", &self.name);
            http.end_headers()
        }

        #[command("M-SEARCH")]
        #[command("NOTIFY")]
        fn do_m_search(&self, http: &mut Exchange) -> io::Result<()> {
            self.do_GET(http)
        }

        fn address_string(&self, http: &Exchange) -> String {
            format!("{}{}", self.name, http.path)
        }

        fn log_date_time_string(&self, _: &Exchange) -> Cow<str> {
            Cow::Borrowed(&self.name)
        }

        fn log_message(&self, http: &Exchange, message: Arguments) {
            ::bhrh::base::log_message(http, ::std::format_args!("{} {message}", self.name));
        }

        fn log_access(&self, http: &Exchange, _: u16, _: u64, duration: Duration) {
            ::bhrh::base::log_error(http, ::std::format_args!("{} {duration:?}", self.name));
        }

        fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_header("X-Name", &self.name);
            ::bhrh::base::end_headers(http)
        }
    }

    #[derive(Debug)]
    pub(super) struct Generic<'a, T>(pub(super) &'a T);

    #[http_handler(server_version = "A", sys_version = "B")]
    impl<T: ::std::marker::Sync> Generic<'_, T> {
        fn do_GET(&self, _: &mut Exchange) {
            let _ = self.0;
        }

        fn handle_one_request(
            &self,
            http: &mut Exchange,
        ) -> ::std::result::Result<(), ::bhrh::Error> {
            let _ = self.0;
            http.dispatch()
        }
    }
}

mod routed {
    #![no_implicit_prelude]

    use ::bhrh::{Exchange, http_handler};
    use ::std::borrow::Cow;
    use ::std::io;
    use ::std::option::Option;
    use ::std::string::String;
    use ::std::vec::Vec;

    #[derive(Debug)]
    pub(super) struct Api<T> {
        pub(super) inner: super::Exported,
        pub(super) value: T,
    }

    #[http_handler(openapi(title = "Api", problems), mount("/inner" = self.inner))]
    impl<T: ::std::marker::Sync + ::std::marker::Send> Api<T> {
        #[route("GET /a/{one}/{two}/{three}/{four...}")]
        #[route("GET /b/{four...}")]
        fn all(
            &self,
            http: &mut Exchange,
            four: &str,
            one: Option<u8>,
            two: Option<&str>,
            three: Option<Cow<'_, str>>,
        ) -> io::Result<()> {
            let _ = (four, one, two, three, &self.value);
            http.send_error(404)
        }

        #[route("GET /numbers")]
        fn numbers(
            &self,
            http: &mut Exchange,
            #[query] page: Option<u32>,
            #[query(default = 7)] size: u32,
            #[query(name = "with-tags")] tags: Vec<&str>,
            #[query] numbers: Vec<u8>,
            #[query] flag: bool,
        ) -> io::Result<()> {
            let _ = (page, size, tags, numbers, flag);
            http.send_error(404)
        }

        #[route("GET /texts")]
        fn texts(
            &self,
            http: &mut Exchange,
            #[query] text: Cow<str>,
            #[query(default = "x")] word: &str,
            #[query] maybe: Option<&str>,
            #[query] owned: Option<Cow<'_, str>>,
            #[query] string: String,
        ) -> io::Result<()> {
            let _ = (text, word, maybe, owned, string);
            http.send_error(404)
        }

        #[route("/only/{unused}", path = "only")]
        pub(super) fn only_route(&self, _: &mut Exchange, _unused: &str) {}

        #[cfg(any())]
        #[route("GET /never")]
        fn never(&self, _: &mut Exchange) {}

        #[route("GET /{x}")]
        fn x(&self, http: &mut Exchange, x: &str) -> io::Result<()> {
            http.send_error((404, x))
        }

        #[cfg(unix)]
        fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_error(404)
        }

        fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_error(404)
        }
    }

    #[derive(Debug)]
    pub(super) struct Headed;

    #[http_handler(auto_head)]
    impl Headed {
        fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_error(404)
        }
    }
}

mod described {
    #![no_implicit_prelude]

    use ::bhrh::openapi::Security;
    use ::bhrh::{Error, Exchange, Form, Json, Status, http_handler};
    use ::std::option::Option;
    use ::std::result::Result::{self, Ok};
    use ::std::string::String;

    #[derive(Debug)]
    pub(super) struct Api;

    impl Api {
        fn user(&self, http: &mut Exchange<'_>) -> Option<String> {
            let _ = self;
            http.headers.get("X-User").map(::std::convert::From::from)
        }
    }

    #[http_handler(openapi(version = "1", security(self.user = Security::basic())))]
    impl Api {
        #[deprecated]
        #[route("PUT /{id}")]
        fn change(
            &self,
            #[before(self.user)] user: String,
            id: u64,
            /// What it becomes.
            #[json]
            number: u64,
        ) -> Result<Status<201, Json<u64>>, Error> {
            let _ = user;
            let sum = id.checked_add(number).ok_or_else(|| Error::status(422))?;
            Ok(Status(Json(sum)))
        }

        #[route("POST /form")]
        fn form(&self, #[form] form: Option<Form<'static>>) -> Option<&'static str> {
            form.map(|_| "a form")
        }
    }
}

/// A handler with routes that a library exports.
#[derive(Debug)]
pub struct Routed;

#[bhrh::http_handler(openapi)]
impl Routed {
    /// Seen from outside.
    #[bhrh::route("GET /{id}")]
    pub fn public(&self, http: &mut bhrh::Exchange, id: u8) -> std::io::Result<()> {
        http.send_error((404, id.to_string()))
    }

    #[route("PUT /{id}")]
    fn private(&self, _: &mut bhrh::Exchange, #[bhrh::query] _page: Option<u8>, _id: u8) {}
}

/// A handler that a library exports.
#[derive(Debug)]
pub struct Exported;

#[bhrh::http_handler]
impl Exported {
    // `self` is not used.
    fn do_GET(&self, _: &mut bhrh::Exchange) {}

    /// A method that is seen from outside.
    pub fn do_POST(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
        http.send_response(204);
        http.end_headers()
    }

    pub(crate) fn do_PUT(&self, http: &mut bhrh::Exchange) -> Result<(), bhrh::Error> {
        self.do_POST(http)?;
        Err(bhrh::Error::status(404))
    }

    fn version_string(&self, _: &bhrh::Exchange) -> &str {
        "constant"
    }

    fn handle_expect_100(&self, http: &mut bhrh::Exchange) -> std::io::Result<bool> {
        http.send_error(417)?;
        Ok(false)
    }
}

#[test]
fn it_compiles() {
    use bare::{App, Generic};

    let app = App { name: String::from("HTTP/1.1") };
    assert_eq!(bhrh::testing::get(&app, "/").status(), 204);
    let _ = (Generic(&app), Exported, Routed, routed::Headed);
    assert!(described::Api.openapi().into_json()["paths"]["/form"].is_object());
    let api = routed::Api { inner: Exported, value: 7 };
    assert_eq!(bhrh::testing::get(&api, "/other/path").status(), 405);
}
