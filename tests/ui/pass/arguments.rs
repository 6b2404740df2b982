//! Values of arguments: texts, constants, fields, calls, whatever has a type that fits.

use bhrh::{Exchange, Responses, http_handler};
use std::borrow::Cow;
use std::sync::Arc;

const VERSION: &str = "HTTP/1.1";
const TEAPOT: &[(u16, &str, &str)] = &[(418, "Teapot", "Short and stout")];

struct Config {
    name: String,
    page: Cow<'static, str>,
    kind: Arc<str>,
}

struct App {
    config: Config,
    version: &'static str,
}

impl App {
    fn sys(&self) -> String {
        "Sys".to_owned()
    }
}

#[http_handler(
    server_version = self.config.name,
    sys_version = self.sys(),
    protocol_version = VERSION,
    default_request_version = (self.version),
    error_message_format = &self.config.page,
    error_content_type = self.config.kind,
    responses = Responses::STANDARD.with(TEAPOT),
)]
impl App {
    fn do_GET(&self, _: &mut Exchange) {}
}

struct Words;

#[http_handler(
    server_version = concat!("Words/", env!("CARGO_PKG_VERSION")),
    sys_version = if cfg!(unix) { "Unix" } else { "Other" },
    error_message_format = "<p>%(code)d %(code)s</p><p>%(message)s: %(explain)s, 100%%</p>",
    error_content_type = format!("{}/{}", "text", "html"),
    protocol_version = { let version = "HTTP/1.0"; version },
    responses = TEAPOT
)]
impl Words {
    fn do_GET(&self, _: &mut Exchange) {}
}

fn main() {}
