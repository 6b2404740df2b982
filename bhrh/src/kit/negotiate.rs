//! What a client prefers: `Accept` and `Accept-Encoding` (RFC 9110 section 12.5), and error pages
//! that are in the form it asked for.
//!
//! The most specific range decides what a type is worth to the client; between types of the same
//! worth the server's order decides. An element whose weight is none is left out.

use std::io;

use crate::base::{self, ErrorPage};
use crate::exchange::Exchange;
use crate::headers::{list_elements, split_outside_quotes, trim_ows, unquoted};
use crate::proto::page::PageValues;
use crate::quote::Json;

/// A weight in thousandths; 0 is "not acceptable" (RFC 9110 section 12.4.2).
type Weight = u16;

const FULL: Weight = 1000;

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
    /// let accept = [("Accept", "text/*;q=0.8, application/json")];
    /// let response = bhrh::testing::request(&App, "GET", "/", &accept, b"");
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

    /// Whether the client's `Accept-Encoding` allows this content coding, such as `gzip`.
    ///
    /// Without the field only `identity`, no coding, is taken to be allowed: RFC 9110 would allow
    /// all, but clients that say nothing tend to understand nothing.
    ///
    /// A response that depends on this should say `Vary: Accept-Encoding`.
    ///
    /// ```
    /// # struct App;
    /// # #[bhrh::http_handler]
    /// # impl App {
    /// fn do_GET(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
    ///     let file = if http.accepts_encoding("gzip") { "page.html.gz" } else { "page.html" };
    ///     http.reply(200, "text/plain", file)
    /// }
    /// # }
    /// # let fields = [("Accept-Encoding", "br;q=1.0, *;q=0.5")];
    /// # let response = bhrh::testing::request(&App, "GET", "/", &fields, b"");
    /// # assert_eq!(response.text(), "page.html.gz");
    /// # assert_eq!(bhrh::testing::get(&App, "/").text(), "page.html");
    /// ```
    #[must_use]
    pub fn accepts_encoding(&self, coding: &str) -> bool {
        coding_weight(self.headers.get_all("Accept-Encoding"), coding) > 0
    }
}

/// Sends an error page in the form that the client prefers: the HTML page that
/// [`base::send_error`] sends, JSON, or plain text. HTML wherever the client has no preference.
///
/// It logs and closes as the original does, and says `Vary: Accept`. It is opt-in: a handler has
/// it for all errors, the runtime's own included, once its `send_error` calls it.
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
/// let accept = [("Accept", "application/json")];
/// let response = bhrh::testing::request(&Api, "GET", "/users/7", &accept, b"");
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

/// What a media type is worth by these `Accept` values.
fn accepted<'v>(values: impl Iterator<Item = &'v str>, offer: &str) -> Weight {
    let offer = MediaType::read(offer);
    let mut nothing_said = true;
    let mut best = None;
    for element in values.flat_map(|value| Split { rest: Some(value), at: b',' }) {
        nothing_said = false;
        let range = MediaType::read(element);
        if let (Some(weight), Some(rank)) = (range.weight, range.rank(&offer)) {
            // Two of the same rank are the same range twice; the first one counts.
            if best.is_none_or(|(highest, _)| rank > highest) {
                best = Some((rank, weight));
            }
        }
    }
    if nothing_said { FULL } else { best.map_or(0, |(_, weight)| weight) }
}

/// What a content coding is worth by these `Accept-Encoding` values (RFC 9110 section 12.5.3).
fn coding_weight<'v>(values: impl Iterator<Item = &'v str>, coding: &str) -> Weight {
    let canonical = |name: &'v str| match name {
        _ if name.eq_ignore_ascii_case("x-gzip") => "gzip",
        _ => name,
    };
    let (mut named, mut wildcard) = (None, None);
    for element in values.flat_map(list_elements) {
        let (name, parameters) = element.split_once(';').unwrap_or((element, ""));
        let weight = match parameters {
            "" => Some(FULL),
            _ => weight_parameter(parameters),
        };
        let name = canonical(trim_ows(name));
        if name.eq_ignore_ascii_case(coding) {
            named = named.or(weight);
        } else if name == "*" {
            wildcard = wildcard.or(weight);
        }
    }
    let unsaid = if coding.eq_ignore_ascii_case("identity") { FULL } else { 0 };
    named.or(wildcard).unwrap_or(unsaid)
}

/// A media type or range, with what follows it.
struct MediaType<'a> {
    kind: &'a str,
    subtype: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    /// `None` if it is no weight.
    weight: Option<Weight>,
}

impl<'a> MediaType<'a> {
    fn read(text: &'a str) -> MediaType<'a> {
        let mut pieces = Split { rest: Some(text), at: b';' };
        let name = pieces.next().unwrap_or_default();
        let (kind, subtype) = name.split_once('/').unwrap_or((name, ""));
        let mut parameters = Vec::new();
        let mut weight = Some(FULL);
        for piece in pieces {
            let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
            if key.eq_ignore_ascii_case("q") {
                weight = weight_parameter(piece);
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
            ("*", "*") => 0,
            (kind, "*") if kind.eq_ignore_ascii_case(offer.kind) => 1,
            (kind, subtype)
                if kind.eq_ignore_ascii_case(offer.kind)
                    && subtype.eq_ignore_ascii_case(offer.subtype) =>
            {
                2
            }
            _ => return None,
        };
        let has = |wanted: &(&str, &str)| {
            let same = |own: &(&str, &str)| {
                own.0.eq_ignore_ascii_case(wanted.0)
                    && unquoted(own.1).eq_ignore_ascii_case(&unquoted(wanted.1))
            };
            offer.parameters.iter().any(same)
        };
        self.parameters.iter().all(has).then_some((specific, self.parameters.len()))
    }
}

/// The pieces of a text between separators that are in no quoted string, trimmed, empty ones left
/// out.
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

/// `q=` and at most three decimals (RFC 9110 section 12.4.2).
fn weight_parameter(text: &str) -> Option<Weight> {
    let (key, value) = trim_ows(text).split_once('=')?;
    if !key.eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse::<Weight>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(FULL),
        _ => None,
    }
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
    fn what_is_no_weight_leaves_its_element_out() {
        for weight in ["q=2", "q=1.001", "q=0.1234", "q=", "q=-1", "q=.5", "q=0,5", "q=x"] {
            assert_eq!(worth(&format!("text/html;{weight}"), "text/html"), 0, "{weight}");
        }
        for (weight, expected) in [("q=1.000", 1000), ("q=0.", 0), ("Q=0.05", 50), ("q=1.", 1000)] {
            assert_eq!(worth(&format!("text/html ; {weight}"), "text/html"), expected, "{weight}");
        }
    }

    #[test]
    fn codings_as_in_rfc_9110_section_12_5_3() {
        for (value, gzip, identity) in [
            ("compress, gzip", 1000, 1000),
            ("", 0, 1000),
            ("*", 1000, 1000),
            ("compress;q=0.5, gzip;q=1.0", 1000, 1000),
            ("gzip;q=1.0, identity; q=0.5, *;q=0", 1000, 500),
            ("*;q=0", 0, 0),
            ("X-GZIP", 1000, 1000),
            ("gzip;q=0, *", 0, 1000),
            ("gzip;q=a", 0, 1000),
            ("br", 0, 1000),
        ] {
            let weight = |coding| coding_weight([value].into_iter(), coding);
            assert_eq!((weight("gzip"), weight("identity")), (gzip, identity), "{value:?}");
        }
        assert_eq!(coding_weight([].into_iter(), "gzip"), 0);
    }
}
