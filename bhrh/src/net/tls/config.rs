//! What a server needs to speak TLS: certificates, and what is asked of clients.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::ring;
use rustls::server::{NoServerSessionStorage, ProducesTickets, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig, version};

use super::certificate::{self, Certificate, CertificateInfo, Secret, Source, invalid};
use super::choice::Choice;
use super::suites::{self, Orders};

/// Certificates, and what is asked of clients: what [`HttpServer::tls`](crate::HttpServer::tls)
/// takes.
///
/// ```no_run
/// use bhrh::{HttpServer, Tls};
///
/// # fn main() -> std::io::Result<()> {
/// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
/// let tls = Tls::from_files("cert.pem", "key.pem")?;
/// HttpServer::bind("0.0.0.0:8443")?.tls(tls).serve_forever(app)
/// # }
/// ```
///
/// Clients get TLS 1.3 (RFC 8446), or TLS 1.2 (RFC 5246) if they do not know 1.3. Clients that come
/// again resume their session with a ticket, without early data (0-RTT), which an attacker could
/// send twice. The cipher suite is AES-128-GCM where the client has it, or ChaCha20-Poly1305 if the
/// client lists that first, as clients without AES in their processor do. The only protocol inside
/// is `http/1.1` (ALPN, RFC 7301): a client that offers only others is refused by an alert.
///
/// A clone is the same one: after [`reload`](Tls::reload), all servers that have it use the new
/// certificates for new connections.
///
/// Feature `tls`, which needs a C compiler.
#[derive(Clone)]
pub struct Tls {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    /// Made anew by each reload.
    current: RwLock<Current>,
    /// What the files looked like when they were last read.
    seen: Mutex<Vec<Option<Look>>>,
}

#[derive(Debug, Clone)]
struct Settings {
    sources: Vec<Source>,
    clients: Option<Clients>,
    tls12: bool,
    reload_every: Option<Duration>,
}

/// Which client certificates are asked for.
#[derive(Debug, Clone)]
struct Clients {
    authorities: PathBuf,
    required: bool,
}

struct Current {
    orders: Arc<Orders>,
    certificates: Vec<Certificate>,
    authorities: Option<Arc<RootCertStore>>,
}

/// Enough of a file's state to see that it was written, or that another has taken its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    modified: Option<SystemTime>,
    length: u64,
    place: u64,
}

impl Tls {
    /// Reads a certificate and its private key from PEM files. The first file has the certificate,
    /// and after it those that lead to an authority that clients know (`fullchain.pem`). The key is
    /// ECDSA (P-256 or P-384), Ed25519 or RSA (2048 to 8192 bits), in PKCS #8, SEC 1 or PKCS #1.
    /// Python: `SSLContext.load_cert_chain`.
    ///
    /// # Errors
    ///
    /// If a file cannot be read (the error's kind is the system's), or has no certificate or key
    /// that can be used, if the key is encrypted, or if the two do not belong together
    /// ([`io::ErrorKind::InvalidData`]). The message names the file.
    pub fn from_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> io::Result<Tls> {
        Tls::load(Settings::new(Source::in_files(chain, key)))
    }

    /// The same for PEM in memory. [`reload`](Tls::reload) reads no file for it, and changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// As [`from_files`](Tls::from_files), apart from reading.
    pub fn from_pem(chain: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> io::Result<Tls> {
        let key = Arc::new(Secret(key.into()));
        Tls::load(Settings::new(Source::Pem { chain: chain.into(), key }))
    }

    /// A certificate for development that is made now, for these DNS names and IP addresses. It is
    /// valid for 90 days. No client trusts it unless it is told to: `curl --insecure` does not ask.
    /// [`certificates`](Tls::certificates) has its fingerprint.
    ///
    /// ```
    /// use bhrh::{HttpServer, Tls};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
    /// let tls = Tls::self_signed(&["localhost", "127.0.0.1"])?;
    /// let running = HttpServer::bind("127.0.0.1:0")?.tls(tls).spawn(app)?;
    /// assert!(running.url().starts_with("https://127.0.0.1:"));
    /// # running.shutdown();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Feature `tls-dev`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if a name cannot stand in a certificate.
    #[cfg(feature = "tls-dev")]
    pub fn self_signed(names: &[&str]) -> io::Result<Tls> {
        let (certificate, key) = super::self_signed::make(names)?;
        Tls::load(Settings::new(Source::Der { certificate, key: Arc::new(Secret(key)) }))
    }

    /// Adds a certificate. A client that names a host (Server Name Indication) gets the certificate
    /// for that name, else one for `*.` and the rest of the name, else the first certificate. Two
    /// certificates for one name, with an ECDSA and an RSA key, serve clients that know only one.
    ///
    /// # Errors
    ///
    /// As [`from_files`](Tls::from_files).
    pub fn and_files(self, chain: impl AsRef<Path>, key: impl AsRef<Path>) -> io::Result<Tls> {
        let mut settings = self.shared.settings.clone();
        settings.sources.push(Source::in_files(chain, key));
        Tls::load(settings)
    }

    /// Asks clients for a certificate, and serves clients that have none as well. One that is sent
    /// has to come from the authorities in this PEM file; a client with another one is refused by
    /// an alert. Methods see it in [`Encryption::client_chain`](crate::Encryption::client_chain).
    /// Python: `ssl.CERT_OPTIONAL`.
    ///
    /// ```no_run
    /// use bhrh::{HttpServer, Tls};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let app = bhrh::from_fn(|http| {
    ///     let chain = http.encryption().map(|it| it.client_chain().len());
    ///     http.reply(200, "text/plain", format!("certificates: {}\n", chain.unwrap_or(0)))
    /// });
    /// let tls = Tls::from_files("cert.pem", "key.pem")?.ask_clients("machines.pem")?;
    /// HttpServer::bind("127.0.0.1:8443")?.tls(tls).serve_forever(app)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has no certificate.
    pub fn ask_clients(self, authorities: impl AsRef<Path>) -> io::Result<Tls> {
        self.with_clients(authorities.as_ref(), false)
    }

    /// As [`ask_clients`](Tls::ask_clients), but a client without a certificate is refused, too.
    /// Python: `ssl.CERT_REQUIRED`.
    ///
    /// # Errors
    ///
    /// As [`ask_clients`](Tls::ask_clients).
    pub fn require_clients(self, authorities: impl AsRef<Path>) -> io::Result<Tls> {
        self.with_clients(authorities.as_ref(), true)
    }

    fn with_clients(self, authorities: &Path, required: bool) -> io::Result<Tls> {
        let mut settings = self.shared.settings.clone();
        settings.clients = Some(Clients { authorities: authorities.to_owned(), required });
        Tls::load(settings)
    }

    /// Sets whether clients that do not know TLS 1.3 are served by TLS 1.2. Default: `true`.
    #[must_use]
    pub fn tls12(self, on: bool) -> Tls {
        self.changed(|settings| settings.tls12 = on)
    }

    /// Servers look at the files in this interval, on a thread of their own, and
    /// [`reload`](Tls::reload) when the time, the size or the place of one has changed. What goes
    /// wrong is logged, and the old certificates stay; the next change of a file is the next try.
    /// So the two files of a pair may be written one after the other.
    #[must_use]
    pub fn reload_every(self, interval: Duration) -> Tls {
        self.changed(|settings| settings.reload_every = Some(interval))
    }

    /// The same certificates under settings that differ in no file.
    fn changed(self, change: impl FnOnce(&mut Settings)) -> Tls {
        let mut settings = self.shared.settings.clone();
        change(&mut settings);
        let seen = self.seen().clone();
        let current = self.current();
        let (certificates, authorities) =
            (current.certificates.clone(), current.authorities.clone());
        let assembled = settings.assemble(certificates, authorities, Some(&current));
        // The same parts were accepted when they were read.
        let next = assembled.expect("certificates and authorities that were checked");
        drop(current);
        Tls::of(settings, next, seen)
    }

    /// Reads all files again, for new connections; those that exist go on. Clients whose sessions
    /// began before can resume them, unless the authorities for client certificates have changed.
    ///
    /// # Errors
    ///
    /// As [`from_files`](Tls::from_files). Everything stays as it was then.
    pub fn reload(&self) -> io::Result<()> {
        let mut seen = self.seen();
        // What changes from here on is seen the next time.
        *seen = self.shared.settings.look();
        let next = self.shared.settings.load(Some(&self.current()))?;
        *self.shared.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Reloads if a file looks different from when it was last read. Says whether one did.
    pub(crate) fn reload_if_changed(&self) -> io::Result<bool> {
        if *self.seen() == self.shared.settings.look() {
            return Ok(false);
        }
        self.reload().map(|()| true)
    }

    /// The certificates, in the order in which they were added. Chains and keys are not in it.
    #[must_use]
    pub fn certificates(&self) -> Vec<CertificateInfo> {
        self.current().certificates.iter().map(|certificate| certificate.info.clone()).collect()
    }

    /// How often to look at the files.
    pub(crate) fn interval(&self) -> Option<Duration> {
        self.shared.settings.reload_every
    }

    /// Whether the two are clones of each other.
    pub(crate) fn is_same(&self, other: &Tls) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// What a new connection speaks.
    pub(super) fn orders(&self) -> Arc<Orders> {
        Arc::clone(&self.current().orders)
    }

    fn load(settings: Settings) -> io::Result<Tls> {
        let seen = settings.look();
        let current = settings.load(None)?;
        Ok(Tls::of(settings, current, seen))
    }

    fn of(settings: Settings, current: Current, seen: Vec<Option<Look>>) -> Tls {
        let (current, seen) = (RwLock::new(current), Mutex::new(seen));
        Tls { shared: Arc::new(Shared { settings, current, seen }) }
    }

    fn current(&self) -> impl std::ops::Deref<Target = Current> + '_ {
        self.shared.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Option<Look>>> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settings {
    fn new(source: Source) -> Settings {
        Settings { sources: vec![source], clients: None, tls12: true, reload_every: None }
    }

    /// What the files look like now.
    fn look(&self) -> Vec<Option<Look>> {
        let authorities = self.clients.iter().map(|clients| &*clients.authorities);
        let files = self.sources.iter().flat_map(Source::files).chain(authorities);
        files.map(|file| fs::metadata(file).ok().map(|metadata| Look::of(&metadata))).collect()
    }

    /// Reads everything, and checks it. Tickets that `before` has given are good as long as the
    /// same clients are welcome.
    fn load(&self, before: Option<&Current>) -> io::Result<Current> {
        let provider = ring::default_provider();
        let certificates = self.sources.iter().map(|source| source.load(&provider));
        let authorities = self.clients.iter();
        let mut authorities =
            authorities.map(|clients| certificate::authorities(&clients.authorities));
        self.assemble(
            certificates.collect::<io::Result<_>>()?,
            authorities.next().transpose()?,
            before,
        )
    }

    fn assemble(
        &self,
        certificates: Vec<Certificate>,
        authorities: Option<Arc<RootCertStore>>,
        before: Option<&Current>,
    ) -> io::Result<Current> {
        let provider = Arc::new(suites::in_our_order(ring::default_provider()));
        let versions: &[&rustls::SupportedProtocolVersion] = match self.tls12 {
            true => &[&version::TLS13, &version::TLS12],
            false => &[&version::TLS13],
        };
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(io::Error::other)?;
        let builder = match (&authorities, &self.clients) {
            (Some(roots), Some(clients)) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), provider);
                let verifier = match clients.required {
                    true => verifier,
                    false => verifier.allow_unauthenticated(),
                };
                let verifier = verifier.build().map_err(|error| {
                    invalid(format!("`{}`: {error}", clients.authorities.display()))
                })?;
                builder.with_client_cert_verifier(verifier)
            }
            _ => builder.with_no_client_auth(),
        };
        let choice = certificates
            .iter()
            .map(|certificate| (Arc::clone(&certificate.key), certificate.info.names.clone()));
        let mut config = builder.with_cert_resolver(Arc::new(Choice::new(choice.collect())));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.ticketer = match before {
            Some(before) if has_same_roots(&before.authorities, &authorities) => {
                Arc::clone(&before.orders.any().ticketer)
            }
            _ => tickets()?,
        };
        // A client needs a second one only to open two connections at once later.
        config.send_tls13_tickets = 1;
        Ok(Current { orders: Arc::new(Orders::of(config)), certificates, authorities })
    }
}

fn tickets() -> io::Result<Arc<dyn ProducesTickets>> {
    ring::Ticketer::new().map_err(io::Error::other)
}

/// A ticket stands for a client certificate that was verified once.
fn has_same_roots(one: &Option<Arc<RootCertStore>>, two: &Option<Arc<RootCertStore>>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => one.roots == two.roots,
        (one, two) => one.is_none() && two.is_none(),
    }
}

impl Look {
    fn of(metadata: &fs::Metadata) -> Look {
        #[cfg(unix)]
        let place = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let place = 0;
        Look { modified: metadata.modified().ok(), length: metadata.len(), place }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}
