//! Which cipher suite a connection gets.
//!
//! AES-128-GCM with SHA-256 is the first choice, as in Go and in browsers: both are in processors,
//! which SHA-384 mostly is not. A handshake hashes a lot, so SHA-384 costs it a tenth. A client
//! whose processor has no AES lists ChaCha20 first, and gets its own first choice.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::{CipherSuite as Suite, ServerConfig};

/// The settings of new connections, in two orders of suites.
#[derive(Debug)]
pub(super) struct Orders {
    ours: Arc<ServerConfig>,
    theirs: Arc<ServerConfig>,
}

impl Orders {
    /// `config` is of a provider that is [`in_our_order`].
    pub(super) fn of(config: ServerConfig) -> Orders {
        let (mut ours, mut theirs) = (config.clone(), config);
        ours.ignore_client_order = true;
        theirs.ignore_client_order = false;
        Orders { ours: Arc::new(ours), theirs: Arc::new(theirs) }
    }

    /// What does not depend on the order.
    pub(super) fn any(&self) -> &ServerConfig {
        &self.ours
    }

    /// The settings for a client whose first bytes are these.
    pub(super) fn for_client(&self, hello: &[u8]) -> Arc<ServerConfig> {
        let theirs = first_choice(hello).is_some_and(|suite| rank(suite) == CHACHA20);
        Arc::clone(if theirs { &self.theirs } else { &self.ours })
    }
}

pub(super) fn in_our_order(mut provider: CryptoProvider) -> CryptoProvider {
    provider.cipher_suites.sort_by_key(|suite| rank(suite.suite()));
    provider
}

const CHACHA20: u8 = 2;
const UNKNOWN: u8 = 3;

fn rank(suite: Suite) -> u8 {
    match suite {
        Suite::TLS13_AES_128_GCM_SHA256
        | Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        | Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => 0,
        Suite::TLS13_AES_256_GCM_SHA384
        | Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        | Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => 1,
        Suite::TLS13_CHACHA20_POLY1305_SHA256
        | Suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        | Suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => CHACHA20,
        _ => UNKNOWN,
    }
}

/// The first suite that a ClientHello (RFC 8446 section 4.1.2) lists, of those that are known here.
/// `None`: it has none, or too little of it has come.
fn first_choice(hello: &[u8]) -> Option<Suite> {
    // The headers of the record and of the message, the version, the random.
    const SESSION_ID: usize = 5 + 4 + 2 + 32;
    const HANDSHAKE: u8 = 22;
    const CLIENT_HELLO: u8 = 1;
    if *hello.first()? != HANDSHAKE || *hello.get(5)? != CLIENT_HELLO {
        return None;
    }
    let rest = hello.get(SESSION_ID + 1 + usize::from(*hello.get(SESSION_ID)?)..)?;
    let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
    let suites = rest.get(2..)?.chunks_exact(2).take(length / 2);
    let mut suites = suites.map(|two| Suite::from(u16::from_be_bytes([two[0], two[1]])));
    suites.find(|suite| rank(*suite) < UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(session_id: &[u8], suites: &[u16]) -> Vec<u8> {
        let mut hello = vec![22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
        hello.extend([7; 32]);
        hello.push(session_id.len() as u8);
        hello.extend(session_id);
        hello.extend((2 * suites.len() as u16).to_be_bytes());
        hello.extend(suites.iter().flat_map(|suite| suite.to_be_bytes()));
        // The compression methods. What follows is not looked at, and could be a suite.
        hello.extend([1, 0, 0x13, 0x03]);
        hello
    }

    #[test]
    fn the_first_known_suite_is_the_clients_choice() {
        const GREASE: u16 = 0x1a1a;
        let choice = |suites: &[u16]| first_choice(&hello(&[9; 32], suites));
        assert_eq!(choice(&[0x1303, 0x1301]), Some(Suite::TLS13_CHACHA20_POLY1305_SHA256));
        assert_eq!(choice(&[GREASE, 0x1303]), Some(Suite::TLS13_CHACHA20_POLY1305_SHA256));
        assert_eq!(choice(&[0x1302, 0x1303]), Some(Suite::TLS13_AES_256_GCM_SHA384));
        assert_eq!(choice(&[GREASE]), None);
        assert_eq!(choice(&[]), None);
        assert_eq!(first_choice(&hello(&[], &[0x1301])), Some(Suite::TLS13_AES_128_GCM_SHA256));
    }

    #[test]
    fn what_is_not_a_whole_list_is_no_choice() {
        let whole = hello(&[9; 32], &[0x1303]);
        // Up to the last byte of the suite.
        let least = whole.len() - 4;
        for end in 0..least {
            assert_eq!(first_choice(&whole[..end]), None, "{end}");
        }
        assert!(first_choice(&whole[..least]).is_some());
        assert_eq!(
            first_choice(b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: abcdefgh\r\n\r\n"),
            None
        );
        assert_eq!(first_choice(&[255; 600]), None);
    }
}
