//! Which pages may upload: those of this server, by a name that is its own.
//!
//! A browser says in `Origin` which page sends a PUT. A page of another site is refused. So is one
//! whose site has given its own name this server's address (DNS rebinding): to the browser, it is a
//! page of this server.

use std::net::IpAddr;

use bhrh::Exchange;

/// Why a page may not upload; `None` if it may, and for clients that are not browsers.
///
/// `hosts`: the names that the server is known by. Without one, a server that only this machine
/// reaches has no name but `localhost`, and others may have any.
pub(crate) fn refusal(http: &Exchange, hosts: &[String]) -> Option<&'static str> {
    if !http.headers.contains("Origin") {
        return None;
    }
    let host = http.host().unwrap_or_default();
    if !http.headers.get_all("Origin").all(|origin| is_own(origin, host)) {
        return Some("The page is of another site");
    }
    let name = without_port(host);
    let server = http.server.server_address().ip();
    let needs_name = !hosts.is_empty() || server.is_some_and(|ip| ip.to_canonical().is_loopback());
    let is_known = is_address(name) || hosts.iter().any(|known| known.eq_ignore_ascii_case(name));
    (needs_name && !is_known).then_some("The server is not known by this name; see --host-name")
}

/// The scheme is not compared: a proxy in front may encrypt.
fn is_own(origin: &str, host: &str) -> bool {
    let Some((scheme, own)) = origin.split_once("://") else { return false };
    let port = if scheme == "https" { ":443" } else { ":80" };
    own.eq_ignore_ascii_case(host.strip_suffix(port).unwrap_or(host))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a host is an address, or a name that browsers take for this machine's: no site's name
/// leads there.
fn is_address(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ip = name.trim_start_matches('[').trim_end_matches(']');
    ip.parse::<IpAddr>().is_ok() || name == "localhost" || name.ends_with(".localhost")
}
