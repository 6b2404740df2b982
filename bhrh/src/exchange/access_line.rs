//! The line of Apache's combined log format.

use std::fmt::{self, Write};

use super::Exchange;
use crate::logging::claimed_user;
use crate::logging::time::LogTime;
use crate::quote::ApacheEscape;

/// `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"` of a response that is over.
pub(crate) struct Combined<'e, 'a> {
    pub(crate) http: &'e Exchange<'a>,
    pub(crate) code: u16,
    pub(crate) size: u64,
}

impl fmt::Display for Combined<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let http = self.http;
        write!(f, "{} - ", Word(&http.address_string()))?;
        match claimed_user::claimed(http.headers) {
            Some(user) if user.is_empty() => f.write_str("\"\"")?,
            Some(user) => Word(&user).fmt(f)?,
            None => f.write_char('-')?,
        }
        let now = LogTime::now();
        write!(f, " [{now:#}] \"{}\" ", OrDash(Some(http.requestline)))?;
        match self.code {
            // The client was gone before there was an answer.
            0 => f.write_char('-')?,
            code => write!(f, "{code}")?,
        }
        match self.size {
            0 => f.write_str(" -")?,
            size => write!(f, " {size}")?,
        }
        let field = |name| OrDash(http.headers.get(name));
        write!(f, " \"{}\" \"{}\"", field("Referer"), field("User-Agent"))?;
        match http.request_id() {
            Some(id) => write!(f, " \"{id}\""),
            None => Ok(()),
        }
    }
}

/// A value between quotes, or the dash that stands for none.
struct OrDash<'a>(Option<&'a str>);

impl fmt::Display for OrDash<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None | Some("") => f.write_char('-'),
            Some(text) => ApacheEscape(text).fmt(f),
        }
    }
}

/// A value that has no quotes around it, so that a space in it would begin another.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0.split(' ');
        ApacheEscape(words.next().unwrap_or_default()).fmt(f)?;
        words.try_for_each(|word| write!(f, "\\x20{}", ApacheEscape(word)))
    }
}
