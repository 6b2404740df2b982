//! The README's programs, compiled and run as documentation tests.
#![doc = include_str!("../README.md")]

mod tls_client;
pub mod way;

use bhrh::Handler;
use bhrh::testing::{Response, client};

/// Sends one request, in memory.
#[track_caller]
pub fn request(
    handler: &dyn Handler,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let request = client(handler).request(method, path).body(body);
    fields.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
}

// The guide's, likewise. (`messages.md` has a test of its own.)
macro_rules! guide {
    ($($name:ident = $file:literal)*) => {
        $(
            #[doc = include_str!(concat!("../docs/guide/", $file))]
            mod $name {}
        )*
    };
}

guide! {
    deployment = "deployment.md"
    cookbook = "cookbook.md"
    embedding = "embedding.md"
    errors = "errors.md"
    files = "files.md"
    getting_started = "getting-started.md"
    https = "https.md"
    logging = "logging.md"
    middleware = "middleware.md"
    openapi = "openapi.md"
    port_from_python = "port-from-python.md"
    proxies = "proxies.md"
    requests = "requests.md"
    routing = "routing.md"
    security = "security.md"
    signatures = "signatures.md"
    streaming = "streaming.md"
    testing = "testing.md"
    websockets = "websockets.md"
}
