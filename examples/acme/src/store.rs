//! The files that outlast the program: the account's key, and the certificate with its own.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bhrh::Tls;

/// The files of one authority. Certificates of another one, and the account there, are kept apart:
/// what was tried with staging is not taken for the real thing.
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(crate) fn open(state: &Path, directory: &str) -> io::Result<Store> {
        let place = directory.split_once("://").map_or(directory, |(_, rest)| rest);
        let place = place.replace(|letter: char| !letter.is_alphanumeric() && letter != '.', "-");
        let folder = state.join(place);
        fs::create_dir_all(&folder)?;
        Ok(Store { folder })
    }

    /// The account, as it was kept.
    pub(crate) fn account(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.folder.join("account.json")) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn keep_account(&self, text: &[u8]) -> io::Result<()> {
        self.keep("account.json", text)
    }

    /// Whether there is a certificate for these names that still serves.
    pub(crate) fn has_certificate_for(&self, domains: &[String]) -> bool {
        let kept = self.certificate().map(|tls| tls.certificates());
        kept.is_ok_and(|kept| {
            kept.iter().all(|certificate| {
                let names = &certificate.names;
                let has =
                    |domain: &String| names.iter().any(|name| name.eq_ignore_ascii_case(domain));
                domains.iter().all(has) && certificate.expires > SystemTime::now()
            })
        })
    }

    /// The key and the chain are one file, so there is never one without the other.
    pub(crate) fn certificate(&self) -> io::Result<Tls> {
        let file = self.folder.join("certificate.pem");
        Tls::from_files(&file, &file)
    }

    pub(crate) fn keep_certificate(&self, pem: &str) -> io::Result<()> {
        self.keep("certificate.pem", pem.as_bytes())
    }

    /// The time until a third of the certificate's life is left. It was written when it began.
    pub(crate) fn time_to_renewal(&self, tls: &Tls) -> Duration {
        let written = fs::metadata(self.folder.join("certificate.pem"));
        let written = written.and_then(|metadata| metadata.modified());
        let left = time_left(tls);
        let age = written.ok().and_then(|written| written.elapsed().ok()).unwrap_or_default();
        left.saturating_sub((age + left) / 3)
    }

    /// A tenth of what is left, between a minute and an hour.
    pub(crate) fn time_to_next_attempt(&self, tls: &Tls) -> Duration {
        (time_left(tls) / 10).clamp(Duration::from_secs(60), Duration::from_secs(3600))
    }

    /// Writes a file that only its owner may read, all of it or nothing.
    fn keep(&self, name: &str, text: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(name))?;
        Ok(())
    }
}

fn time_left(tls: &Tls) -> Duration {
    let ends = tls.certificates().into_iter().map(|certificate| certificate.expires).min();
    let left = ends.and_then(|ends| ends.duration_since(SystemTime::now()).ok());
    left.unwrap_or_default()
}
