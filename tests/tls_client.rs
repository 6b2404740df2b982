//! A client's end of an encrypted connection, for [`Stream`](crate::way::Stream): two handles may
//! read and write at once, as with a socket.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use bhrh::{Peer, Tls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConnection, Resumption};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme, SupportedProtocolVersion};

/// The places where a server of this process speaks TLS. A program that a test has started does
/// not.
static ENCRYPTED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that TLS is spoken there.
pub(crate) fn note(place: &Peer) {
    lock(&ENCRYPTED).insert(place.to_string());
}

pub(crate) fn is_spoken_at(place: &Peer) -> bool {
    lock(&ENCRYPTED).contains(&place.to_string())
}

/// A free port on loopback that no other server of a run gets.
///
/// The system gives a port again when its server has gone, maybe to one that speaks no TLS. It
/// takes none from 61000 up unless it is told to.
pub(crate) fn free_address() -> SocketAddr {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 61_000;
    const COUNT: u16 = 4_500;
    // Programs that run at the same time begin at different ports.
    let begin = std::process::id().wrapping_mul(197);
    for _ in 0..COUNT {
        let step = u32::from(TRIED.fetch_add(1, Ordering::Relaxed));
        let offset = begin.wrapping_add(step) % u32::from(COUNT);
        let port = FIRST + u16::try_from(offset).expect("less than COUNT");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("every port from {FIRST} up is taken");
}

/// A certificate for the servers of a run.
pub(crate) fn certificate() -> Tls {
    static CERTIFICATE: LazyLock<Tls> =
        LazyLock::new(|| Tls::self_signed(&["localhost"]).expect("a certificate"));
    CERTIFICATE.clone()
}

/// One connection, for all of its handles.
#[derive(Debug)]
pub(crate) struct Encrypted {
    socket: TcpStream,
    tls: Mutex<ClientConnection>,
    /// What was decrypted and not read.
    plain: Mutex<Vec<u8>>,
    /// Keeps records in order.
    writing: Mutex<()>,
}

impl Encrypted {
    /// Shakes hands. A server that does not want to is seen by the first use.
    pub(crate) fn over(
        socket: TcpStream,
        version: &'static SupportedProtocolVersion,
    ) -> io::Result<Encrypted> {
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(config(version), name).map_err(io::Error::other)?;
        let stream = Encrypted {
            socket,
            tls: Mutex::new(tls),
            plain: Mutex::default(),
            writing: Mutex::default(),
        };
        stream.socket.set_read_timeout(Some(super::way::PATIENCE))?;
        while lock(&stream.tls).is_handshaking() {
            let sent = stream.send_records();
            if sent.is_err() || !matches!(stream.take_in(), Ok(1..)) {
                break;
            }
        }
        // The last message of the handshake.
        let _ = stream.send_records();
        stream.socket.set_read_timeout(None)?;
        Ok(stream)
    }

    pub(crate) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Reads what has come. Says how many bytes; none at the end.
    fn take_in(&self) -> io::Result<usize> {
        let mut bytes = [0; 16 << 10];
        // Another handle may write meanwhile.
        let count = (&self.socket).read(&mut bytes)?;
        let mut tls = lock(&self.tls);
        let mut rest = &bytes[..count];
        loop {
            tls.read_tls(&mut rest)?;
            let understood = tls.process_new_packets();
            understood.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            // Its end is an error, and so is that nothing more has come.
            let _ = tls.reader().read_to_end(&mut lock(&self.plain));
            if rest.is_empty() {
                return Ok(count);
            }
        }
    }

    fn send_records(&self) -> io::Result<()> {
        let _writing = lock(&self.writing);
        let mut records = Vec::new();
        {
            let mut tls = lock(&self.tls);
            while tls.wants_write() {
                tls.write_tls(&mut records)?;
            }
        }
        (&self.socket).write_all(&records)
    }

    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut plain = lock(&self.plain);
            if !plain.is_empty() {
                let count = plain.len().min(buffer.len());
                buffer[..count].copy_from_slice(&plain[..count]);
                plain.drain(..count);
                return Ok(count);
            }
            drop(plain);
            // As of a socket: whether the end was said is not what these tests are about.
            if self.take_in()? == 0 && lock(&self.plain).is_empty() {
                return Ok(0);
            }
        }
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = {
            let mut tls = lock(&self.tls);
            if tls.is_handshaking() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            tls.writer().write(&bytes[..bytes.len().min(16 << 10)])?
        };
        self.send_records()?;
        Ok(count)
    }

    /// Whether there is something to be read by now, the end included.
    pub(crate) fn has_something(&self) -> bool {
        self.socket.set_nonblocking(true).expect("a socket option");
        let mut ended = false;
        while !ended {
            match self.take_in() {
                Ok(count) => ended = count == 0,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => ended = true,
            }
        }
        self.socket.set_nonblocking(false).expect("a socket option");
        ended || !lock(&self.plain).is_empty()
    }

    /// Says that nothing more is sent.
    pub(crate) fn finish(&self) -> io::Result<()> {
        lock(&self.tls).send_close_notify();
        self.send_records()?;
        self.socket.shutdown(std::net::Shutdown::Write)
    }
}

fn config(version: &'static SupportedProtocolVersion) -> Arc<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let trust = Arc::new(TrustAnybody(Arc::clone(&provider)));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .expect("a version of the provider's");
    let mut config =
        builder.dangerous().with_custom_certificate_verifier(trust).with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

/// Certificates are tested in `tests/tls/`.
#[derive(Debug)]
struct TrustAnybody(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
