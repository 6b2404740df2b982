//! Arguments under `#[cookie]`.

use std::borrow::Cow;

use crate::error::Error;
use crate::exchange::Exchange;

/// The value of a cookie. Of several it is the first, as [`Exchange::cookie`] says.
///
/// # Errors
///
/// None: the type is that of the other inputs.
pub fn text<'a>(http: &Exchange<'a>, name: &str) -> Result<Option<Cow<'a, str>>, Error> {
    Ok(http.cookie(name))
}

/// The value of a cookie, as what `read` makes of it.
///
/// # Errors
///
/// 400 if it does not parse.
pub fn parsed<T>(
    http: &Exchange<'_>,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let bad = || refused("Bad", name, "cannot have the value that it was given");
    http.cookie(name).map(|value| read(&value).ok_or_else(bad)).transpose()
}

/// The error for a cookie that has to be given.
#[must_use]
pub fn missing(name: &str) -> Error {
    refused("Missing", name, "has to be given")
}

fn refused(what: &str, name: &str, why: &str) -> Error {
    Error::status((400, format!("{what} cookie {name}"), format!("The cookie {name} {why}.")))
}
