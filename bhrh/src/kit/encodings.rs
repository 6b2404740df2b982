//! Which content coding a client prefers: `Accept-Encoding` (RFC 9110 section 12.5.3). Weights are
//! read as in `kit/negotiate.rs`.

use super::negotiate::{FULL, Weight, parameter, read_weight};
use crate::exchange::Exchange;
use crate::grammar::{list_elements, trim_ows};

/// # Answering: the content coding
impl Exchange<'_> {
    /// Whether to answer this client in this content coding, such as `gzip`: whether its
    /// `Accept-Encoding` allows the coding, and does not prefer `identity` (no coding).
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
    /// # let accept = "br;q=1.0, *;q=0.5";
    /// # let request = bhrh::testing::client(&App).get("/").header("Accept-Encoding", accept);
    /// # let response = request.send();
    /// # assert_eq!(response.text(), "page.html.gz");
    /// # assert_eq!(bhrh::testing::get(&App, "/").text(), "page.html");
    /// ```
    #[must_use]
    pub fn accepts_encoding(&self, coding: &str) -> bool {
        self.encoding_weight(coding) > 0
    }

    /// The content coding among `offers` that the client prefers; the first of those that it likes
    /// best. `None` if it accepts none of them, or prefers no coding: [`accepts_encoding`] says
    /// when.
    ///
    /// ```
    /// # struct App;
    /// # #[bhrh::http_handler]
    /// # impl App {
    /// fn do_GET(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
    ///     let coding = http.best_encoding(&["br", "gzip"]).unwrap_or("none");
    ///     http.reply(200, "text/plain", coding)
    /// }
    /// # }
    /// # let ask = |accept: &str| {
    /// #     let request = bhrh::testing::client(&App).get("/").header("Accept-Encoding", accept);
    /// #     request.send().text().to_owned()
    /// # };
    /// # assert_eq!(ask("gzip, deflate, br, zstd"), "br");
    /// # assert_eq!(ask("gzip, br;q=0.5"), "gzip");
    /// # assert_eq!(ask("deflate"), "none");
    /// ```
    ///
    /// [`accepts_encoding`]: Exchange::accepts_encoding
    #[must_use]
    pub fn best_encoding<'o>(&self, offers: &[&'o str]) -> Option<&'o str> {
        let (mut best, mut highest) = (None, 0);
        for offer in offers {
            let weight = self.encoding_weight(offer);
            if weight > highest {
                (best, highest) = (Some(*offer), weight);
            }
        }
        best
    }

    /// How much the client wants this content coding: 0 for one that it gets no response in.
    pub(super) fn encoding_weight(&self, coding: &str) -> Weight {
        wanted_coding(|| self.headers.get_all("Accept-Encoding"), coding)
    }
}

/// How much these `Accept-Encoding` values ask for a content coding: 0 if they do not, or if they
/// prefer no coding.
fn wanted_coding<'v, V: Iterator<Item = &'v str>>(values: impl Fn() -> V, coding: &str) -> Weight {
    let weight = coding_weight(values(), coding).0;
    match coding_weight(values(), "identity") {
        (identity, true) if weight < identity => 0,
        _ => weight,
    }
}

/// What a content coding is worth by these `Accept-Encoding` values (RFC 9110 section 12.5.3), and
/// whether they name it.
fn coding_weight<'v>(values: impl Iterator<Item = &'v str>, coding: &str) -> (Weight, bool) {
    let canonical = |name: &'v str| match name {
        _ if name.eq_ignore_ascii_case("x-gzip") => "gzip",
        _ => name,
    };
    let (mut named, mut wildcard) = (None, None);
    for element in values.flat_map(list_elements) {
        let (name, parameters) = element.split_once(';').unwrap_or((element, ""));
        let weight = weight_among(parameters);
        let name = canonical(trim_ows(name));
        if name.eq_ignore_ascii_case(coding) {
            named.get_or_insert(weight);
        } else if name == "*" {
            wildcard.get_or_insert(weight);
        }
    }
    let unsaid = if coding.eq_ignore_ascii_case("identity") { FULL } else { 0 };
    (named.or(wildcard).unwrap_or(unsaid), named.is_some())
}

/// The weight among the parameters of a content coding.
fn weight_among(parameters: &str) -> Weight {
    let mut pairs = parameters.split(';').map(parameter);
    pairs
        .find(|(key, _)| key.eq_ignore_ascii_case("q"))
        .map_or(FULL, |(_, value)| read_weight(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_used_where_no_coding_is_not_preferred() {
        for (value, gzip) in [
            ("gzip", true),
            ("identity, gzip;q=0.5", false),
            ("identity;q=0.5, gzip", true),
            ("identity, gzip", true),
            ("gzip;q=.5", true),
            ("gzip;q=0", false),
            ("gzip;q=x", true),
            ("gzip; level=9; q=0", false),
            ("*;q=0.1", true),
            ("identity", false),
        ] {
            assert_eq!(wanted_coding(|| [value].into_iter(), "gzip") > 0, gzip, "{value}");
        }
        assert_eq!(wanted_coding(|| [].into_iter(), "identity"), FULL);
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
            ("gzip;q=a", 1000, 1000),
            ("br", 0, 1000),
        ] {
            let weight = |coding| coding_weight([value].into_iter(), coding).0;
            assert_eq!((weight("gzip"), weight("identity")), (gzip, identity), "{value:?}");
        }
        assert_eq!(coding_weight([].into_iter(), "gzip"), (0, false));
    }
}
