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
    let _ = (Generic(&app), Exported);
}
