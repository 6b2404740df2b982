//! Who a client is and what it asked for, as the proxies say that its request has come through: by
//! `X-Forwarded-For`, `-Proto` and `-Host`, or by `Forwarded` (RFC 7239).
//!
//! Each proxy adds what it knows of its own client at the right end of a list, and whatever stands
//! to the left of that may be made up. So a list is read from the right, and only as far as the
//! elements are those of trusted proxies: the first other address is the client. The walk ends as
//! well at what does not name an address (RFC 7239 section 6 allows `unknown` and names like
//! `_hidden`), since nobody knows then who has written what stands further left.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::request_target::is_host;
use crate::grammar::{is_token, is_token_byte, list_elements, split_outside_quotes, trim_ows};
use crate::headers::Headers;
use crate::peer::Peer;
use crate::trusted::Trusted;

/// The client of the last trusted proxy on the way, as far as it is known. Its port is 0 if that is
/// not known. `None`: the fields tell nothing.
#[cold]
pub(crate) fn client(headers: Headers<'_>, trusted: &Trusted) -> Option<Peer> {
    if trusted.reads_forwarded() {
        return by_forwarded(headers, trusted).client;
    }
    let mut client = None;
    for value in headers.get_all("X-Forwarded-For").rev() {
        for entry in value.rsplit(',').map(trim_ows).filter(|entry| !entry.is_empty()) {
            let Some(peer) = address(entry) else { return client };
            let goes_on = trusted.has_peer(&peer);
            client = Some(peer);
            if !goes_on {
                return client;
            }
        }
    }
    client
}

/// Whether that client's connection is encrypted. `None`: the fields tell nothing.
pub(crate) fn is_secured(headers: Headers<'_>, trusted: &Trusted) -> Option<bool> {
    let scheme = match trusted.reads_forwarded() {
        true => by_forwarded(headers, trusted).scheme,
        false => rightmost(headers, "X-Forwarded-Proto"),
    };
    match &*scheme?.to_ascii_lowercase() {
        "https" | "wss" => Some(true),
        "http" | "ws" => Some(false),
        _ => None,
    }
}

/// The host, with its port perhaps, that a client has asked for: what a trusted proxy says
/// (`believed`), or `Host`. `None`: neither is there, or it is malformed.
pub(crate) fn host<'a>(headers: Headers<'a>, believed: Option<&Trusted>) -> Option<&'a str> {
    let said = match believed {
        Some(trusted) if trusted.reads_forwarded() => by_forwarded(headers, trusted).host,
        Some(_) => rightmost(headers, "X-Forwarded-Host"),
        None => None,
    };
    let is_well_formed = |host: &&str| is_host(host);
    said.filter(is_well_formed).or_else(|| headers.get("Host").filter(is_well_formed))
}

/// The host without the port that its scheme has anyhow, as an `Origin` names it (RFC 6454 section
/// 6.1).
pub(crate) fn without_default_port<'h>(host: &'h str, scheme: &str) -> &'h str {
    let port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    host.strip_suffix(port).or_else(|| host.strip_suffix(':')).unwrap_or(host)
}

/// The last element of all fields of a name.
fn rightmost<'a>(headers: Headers<'a>, name: &str) -> Option<&'a str> {
    headers.get_all(name).rev().find_map(|value| list_elements(value).last())
}

/// What an element of `Forwarded` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Element<'a> {
    /// `for`, if it is an address.
    client: Option<Peer>,
    /// `proto`
    scheme: Option<&'a str>,
    host: Option<&'a str>,
}

/// The element that is about the client: what it says of scheme and host is about its request.
fn by_forwarded<'a>(headers: Headers<'a>, trusted: &Trusted) -> Element<'a> {
    let mut last = Element::default();
    for value in headers.get_all("Forwarded").rev() {
        let mut rest = Some(value);
        while let Some(text) = rest {
            let (before, element) = split_last(text);
            rest = before;
            if trim_ows(element).is_empty() {
                continue;
            }
            let Some(mut element) = parsed(element) else { return last };
            let goes_on = element.client.as_ref().is_some_and(|peer| trusted.has_peer(peer));
            // One that hides its client is still about it.
            element.client = element.client.or(last.client);
            last = element;
            if !goes_on {
                return last;
            }
        }
    }
    last
}

/// What stands behind the last comma that is in no quoted string, and what stands before it. From
/// the right, since a quote that a client has left open must not hide what a proxy has added behind
/// it.
fn split_last(text: &str) -> (Option<&str>, &str) {
    let bytes = text.as_bytes();
    let is_escaped =
        |at: usize| bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let mut quoted = false;
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            b'"' if !is_escaped(at) => quoted = !quoted,
            b',' if !quoted => return (Some(&text[..at]), &text[at + 1..]),
            _ => {}
        }
    }
    (None, text)
}

/// `for=192.0.2.7;proto=https`: pairs, each name once (RFC 7239 section 4). `None`: it
/// is malformed.
fn parsed(text: &str) -> Option<Element<'_>> {
    let (mut node, mut scheme, mut host) = (None, None, None);
    let mut rest = Some(text);
    while let Some(pairs) = rest {
        let (pair, after) = split_outside_quotes(pairs, b';');
        rest = after;
        let pair = trim_ows(pair);
        if pair.is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=')?;
        if !is_token(name) || !is_value(value) {
            return None;
        }
        let place = match () {
            () if name.eq_ignore_ascii_case("for") => &mut node,
            () if name.eq_ignore_ascii_case("proto") => &mut scheme,
            () if name.eq_ignore_ascii_case("host") => &mut host,
            () => continue,
        };
        if place.is_some() {
            return None;
        }
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        *place = Some(inner.unwrap_or(value));
    }
    Some(Element { client: node.and_then(self::node), scheme, host })
}

/// A token or a quoted string. Many proxies leave the quotes out around colons and brackets.
fn is_value(value: &str) -> bool {
    let Some(rest) = value.strip_prefix('"') else {
        return value.bytes().all(|byte| is_token_byte(byte) || matches!(byte, b':' | b'[' | b']'));
    };
    let mut bytes = rest.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return bytes.next().is_none(),
            b'\\' if bytes.next().is_none() => return false,
            _ => {}
        }
    }
    false
}

/// A node that is an address (RFC 7239 section 6): one of IPv6 is in brackets, and a port may be
/// hidden behind a name.
fn node(text: &str) -> Option<Peer> {
    match text.parse::<Ipv6Addr>() {
        Ok(_) => None,
        Err(_) => address(text).or_else(|| with_hidden_port(text)),
    }
}

fn with_hidden_port(text: &str) -> Option<Peer> {
    let (host, port) = text.rsplit_once(":_")?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let fits = !port.is_empty() && port.bytes().all(is_name);
    let has_port = host.rsplit_once(':').is_some_and(|_| !host.ends_with(']'));
    (fits && !has_port).then(|| address(host)).flatten()
}

/// An IP address, one of IPv6 in brackets or not, perhaps with a port.
fn address(text: &str) -> Option<Peer> {
    let found = |ip: IpAddr, port: u16| Some(Peer::from((ip, port)).canonical());
    if let Some(rest) = text.strip_prefix('[') {
        let (six, rest) = rest.split_once(']')?;
        let six = six.parse::<Ipv6Addr>().ok()?;
        return match rest {
            "" => found(six.into(), 0),
            _ => found(six.into(), port(rest.strip_prefix(':')?)?),
        };
    }
    if let Ok(ip) = text.parse::<IpAddr>() {
        return found(ip, 0);
    }
    let (four, digits) = text.split_once(':')?;
    found(four.parse::<Ipv4Addr>().ok()?.into(), port(digits)?)
}

fn port(digits: &str) -> Option<u16> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some(digits).filter(|_| is_number).and_then(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Fields;

    const PROXIES: [&str; 3] = ["10.0.0.0/8", "2001:db8:a::/48", "192.0.2.1"];

    fn proxies() -> Trusted {
        Trusted::networks(PROXIES).unwrap()
    }

    fn fields(name: &str, values: &[&str]) -> Fields {
        values.iter().map(|value| (name, *value)).collect()
    }

    fn client_of(name: &str, values: &[&str], trusted: &Trusted) -> Option<String> {
        client(fields(name, values).headers(), trusted).map(|peer| peer.to_string())
    }

    /// Cases that other servers and their libraries have tests for, and what they leave open.
    #[test]
    fn the_client_is_the_rightmost_that_is_not_trusted() {
        for (values, expected) in [
            (&[][..], None),
            (&[""], None),
            (&[" , ,"], None),
            (&["203.0.113.7"], Some("203.0.113.7:0")),
            // Made up by the client, and appended to by the proxy: in one line, or with one of its
            // own.
            (&["6.6.6.6, 203.0.113.7"], Some("203.0.113.7:0")),
            (&["6.6.6.6", "203.0.113.7"], Some("203.0.113.7:0")),
            (&["6.6.6.6", "5.5.5.5, 203.0.113.7", "10.0.0.1"], Some("203.0.113.7:0")),
            (&["10.0.0.9, 203.0.113.7"], Some("203.0.113.7:0")),
            (&["\", 203.0.113.7"], Some("203.0.113.7:0")),
            // Through several proxies.
            (&["203.0.113.7, 10.0.0.2, 10.0.0.1"], Some("203.0.113.7:0")),
            (&["6.6.6.6,203.0.113.7,2001:db8:a::1,\t192.0.2.1 "], Some("203.0.113.7:0")),
            // A client in the proxies' network.
            (&["10.0.0.5"], Some("10.0.0.5:0")),
            (&["10.0.0.5, 10.0.0.1"], Some("10.0.0.5:0")),
            // Empty elements do not count (RFC 9110 section 5.6.1.2).
            (&["6.6.6.6, 203.0.113.7, , 10.0.0.1,", ""], Some("203.0.113.7:0")),
            // Forms of addresses.
            (&["203.0.113.7:5060"], Some("203.0.113.7:5060")),
            (&["2001:db8:cafe::17"], Some("[2001:db8:cafe::17]:0")),
            (&["[2001:db8:cafe::17]"], Some("[2001:db8:cafe::17]:0")),
            (&["[2001:db8:cafe::17]:4711"], Some("[2001:db8:cafe::17]:4711")),
            (&["::ffff:203.0.113.7"], Some("203.0.113.7:0")),
            (&["6.6.6.6, ::ffff:10.0.0.1"], Some("6.6.6.6:0")),
            // Anything else ends the list, since nobody knows who has written the rest.
            (&["unknown"], None),
            (&["203.0.113.7, unknown"], None),
            (&["203.0.113.7, unknown, 10.0.0.1"], Some("10.0.0.1:0")),
            (&["6.6.6.6, localhost, 10.0.0.1"], Some("10.0.0.1:0")),
            (&["6.6.6.6", "_hidden", "10.0.0.1"], Some("10.0.0.1:0")),
            (&["6.6.6.6, 10.0.0.1;10.0.0.2"], None),
            (&["6.6.6.6 10.0.0.1"], None),
            (&["\"203.0.113.7\""], None),
            (&["203.0.113.007"], None),
            (&["203.0.113.7:65536"], None),
            (&["203.0.113.7:"], None),
            (&["203.0.113.7:+1"], None),
            (&["203.0.113"], None),
            (&["203.0.113.7/32"], None),
            (&["fe80::1%eth0"], None),
            (&["[fe80::1%7]:80"], None),
            (&["[::1"], None),
            (&["[::1]80"], None),
            (&["[203.0.113.7]"], None),
            (&["for=203.0.113.7"], None),
            (&["caf\u{e9}"], None),
        ] {
            let found = client_of("X-Forwarded-For", values, &proxies());
            assert_eq!(found.as_deref(), expected, "{values:?}");
        }
    }

    /// RFC 7239 section 4, 6 and 7, and what goes wrong with them.
    #[test]
    fn an_element_says_who_the_client_is_and_what_it_asked_for() {
        let element = |client: &str, scheme, host| Element {
            client: (!client.is_empty()).then(|| address(client).unwrap()),
            scheme,
            host,
        };
        let nothing = Element::default();
        for (values, expected) in [
            (&[][..], nothing.clone()),
            (
                &["for=203.0.113.60;proto=http;by=203.0.113.43"],
                element("203.0.113.60", Some("http"), None),
            ),
            (
                &["For=\"[2001:db8:cafe::17]:4711\""],
                element("[2001:db8:cafe::17]:4711", None, None),
            ),
            (
                &[
                    "for=203.0.113.43, for=198.51.100.17;by=203.0.113.60;proto=http;host=example.com",
                ],
                element("198.51.100.17", Some("http"), Some("example.com")),
            ),
            // Made up by the client.
            (&["for=6.6.6.6;proto=https, for=203.0.113.7"], element("203.0.113.7", None, None)),
            (&["for=\"6.6.6.6, for=203.0.113.7;host=a"], element("203.0.113.7", None, Some("a"))),
            (&["for=6.6.6.6;x=\"", "for=203.0.113.7"], element("203.0.113.7", None, None)),
            (&["for=x\\, for=\"203.0.113.7:80\""], element("203.0.113.7:80", None, None)),
            (
                &["x=\"a\\\", for=6.6.6.6;x=\"", "for=203.0.113.7, for=\"10.0.0.1\""],
                element("203.0.113.7", None, None),
            ),
            // Through several proxies: the element about the client counts.
            (
                &["for=203.0.113.7;proto=https;host=\"a.example:8443\"", "for=10.0.0.2;proto=http"],
                element("203.0.113.7", Some("https"), Some("a.example:8443")),
            ),
            (&["for=10.0.0.5;proto=https"], element("10.0.0.5", Some("https"), None)),
            // Commas, semicolons and escapes in quoted strings.
            (
                &["for=6.6.6.6, for=203.0.113.7;ext=\"a, for=5.5.5.5; \\\" ,\";proto=https"],
                element("203.0.113.7", Some("https"), None),
            ),
            // Hidden clients (section 6.3), and no `for` at all.
            (&["for=6.6.6.6, for=unknown;proto=https"], element("", Some("https"), None)),
            (&["for=_hidden;host=a, for=10.0.0.2"], element("10.0.0.2", None, Some("a"))),
            (&["for=6.6.6.6, proto=https;by=10.0.0.1"], element("", Some("https"), None)),
            (&["for=\"203.0.113.7:_port\""], element("203.0.113.7", None, None)),
            (&["for=\"[2001:db8::1]:_p.o-r_t\""], element("2001:db8::1", None, None)),
            (&["for=\"203.0.113.7:_\""], nothing.clone()),
            (&["for=\"203.0.113.7:80:_x\""], nothing.clone()),
            // Without its quotes, as many send it.
            (&["for=[2001:db8::1]:80"], element("[2001:db8::1]:80", None, None)),
            (&["for=203.0.113.7:80"], element("203.0.113.7:80", None, None)),
            // An address of IPv6 without brackets could end in a port.
            (&["for=\"2001:db8::1:80\""], nothing.clone()),
            // White space and empty pairs.
            (&["for=203.0.113.7 ; ;proto=https;"], element("203.0.113.7", Some("https"), None)),
            // Malformed ones end the list.
            (&["for=203.0.113.7, for 10.0.0.1"], nothing.clone()),
            (&["for=203.0.113.7, for=10.0.0.2;for=10.0.0.1"], nothing.clone()),
            (&["for=203.0.113.7, for = 10.0.0.1"], nothing.clone()),
            (&["for=203.0.113.7, for=\"10.0.0.1"], nothing.clone()),
            (&["for=203.0.113.7, for=\"10.0.0.1\"x"], nothing.clone()),
            (&["for=203.0.113.7, for=10.0.0.1@x"], nothing.clone()),
            (&["203.0.113.7"], nothing.clone()),
            (
                &["for=203.0.113.7, =x, for=10.0.0.1;proto=https"],
                element("10.0.0.1", Some("https"), None),
            ),
        ] {
            let fields = fields("Forwarded", values);
            assert_eq!(by_forwarded(fields.headers(), &proxies()), expected, "{values:?}");
        }
    }

    #[test]
    fn only_the_one_list_is_read() {
        let both: Fields = [
            ("X-Forwarded-For", "203.0.113.7"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "a.example"),
            ("Forwarded", "for=198.51.100.4;proto=http;host=b.example"),
        ]
        .into_iter()
        .collect();
        let all = |trusted: &Trusted| {
            let headers = both.headers();
            let address = client(headers, trusted).unwrap().host().to_string();
            (address, is_secured(headers, trusted), host(headers, Some(trusted)))
        };
        assert_eq!(all(&proxies()), ("203.0.113.7".into(), Some(true), Some("a.example")));
        let by_forwarded = proxies().by_forwarded();
        assert_eq!(all(&by_forwarded), ("198.51.100.4".into(), Some(false), Some("b.example")));
        for (name, trusted) in [("Forwarded", proxies()), ("X-Forwarded-For", by_forwarded)] {
            assert_eq!(client_of(name, &["203.0.113.7", "for=203.0.113.7"], &trusted), None);
        }
    }

    #[test]
    fn a_scheme_is_the_rightmost_if_it_is_one() {
        for (values, expected) in [
            (&[][..], None),
            (&["https"], Some(true)),
            (&["HTTPS"], Some(true)),
            (&["wss"], Some(true)),
            (&["http"], Some(false)),
            (&["ws"], Some(false)),
            (&["http, https"], Some(true)),
            (&["https", "http"], Some(false)),
            (&["https", " ,"], Some(true)),
            (&["https, ftp"], None),
            (&["on"], None),
        ] {
            let fields = fields("X-Forwarded-Proto", values);
            assert_eq!(is_secured(fields.headers(), &proxies()), expected, "{values:?}");
        }
    }

    #[test]
    fn a_host_is_the_rightmost_if_it_is_one_or_the_requests_own() {
        for (values, expected) in [
            (&[][..], "own.example"),
            (&["a.example"], "a.example"),
            (&["evil.example, a.example:8080"], "a.example:8080"),
            (&["evil.example", "[2001:db8::1]:80"], "[2001:db8::1]:80"),
            (&["a.example/path"], "own.example"),
            (&["user@a.example"], "own.example"),
            (&["a.example, "], "a.example"),
        ] {
            let mut fields = fields("X-Forwarded-Host", values);
            fields.push("Host", "own.example");
            assert_eq!(host(fields.headers(), Some(&proxies())), Some(expected), "{values:?}");
            assert_eq!(host(fields.headers(), None), Some("own.example"));
        }
        assert_eq!(host(fields("Host", &[""]).headers(), None), None);
        assert_eq!(host(fields("Host", &["a b"]).headers(), None), None);
    }
}
