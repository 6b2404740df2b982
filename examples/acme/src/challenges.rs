//! The port without encryption: it answers the authority's challenges (`http-01`, RFC 8555 section
//! 8.3), and sends everybody else to HTTPS.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bhrh::{Exchange, http_handler};

/// The challenges that are open: a token, and what proves that it reached us.
#[derive(Debug, Clone, Default)]
pub(crate) struct Challenges {
    open: Arc<Mutex<HashMap<String, String>>>,
}

impl Challenges {
    pub(crate) fn open(&self, token: &str, proof: &str) {
        self.lock().insert(token.to_owned(), proof.to_owned());
    }

    pub(crate) fn close_all(&self) {
        self.lock().clear();
    }

    fn proof(&self, token: &str) -> Option<String> {
        self.lock().get(token).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handler of port 80.
pub(crate) struct PlainPort {
    pub(crate) challenges: Challenges,
    pub(crate) domains: Vec<String>,
    pub(crate) https_port: u16,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl PlainPort {
    #[route("GET /.well-known/acme-challenge/{token}")]
    fn challenge(&self, http: &mut Exchange, token: &str) -> io::Result<()> {
        match self.challenges.proof(token) {
            Some(proof) => http.reply(200, "application/octet-stream", proof),
            None => http.send_error(404),
        }
    }

    #[route("GET /{...}")]
    fn elsewhere(&self, http: &mut Exchange) -> io::Result<()> {
        // A client can write any host, and a link to a host that is not ours would help to deceive.
        let host = http.host().map(|host| host.split(':').next().unwrap_or(host));
        let ours = self
            .domains
            .iter()
            .find(|ours| host.is_some_and(|host| ours.eq_ignore_ascii_case(host)));
        match (ours, self.https_port) {
            (None, _) => http.send_error(404),
            (Some(host), 443) => http.redirect(308, &format!("https://{host}{}", http.path)),
            (Some(host), port) => {
                http.redirect(308, &format!("https://{host}:{port}{}", http.path))
            }
        }
    }
}
