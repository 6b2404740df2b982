//! Which certificate a client gets: by the name that it asks for, and by what it can verify.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

thread_local! {
    /// The name that the client has asked for whose greeting this thread is reading. rustls'
    /// unbuffered connection does not tell it, but asks for a certificate while it reads.
    static SERVER_NAME: Cell<Option<Box<str>>> = const { Cell::new(None) };
}

/// The name that the last greeting on this thread has asked for. It is told once.
pub(super) fn take_server_name() -> Option<Box<str>> {
    SERVER_NAME.take()
}

/// All certificates of an endpoint.
#[derive(Debug)]
pub(super) struct Choice {
    all: Vec<Arc<CertifiedKey>>,
    /// By name, in lower case; `*.` at the beginning stands for one label. Several certificates of
    /// one name differ in what clients can verify: one with an ECDSA key and one with an RSA key.
    by_name: HashMap<String, Vec<usize>>,
}

impl Choice {
    /// The first certificate is for clients that name no host, or an unknown one.
    pub(super) fn new(certificates: Vec<(Arc<CertifiedKey>, Vec<String>)>) -> Choice {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut all = Vec::with_capacity(certificates.len());
        for (at, (key, names)) in certificates.into_iter().enumerate() {
            all.push(key);
            for name in names {
                let places = by_name.entry(name.to_ascii_lowercase()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        Choice { all, by_name }
    }

    /// The certificates for a name, the best first.
    fn candidates(&self, name: Option<&str>) -> &[usize] {
        let Some(name) = name else { return &[] };
        if let Some(exact) = self.by_name.get(name) {
            return exact;
        }
        let wildcard = name.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        wildcard.and_then(|name| self.by_name.get(&name)).map_or(&[], Vec::as_slice)
    }

    /// The first certificate for this name whose key suits the client. If none does, the first of
    /// all.
    fn choose(
        &self,
        name: Option<&str>,
        suits: impl Fn(&CertifiedKey) -> bool,
    ) -> Option<&Arc<CertifiedKey>> {
        let named = self.candidates(name).iter().filter_map(|at| self.all.get(*at));
        let any = self.all.iter();
        named.chain(any).find(|key| suits(key)).or(self.all.first())
    }
}

impl ResolvesServerCert for Choice {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_ascii_lowercase);
        let schemes = hello.signature_schemes();
        let chosen =
            self.choose(name.as_deref(), |key| key.key.choose_scheme(schemes).is_some()).cloned();
        SERVER_NAME.set(name.map(String::into_boxed_str));
        chosen
    }
}
