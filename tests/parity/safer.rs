//! Where bhrh does not do as Python does, on any profile, and what it does instead.

use crate::case::Case;

/// One difference that is meant.
pub(crate) struct Safer {
    /// The title of a case; its name, where only the case with those options differs.
    pub(crate) case: &'static str,
    /// Who asks for the difference.
    pub(crate) clause: &'static str,
    /// What Python's way would lead to.
    pub(crate) why: &'static str,
    /// The statuses of all responses bhrh sends, the 501 to the client's `END` included.
    pub(crate) statuses: &'static [u16],
    /// A part of bhrh's reply.
    pub(crate) reply_has: &'static str,
    /// A part of bhrh's log.
    pub(crate) log_has: &'static str,
}

impl Safer {
    /// Whether this row is about that case.
    pub(crate) fn names(&self, case: &Case) -> bool {
        case.title == self.case || case.name() == self.case
    }
}

/// All rows.
pub(crate) fn rows() -> impl Iterator<Item = &'static Safer> {
    [LENGTHS, CHUNKS, ENDS_OF_BODIES, LINES, FIELDS, FOLDS, FAILURES, CONNECTIONS]
        .into_iter()
        .flatten()
}

/// Refused with a 400 of this message, logged as Python logs an error.
const fn refused(
    case: &'static str,
    clause: &'static str,
    why: &'static str,
    message: &'static str,
) -> Safer {
    Safer { case, clause, why, statuses: &[400], reply_has: message, log_has: message }
}

/// Answered, but not as in Python.
const fn answered(
    case: &'static str,
    clause: &'static str,
    why: &'static str,
    statuses: &'static [u16],
    reply_has: &'static str,
) -> Safer {
    Safer { case, clause, why, statuses, reply_has, log_has: "" }
}

/// The handler did not do its part: a 500, and its failure in the log.
const fn failed(case: &'static str, clause: &'static str, log_has: &'static str) -> Safer {
    let why = "the client cannot tell a fault of the handler from one of the network";
    Safer { case, clause, why, statuses: &[500], reply_has: "Error code: 500", log_has }
}

const LENGTH: &str = "RFC 9112 section 6.3, rules 3 and 5";
const REPAIR: &str = "no method but POST would look at it, and the body would be the next request";

/// What says how long a body is, and is wrong or in doubt.
const LENGTHS: &[Safer] = &[
    refused("post, empty length", LENGTH, REPAIR, "Bad Content-Length ('')"),
    refused("post, plus", LENGTH, REPAIR, "Bad Content-Length ('+5')"),
    refused("post, minus", LENGTH, REPAIR, "Bad Content-Length ('-5')"),
    refused("post, letters", LENGTH, REPAIR, "Bad Content-Length ('five')"),
    refused("post, hex", LENGTH, REPAIR, "Bad Content-Length ('0x5')"),
    refused("post, fraction", LENGTH, REPAIR, "Bad Content-Length ('5.0')"),
    refused("post, list of equals", LENGTH, REPAIR, "Bad Content-Length ('5, 5')"),
    refused("post, list", LENGTH, REPAIR, "Bad Content-Length ('5, 6')"),
    refused("post, underscore", LENGTH, REPAIR, "Bad Content-Length ('1_0')"),
    refused("post, superscript", LENGTH, REPAIR, "Bad Content-Length ("),
    refused("post, beyond 64 bits", LENGTH, REPAIR, "Bad Content-Length ('99999999999999999999')"),
    refused("unread, get with a bad length", LENGTH, REPAIR, "Bad Content-Length ('5x')"),
    refused(
        "post, two lengths",
        LENGTH,
        "a proxy may go by the other one, and so smuggle a request",
        "Differing Content-Length headers",
    ),
    refused(
        "post, length, then chunked",
        LENGTH,
        "a proxy may go by Transfer-Encoding, and so smuggle a request",
        "Both Content-Length and Transfer-Encoding",
    ),
    refused(
        "post, chunked, then length",
        LENGTH,
        "a proxy may go by Transfer-Encoding, and so smuggle a request",
        "Both Content-Length and Transfer-Encoding",
    ),
    answered(
        "post, trailing space",
        "RFC 9110 section 5.5",
        "white space around a value is no part of it, and the length is 5 to everyone else",
        &[200, 501],
        "5 2cf24dba",
    ),
    answered(
        "post, gzip, chunked",
        "RFC 9112 section 6.1",
        "the end of the body would be found, but not what it says",
        &[501],
        "Unsupported transfer coding ('gzip')",
    ),
    answered(
        "post, gzip",
        "RFC 9112 section 6.3, rule 4",
        "where the body ends cannot be known",
        &[501],
        "Unsupported transfer coding ('gzip')",
    ),
    answered(
        "post, identity",
        "RFC 9112 section 6.3, rule 4",
        "the coding is obsolete, and proxies do not agree on what it means",
        &[501],
        "Unsupported transfer coding ('identity')",
    ),
];

const DECODED: &str = "the chunks would be read as requests";

/// Chunked bodies, which Python does not know.
const CHUNKS: &[Safer] = &[
    answered("post, chunked", "RFC 9112 section 7.1", DECODED, &[200, 501], "5 2cf24dba"),
    answered(
        "post, chunked with trailers",
        "RFC 9112 section 7.1.2",
        DECODED,
        &[200, 501],
        "2 8f434346",
    ),
    answered(
        "post, chunked with extension",
        "RFC 9112 section 7.1.1",
        DECODED,
        &[200, 501],
        "2 8f434346",
    ),
    answered("post, chunked in any case", "RFC 9112 section 7", DECODED, &[200, 501], "2 8f434346"),
    answered("post, chunked in pieces", "RFC 9112 section 7.1", DECODED, &[200, 501], "5 2cf24dba"),
    answered(
        "chunks after the 100",
        "RFC 9112 section 7.1",
        DECODED,
        &[100, 200, 501],
        "5 2cf24dba",
    ),
    refused("post, chunked badly", "RFC 9112 section 7.1", DECODED, "Bad chunked body"),
    answered("unread, get with chunks", "RFC 9112 section 9.3", DECODED, &[200, 501], "'END'"),
];

const DRAINED: &str = "what the method leaves unread would be the next request";
const WHOLE: &str = "RFC 9112 section 8";

/// Where a body ends, whatever the method reads and whatever the client sends after it.
const ENDS_OF_BODIES: &[Safer] = &[
    answered("unread, get with a body", "RFC 9112 section 9.3", DRAINED, &[200, 501], "'END'"),
    answered(
        "unread, get with a request in it",
        "RFC 9112 section 9.3",
        DRAINED,
        &[200, 501],
        "'END'",
    ),
    answered("unread, head with a body", "RFC 9112 section 9.3", DRAINED, &[200, 501], "'END'"),
    answered(
        "unread, line of a longer body",
        "RFC 9112 section 9.3",
        DRAINED,
        &[200, 501],
        "'END'",
    ),
    answered(
        "unread, body that comes after the answer",
        "RFC 9112 section 9.3",
        DRAINED,
        &[200, 501],
        "'END'",
    ),
    answered(
        "unread, line without a length",
        "RFC 9112 section 6.3, rule 7",
        "a request that announces no body has none, so these bytes are the next request",
        &[200, 400],
        "Bad request syntax ('first')",
    ),
    answered(
        "line without an end",
        "RFC 9112 section 6.3, rule 6",
        "reading past the end of a body takes the next request for a part of it",
        &[200, 501],
        "68656c6c6f\n",
    ),
    refused("cut before a body", WHOLE, "a part of a body passes for the whole", "inside the body"),
    refused("cut in a body", WHOLE, "a part of a body passes for the whole", "inside the body"),
    answered(
        "body refused on a connection left open",
        "RFC 9110 section 10.1.1",
        "whether the client sends the body in spite of the 417 cannot be known",
        &[417],
        "Content-Length: 0",
    ),
    answered(
        "body sent without waiting, and refused",
        "RFC 9112 section 9.3",
        DRAINED,
        &[417, 501],
        "'END'",
    ),
];

const CR: &str = "RFC 9112 section 2.2";
const NUL: &str = "RFC 9110 section 5.5";
const SPLIT: &str = "some take it for the end of the line and some do not";
const CUT_OFF: &str = "what is written in C stops reading there";

/// Bytes that no line of a head may hold.
const LINES: &[Safer] = &[
    refused("method, nul", "RFC 9112 section 3", CUT_OFF, "NUL in the header"),
    refused("path, nul", "RFC 9112 section 3.2", CUT_OFF, "NUL in the header"),
    refused("end, two returns", CR, SPLIT, "CR without LF in the header"),
    refused("end, return within", CR, SPLIT, "CR without LF in the header"),
    refused("field, nul in the value", NUL, CUT_OFF, "NUL in the header"),
    refused("field, return in the value", CR, SPLIT, "CR without LF in the header"),
    refused("field, two returns at the end", CR, SPLIT, "CR without LF in the header"),
    refused("cut in the last line end", CR, SPLIT, "CR without LF in the header"),
];

const NAME: &str = "RFC 9112 section 5 and RFC 9110 section 5.1";
const SPACE: &str = "RFC 9112 section 5.1";
const LOST: &str =
    "this line and all after it would be dropped without a word, a Content-Length too";
const ODD: &str = "no one agrees on what such a name is, so it passes some filters and not others";

/// Lines that are not field lines.
const FIELDS: &[Safer] = &[
    refused("field, name with at sign", NAME, ODD, "Malformed header line ('X(@): 2')"),
    refused("field, name with slash", NAME, ODD, "Malformed header line ('a/b: 1')"),
    refused("field, name with quotes", NAME, ODD, "Malformed header line ('\"a\": 1')"),
    refused("field, name with control", NAME, LOST, "Malformed header line ("),
    refused("field, name in latin-1", NAME, LOST, "Malformed header line ("),
    refused("field, name with nul", NAME, LOST, "NUL in the header"),
    refused("field, name after a byte order mark", NAME, LOST, "Malformed header line ("),
    refused("field, empty name", NAME, ODD, "Malformed header line (': 2')"),
    refused("field, space before the colon", SPACE, LOST, "Malformed header line ('x : 2')"),
    refused("field, tab before the colon", SPACE, LOST, "Malformed header line ("),
    refused("field, space in the name", NAME, LOST, "Malformed header line ('x y: 2')"),
    refused("field, no colon", NAME, LOST, "Malformed header line ('nonsense')"),
    refused("field, no colon first", NAME, LOST, "Malformed header line ('nonsense')"),
    refused("field, from line first", NAME, ODD, "Malformed header line ('From nobody')"),
    refused("field, from line later", NAME, ODD, "Malformed header line ('From nobody')"),
    refused("field, another request line", NAME, LOST, "Malformed header line ('GET /other"),
    refused("cut in a name", NAME, LOST, "Malformed header line ('Hos')"),
    refused(
        "field, folded first line",
        "RFC 9112 section 2.2",
        "the line would be dropped without a word; some take it for a part of the request line",
        "Malformed header line (' A: 1')",
    ),
];

const FOLD: &str = "RFC 9112 section 5.2";
const JOINED: &str = "the CR LF would stay in the value, and split a response that it is put into";

/// Folded values, joined by one space.
const FOLDS: &[Safer] = &[
    answered("field, folded by space", FOLD, JOINED, &[200, 501], "\nA: 1 2\nB: 3\n"),
    answered("field, folded by tab", FOLD, JOINED, &[200, 501], "\nA: 1 2\nB: 3\n"),
    answered("field, folded twice", FOLD, JOINED, &[200, 501], "\nA: 1 2 3\nB: 4\n"),
    answered("field, folded by line feed", FOLD, JOINED, &[200, 501], "\nA: 1 2\nB: 3\n"),
    answered("field, folded with nothing first", FOLD, JOINED, &[200, 501], "\nA: 1\nB: 2\n"),
    answered("field, folded with nothing after", FOLD, JOINED, &[200, 501], "\nA: 1\nB: 2\n"),
];

const ANSWER: &str = "RFC 9110 section 3.4";
const SILENT: &str = "it returned without sending a response";
const RAISE: &str = "do_RAISE was called";
const NO_HEAD: &str = "there is no response to write into";

/// Handlers that fail, answer nothing, or write something that isn't a response.
const FAILURES: &[Safer] = &[
    failed("method, SILENT / HTTP/1.1", ANSWER, SILENT),
    failed("method, SILENT / HTTP/1.0", ANSWER, SILENT),
    failed("method, RAISE / HTTP/1.1", "RFC 9110 section 15.6.1", RAISE),
    failed("method, RAISE / HTTP/1.0", "RFC 9110 section 15.6.1", RAISE),
    Safer {
        // Without a status line.
        statuses: &[],
        ..failed("method, RAISE / HTTP/0.9", "RFC 9110 section 15.6.1", RAISE)
    },
    failed("GET /a HTTP/1.0", "RFC 9112 section 2.1", NO_HEAD),
    failed("http09/1.0: GET /a HTTP/1.1;Connection: close", "RFC 9112 section 2.1", NO_HEAD),
    failed("http09/1.1: GET /a HTTP/1.1;Connection: close", "RFC 9112 section 2.1", NO_HEAD),
];

const UNTIL_CLOSE: &str = "RFC 9112 section 6.3, rule 8";
const ENDLESS: &str = "the client could not tell where the body ends, and would wait";

/// Connections that Python leaves open.
const CONNECTIONS: &[Safer] = &[
    answered("GET /persistent HTTP/1.1", UNTIL_CLOSE, ENDLESS, &[200], "HTTP/1.1 200 OK\r\n"),
    answered("method, KEEP / HTTP/0.9", "RFC 1945 section 6", ENDLESS, &[], ""),
    answered("method, STAY / HTTP/0.9", "RFC 1945 section 6", ENDLESS, &[], "staying\n"),
];
