//! bhrh, with its OpenAPI document.

use bhrh::{HttpError, Json, Status};

#[derive(Debug, thiserror::Error, HttpError)]
#[error("missing")]
#[status(404)]
struct Missing;

struct Github;

include!(concat!(env!("OUT_DIR"), "/bhrh_openapi.rs"));

fn main() -> std::io::Result<()> {
    std::hint::black_box(Github.openapi());
    bhrh::serve("127.0.0.1:8000", Github)
}
