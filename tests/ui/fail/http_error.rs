//! `#[derive(HttpError)]`.

use bhrh::HttpError;
use std::fmt;

#[derive(Debug, HttpError)]
enum Failed {
    Missing,
    #[status]
    Empty,
    #[status(200)]
    Fine,
    #[status("gone")]
    Text,
    #[status(404, 7)]
    Number,
    #[status(404, "a\nb")]
    Lines,
    #[status(transparent)]
    Nothing,
    #[status(opaque)]
    Word,
    #[status(404)]
    #[status(405)]
    Twice,
}

impl std::error::Error for Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

#[derive(Debug, HttpError)]
#[status(404)]
struct NoError;

#[derive(HttpError)]
union Bits {
    a: u8,
}

fn main() {}
