//! A certificate for development, made when it is asked for.

use std::io;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};

/// For how long it is valid.
const VALID: Duration = Duration::from_secs(90 * 86_400);

/// How far the clocks of clients may be behind.
const SLACK: Duration = Duration::from_secs(86_400);

/// Makes a certificate for these names. Returns it and its key, in DER.
pub(super) fn make(names: &[&str]) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let wrong = |error: rcgen::Error| {
        let message = format!("no certificate can be made for {names:?}: {error}");
        io::Error::new(io::ErrorKind::InvalidInput, message)
    };
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).map_err(wrong)?;
    let now = SystemTime::now();
    params.not_before = (now - SLACK).into();
    params.not_after = (now + VALID).into();
    params.distinguished_name.push(DnType::CommonName, "bhrh, for development");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(wrong)?;
    let certificate = params.self_signed(&key).map_err(wrong)?;
    Ok((certificate.der().to_vec(), key.serialize_der()))
}
