//! References and owners of a handler are handlers: every method of the trait is the handler's
//! own.
//!
//! The list below has to name all of them: what it left out would be a default silently. A test
//! compares it with the trait.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Handler;
use super::outcome::{Dispatch, Outcome};
#[cfg(feature = "openapi")]
use crate::contract::api::Api;
use crate::exchange::Exchange;
use crate::logging::format::LogFormat;
use crate::routing::table::RouteInfo;
use crate::status::Responses;

macro_rules! forwarded {
    ($($pointer:ty),*) => {$(
        impl<H: Handler + ?Sized> Handler for $pointer {
            fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
                (**self).dispatch(http)
            }

            fn wraps(&self) -> Option<&dyn Handler> {
                (**self).wraps()
            }

            fn routes(&self) -> Vec<RouteInfo> {
                (**self).routes()
            }

            #[cfg(feature = "openapi")]
            fn describe(&self, api: &mut Api) {
                (**self).describe(api);
            }

            fn server_version(&self) -> Cow<'_, str> {
                (**self).server_version()
            }

            fn sys_version(&self) -> Cow<'_, str> {
                (**self).sys_version()
            }

            fn protocol_version(&self) -> Cow<'_, str> {
                (**self).protocol_version()
            }

            fn default_request_version(&self) -> Cow<'_, str> {
                (**self).default_request_version()
            }

            fn error_message_format(&self) -> Cow<'_, str> {
                (**self).error_message_format()
            }

            fn error_content_type(&self) -> Cow<'_, str> {
                (**self).error_content_type()
            }

            fn responses(&self) -> Responses<'_> {
                (**self).responses()
            }

            fn log_format(&self) -> LogFormat {
                (**self).log_format()
            }

            fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
                (**self).version_string(http)
            }

            fn address_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
                (**self).address_string(http)
            }

            fn date_time_string(&self, timestamp: Option<SystemTime>) -> Cow<'_, str> {
                (**self).date_time_string(timestamp)
            }

            fn date(&self) -> Option<Cow<'_, str>> {
                (**self).date()
            }

            fn log_date_time_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
                (**self).log_date_time_string(http)
            }

            fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
                (**self).log_message(http, message);
            }

            fn log_request(&self, http: &Exchange<'_>, code: u16, size: Option<u64>) {
                (**self).log_request(http, code, size);
            }

            fn log_error(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
                (**self).log_error(http, message);
            }

            fn log_debug(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
                (**self).log_debug(http, message);
            }

            fn log_access(&self, http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
                (**self).log_access(http, code, size, duration);
            }

            fn wants_log_access(&self) -> bool {
                (**self).wants_log_access()
            }

            fn request_id<'s>(&'s self, http: &'s Exchange<'_>) -> Option<Cow<'s, str>> {
                (**self).request_id(http)
            }

            fn handle_expect_100(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
                (**self).handle_expect_100(http)
            }

            fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
                (**self).handle_one_request(http)
            }

            fn send_error(
                &self,
                http: &mut Exchange<'_>,
                code: u16,
                message: Option<&str>,
                explain: Option<&str>,
            ) -> io::Result<()> {
                (**self).send_error(http, code, message, explain)
            }

            fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
                (**self).end_headers(http)
            }
        }
    )*};
}

forwarded!(&H, Box<H>, Arc<H>);

#[cfg(test)]
mod tests {
    /// The methods in a piece of source at this depth, each with its text up to the next one.
    fn methods<'t>(text: &'t str, indent: &str) -> Vec<(&'t str, &'t str)> {
        let begin = format!("\n{indent}fn ");
        let named = |text: &'t str| {
            let end = text.find(['(', '<']).expect("a list of parameters");
            (&text[..end], text)
        };
        text.split(begin.as_str()).skip(1).map(named).collect()
    }

    fn of_the_trait() -> Vec<(&'static str, &'static str)> {
        let text = include_str!("mod.rs");
        let begin = text.find("pub trait Handler").expect("the trait");
        let end = begin + text[begin..].find("\n}\n").expect("its end");
        methods(&text[begin..end], "    ")
    }

    #[test]
    fn every_method_of_the_trait_is_forwarded() {
        let text = include_str!("forward.rs");
        let text = &text[..text.find("#[cfg(test)]").expect("the tests")];
        let forwarded = methods(text, "            ");
        let names = |methods: &[(&'static str, &'static str)]| -> Vec<&str> {
            methods.iter().map(|method| method.0).collect()
        };
        assert!(forwarded.len() > 20);
        assert_eq!(names(&forwarded), names(&of_the_trait()));
        for (name, text) in forwarded {
            assert!(text.contains(&format!("(**self).{name}(")), "{name} is another's");
        }
    }

    #[test]
    fn every_default_is_the_wrapped_handlers() {
        for (name, text) in of_the_trait() {
            // `dispatch` has no default, and how requests are handed on is `dispatch_to`'s.
            if !matches!(name, "dispatch" | "wraps" | "handle_one_request") {
                assert!(text.contains("self.wraps()"), "{name} is not asked of the inner handler");
            }
        }
    }
}
