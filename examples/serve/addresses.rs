//! Where the server can be reached: said on the terminal, as a QR code, and to the browser.

use std::io::{self, IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// The URLs of a server. One that listens on all addresses has one for each address that other
/// machines may know, and that of this machine is the last.
pub(crate) fn urls(scheme: &str, address: SocketAddr) -> Vec<String> {
    let url = |ip: IpAddr| format!("{scheme}://{}/", SocketAddr::new(ip, address.port()));
    if !address.ip().is_unspecified() {
        return vec![url(address.ip())];
    }
    let mut ips: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| address.is_ipv6() || ip.is_ipv4())
        // A link-local address needs a zone, which no URL has.
        .filter(|ip| !matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local()))
        .collect();
    ips.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6(), *ip));
    ips.into_iter().map(url).collect()
}

/// What `--qr` and an address like 0.0.0.0 add to the ready line. (If stdout fails, serving is more
/// important.)
pub(crate) fn announce(urls: &[String], qr: bool) {
    let mut stdout = io::stdout().lock();
    if urls.len() > 1 {
        for url in urls {
            let _ = writeln!(stdout, "  {url}");
        }
    }
    if let Some(code) = urls.first().filter(|_| qr).and_then(|url| QrCode::new(url).ok()) {
        let picture = code.render::<Dense1x2>().build();
        // Black on white, whatever the terminal's colours are. A phone takes nothing else.
        let (on, off) = if stdout.is_terminal() { ("\x1b[30;107m", "\x1b[0m") } else { ("", "") };
        let _ = writeln!(stdout);
        for line in picture.lines() {
            let _ = writeln!(stdout, "{on}{line}{off}");
        }
    }
    let _ = stdout.flush();
}

/// Opens the URL in the browser, which the system may not have.
pub(crate) fn open(url: &str) {
    if let Err(error) = open::that_detached(url) {
        let _ = writeln!(io::stderr(), "cannot open {url}: {error}");
    }
}
