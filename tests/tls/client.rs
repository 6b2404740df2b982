//! A client that does as it is told, over TLS.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use bhrh::RunningServer;
use rustls::client::ClientConnection;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// How long to wait for anything before it counts as never.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Tls12,
    Tls13,
}

pub(crate) const VERSIONS: [Version; 2] = [Version::Tls12, Version::Tls13];

pub(crate) fn config(
    roots: RootCertStore,
    version: Version,
    own: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
) -> Arc<ClientConfig> {
    config_by(ring::default_provider(), roots, version, own)
}

/// The same for a client that has other suites, or has them in another order.
pub(crate) fn config_by(
    provider: CryptoProvider,
    roots: RootCertStore,
    version: Version,
    own: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
) -> Arc<ClientConfig> {
    let version = match version {
        Version::Tls12 => &rustls::version::TLS12,
        Version::Tls13 => &rustls::version::TLS13,
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots);
    Arc::new(match own {
        Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key).unwrap(),
        None => builder.with_no_client_auth(),
    })
}

pub(crate) struct Client {
    pub(crate) tls: ClientConnection,
    pub(crate) stream: TcpStream,
}

pub(crate) fn address(server: &RunningServer) -> SocketAddr {
    server.local_addr().socket_addr().unwrap()
}

pub(crate) fn connect(server: &RunningServer) -> TcpStream {
    connect_to(address(server))
}

fn connect_to(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

impl Client {
    pub(crate) fn connect(server: &RunningServer, config: &Arc<ClientConfig>) -> Client {
        Client::asking_for("localhost", server, config)
    }

    pub(crate) fn connect_to(address: SocketAddr, config: &Arc<ClientConfig>) -> Client {
        let name = "localhost".try_into().unwrap();
        let tls = ClientConnection::new(Arc::clone(config), name).unwrap();
        Client { tls, stream: connect_to(address) }
    }

    pub(crate) fn asking_for(
        name: &str,
        server: &RunningServer,
        config: &Arc<ClientConfig>,
    ) -> Client {
        let name = name.to_owned().try_into().unwrap();
        let tls = ClientConnection::new(Arc::clone(config), name).unwrap();
        Client { tls, stream: connect(server) }
    }

    pub(crate) fn shake_hands(&mut self) -> io::Result<()> {
        while self.tls.is_handshaking() {
            self.tls.complete_io(&mut self.stream)?;
        }
        Ok(())
    }

    pub(crate) fn send(&mut self, text: impl AsRef<[u8]>) {
        let mut stream = rustls::Stream::new(&mut self.tls, &mut self.stream);
        stream.write_all(text.as_ref()).unwrap();
        stream.flush().unwrap();
    }

    /// What comes until the text is there.
    pub(crate) fn receive_until(&mut self, end: &str) -> String {
        let mut stream = rustls::Stream::new(&mut self.tls, &mut self.stream);
        let mut received = Vec::new();
        let mut byte = [0];
        while !received.ends_with(end.as_bytes()) {
            match stream.read(&mut byte) {
                Ok(1) => received.push(byte[0]),
                other => panic!("{other:?} after {:?}", String::from_utf8_lossy(&received)),
            }
        }
        String::from_utf8(received).unwrap()
    }

    /// The whole rest, and how it ended: `Ok` with the words that all was said.
    pub(crate) fn rest(&mut self) -> (Vec<u8>, io::Result<()>) {
        let mut stream = rustls::Stream::new(&mut self.tls, &mut self.stream);
        let mut received = Vec::new();
        let ended = stream.read_to_end(&mut received).map(|_| ());
        (received, ended)
    }

    pub(crate) fn get(&mut self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        self.response()
    }

    /// A response's head and its content, whose length has to be known.
    pub(crate) fn response(&mut self) -> String {
        let mut response = self.receive_until("\r\n\r\n");
        let lower = response.to_ascii_lowercase();
        let length = lower.split("content-length: ").nth(1).expect("a length");
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        let mut content = vec![0; length];
        let mut stream = rustls::Stream::new(&mut self.tls, &mut self.stream);
        stream.read_exact(&mut content).unwrap();
        response.push_str(&String::from_utf8_lossy(&content));
        response
    }
}
