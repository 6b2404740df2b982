//! Checks the type of a request's content, for helpers that read the content.

use crate::error::Error;
use crate::exchange::Exchange;
use crate::grammar::list_elements;

impl Exchange<'_> {
    /// Whether the request has no content at all.
    pub(crate) fn has_no_body(&self) -> bool {
        self.live_wire().wire.input.borrow().body_is_done()
    }

    /// Whether the content is not encoded; an error that is answered with 415 if it is.
    pub(crate) fn expect_plain(&self) -> Result<(), Error> {
        self.encoding_fault()
            .map_or(Ok(()), |explain| Err(Error::status((415, "Encoded content", explain))))
    }

    /// What is wrong with the content's encoding, for the explanation of an error.
    fn encoding_fault(&self) -> Option<String> {
        let mut codings = self.headers.get_all("Content-Encoding").flat_map(list_elements);
        let coding = codings.find(|coding| !coding.eq_ignore_ascii_case("identity"))?;
        Some(format!("Content-Encoding {coding} is not undone here"))
    }

    /// Whether the content is of a type that `is_wanted`, and not encoded; an error that is
    /// answered with 415 if not. `wanted` is the type's name, for the message.
    ///
    /// A request without a `Content-Type` is refused too: nobody can know what it holds, and a page
    /// of another site can send it without the browser asking the server first.
    #[cfg(any(feature = "forms", feature = "multipart", feature = "serde_json"))]
    pub(crate) fn expect_content(
        &self,
        wanted: &str,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let refuse = |explain: String| {
            let message = format!("Not {wanted}");
            Err(Error::status((415, message, explain)))
        };
        if !self.headers.contains("Content-Type") {
            return refuse(format!("The request has no Content-Type; it should be {wanted}"));
        }
        let media_type = self.headers.get_content_type();
        if !is_wanted(&media_type) {
            return refuse(format!("Content-Type is {media_type}; it should be {wanted}"));
        }
        self.encoding_fault().map_or(Ok(()), refuse)
    }
}
