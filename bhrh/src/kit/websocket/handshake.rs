//! The opening handshake of a WebSocket (RFC 6455 section 4.2).

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::frame::Role;
use super::options::{Options, Origins};
use super::socket::WebSocket;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::grammar;
use crate::proto::forwarded;

/// What the handshake has come to.
pub(super) struct Agreed {
    accept: String,
    pub(super) subprotocol: Option<String>,
    pub(super) compression: Option<&'static str>,
}

impl Agreed {
    /// What the answer says. An error page, if it comes to that, must not say it.
    pub(super) fn fields(&self) -> Vec<(&'static str, &str)> {
        let accept = Some(("Sec-WebSocket-Accept", &*self.accept));
        let protocol = self.subprotocol.as_deref().map(|name| ("Sec-WebSocket-Protocol", name));
        let extensions = self.compression.map(|agreed| ("Sec-WebSocket-Extensions", agreed));
        [accept, protocol, extensions].into_iter().flatten().collect()
    }
}

/// # WebSockets
impl Exchange<'_> {
    /// Opens a WebSocket: answers the client's handshake with 101, after which the connection is
    /// the method's. [`WebSocket`] shows what to do with it.
    ///
    /// Not in Python.
    ///
    /// Feature `websocket`.
    ///
    /// # Errors
    ///
    /// Those that are a client's are answered if the method passes them on: 426 if it does not ask
    /// for a WebSocket of version 13, 400 if its key is missing or there is a body, 403 if the page
    /// that it shows has another host. Otherwise as [`upgrade`](Exchange::upgrade).
    pub fn websocket(&mut self) -> io::Result<WebSocket> {
        self.websocket_with(&Options::new())
    }

    /// The same with options.
    ///
    /// Feature `websocket`.
    ///
    /// # Errors
    ///
    /// As [`websocket`](Exchange::websocket).
    pub fn websocket_with(&mut self, options: &Options) -> io::Result<WebSocket> {
        let agreed = self.agree(options)?;
        let stream = self.switch("websocket", &agreed.fields())?;
        let is_compressed = agreed.compression.is_some();
        WebSocket::new(stream, Role::Server, options, is_compressed, agreed.subprotocol)
    }

    /// Checks what the client wants, and chooses.
    pub(super) fn agree(&mut self, options: &Options) -> io::Result<Agreed> {
        let key = self.check_handshake(options)?;
        let offers = self.headers.get_all("Sec-WebSocket-Protocol");
        let offered: Vec<&str> = offers.flat_map(grammar::list_elements).collect();
        let is_spoken = |name: &&str| options.subprotocols.iter().any(|own| own == name);
        let subprotocol = offered.into_iter().find(is_spoken).map(str::to_owned);
        let compression = self.agree_on_compression(options);
        Ok(Agreed { accept: accept(&key), subprotocol, compression })
    }

    /// Checks what the client wants. Returns its key.
    fn check_handshake(&mut self, options: &Options) -> io::Result<String> {
        if !self.wants_upgrade("websocket") {
            self.add_header("Sec-WebSocket-Version", 13);
            self.add_header("Upgrade", "websocket");
            self.add_header("Connection", "Upgrade");
            return Err(Error::status((426, "Upgrade Required", "Here is a WebSocket")).into());
        }
        // Section 4.4.
        if self.headers.get("Sec-WebSocket-Version") != Some("13") {
            self.add_header("Sec-WebSocket-Version", 13);
            self.add_header("Upgrade", "websocket");
            self.add_header("Connection", "Upgrade");
            let explain = "Only version 13 of the WebSocket protocol is spoken here";
            return Err(Error::status((426, "Upgrade Required", explain)).into());
        }
        let mut keys = self.headers.get_all("Sec-WebSocket-Key");
        let key = match (keys.next(), keys.next()) {
            (Some(key), None) if STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16) => key,
            _ => return Err(Error::status((400, "Bad Sec-WebSocket-Key")).into()),
        };
        if self.command != "GET" {
            self.add_header("Allow", "GET");
            return Err(Error::status((405, "A WebSocket begins with GET")).into());
        }
        // A browser sends one. Of several, each would have to be right.
        if !self.headers.get_all("Origin").all(|origin| self.may_open(options, origin)) {
            let explain = "This WebSocket is not for pages of other hosts";
            return Err(Error::status((403, "Forbidden", explain)).into());
        }
        Ok(key.to_owned())
    }

    /// Whether pages of this origin may open a WebSocket.
    fn may_open(&self, options: &Options, origin: &str) -> bool {
        match &options.origins {
            Origins::Any => true,
            Origins::Own => {
                let host = self.host().unwrap_or_default();
                // Which scheme it was is not compared: a proxy may not have said it.
                origin.split_once("://").is_some_and(|(scheme, own)| {
                    own.eq_ignore_ascii_case(forwarded::without_default_port(host, scheme))
                })
            }
            Origins::Listed(origins) => {
                origins.iter().any(|listed| listed.eq_ignore_ascii_case(origin))
            }
        }
    }

    #[cfg(feature = "websocket-deflate")]
    fn agree_on_compression(&self, options: &Options) -> Option<&'static str> {
        let offers = self.headers.get_all("Sec-WebSocket-Extensions");
        let mut offers = offers.flat_map(grammar::list_elements).filter(|_| options.compression);
        offers.find_map(agreed)
    }

    #[cfg(not(feature = "websocket-deflate"))]
    fn agree_on_compression(&self, _: &Options) -> Option<&'static str> {
        None
    }
}

/// The answer to a client's key (section 4.2.2).
pub(crate) fn accept(key: &str) -> String {
    const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let mut hash = sha1_smol::Sha1::new();
    hash.update(key.as_bytes());
    hash.update(GUID.as_bytes());
    STANDARD.encode(hash.digest().bytes())
}

/// The answer to an offer of `permessage-deflate` that can be accepted with "no context takeover"
/// (RFC 7692 section 7.1). Smaller windows than the largest cannot be promised here. The largest is
/// promised where it is asked for, since an answer without it declines that.
#[cfg(feature = "websocket-deflate")]
fn agreed(offer: &str) -> Option<&'static str> {
    let mut parts = offer.split(';').map(grammar::trim_ows);
    if !parts.next().is_some_and(|name| name.eq_ignore_ascii_case("permessage-deflate")) {
        return None;
    }
    let mut seen = Vec::new();
    let is_acceptable = parts.all(|part| {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(grammar::unquoted(value.trim_start()))),
            None => (part, None),
        };
        let is_first = !seen.contains(&name);
        seen.push(name);
        // Decimal, without leading zeros (sections 7.1.2.1 and 7.1.2.2).
        let decimal =
            |value: &&str| value.bytes().all(|b| b.is_ascii_digit()) && !value.starts_with('0');
        let bits = || value.as_deref().filter(decimal).and_then(|value| value.parse::<u8>().ok());
        is_first
            && match name {
                "server_no_context_takeover" | "client_no_context_takeover" => value.is_none(),
                "server_max_window_bits" => bits() == Some(15),
                "client_max_window_bits" => {
                    value.is_none() || bits().is_some_and(|bits| (8..=15).contains(&bits))
                }
                _ => false,
            }
    });
    is_acceptable.then(|| match seen.contains(&"server_max_window_bits") {
        true => {
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             server_max_window_bits=15"
        }
        false => "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rfcs_key_has_the_rfcs_answer() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[cfg(feature = "websocket-deflate")]
    #[test]
    fn offers_are_accepted_that_can_be_kept() {
        for offer in [
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=10; server_no_context_takeover",
            "Permessage-Deflate;server_max_window_bits=\"15\"; client_no_context_takeover",
        ] {
            assert!(agreed(offer).is_some(), "{offer}");
        }
        for offer in [
            "x-webkit-deflate-frame",
            "permessage-deflate; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; client_max_window_bits=7",
            "permessage-deflate; client_max_window_bits=08",
            "permessage-deflate; client_max_window_bits=010",
            "permessage-deflate; client_max_window_bits=+10",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; server_max_window_bits=+15",
            "permessage-deflate; server_max_window_bits=015",
            "permessage-deflate; client_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; unknown",
            "permessage-deflate; ",
        ] {
            assert!(agreed(offer).is_none(), "{offer}");
        }
    }
}
