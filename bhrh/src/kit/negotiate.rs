//! What a client prefers: `Accept` (RFC 9110 section 12.5.1), and error pages that are in the form
//! it asked for. `kit/encodings.rs` reads `Accept-Encoding` by the same rules for weights.
//!
//! The most specific range decides the weight of a type. Between types of the same weight the
//! server's order decides.
//!
//! Fields are read as clients mean them. A malformed weight is ignored, `*` alone is any type
//! (Java's HTTP client sends both), and a range with a `charset` matches an offer that names none:
//! "no" is only what says so.

use std::io;

use crate::base::{self, ErrorPage};
use crate::exchange::Exchange;
use crate::grammar::{split_outside_quotes, trim_ows, unquoted};
use crate::proto::page::PageValues;
use crate::quote::Json;

/// A weight in thousandths; 0 is "not acceptable" (RFC 9110 section 12.4.2).
pub(super) type Weight = u16;

pub(super) const FULL: Weight = 1000;

/// # Answering: what the client prefers
impl Exchange<'_> {
    /// The media type among `offers` that the client's `Accept` prefers; the first of those that
    /// it likes best, and the first of all without an `Accept`. `None` if it accepts none of them:
    /// answer with any of them then, or with 406.
    ///
    /// A response that depends on this should say `Vary: Accept`.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct App;
    ///
    /// #[http_handler]
    /// impl App {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         match http.best_match(&["text/html", "application/json"]) {
    ///             Some("application/json") => http.reply(200, "application/json", "[1]"),
    ///             _ => http.reply(200, "text/html", "<li>1"),
    ///         }
    ///     }
    /// }
    ///
    /// let accept = "text/*;q=0.8, application/json";
    /// let response = bhrh::testing::client(&App).get("/").header("Accept", accept).send();
    /// assert_eq!(response.text(), "[1]");
    /// ```
    #[must_use]
    pub fn best_match<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let mut best = None;
        let mut highest = 0;
        for offer in offers {
            let weight = accepted(self.headers.get_all("Accept"), offer);
            if weight > highest {
                highest = weight;
                best = Some(*offer);
            }
        }
        best
    }
}

/// Sends an error page in the form that the client prefers: the HTML page that
/// [`base::send_error`] sends, JSON, or plain text. HTML wherever the client has no preference.
///
/// It logs and closes as [`base::send_error`] does, and adds `Vary: Accept`. It is opt-in: a
/// handler whose `send_error` calls it uses it for all errors, including the runtime's own.
///
/// The JSON is a problem of RFC 9457, `application/problem+json`, with `status`, the message as
/// `title` and the explanation as `detail`; a client that accepts `application/json` and not
/// that gets it under that name.
///
/// ```
/// use bhrh::{Exchange, http_handler, negotiate};
/// use std::io;
///
/// struct Api;
///
/// #[http_handler]
/// impl Api {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_error((404, "No such user"))
///     }
///
///     fn send_error(
///         &self,
///         http: &mut Exchange,
///         code: u16,
///         message: Option<&str>,
///         explain: Option<&str>,
///     ) -> io::Result<()> {
///         negotiate::send_error(http, code, message, explain)
///     }
/// }
///
/// let request = bhrh::testing::client(&Api).get("/users/7").header("Accept", "application/json");
/// let response = request.send();
/// assert_eq!(response.header("Content-Type"), Some("application/json"));
/// assert_eq!(
///     response.text(),
///     r#"{"title":"No such user","status":404,"detail":"Nothing matches the given URI"}"#
/// );
/// ```
///
/// # Errors
///
/// As [`Exchange::send_error`].
pub fn send_error(
    http: &mut Exchange<'_>,
    code: u16,
    message: Option<&str>,
    explain: Option<&str>,
) -> io::Result<()> {
    base::send_error_page(http, code, message, explain, |http, values| {
        let form = http.best_match(&[HTML, PROBLEM, JSON, TEXT]);
        http.send_header("Vary", "Accept");
        match form {
            Some(PROBLEM) => Ok(ErrorPage::new(PROBLEM, problem(values))),
            Some(JSON) => Ok(ErrorPage::new(JSON, problem(values))),
            Some(TEXT) => Ok(ErrorPage::new("text/plain;charset=utf-8", text(values))),
            _ => base::html_page(http, values),
        }
    })
}

/// Sends an error page as JSON, `application/problem+json` (RFC 9457), whatever the client prefers:
/// for an API, all of whose clients read JSON. Otherwise as [`send_error`].
///
/// ```
/// use bhrh::{Exchange, http_handler, negotiate};
/// use std::io;
///
/// struct Api;
///
/// #[http_handler]
/// impl Api {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_error((404, "No such user"))
///     }
///
///     fn send_error(
///         &self,
///         http: &mut Exchange,
///         code: u16,
///         message: Option<&str>,
///         explain: Option<&str>,
///     ) -> io::Result<()> {
///         negotiate::send_problem(http, code, message, explain)
///     }
/// }
///
/// let response = bhrh::testing::get(&Api, "/");
/// assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
/// assert!(response.text().starts_with(r#"{"title":"No such user","status":404,"#));
/// ```
///
/// # Errors
///
/// As [`Exchange::send_error`].
pub fn send_problem(
    http: &mut Exchange<'_>,
    code: u16,
    message: Option<&str>,
    explain: Option<&str>,
) -> io::Result<()> {
    base::send_error_page(http, code, message, explain, |_, values| {
        Ok(ErrorPage::new(PROBLEM, problem(values)))
    })
}

const HTML: &str = "text/html";
const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

fn problem(values: &PageValues<'_>) -> String {
    let (title, code, detail) = (Json(values.message), values.code, Json(values.explain));
    format!("{{\"title\":{title},\"status\":{code},\"detail\":{detail}}}")
}

fn text(values: &PageValues<'_>) -> String {
    format!("{} {}\n{}\n", values.code, values.message, values.explain)
}

/// The weight of a media type by these `Accept` values.
fn accepted<'v>(values: impl Iterator<Item = &'v str>, offer: &str) -> Weight {
    let offer = MediaType::read(offer);
    let mut nothing_said = true;
    let mut best = None;
    for element in values.flat_map(|value| Split { rest: Some(value), at: b',' }) {
        nothing_said = false;
        let range = MediaType::read(element);
        if let Some(rank) = range.rank(&offer) {
            // Two of the same rank are the same range twice; the first one counts.
            if best.is_none_or(|(highest, _)| rank > highest) {
                best = Some((rank, range.weight));
            }
        }
    }
    if nothing_said { FULL } else { best.map_or(0, |(_, weight)| weight) }
}

/// A media type or range, with what follows it.
struct MediaType<'a> {
    kind: &'a str,
    subtype: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    weight: Weight,
}

impl<'a> MediaType<'a> {
    fn read(text: &'a str) -> MediaType<'a> {
        let mut pieces = Split { rest: Some(text), at: b';' };
        let name = pieces.next().unwrap_or_default();
        let (kind, subtype) = name.split_once('/').unwrap_or((name, ""));
        let mut parameters = Vec::new();
        let mut weight = FULL;
        for piece in pieces {
            let (key, value) = parameter(piece);
            if key.eq_ignore_ascii_case("q") {
                weight = read_weight(value);
                // What follows the weight says nothing about the type.
                break;
            }
            parameters.push((key, value));
        }
        MediaType { kind, subtype, parameters, weight }
    }

    /// How specific this range is, if `offer` is in it.
    fn rank(&self, offer: &MediaType<'_>) -> Option<(u8, usize)> {
        let specific = match (self.kind, self.subtype) {
            ("*", "*" | "") => 0,
            (kind, "*") if kind.eq_ignore_ascii_case(offer.kind) => 1,
            (kind, subtype)
                if kind.eq_ignore_ascii_case(offer.kind)
                    && subtype.eq_ignore_ascii_case(offer.subtype) =>
            {
                2
            }
            _ => return None,
        };
        let names_charset = |it: &(&str, &str)| it.0.eq_ignore_ascii_case("charset");
        // Clients write `application/json; charset=utf-8` to a server that offers JSON.
        let charset_is_open = !offer.parameters.iter().any(names_charset);
        let has = |wanted: &(&str, &str)| {
            if charset_is_open && names_charset(wanted) {
                return true;
            }
            let same = |own: &(&str, &str)| {
                own.0.eq_ignore_ascii_case(wanted.0)
                    && unquoted(own.1).eq_ignore_ascii_case(&unquoted(wanted.1))
            };
            offer.parameters.iter().any(same)
        };
        self.parameters.iter().all(has).then_some((specific, self.parameters.len()))
    }
}

/// The trimmed pieces of a text between separators, without empty pieces. Separators in quoted
/// strings do not count.
struct Split<'a> {
    rest: Option<&'a str>,
    at: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let (piece, rest) = split_outside_quotes(self.rest?, self.at);
            self.rest = rest;
            let piece = trim_ows(piece);
            if !piece.is_empty() {
                return Some(piece);
            }
        }
    }
}

/// Name and value of a parameter, with or without white space around the `=`.
pub(super) fn parameter(text: &str) -> (&str, &str) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (trim_ows(key), trim_ows(value))
}

/// A weight in thousandths. RFC 9110 section 12.4.2 has `0` or `1` and at most three decimals; here
/// more decimals are cut off, the number before the point may be missing, and anything except a
/// number between 0 and 1 is ignored.
pub(super) fn read_weight(value: &str) -> Weight {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && decimals.is_empty() || !is_number(whole) || !is_number(decimals) {
        return FULL;
    }
    if whole.bytes().any(|digit| digit != b'0') {
        return FULL;
    }
    let digits = decimals.bytes().chain([b'0'; 3]).take(3);
    let weight = digits.fold(0, |weight, digit| weight * 10 + Weight::from(digit - b'0'));
    // A weight above zero must not be rounded down to "no".
    let something = decimals.bytes().any(|digit| digit != b'0');
    if weight == 0 && something { 1 } else { weight }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(accept: &str, offer: &str) -> Weight {
        accepted([accept].into_iter(), offer)
    }

    #[test]
    fn the_example_of_rfc_9110_section_12_5_1() {
        let accept = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, \
                      text/plain;format=fixed;q=0.4, */*;q=0.5";
        for (offer, expected) in [
            ("text/plain;format=flowed", 1000),
            ("text/plain", 700),
            ("text/html", 300),
            ("image/jpeg", 500),
            ("text/plain;format=fixed", 400),
            ("text/html;level=3", 300),
        ] {
            assert_eq!(worth(accept, offer), expected, "{offer}");
        }
    }

    #[test]
    fn ranges_match_without_regard_to_case_and_order() {
        assert_eq!(worth("*/*;q=0.1, Text/HTML", "text/html"), 1000);
        assert_eq!(worth("text/html;q=0, */*", "text/html"), 0);
        assert_eq!(worth("text/html", "text/plain"), 0);
        assert_eq!(worth("a/b;c=\"x,y;z\";q=0.5, text/html", "A/B;C=\"x,y;z\""), 500);
        assert_eq!(worth("", "text/html"), 1000);
        assert_eq!(accepted(["text/css", "text/html;q=0.2"].into_iter(), "text/html"), 200);
        assert_eq!(accepted([].into_iter(), "text/html"), 1000);
    }

    #[test]
    fn a_weight_that_cannot_be_understood_is_not_there() {
        for weight in ["q=2", "q=1.001", "q=", "q=-1", "q=0:5", "q=x", "q=.", "q"] {
            assert_eq!(worth(&format!("text/html;{weight}"), "text/html"), 1000, "{weight}");
        }
        for (weight, expected) in [
            ("q=1.000", 1000),
            ("q=1.0000", 1000),
            ("q=0.", 0),
            ("q=0.000", 0),
            ("Q=0.05", 50),
            ("q=1.", 1000),
            ("q=.5", 500),
            ("q = 0.5", 500),
            ("q=0.1234", 123),
            ("q=0.0001", 1),
        ] {
            assert_eq!(worth(&format!("text/html ; {weight}"), "text/html"), expected, "{weight}");
        }
    }

    #[test]
    fn fields_as_clients_send_them() {
        let java = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2";
        assert_eq!(worth(java, "application/json"), 200);
        assert_eq!(worth("*", "text/html"), 1000);
        assert_eq!(worth("application/json; charset=utf-8", "application/json"), 1000);
        assert_eq!(worth("text/html; charset=utf-8", "text/html; charset=latin1"), 0);
        assert_eq!(worth("text/html; level=1", "text/html"), 0);
    }
}
