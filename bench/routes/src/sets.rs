//! The routes that are looked up: eleven of a small application, and the 130 of GitHub's API,
//! version 3, with which routers are usually compared.

use bhrh::Handler;

mod eleven {
    include!(concat!(env!("OUT_DIR"), "/eleven.rs"));
}

mod github {
    include!(concat!(env!("OUT_DIR"), "/github.rs"));
}

/// Patterns, a path for each, and bhrh's handler for them.
pub(crate) struct Set {
    pub(crate) patterns: &'static [&'static str],
    pub(crate) paths: &'static [&'static str],
    pub(crate) handler: &'static (dyn Handler + Sync),
}

pub(crate) const SETS: &[Set] = &[
    Set { patterns: eleven::PATTERNS, paths: eleven::PATHS, handler: &eleven::Eleven },
    Set { patterns: github::PATTERNS, paths: github::PATHS, handler: &github::Github },
];
