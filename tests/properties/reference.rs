//! A second opinion: a reader of requests that shares no line with the runtime's.
//!
//! It is as strict as RFC 9112 and as plain as can be: all input at once, no limits, no messages,
//! no speed. Where it stops, it says nothing of why.

use std::net::Ipv6Addr;

/// A request as a handler should see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Vec<u8>,
    pub(crate) target: Vec<u8>,
    pub(crate) version: Vec<u8>,
    pub(crate) fields: Vec<(Vec<u8>, Vec<u8>)>,
    /// `None`: the content is malformed or cut off.
    pub(crate) content: Option<Vec<u8>>,
}

/// The requests that a connection carries, up to the first fault or the end of its persistence.
pub(crate) fn requests(mut input: &[u8]) -> Vec<Request> {
    let mut found = Vec::new();
    while let Some(request) = next(&mut input) {
        let last = closes(&request) || request.content.is_none();
        found.push(request);
        if last {
            break;
        }
    }
    found
}

fn next(input: &mut &[u8]) -> Option<Request> {
    *input = input.strip_prefix(b"\r\n").unwrap_or(input);
    let start = line(input)?;
    let words: Vec<&[u8]> = start.split(|byte| *byte == b' ').collect();
    let [method, target, version] = words[..] else { return None };
    let minor = version.strip_prefix(b"HTTP/1.")?;
    if !is_token(method) || minor.len() != 1 || !minor[0].is_ascii_digit() {
        return None;
    }
    if !is_target(method, target) {
        return None;
    }
    let mut fields = Vec::new();
    loop {
        let line = line(input)?;
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (&line[..colon], trim(&line[colon + 1..]));
        if !is_token(name)
            || value.iter().any(|byte| *byte < b' ' && *byte != b'\t' || *byte == 0x7f)
        {
            return None;
        }
        fields.push((name.to_vec(), value.to_vec()));
    }
    let target = match target.iter().take_while(|byte| **byte == b'/').count() {
        0 => target,
        slashes => &target[slashes - 1..],
    };
    let mut request = Request {
        method: method.to_vec(),
        target: target.to_vec(),
        version: version.to_vec(),
        fields,
        content: None,
    };
    let modern = minor != b"0";
    let hosts = values(&request, "host");
    if hosts.len() > 1 || hosts.is_empty() && modern || !hosts.iter().all(|host| is_host(host)) {
        return None;
    }
    let is_met = |value: &&[u8]| list(value).all(|member| is(member, "100-continue"));
    if modern && !values(&request, "expect").iter().all(is_met) {
        return None;
    }
    if values(&request, "content-type").len() > 1 {
        return None;
    }
    if request
        .fields
        .iter()
        .any(|(name, _)| is(name, "content_length") || is(name, "transfer_encoding"))
    {
        return None;
    }
    let lengths = values(&request, "content-length");
    let codings = values(&request, "transfer-encoding");
    request.content = match (&lengths[..], &codings[..]) {
        ([], []) => Some(Vec::new()),
        ([only], []) => {
            // Some read `010` as eight.
            if only.len() > 1 && only.starts_with(b"0") {
                return None;
            }
            sized(input, number(only)?)
        }
        ([], [coding]) if modern => {
            let all: Vec<&[u8]> = list(coding).collect();
            match all[..] {
                [one] if is(one, "chunked") => unchunked(input),
                _ => return None,
            }
        }
        _ => return None,
    };
    // RFC 9112 section 3.2.2.
    if let Some(authority) = authority(&request.target).map(<[u8]>::to_vec)
        && let Some(host) = request.fields.iter_mut().find(|(name, _)| is(name, "host"))
    {
        host.1 = authority;
    }
    Some(request)
}

/// RFC 9112 section 9.3. What follows CONNECT may be meant for a tunnel (RFC 9110 section 9.3.6),
/// so the connection ends with the answer.
fn closes(request: &Request) -> bool {
    if request.method == b"CONNECT" {
        return true;
    }
    let connection = values(request, "connection");
    let says = |option| connection.iter().any(|value| list(value).any(|word| is(word, option)));
    says("close") || request.version == b"HTTP/1.0" && !says("keep-alive")
}

/// The next line, which has to end in CR LF and hold neither of the two otherwise.
fn line<'i>(input: &mut &'i [u8]) -> Option<&'i [u8]> {
    let end = input.windows(2).position(|pair| pair == b"\r\n")?;
    let line = &input[..end];
    *input = &input[end + 2..];
    (!line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))).then_some(line)
}

fn sized(input: &mut &[u8], length: u64) -> Option<Vec<u8>> {
    let (content, rest) = input.split_at_checked(usize::try_from(length).ok()?)?;
    *input = rest;
    Some(content.to_vec())
}

/// The content of a chunked body, which is taken off the input; `None` if it is malformed or cut
/// off.
pub(crate) fn unchunked(input: &mut &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let size_line = line(input)?;
        let digits = size_line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (digits, extensions) = size_line.split_at(digits);
        if !(1..=16).contains(&digits.len()) || !are_extensions(extensions) {
            return None;
        }
        let size = u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        if size == 0 {
            break;
        }
        content.extend(sized(input, size)?);
        if !line(input)?.is_empty() {
            return None;
        }
    }
    loop {
        let trailer = line(input)?;
        if trailer.is_empty() {
            return Some(content);
        }
        let colon = trailer.iter().position(|byte| *byte == b':')?;
        let value = &trailer[colon + 1..];
        let forbidden = [
            "authorization",
            "connection",
            "content-length",
            "cookie",
            "expect",
            "host",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade",
        ];
        if forbidden.iter().any(|name| is(&trailer[..colon], name)) {
            return None;
        }
        let control = |byte: &u8| *byte < b' ' && *byte != b'\t' || *byte == 0x7f;
        if !is_token(&trailer[..colon]) || value.iter().any(control) {
            return None;
        }
    }
}

/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`
fn are_extensions(mut text: &[u8]) -> bool {
    while let Some(rest) = skip_white(text).strip_prefix(b";") {
        let rest = skip_white(rest);
        let ends = |byte: &u8| matches!(byte, b';' | b'=' | b' ' | b'\t');
        let name = rest.iter().position(ends).unwrap_or(rest.len());
        if !is_token(&rest[..name]) {
            return false;
        }
        text = &rest[name..];
        let Some(value) = skip_white(text).strip_prefix(b"=") else { continue };
        let value = skip_white(value);
        if value.first() == Some(&b'"') {
            let Some((_, after)) = quoted(value) else { return false };
            text = after;
        } else {
            let end = value.iter().position(ends).unwrap_or(value.len());
            if !is_token(&value[..end]) {
                return false;
            }
            text = &value[end..];
        }
    }
    text.is_empty()
}

/// What a quoted string at the beginning of the text says, and what follows it (RFC 9110
/// section 5.6.4).
pub(crate) fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut content = Vec::new();
    loop {
        let byte = match rest {
            [b'"', after @ ..] => return Some((content, after)),
            [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                rest = after;
                *byte
            }
            [] => return None,
        };
        if byte < b' ' && byte != b'\t' || byte == 0x7f {
            return None;
        }
        content.push(byte);
    }
}

fn values<'r>(request: &'r Request, name: &str) -> Vec<&'r [u8]> {
    let fields = request.fields.iter().filter(|field| is(&field.0, name));
    fields.map(|field| &field.1[..]).collect()
}

fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

fn list(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b',').map(trim).filter(|word| !word.is_empty())
}

fn is(text: &[u8], word: &str) -> bool {
    text.eq_ignore_ascii_case(word.as_bytes())
}

pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

pub(crate) fn is_token(text: &[u8]) -> bool {
    let mark = |byte: &u8| b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || mark(byte))
}

/// Unreserved characters, sub-delimiters and whole percent-encodings, and these.
fn is_made_of(text: &[u8], more: &[u8]) -> bool {
    match text {
        [] => true,
        [b'%', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            is_made_of(rest, more)
        }
        [byte, rest @ ..] => {
            let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte);
            (plain || more.contains(byte)) && is_made_of(rest, more)
        }
    }
}

fn skip_white(text: &[u8]) -> &[u8] {
    let white = text.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
    &text[white..]
}

/// What a target in absolute form says, where it has one.
fn authority(target: &[u8]) -> Option<&[u8]> {
    let rest = target.get("http://".len()..).filter(|_| is(&target[..4], "http"))?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
    Some(&rest[..end])
}

fn is_target(method: &[u8], target: &[u8]) -> bool {
    let path = |text: &[u8]| {
        let end = text.iter().position(|byte| *byte == b'?').unwrap_or(text.len());
        let control = text[..end].windows(3).any(is_control);
        // RFC 3986's characters, and those that clients do not escape, a lone `%` in a query
        // included.
        is_made_of(&text[..end], b":@/[]|^")
            && is_made_of(&text[end..], b":@/?[]|^{}`\\%")
            && !control
    };
    if method == b"CONNECT" {
        let colon = target.iter().rposition(|byte| *byte == b':');
        return colon.is_some_and(|at| at + 1 < target.len()) && is_host(target);
    }
    // Nothing says that https would be.
    let after_scheme = target.split_at_checked("http://".len());
    let after_scheme = after_scheme.filter(|(scheme, _)| is(scheme, "http://")).map(|two| two.1);
    match (target, after_scheme) {
        (b"*", _) => method == b"OPTIONS",
        ([b'/', ..], _) => path(target),
        (_, Some(rest)) => {
            let end =
                rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
            is_host(&rest[..end]) && path(&rest[end..])
        }
        _ => false,
    }
}

fn is_host(text: &[u8]) -> bool {
    if let Some(rest) = text.strip_prefix(b"[") {
        let Some(end) = rest.iter().position(|byte| *byte == b']') else { return false };
        let (address, port) = (&rest[..end], &rest[end + 1..]);
        let six = std::str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok());
        let future = matches!(address, [b'v' | b'V', more @ ..] if {
            let mut halves = more.splitn(2, |byte| *byte == b'.');
            let version = halves.next().unwrap_or_default();
            let rest = halves.next().unwrap_or_default();
            let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=:".contains(byte);
            !version.is_empty() && version.iter().all(u8::is_ascii_hexdigit)
                && !rest.is_empty() && rest.iter().all(part)
        });
        return (six || future) && (port.is_empty() || is_port(port));
    }
    let colon = text.iter().position(|byte| *byte == b':').unwrap_or(text.len());
    let (name, port) = text.split_at(colon);
    let odd = name.contains(&b',') || name.windows(3).any(is_control);
    !odd && !name.is_empty() && is_made_of(name, b"") && (port.is_empty() || is_port(port))
}

/// Whether the three bytes are a control character, escaped.
fn is_control(three: &[u8]) -> bool {
    matches!(three, [b'%', b'0' | b'1', _] | [b'%', b'7', b'f' | b'F'])
}

fn is_port(text: &[u8]) -> bool {
    let digits = &text[1..];
    text[0] == b':' && (digits.is_empty() || number(digits).is_some_and(|port| port < 65_536))
}
