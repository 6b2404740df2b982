//! Certificates and keys as they stand in files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::x509;

/// A certificate of a [`Tls`](crate::Tls), as [`Tls::certificates`](crate::Tls::certificates) lists
/// them.
///
/// Feature `tls`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateInfo {
    /// The DNS names and IP addresses that it is for. `*` stands for one label.
    pub names: Vec<String>,
    /// When it expires.
    pub expires: SystemTime,
    /// Its SHA-256 fingerprint, as `openssl x509 -fingerprint -sha256` and browsers show it:
    /// `AB:CD:…`.
    pub fingerprint: String,
    /// The file that it was read from.
    pub file: Option<PathBuf>,
}

/// Where a certificate's chain and its key are.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Files {
        chain: PathBuf,
        key: PathBuf,
    },
    Pem {
        chain: Vec<u8>,
        key: Arc<Secret>,
    },
    /// One certificate and its key in PKCS #8, in DER.
    #[cfg(feature = "tls-dev")]
    Der {
        certificate: Vec<u8>,
        key: Arc<Secret>,
    },
}

/// A key that is not shown.
pub(super) struct Secret(pub(super) Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a private key)")
    }
}

/// A certificate that can be served.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) info: CertificateInfo,
}

impl Source {
    /// Reads the chain and the key, and checks that they belong together.
    pub(super) fn load(&self, provider: &CryptoProvider) -> io::Result<Certificate> {
        match self {
            Source::Pem { chain, key } => {
                let names = Names { chain: "the chain", key: "the key" };
                let (chain, key) = names.parse(chain, &key.0)?;
                names.pair(chain, key, None, provider)
            }
            Source::Files { chain, key } => {
                let (chain_name, key_name) = (quoted(chain), quoted(key));
                let names = Names { chain: &chain_name, key: &key_name };
                let file = Some(chain.clone());
                let (chain, key) = names.parse(&read(chain)?, &read(key)?)?;
                names.pair(chain, key, file, provider)
            }
            #[cfg(feature = "tls-dev")]
            Source::Der { certificate, key } => {
                let chain = vec![CertificateDer::from(certificate.clone())];
                let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.0.clone()).into();
                Names { chain: "the certificate", key: "the key" }.pair(chain, key, None, provider)
            }
        }
    }

    /// Files in PEM.
    pub(super) fn in_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Source {
        Source::Files { chain: chain.as_ref().to_owned(), key: key.as_ref().to_owned() }
    }

    /// The files that it is read from.
    pub(super) fn files(&self) -> Vec<&Path> {
        match self {
            Source::Files { chain, key } => vec![chain, key],
            _ => Vec::new(),
        }
    }
}

/// What errors call the two parts of a pair.
struct Names<'a> {
    chain: &'a str,
    key: &'a str,
}

impl Names<'_> {
    fn parse(
        &self,
        chain: &[u8],
        key: &[u8],
    ) -> io::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        Ok((certificates(chain, self.chain)?, private_key(key, self.key)?))
    }

    /// Makes a pair of the two, if they belong together.
    fn pair(
        &self,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        file: Option<PathBuf>,
        provider: &CryptoProvider,
    ) -> io::Result<Certificate> {
        let (chain_name, key_name) = (self.chain, self.key);
        let first = chain.first();
        let Some((first, facts)) = first.and_then(|first| Some((first, x509::read(first)?))) else {
            return Err(invalid(format!("{chain_name}: not a certificate")));
        };
        let fingerprint = fingerprint(first, provider);
        let key = provider.key_provider.load_private_key(key).map_err(|error| {
            let kinds = "ECDSA (P-256 or P-384), Ed25519 and RSA (2048 to 8192 bits)";
            invalid(format!("{key_name}: {error}; keys that can be used are {kinds}"))
        })?;
        let key = CertifiedKey::new(chain, key);
        if key.keys_match().is_err() {
            return Err(invalid(format!(
                "the key in {key_name} does not belong to the first certificate in {chain_name}"
            )));
        }
        let (names, expires) = (facts.names, facts.expires);
        let info = CertificateInfo { names, expires, fingerprint, file };
        Ok(Certificate { key: Arc::new(key), info })
    }
}

fn quoted(file: &Path) -> String {
    format!("`{}`", file.display())
}

/// The authorities whose clients are welcome.
pub(super) fn authorities(file: &Path) -> io::Result<Arc<RootCertStore>> {
    let name = quoted(file);
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&read(file)?, &name)? {
        roots.add(certificate).map_err(|error| invalid(format!("{name}: {error}")))?;
    }
    Ok(Arc::new(roots))
}

fn certificates(pem: &[u8], name: &str) -> io::Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if found.is_empty() => {
            let what = "there is no certificate in it (`-----BEGIN CERTIFICATE-----`)";
            Err(invalid(format!("{name}: {what}")))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(invalid(format!("{name}: {error}"))),
    }
}

fn private_key(pem: &[u8], name: &str) -> io::Result<PrivateKeyDer<'static>> {
    match PrivateKeyDer::from_pem_slice(pem) {
        Ok(key) => Ok(key),
        Err(_) if is_encrypted(pem) => Err(invalid(format!(
            "{name}: the key is encrypted; `openssl pkey -in KEY -out PLAIN` decrypts it"
        ))),
        Err(pem::Error::NoItemsFound) => {
            Err(invalid(format!("{name}: there is no private key in it")))
        }
        Err(error) => Err(invalid(format!("{name}: {error}"))),
    }
}

/// Whether there is a key that a password protects, in the form of PKCS #8 or in OpenSSL's old one.
fn is_encrypted(pem: &[u8]) -> bool {
    let has = |words: &[u8]| pem.windows(words.len()).any(|part| part == words);
    has(b"BEGIN ENCRYPTED PRIVATE KEY") || has(b"Proc-Type: 4,ENCRYPTED")
}

fn fingerprint(certificate: &[u8], provider: &CryptoProvider) -> String {
    let hash = provider.cipher_suites.iter().find_map(|suite| {
        let suite = suite.tls13()?;
        let hash = suite.common.hash_provider;
        (hash.algorithm() == rustls::crypto::hash::HashAlgorithm::SHA256).then_some(hash)
    });
    let hash = hash.map(|hash| hash.hash(certificate));
    let bytes = hash.as_ref().map(AsRef::as_ref).unwrap_or_default();
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    fs::read(file).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot read {}: {error}", quoted(file)))
    })
}

pub(super) fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
