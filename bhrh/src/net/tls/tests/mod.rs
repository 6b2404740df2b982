//! The transport against rustls' own client, in memory.

mod certificates;
mod protocol;

use std::io::{self, Read, Write};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::client::{ClientConnection, Resumption};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

use super::codec::{Codec, Records};
use super::config::Tls;

/// An authority of our own.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) certificate: CertificateDer<'static>,
}

/// A certificate and its key, in DER.
pub(super) struct Pair {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Authority {
    pub(super) fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Authority { issuer: Issuer::new(params, key), certificate }
    }

    pub(super) fn issue(&self, names: &[&str]) -> Pair {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Pair { certificate, key }
    }

    pub(super) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        roots
    }
}

/// Text in PEM, which rcgen writes only with another crate.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut lines = String::new();
    for (at, three) in der.chunks(3).enumerate() {
        let number = (0..3).fold(0, |n, i| n << 8 | u32::from(*three.get(i).unwrap_or(&0)));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place) & 63) as usize];
            lines.push(if place > three.len() { '=' } else { char::from(digit) });
        }
        if at % 16 == 15 {
            lines.push('\n');
        }
    }
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.trim_end())
}

impl Pair {
    pub(super) fn chain_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    pub(super) fn key_pem(&self) -> String {
        pem("PRIVATE KEY", self.key.secret_der())
    }

    pub(super) fn tls(&self) -> Tls {
        Tls::from_pem(self.chain_pem(), self.key_pem()).unwrap()
    }
}

pub(super) fn client_config(
    roots: RootCertStore,
    version: &'static SupportedProtocolVersion,
    own: Option<Pair>,
) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match own {
        Some(own) => builder.with_client_auth_cert(vec![own.certificate], own.key).unwrap(),
        None => builder.with_no_client_auth(),
    };
    config.resumption = Resumption::in_memory_sessions(8);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// A client and a server, and what goes from one to the other.
pub(super) struct Line {
    pub(super) client: ClientConnection,
    pub(super) server: Codec,
    /// What the server has received.
    pub(super) received: Vec<u8>,
    /// How much goes at a time.
    pub(super) piece: usize,
}

impl Line {
    pub(super) fn new(config: &ClientConfig, name: &str, tls: &Tls, piece: usize) -> Line {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        Line {
            client: ClientConnection::new(Arc::new(config.clone()), name).unwrap(),
            server: Codec::new(tls.orders().for_client(&[])).unwrap(),
            received: Vec::new(),
            piece,
        }
    }

    /// Gives the server bytes, a piece at a time.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(self.piece) {
            let mut input = [self.server.partial(), piece].concat();
            let received = &mut self.received;
            self.server.receive(&mut input, &mut |content| received.extend_from_slice(content))?;
        }
        Ok(())
    }

    pub(super) fn replies(&mut self) -> Vec<u8> {
        let mut records = Records::default();
        self.server.take_replies(&mut records);
        records.bytes().to_vec()
    }

    /// What the client has to say.
    pub(super) fn client_says(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.client.wants_write() {
            self.client.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    pub(super) fn client_hears(&mut self, mut bytes: &[u8]) -> Result<(), rustls::Error> {
        while !bytes.is_empty() {
            self.client.read_tls(&mut bytes).unwrap();
            self.client.process_new_packets()?;
        }
        Ok(())
    }

    /// Lets both talk until neither has anything to say.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        loop {
            let from_client = self.client_says();
            self.feed(&from_client)?;
            let replies = self.replies();
            if from_client.is_empty() && replies.is_empty() {
                return Ok(());
            }
            self.client_hears(&replies).map_err(io::Error::other)?;
        }
    }

    pub(super) fn client_writes(&mut self, bytes: &[u8]) {
        self.client.writer().write_all(bytes).unwrap();
        let records = self.client_says();
        self.feed(&records).unwrap();
    }

    pub(super) fn seal(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut records = Records::default();
        self.server.seal(bytes, &mut records).unwrap();
        records.bytes().to_vec()
    }

    /// What the client has received.
    pub(super) fn client_reads(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // The end of what has come is an error here.
        let _ = self.client.reader().read_to_end(&mut bytes);
        bytes
    }
}
