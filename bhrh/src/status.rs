//! Status codes: Python's `responses` table and `HTTPStatus` names.
//!
//! Plain data; it knows nothing of requests or connections.

/// The codes of Python's `http.HTTPStatus`, under its names.
///
/// ```
/// use bhrh::HttpStatus;
/// assert_eq!(HttpStatus::NOT_FOUND, 404);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct HttpStatus;

macro_rules! standard {
    ($($code:literal $name:ident $phrase:literal, $explanation:literal;)*) => {
        impl HttpStatus {
            $(
                #[doc = concat!("`", $code, " ", $phrase, "`")]
                pub const $name: u16 = $code;
            )*
        }

        /// Codes in ascending order, for iteration.
        const CODES: &[u16] = &[$($code),*];

        const fn standard(code: u16) -> Option<(&'static str, &'static str)> {
            match code {
                $($code => Some(($phrase, $explanation)),)*
                _ => None,
            }
        }
    };
}

standard! {
    100 CONTINUE "Continue", "Request received, please continue";
    101 SWITCHING_PROTOCOLS "Switching Protocols", "Switching to new protocol; obey Upgrade header";
    102 PROCESSING "Processing", "";
    103 EARLY_HINTS "Early Hints", "";
    200 OK "OK", "Request fulfilled, document follows";
    201 CREATED "Created", "Document created, URL follows";
    202 ACCEPTED "Accepted", "Request accepted, processing continues off-line";
    203 NON_AUTHORITATIVE_INFORMATION "Non-Authoritative Information", "Request fulfilled from cache";
    204 NO_CONTENT "No Content", "Request fulfilled, nothing follows";
    205 RESET_CONTENT "Reset Content", "Clear input form for further input";
    206 PARTIAL_CONTENT "Partial Content", "Partial content follows";
    207 MULTI_STATUS "Multi-Status", "";
    208 ALREADY_REPORTED "Already Reported", "";
    226 IM_USED "IM Used", "";
    300 MULTIPLE_CHOICES "Multiple Choices", "Object has several resources -- see URI list";
    301 MOVED_PERMANENTLY "Moved Permanently", "Object moved permanently -- see URI list";
    302 FOUND "Found", "Object moved temporarily -- see URI list";
    303 SEE_OTHER "See Other", "Object moved -- see Method and URL list";
    304 NOT_MODIFIED "Not Modified", "Document has not changed since given time";
    305 USE_PROXY "Use Proxy", "You must use proxy specified in Location to access this resource";
    307 TEMPORARY_REDIRECT "Temporary Redirect", "Object moved temporarily -- see URI list";
    308 PERMANENT_REDIRECT "Permanent Redirect", "Object moved permanently -- see URI list";
    400 BAD_REQUEST "Bad Request", "Bad request syntax or unsupported method";
    401 UNAUTHORIZED "Unauthorized", "No permission -- see authorization schemes";
    402 PAYMENT_REQUIRED "Payment Required", "No payment -- see charging schemes";
    403 FORBIDDEN "Forbidden", "Request forbidden -- authorization will not help";
    404 NOT_FOUND "Not Found", "Nothing matches the given URI";
    405 METHOD_NOT_ALLOWED "Method Not Allowed", "Specified method is invalid for this resource";
    406 NOT_ACCEPTABLE "Not Acceptable", "URI not available in preferred format";
    407 PROXY_AUTHENTICATION_REQUIRED "Proxy Authentication Required", "You must authenticate with this proxy before proceeding";
    408 REQUEST_TIMEOUT "Request Timeout", "Request timed out; try again later";
    409 CONFLICT "Conflict", "Request conflict";
    410 GONE "Gone", "URI no longer exists and has been permanently removed";
    411 LENGTH_REQUIRED "Length Required", "Client must specify Content-Length";
    412 PRECONDITION_FAILED "Precondition Failed", "Precondition in headers is false";
    413 CONTENT_TOO_LARGE "Content Too Large", "Content is too large";
    414 URI_TOO_LONG "URI Too Long", "URI is too long";
    415 UNSUPPORTED_MEDIA_TYPE "Unsupported Media Type", "Entity body in unsupported format";
    416 RANGE_NOT_SATISFIABLE "Range Not Satisfiable", "Cannot satisfy request range";
    417 EXPECTATION_FAILED "Expectation Failed", "Expect condition could not be satisfied";
    418 IM_A_TEAPOT "I'm a Teapot", "Server refuses to brew coffee because it is a teapot.";
    421 MISDIRECTED_REQUEST "Misdirected Request", "Server is not able to produce a response";
    422 UNPROCESSABLE_CONTENT "Unprocessable Content", "";
    423 LOCKED "Locked", "";
    424 FAILED_DEPENDENCY "Failed Dependency", "";
    425 TOO_EARLY "Too Early", "";
    426 UPGRADE_REQUIRED "Upgrade Required", "";
    428 PRECONDITION_REQUIRED "Precondition Required", "The origin server requires the request to be conditional";
    429 TOO_MANY_REQUESTS "Too Many Requests", "The user has sent too many requests in a given amount of time (\"rate limiting\")";
    431 REQUEST_HEADER_FIELDS_TOO_LARGE "Request Header Fields Too Large", "The server is unwilling to process the request because its header fields are too large";
    451 UNAVAILABLE_FOR_LEGAL_REASONS "Unavailable For Legal Reasons", "The server is denying access to the resource as a consequence of a legal demand";
    500 INTERNAL_SERVER_ERROR "Internal Server Error", "Server got itself in trouble";
    501 NOT_IMPLEMENTED "Not Implemented", "Server does not support this operation";
    502 BAD_GATEWAY "Bad Gateway", "Invalid responses from another server/proxy";
    503 SERVICE_UNAVAILABLE "Service Unavailable", "The server cannot process the request due to a high load";
    504 GATEWAY_TIMEOUT "Gateway Timeout", "The gateway server did not receive a timely response";
    505 HTTP_VERSION_NOT_SUPPORTED "HTTP Version Not Supported", "Cannot fulfill request";
    506 VARIANT_ALSO_NEGOTIATES "Variant Also Negotiates", "";
    507 INSUFFICIENT_STORAGE "Insufficient Storage", "";
    508 LOOP_DETECTED "Loop Detected", "";
    510 NOT_EXTENDED "Not Extended", "";
    511 NETWORK_AUTHENTICATION_REQUIRED "Network Authentication Required", "The client needs to authenticate to gain network access";
}

/// Python's `responses`: from a status code to its phrase and explanation.
///
/// A small value that borrows whatever a handler adds to the standard table:
///
/// ```
/// use bhrh::Responses;
///
/// const MINE: &[(u16, &str, &str)] = &[(299, "Odd", "It went oddly well")];
/// let responses = Responses::STANDARD.with(MINE);
/// assert_eq!(responses.get(299), Some(("Odd", "It went oddly well")));
/// assert_eq!(responses.get(404), Some(("Not Found", "Nothing matches the given URI")));
/// assert_eq!(responses.get(999), None);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Responses<'a> {
    own: &'a [(u16, &'a str, &'a str)],
}

impl<'a> Responses<'a> {
    /// The table of Python's `BaseHTTPRequestHandler.responses`: 62 codes.
    pub const STANDARD: Responses<'static> = Responses { own: &[] };

    /// The standard table with the rows `own` (code, phrase, explanation). A row for a code that
    /// the table has replaces the table's. Rows of an earlier call are dropped.
    #[must_use]
    pub const fn with<'b>(self, own: &'b [(u16, &'b str, &'b str)]) -> Responses<'b> {
        Responses { own }
    }

    /// Phrase and explanation of `code`; `None` for a code that is not in the table.
    #[must_use]
    pub fn get(&self, code: u16) -> Option<(&'a str, &'a str)> {
        let own = self.own.iter().find(|row| row.0 == code);
        own.map(|&(_, phrase, explanation)| (phrase, explanation)).or_else(|| standard(code))
    }

    /// All rows, as (code, phrase, explanation): the standard ones in ascending order, then those
    /// of the handler's own whose codes are not standard.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &'a str, &'a str)> + use<'a> {
        let responses = *self;
        let more = self.own.iter().map(|row| row.0).filter(|code| standard(*code).is_none());
        CODES.iter().copied().chain(more).filter_map(move |code| {
            let (phrase, explanation) = responses.get(code)?;
            Some((code, phrase, explanation))
        })
    }
}

impl<'a> From<&'a [(u16, &'a str, &'a str)]> for Responses<'a> {
    fn from(own: &'a [(u16, &'a str, &'a str)]) -> Self {
        Responses { own }
    }
}

impl<'a, const N: usize> From<&'a [(u16, &'a str, &'a str); N]> for Responses<'a> {
    fn from(own: &'a [(u16, &'a str, &'a str); N]) -> Self {
        Responses { own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_table_is_pythons() {
        assert_eq!(Responses::STANDARD.iter().count(), 62);
        assert_eq!(
            Responses::STANDARD.get(413),
            Some(("Content Too Large", "Content is too large"))
        );
        for absent in [0, 99, 306, 419, 420, 427, 430, 509, 600, 999] {
            assert_eq!(Responses::STANDARD.get(absent), None, "{absent}");
        }
    }

    #[test]
    fn own_rows_come_before_the_standard_ones() {
        let rows = [(404, "Gone Fishing", "Nobody is here"), (299, "Odd", "")];
        let responses = Responses::from(&rows);
        assert_eq!(responses.get(404), Some(("Gone Fishing", "Nobody is here")));
        assert_eq!(responses.iter().count(), 63);
        assert_eq!(responses.iter().last(), Some((299, "Odd", "")));
    }
}
