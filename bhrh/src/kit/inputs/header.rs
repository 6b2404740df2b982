//! Arguments under `#[header]`.

use std::borrow::Cow;

use crate::error::Error;
use crate::grammar::list_elements;
use crate::headers::Headers;

/// The value of a field that may be given once.
///
/// # Errors
///
/// 400 if it is given twice.
pub fn text<'a>(headers: &Headers<'a>, name: &str) -> Result<Option<Cow<'a, str>>, Error> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(refused("Repeated", name, "can be given once only")),
        (value, None) => Ok(value.map(Cow::Borrowed)),
    }
}

/// All elements of a field that is a list. Lines of one name are one list (RFC 9110 section 5.3).
#[must_use]
pub fn all<'a>(headers: &Headers<'a>, name: &str) -> Vec<Cow<'a, str>> {
    headers.get_all(name).flat_map(list_elements).map(Cow::Borrowed).collect()
}

/// The value of a field that may be given once, as what `read` makes of it.
///
/// # Errors
///
/// 400 if it does not parse, or is given twice.
pub fn parsed<T>(
    headers: &Headers<'_>,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    text(headers, name)?.map(|value| read(&value).ok_or_else(|| bad(name))).transpose()
}

/// All elements of a field that is a list, as what `read` makes of them.
///
/// # Errors
///
/// 400 if one does not parse.
pub fn all_parsed<T>(
    headers: &Headers<'_>,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let elements = headers.get_all(name).flat_map(list_elements);
    elements.map(|element| read(element).ok_or_else(|| bad(name))).collect()
}

/// The error for a field that has to be given.
#[must_use]
pub fn missing(name: &str) -> Error {
    refused("Missing", name, "has to be given")
}

fn bad(name: &str) -> Error {
    refused("Bad", name, "cannot have the value that it was given")
}

fn refused(what: &str, name: &str, why: &str) -> Error {
    let explanation = format!("The header field {name} {why}.");
    Error::status((400, format!("{what} header field {name}"), explanation))
}
