//! The first line: versions, syntax, HTTP/0.9, white space, methods, paths, length.

use crate::case::{BASE, BASE_10, Case, FULL, FULL_10, Options, PAGE};

/// A line without its end, and whether the connection stays open after its answer when the
/// server speaks HTTP/1.1.
type Line = (&'static str, &'static [u8], bool);

const VERSIONS: &[Line] = &[
    ("version 1.1", b"GET / HTTP/1.1", true),
    ("version 1.0", b"GET / HTTP/1.0", false),
    ("version 1.10", b"GET / HTTP/1.10", true),
    ("version 01.1", b"GET / HTTP/01.1", true),
    ("version 1.01", b"GET / HTTP/1.01", true),
    ("version 1.2", b"GET / HTTP/1.2", true),
    ("version 1.9999999999", b"GET / HTTP/1.9999999999", true),
    ("version 0000000001.1", b"GET / HTTP/0000000001.1", true),
    ("version 0.5", b"GET / HTTP/0.5", false),
    ("version 0.10", b"GET / HTTP/0.10", false),
    ("version 0.0", b"GET / HTTP/0.0", false),
    ("version 0.9 in words", b"GET / HTTP/0.9", false),
    ("version 0.9 for a post", b"POST / HTTP/0.9", false),
    ("version 2.0", b"GET / HTTP/2.0", false),
    ("version 9.9", b"GET / HTTP/9.9", false),
    ("version 10.0", b"GET / HTTP/10.0", false),
    ("version 0002.0", b"GET / HTTP/0002.0", false),
    ("version 9999999999.0", b"GET / HTTP/9999999999.0", false),
    ("version for head 2.0", b"HEAD / HTTP/2.0", false),
    ("preface of HTTP/2", b"PRI * HTTP/2.0", false),
];

const BAD_VERSIONS: &[Line] = &[
    ("no version at all", b"GET / FUBAR", false),
    ("lower case", b"GET / http/1.1", false),
    ("mixed case", b"GET / Http/1.1", false),
    ("no number", b"GET / HTTP/", false),
    ("no dot", b"GET / HTTP/1", false),
    ("no minor", b"GET / HTTP/1.", false),
    ("no major", b"GET / HTTP/.1", false),
    ("only a dot", b"GET / HTTP/.", false),
    ("two dots", b"GET / HTTP/1.1.1", false),
    ("9.9.9", b"GET / HTTP/9.9.9", false),
    ("minus", b"GET / HTTP/-1.1", false),
    ("plus", b"GET / HTTP/+1.1", false),
    ("underscore", b"GET / HTTP/1_0.1", false),
    ("signs and underscores", b"GET / HTTP/-9_9_9.+9_9_9", false),
    ("major too long", b"GET / HTTP/909876543210.0", false),
    ("minor too long", b"GET / HTTP/1.909876543210", false),
    ("major of 11 digits", b"GET / HTTP/00000000001.1", false),
    ("minor of 11 digits", b"GET / HTTP/1.00000000001", false),
    ("superscript", b"GET / HTTP/\xb2.1", false),
    ("fraction", b"GET / HTTP/\xbd.1", false),
    ("letter", b"GET / HTTP/1.1x", false),
    ("prefix", b"GET / XHTTP/1.1", false),
    ("slash", b"GET / HTTP/1.1/", false),
    ("slash within", b"GET / HTTP/1/1", false),
    ("comma", b"GET / HTTP/1,1", false),
    ("https", b"GET / HTTPS/1.1", false),
    ("for head", b"HEAD / FUBAR", false),
    ("single quote", b"GET / FOO'BAR", false),
    ("double quote", b"GET / FOO\"BAR", false),
    ("both quotes", b"GET / FOO'B\"AR", false),
    ("backslash", b"GET / FOO\\BAR", false),
    ("controls", b"GET / \x01\x1b", false),
    ("delete and c1", b"GET / \x7f\x80\x9f", false),
    ("latin-1", b"GET / \xa1\xad\xe9\xff", false),
    ("markup", b"GET / <b>&amp;", false),
    ("percent", b"GET / %s%d%%", false),
    ("nul", b"GET / \x00x", false),
];

const BAD_SYNTAX: &[Line] = &[
    ("one word", b"GET", false),
    ("one word with a blank", b"GET ", false),
    ("one word that is a version", b"HTTP/1.1", false),
    ("four words", b"GET / a HTTP/1.1", false),
    ("four words 1.0", b"GET / a HTTP/1.0", false),
    ("six words", b"GET / a b c HTTP/1.1", false),
    ("four words 2.0", b"GET / a HTTP/2.0", false),
    ("four words and no version", b"GET / a FUBAR", false),
    ("four words for head", b"HEAD / a HTTP/1.1", false),
    ("single quote alone", b"it's", false),
    ("double quote alone", b"say\"so", false),
    ("both quotes alone", b"it's\"so\"", false),
    ("backslash alone", b"back\\slash", false),
    ("escape sequence", b"\x1b[31mred", false),
    ("tab kept in repr", b"GET\t/\ta\tHTTP/1.1", false),
    ("latin-1 alone", b"caf\xe9", false),
    ("tls hello", b"\x16\x03\x01\x02\x01\x01", false),
    ("nul alone", b"a\x00b", false),
];

const SIMPLE: &[Line] = &[
    ("0.9", b"GET /", false),
    ("0.9 with a path", b"GET /some/where?else", false),
    ("0.9 with a version as path", b"GET HTTP/1.1", false),
    ("0.9 with double slash", b"GET //evil", false),
    ("0.9 post", b"POST /", false),
    ("0.9 head", b"HEAD /", false),
    ("0.9 lower case", b"get /", false),
    ("0.9 quoted", b"PO'ST /", false),
    ("0.9 backslash", b"PO\\ST /", false),
    ("0.9 latin-1", b"P\xd6ST /", false),
];

const WHITE_SPACE: &[Line] = &[
    ("leading blanks", b"   GET / HTTP/1.1", true),
    ("trailing blanks", b"GET / HTTP/1.1   ", true),
    ("trailing tab", b"GET / HTTP/1.1\t", true),
    ("many blanks", b"GET    /    HTTP/1.1", true),
    ("tabs", b"GET\t/\tHTTP/1.1", true),
    ("vertical tab and form feed", b"GET\x0b/\x0cHTTP/1.1", true),
    ("file and group separators", b"GET\x1c/\x1dHTTP/1.1", true),
    ("record and unit separators", b"GET\x1e/\x1fHTTP/1.1", true),
    ("next line and no-break space", b"GET\x85/\xa0HTTP/1.1", true),
    ("utf-8 that holds a0 before the version", b"GET /caf\xc3\xa0 HTTP/1.1", true),
    ("utf-8 that holds a0 within", b"GET /\xc3\xa0b HTTP/1.1", false),
    ("utf-8 that holds 85 within", b"GET /\xc3\x85b HTTP/1.1", false),
    ("0.9 with blanks around", b"  GET   /  ", false),
];

const METHODS: &[Line] = &[
    ("unknown", b"BREW / HTTP/1.1", false),
    ("unknown to 1.0", b"BREW / HTTP/1.0", false),
    ("lower case get", b"get / HTTP/1.1", false),
    ("capitalised", b"Get / HTTP/1.1", false),
    ("connect", b"CONNECT example.org:443 HTTP/1.1", false),
    ("options", b"OPTIONS * HTTP/1.1", false),
    ("m-search", b"M-SEARCH * HTTP/1.1", false),
    ("name of the method", b"do_GET / HTTP/1.1", false),
    ("all token characters", b"!#$%&'*+-.^_`|~09az / HTTP/1.1", false),
    ("no token", b"G@T / HTTP/1.1", false),
    ("markup", b"<script>alert(\"hello\")</script> / HTTP/1.1", false),
    ("single quote", b"G'T / HTTP/1.1", false),
    ("double quote", b"G\"T / HTTP/1.1", false),
    ("both quotes", b"G\"'T / HTTP/1.1", false),
    ("backslash", b"G\\T / HTTP/1.1", false),
    ("latin-1", b"G\xc4T / HTTP/1.1", false),
    ("soft hyphen and delete", b"G\xad\x7fT / HTTP/1.1", false),
    ("control", b"G\x01T / HTTP/1.1", false),
    ("percent", b"%s%(code)d / HTTP/1.1", false),
    ("nul", b"G\x00T / HTTP/1.1", false),
];

const PATHS: &[Line] = &[
    ("two slashes", b"GET //evil.example/x HTTP/1.1", true),
    ("many slashes", b"GET /////a//b HTTP/1.1", true),
    ("only slashes", b"GET /// HTTP/1.1", true),
    ("slashes within", b"GET /a//b HTTP/1.1", true),
    ("backslashes", b"GET /\\evil.example HTTP/1.1", true),
    ("asterisk", b"GET * HTTP/1.1", true),
    ("absolute", b"GET http://example.org/a?b HTTP/1.1", true),
    ("no slash", b"GET nowhere HTTP/1.1", true),
    ("query", b"GET /?a=b&c=%20+d HTTP/1.1", true),
    ("fragment", b"GET /a#b HTTP/1.1", true),
    ("percent", b"GET /%e2%82%ac%00%s HTTP/1.1", true),
    ("dots", b"GET /../../etc HTTP/1.1", true),
    ("latin-1", b"GET /caf\xe9 HTTP/1.1", true),
    ("utf-8", b"GET /\xe2\x82\xac HTTP/1.1", true),
    ("quotes", b"GET /a\"b'c HTTP/1.1", true),
    ("markup", b"GET /<b>&{x}|^` HTTP/1.1", true),
    ("controls", b"GET /\x01\x1b[0m\x7f HTTP/1.1", true),
    ("nul", b"GET /\x00 HTTP/1.1", true),
];

/// Whole lines with ends of their own.
const ENDS: &[Line] = &[
    ("line feed", b"GET / HTTP/1.1\n\n", true),
    ("line feed, then cr lf", b"GET / HTTP/1.1\n\r\n", true),
    ("cr lf, then line feed", b"GET / HTTP/1.1\r\n\n", true),
    ("0.9 and line feed", b"GET /\n", false),
    ("bad and line feed", b"BAD\n", false),
    ("two returns", b"GET / HTTP/1.1\r\r\n\r\n", true),
    ("return within", b"GET /\rHTTP/1.1\r\n\r\n", true),
    ("return in the path", b"GET /a\rb HTTP/1.1\r\n\r\n", false),
    ("empty", b"\r\n", false),
    ("empty with line feed", b"\n", false),
    ("only blanks", b"  \t \r\n", false),
    ("empty, then a request", b"\r\nGET / HTTP/1.1\r\n\r\n", false),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let kinds = [
        ("version", VERSIONS),
        ("bad version", BAD_VERSIONS),
        ("bad syntax", BAD_SYNTAX),
        ("simple", SIMPLE),
        ("white space", WHITE_SPACE),
        ("method", METHODS),
        ("path", PATHS),
    ];
    for (kind, lines) in kinds {
        cases.extend(lines.iter().map(|line| of_line(FULL, kind, line)));
    }
    // What a server that speaks HTTP/1.0 makes of versions and refusals is a matter of its own.
    for (kind, lines) in [("version", VERSIONS), ("simple", SIMPLE), ("white space", WHITE_SPACE)] {
        cases.extend(lines.iter().map(|line| of_line(FULL_10, kind, line)));
    }
    // And here default_request_version is HTTP/1.1.
    for (kind, lines) in [("simple", SIMPLE), ("bad syntax", BAD_SYNTAX)] {
        cases.extend(lines.iter().map(|line| of_line(BASE, kind, line)));
    }
    cases.extend(SIMPLE.iter().map(|line| of_line(BASE_10, "simple", line)));
    for (name, whole, open) in ENDS {
        cases.push(Case::new(FULL, &format!("end, {name}")).send(whole).open_if(*open));
    }
    cases.extend([65534, 65535, 65536, 65537, 65538, 100_000].map(of_length));
    cases.push(Case::new(FULL, "long line without an end").send([b'x'; 65537]));
    cases.push(Case::new(FULL, "longest line without an end").send([b'x'; 65536]).half_closed());
    cases.push(Case::new(PAGE, "long first line").send([b'x'; 65537]));
    cases
}

fn of_line(options: Options, kind: &str, (name, line, open): &Line) -> Case {
    let open = *open && options.protocol >= "HTTP/1.1";
    let end = if is_simple(line) { "\r\n" } else { "\r\n\r\n" };
    Case::new(options, &format!("{kind}, {name}"))
        .send([line, end.as_bytes()].concat())
        .open_if(open)
}

/// A request of two words has no header block, so no blank line ends it.
fn is_simple(line: &[u8]) -> bool {
    let blank = |byte: &u8| matches!(byte, b'\t'..=b'\r' | 0x1c..=b' ' | 0x85 | 0xa0);
    line.split(blank).filter(|word| !word.is_empty()).count() == 2
}

/// A line that is this long with its CR LF.
fn of_length(length: usize) -> Case {
    let path = "x".repeat(length - "GET / HTTP/1.1\r\n".len());
    let case = Case::new(FULL, &format!("line of {length} bytes"))
        .send(format!("GET /{path} HTTP/1.1\r\n\r\n"));
    case.open_if(length <= 65536)
}
