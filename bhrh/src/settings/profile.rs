//! How lenient the server is towards clients, and what it adds to what a handler sends.

/// How lenient the server is towards clients, and what it adds to what a handler sends.
///
/// [`Profile::STRICT`], the default, is RFC 9112 as written. [`Profile::PYTHON`] is as lenient as
/// CPython's `http.server`, wherever that cannot desynchronise a connection, and adds as little.
/// Each field changes one thing in either of them:
///
/// ```
/// let mut profile = bhrh::Profile::STRICT;
/// profile.bare_lf = true; // for that one device which ends its lines in LF
/// # let _ = profile;
/// ```
///
/// No profile accepts a request that two readers could understand differently, since they could
/// then disagree about where the message ends: Content-Length together with Transfer-Encoding,
/// differing or malformed Content-Length, a bare CR, NUL, a field line without a colon or with
/// white space around its name, and a field name that is not a token (RFC 9112 sections 2.2, 5 and
/// 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Leniency: requests of HTTP/0.9 (`GET /path` without a version, or an explicit
    /// `HTTP/0.9`) are served, without status line and headers. Off: 400, or 505 for the explicit
    /// version. RFC 9112 has dropped HTTP/0.9 (appendix C.1).
    pub http_09: bool,
    /// Leniency: a line may end in LF alone. Off: 400. RFC 9112 section 2.2 permits it, but
    /// requests have been smuggled past intermediaries that read such lines differently.
    pub bare_lf: bool,
    /// Leniency: bytes above 0x7F in the request target. Off: 400 (RFC 3986 section 2).
    pub non_ascii_target: bool,
    /// Leniency: the request target may be any run of printable characters. Off: 400 unless the
    /// target is one of the four forms of RFC 9112 section 3.2, in the characters of RFC 3986 and
    /// those that browsers do not escape, without the escape of a control character (such as `%00`
    /// or `%0D%0A`) in its path (RFC 3986 section 7.3).
    pub lax_target: bool,
    /// Leniency: a target in absolute form may name the scheme https on any connection, for a
    /// server behind a gateway that it trusts. Off: 421 (RFC 9110 section 7.4), unless the
    /// connection is encrypted, or its PROXY header says that the client's is. The usual targets
    /// name no scheme.
    pub https_target: bool,
    /// Completion: an error page leaves the connection open, as any other answer does, unless
    /// something else closes it (RFC 9112 section 9.3). The page for a request that was refused,
    /// for a method that failed, and for CONNECT closes it all the same. Off: every error page says
    /// `Connection: close`, as Python's does.
    pub keep_after_error: bool,

    // What only `PYTHON` needs. A field becomes public when somebody needs it alone.
    /// Leniency: `Host` is not checked. Off: 400 for an HTTP/1.1 request without it, and for two
    /// or a malformed one in any request (RFC 9112 section 3.2).
    pub(crate) missing_host: bool,
    /// Leniency: the method may hold any characters except white space. Off: 400 for a method that
    /// is not a token (RFC 9110 section 9.1), and for a line that is over its limit and has no
    /// space: it shows no method, so it is not a request line (RFC 9112 section 3).
    pub(crate) non_token_method: bool,
    /// Leniency: the words of the request line may be separated by any white space, as Python's
    /// `split()` sees it. Off: 400 unless exactly one space stands between them (RFC 9112 section
    /// 3).
    pub(crate) line_whitespace: bool,
    /// Leniency: version numbers of several digits, such as `HTTP/01.1`. Off: 400 unless each is
    /// one digit (RFC 9112 section 2.3).
    pub(crate) lax_version: bool,
    /// Leniency: a field value may go on in a line that begins with white space; its parts are
    /// joined by one space (Python keeps the CR LF inside the value, which no profile does).
    /// Off: 400 (RFC 9112 section 5.2).
    pub(crate) obs_fold: bool,
    /// Leniency: `Content-Length` may have zeros before its number, and may stand there more than
    /// once with the same number. Off: 400. Some programs read `010` as eight, and a proxy may drop
    /// one of two equal fields. RFC 9110 section 8.6 lets a server refuse the repetition.
    pub(crate) lax_length: bool,
    /// Leniency: `Content-Type` may stand there more than once. Off: 400. It is one value, and of
    /// several some readers believe the first and some the last, so a filter may look at another
    /// kind of content than the handler does (RFC 9110 section 8.3).
    pub(crate) lax_type: bool,
    /// Leniency: `Content_Length` and `Transfer_Encoding` are fields like any other. Off: 400.
    /// Programs that pass fields on as CGI does (RFC 3875 section 4.1.18) take them for
    /// `Content-Length` and `Transfer-Encoding`, and there is no other reason to send them.
    pub(crate) underscored_framing: bool,
    /// Leniency: control characters other than NUL, CR and LF in a field value, in requests and in
    /// responses. Off: the client gets a 400, and the handler an error (RFC 9110 section 5.5).
    pub(crate) control_in_value: bool,
    /// Leniency: white space at the end of a field value is kept as part of it. Off: it is
    /// removed (RFC 9112 section 5.1).
    pub(crate) trailing_whitespace: bool,
    /// Leniency: a head that the end of the connection cuts off counts as complete. Off: 400
    /// (RFC 9112 section 8).
    pub(crate) truncated_head: bool,
    /// Leniency: an empty line instead of a request line ends the connection without a word. Off:
    /// one such line is skipped, and several are a 400 (RFC 9112 section 2.2).
    pub(crate) empty_line_closes: bool,
    /// Leniency: an expectation other than `100-continue` is ignored, and `100-continue` is always
    /// handed to `handle_expect_100`. Off: 417 for any other expectation, and no interim response
    /// if the content is already here or there will be no content (RFC 9110 section 10.1.1).
    pub(crate) lax_expect: bool,
    /// For the engine: a method starts as soon as the head of its request is here. So it can answer
    /// a client that waits for the answer before it sends the content. Off: the engine first waits
    /// for content of up to 64 KiB, so that slow clients hold no threads.
    pub(crate) eager_methods: bool,
    /// Completion: `Connection: close` is added when the connection is going to close
    /// (RFC 9112 section 9.6).
    pub(crate) announce_close: bool,
    /// Completion: an HTTP/1.0 client that asked to keep the connection is answered with
    /// `Connection: keep-alive`. Without that field it cannot rely on an open connection (RFC 9112
    /// appendix C.2.2).
    pub(crate) confirm_keep_alive: bool,
    /// Completion: `Connection` is read as the list that it is, and a client's `close` cannot be
    /// revoked by the handler (RFC 9112 section 9.6). Off: its first field is compared as a whole,
    /// and the last one to set it wins, client or handler, as in Python.
    pub(crate) rfc_persistence: bool,
    /// Completion: a `Date` or `Server` of the handler's replaces the automatic field, so that
    /// neither is sent twice (RFC 9110 section 5.3).
    pub(crate) replace_automatic: bool,
    /// Completion: a response without `Content-Length` and `Transfer-Encoding` is given the one
    /// that fits, and fields that a status forbids are left out (RFC 9110 section 8.6,
    /// RFC 9112 section 6). Off: such a body ends with the connection.
    pub(crate) frame_body: bool,
    /// Completion: where the format of an error page has a full stop behind a text that ends in one
    /// itself, the page has one full stop. Off: two, as Python's has.
    pub(crate) one_full_stop: bool,
}

impl Profile {
    /// Only what RFC 9112 allows is accepted, and what it asks for is added. The default.
    pub const STRICT: Profile = Profile::new(false, true);

    /// As lenient as CPython, and as sparing with fields.
    ///
    /// The request line: HTTP/0.9, any white space between the words, methods that are not tokens,
    /// versions such as `HTTP/01.1`, and any printable characters in the target. Lines: LF alone as
    /// their end, folded field values, a head that the end of the connection cuts off; an empty
    /// line before a request ends the connection. Header fields: `Host` is not checked, a value may
    /// hold control characters and end in white space, `Content-Length` may be repeated and begin
    /// with zeros, `Content-Type` may be repeated, `Content_Length` and `Transfer_Encoding` are
    /// fields like any other, and an unknown expectation is ignored.
    ///
    /// These fields are not added: `Connection`, `Content-Length` and `Transfer-Encoding`. A `Date`
    /// or `Server` of the handler's is sent beside the automatic one. A response without a length
    /// ends with its connection, and so does an error page. The last of two `Connection` fields
    /// counts. An error page shows a text that ends in a full stop with another one behind it.
    ///
    /// A method runs as soon as the head of its request has come. In `STRICT` it runs after a body
    /// of up to 64 KiB has come, so that slow clients hold no threads.
    pub const PYTHON: Profile = Profile::new(true, false);

    const fn new(lenient: bool, complete: bool) -> Profile {
        Profile {
            http_09: lenient,
            missing_host: lenient,
            bare_lf: lenient,
            non_token_method: lenient,
            line_whitespace: lenient,
            lax_version: lenient,
            obs_fold: lenient,
            non_ascii_target: lenient,
            lax_target: lenient,
            https_target: lenient,
            lax_length: lenient,
            lax_type: lenient,
            underscored_framing: lenient,
            control_in_value: lenient,
            trailing_whitespace: lenient,
            truncated_head: lenient,
            empty_line_closes: lenient,
            lax_expect: lenient,
            eager_methods: lenient,
            announce_close: complete,
            confirm_keep_alive: complete,
            rfc_persistence: complete,
            keep_after_error: complete,
            replace_automatic: complete,
            frame_body: complete,
            one_full_stop: complete,
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Profile::STRICT
    }
}
