//! HTTPS: the certificate that the command line asks for, and a key that a password protects.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bhrh::Tls;
use pkcs8::pkcs5::Error as Failure;
use pkcs8::{EncryptedPrivateKeyInfo, LineEnding, SecretDocument};

/// The options about HTTPS, as they were given.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) chain: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) password: Option<PathBuf>,
    pub(crate) self_signed: bool,
}

/// Where the certificate comes from.
#[derive(Debug)]
pub(crate) enum Certificate {
    Files { chain: PathBuf, key: PathBuf, password: Option<PathBuf> },
    SelfSigned,
}

impl Wishes {
    /// Says which options do not go together, in Python's words where Python has the options.
    pub(crate) fn certificate(self) -> Result<Option<Certificate>, &'static str> {
        match (self.chain, self.key, self.password, self.self_signed) {
            (None, Some(_), _, _) => Err("--tls-key requires --tls-cert to be set"),
            (None, None, Some(_), _) => Err("--tls-password-file requires --tls-cert to be set"),
            (Some(_), _, _, true) => Err("give --tls-cert or --tls-self-signed, not both"),
            (None, None, None, true) => Ok(Some(Certificate::SelfSigned)),
            (None, None, None, false) => Ok(None),
            (Some(chain), key, password, false) => {
                let key = key.unwrap_or_else(|| chain.clone());
                Ok(Some(Certificate::Files { chain, key, password }))
            }
        }
    }
}

impl Certificate {
    /// Reads the files, or makes a certificate for this host and for this machine's own names.
    pub(crate) fn load(self, host: &str) -> io::Result<Tls> {
        match self {
            Certificate::SelfSigned => self_signed(host),
            Certificate::Files { chain, key, password } => read(&chain, &key, password.as_deref()),
        }
    }
}

fn self_signed(host: &str) -> io::Result<Tls> {
    let mut names = vec!["localhost", "127.0.0.1", "::1"];
    // The two addresses stand for all that the machine has; no client names them.
    if !names.contains(&host) && !["", "0.0.0.0", "::"].contains(&host) {
        names.push(host);
    }
    let tls = Tls::self_signed(&names)?;
    for certificate in tls.certificates() {
        // A browser shows it beside its warning. If stderr fails, serving is more important.
        let _ = writeln!(io::stderr(), "SHA-256 fingerprint {}", certificate.fingerprint);
    }
    Ok(tls)
}

fn read(chain: &Path, key: &Path, password: Option<&Path>) -> io::Result<Tls> {
    let text = fs::read(key).map_err(|error| about(key, error))?;
    let text = String::from_utf8_lossy(&text);
    // As in Python, the password of a key that is not encrypted is not used.
    let Some(encrypted) = encrypted_part(&text) else { return Tls::from_files(chain, key) };
    let Some(password) = password else {
        let message = "the key is encrypted; --tls-password-file names the file with its password";
        return Err(about(key, io::Error::new(io::ErrorKind::InvalidData, message)));
    };
    let password = fs::read_to_string(password).map_err(|error| about(password, error))?;
    let plain = decrypt(encrypted, password.trim()).map_err(|error| about(key, error))?;
    let certificates = fs::read(chain).map_err(|error| about(chain, error))?;
    let both = |error| io::Error::other(format!("{}, {}: {error}", chain.display(), key.display()));
    Tls::from_pem(certificates, plain.as_bytes()).map_err(both)
}

/// The key among other things in a PEM file.
fn encrypted_part(text: &str) -> Option<&str> {
    const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";
    let (start, _) = text.match_indices("-----BEGIN ENCRYPTED PRIVATE KEY-----").next()?;
    let length = text[start..].find(END)? + END.len();
    Some(&text[start..start + length])
}

/// PKCS #8 with PBES2 (RFC 8018), in and out in PEM.
fn decrypt(key: &str, password: &str) -> io::Result<impl std::ops::Deref<Target = String>> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let unreadable = |error| invalid(format!("the encrypted key cannot be read: {error}"));
    let (_, document) = SecretDocument::from_pem(key).map_err(|error| unreadable(error.into()))?;
    let key = EncryptedPrivateKeyInfo::try_from(document.as_bytes())
        .map_err(|error: pkcs8::Error| unreadable(error))?;
    let plain = key.decrypt(password).map_err(|error| match error {
        // What the library says of a wrong password is that the encryption has failed.
        pkcs8::Error::EncryptedPrivateKey(Failure::DecryptFailed | Failure::EncryptFailed) => {
            invalid("the password does not fit the key".to_owned())
        }
        _ => invalid("the cipher of the encrypted key is unknown".to_owned()),
    })?;
    plain.to_pem("PRIVATE KEY", LineEnding::LF).map_err(|error| unreadable(error.into()))
}

fn about(file: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", file.display()))
}
