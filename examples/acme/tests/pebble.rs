//! The program, and Let's Encrypt's test authority `pebble`: a certificate after a real challenge,
//! HTTPS with it, and a renewal while clients come all the time.
//!
//! `cargo test -p acme --features pebble`; needs Debian's package `pebble`, which has
//! `pebble-challtestsrv` as well.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const NAME: &str = "app.example.test";

/// How long a certificate of the test's authority is good, in seconds.
const LIFE: u32 = 15;

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_certificate_is_obtained_served_and_renewed_while_clients_come() {
    let place = tempfile::tempdir().expect("a folder");
    let authority = Authority::start(place.path());
    let https = free();
    let mut site = Site::start(place.path(), &authority, https);
    site.wait_for("serving at https");
    let roots = authority.root();
    let log = site.log_so_far();
    assert!(log.contains("\"GET /.well-known/acme-challenge/"), "no challenge: {log}");

    // Verified by the authority's root, in a handshake as any client's.
    let mut kept = Client::connect(https, &roots);
    let first = kept.certificate();
    kept.get_hello();

    let began = Instant::now();
    let (mut requests, mut renewed) = (0, None);
    while renewed.is_none() {
        assert!(began.elapsed() < PATIENCE, "no renewal: {}", site.log_so_far());
        let mut new = Client::connect(https, &roots);
        new.get_hello();
        kept.get_hello();
        requests += 2;
        renewed = Some(new.certificate()).filter(|certificate| *certificate != first);
    }
    assert!(requests > 20, "{requests} requests");
    // It was renewed before the old one had expired, and connections outlast it.
    assert!(began.elapsed() < Duration::from_secs(LIFE.into()), "{:?}", began.elapsed());
    kept.get_hello();

    let known = ask(authority.http, "/.well-known/acme-challenge/nothing", NAME);
    assert!(known.starts_with("HTTP/1.1 404 "), "{known}");
    let sent_on = ask(authority.http, "/a?b=c", NAME);
    assert!(sent_on.starts_with("HTTP/1.1 308 "), "{sent_on}");
    assert!(sent_on.contains(&format!("\r\nLocation: https://{NAME}:{}/a?b=c\r\n", https.port())));
    let strange = ask(authority.http, "/a", "evil.example");
    assert!(strange.starts_with("HTTP/1.1 404 "), "{strange}");

    // The next run uses what this one got.
    drop(kept);
    drop(site);
    let mut site = Site::start(place.path(), &authority, https);
    site.wait_for("serving at https");
    assert!(!site.log_so_far().contains("acme-challenge"), "{}", site.log_so_far());
    let mut again = Client::connect(https, &roots);
    again.get_hello();
    assert_eq!(Some(again.certificate()), renewed);
}

/// A name that leads elsewhere: the authority's complaint is what the program ends with.
#[test]
fn a_challenge_that_nobody_answers_ends_the_program() {
    let place = tempfile::tempdir().expect("a folder");
    let authority = Authority::start(place.path());
    let elsewhere = free();
    let mut command = Site::command(place.path(), &authority, free());
    command.args(["--http", &elsewhere.to_string()]);
    let output = command.output().expect("the program runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("error: ") && log.contains(NAME), "{log}");
}

/// `pebble`, and a name server by which every name is this machine.
struct Authority {
    _pebble: Program,
    _names: Program,
    directory: String,
    management: SocketAddr,
    /// Where it looks for answers to challenges.
    http: SocketAddr,
    certificate: Vec<u8>,
}

impl Authority {
    fn start(place: &Path) -> Authority {
        let (api, management, http, dns) = (free(), free(), free(), free());
        let own =
            rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let (chain, key) = (place.join("authority.pem"), place.join("authority.key"));
        fs::write(&chain, own.cert.pem()).expect("a file");
        fs::write(&key, own.signing_key.serialize_pem()).expect("a file");
        let configuration = serde_json::json!({ "pebble": {
            "listenAddress": api.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": chain,
            "privateKey": key,
            "httpPort": http.port(),
            "tlsPort": 1,
            "certificateValidityPeriod": LIFE,
        }});
        let file = place.join("pebble.json");
        fs::write(&file, configuration.to_string()).expect("a file");
        let mut names = Command::new("pebble-challtestsrv");
        names.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", &dns.to_string()]);
        names.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-management", ""]);
        let mut pebble = Command::new("pebble");
        pebble.arg("-config").arg(&file).args(["-dnsserver", &dns.to_string(), "-strict"]);
        // Each order is proven anew, without pauses.
        pebble.env("PEBBLE_VA_ALWAYS_VALID", "0").env("PEBBLE_VA_NOSLEEP", "1");
        pebble.env("PEBBLE_AUTHZREUSE", "0");
        let (_names, _pebble) = (Program::start(&mut names), Program::start(&mut pebble));
        await_listener(api);
        await_listener(management);
        let certificate = own.cert.pem().into_bytes();
        let directory = format!("https://{api}/dir");
        Authority { _pebble, _names, directory, management, http, certificate }
    }

    /// The root that its certificates lead to, which it makes at each start.
    fn root(&self) -> Arc<ClientConfig> {
        let own = Certificate::from_pem(&self.certificate).expect("its certificate");
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[own])).build();
        let agent = ureq::Agent::config_builder().tls_config(tls).build().new_agent();
        let url = format!("https://{}/roots/0", self.management);
        let pem = agent.get(&url).call().expect("an answer").body_mut().read_to_vec();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(&pem.expect("a root")).expect("a root"))
            .expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        // Each connection sees the certificate.
        config.resumption = rustls::client::Resumption::disabled();
        Arc::new(config)
    }
}

/// The program of this package.
struct Site {
    _program: Program,
    lines: Receiver<String>,
    log: String,
}

impl Site {
    fn command(place: &Path, authority: &Authority, https: SocketAddr) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acme"));
        command.args(["--domain", NAME, "--agree-tos", "--email", "admin@example.test"]);
        command.args(["--directory", &authority.directory, "--https", &https.to_string()]);
        command.arg("--authority-root").arg(place.join("authority.pem"));
        command.arg("--state").arg(place.join("state"));
        command
    }

    fn start(place: &Path, authority: &Authority, https: SocketAddr) -> Site {
        let mut command = Site::command(place, authority, https);
        command.args(["--http", &authority.http.to_string()]).stderr(Stdio::piped());
        let mut program = Program(command.spawn().expect("the program"));
        let stderr = program.0.stderr.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // The test may be over.
                let _ = sender.send(line);
            }
        });
        Site { _program: program, lines, log: String::new() }
    }

    fn wait_for(&mut self, words: &str) {
        while !self.log.contains(words) {
            let line = self.lines.recv_timeout(PATIENCE);
            self.log += &line.unwrap_or_else(|_| panic!("no {words:?} in {}", self.log));
            self.log.push('\n');
        }
    }

    fn log_so_far(&mut self) -> String {
        self.log.extend(self.lines.try_iter().map(|line| line + "\n"));
        self.log.clone()
    }
}

/// A connection of a client that trusts the authority.
struct Client(StreamOwned<ClientConnection, TcpStream>);

impl Client {
    fn connect(to: SocketAddr, config: &Arc<ClientConfig>) -> Client {
        let name = ServerName::try_from(NAME).expect("a name");
        let tls = ClientConnection::new(Arc::clone(config), name).expect("a client");
        let socket = TcpStream::connect(to).expect("a connection");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        Client(StreamOwned::new(tls, socket))
    }

    fn get_hello(&mut self) {
        write!(self.0, "GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n").expect("a request");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nhello\n") {
            let mut piece = [0; 1024];
            let count = self.0.read(&mut piece).expect("an answer");
            assert!(count > 0, "cut: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&piece[..count]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
    }

    /// The certificate that the server has shown.
    fn certificate(&mut self) -> Vec<u8> {
        while self.0.conn.is_handshaking() {
            self.0.conn.complete_io(&mut self.0.sock).expect("a handshake");
        }
        self.0.conn.peer_certificates().expect("a chain")[0].to_vec()
    }
}

/// The answer of the port without encryption.
fn ask(at: SocketAddr, path: &str, host: &str) -> String {
    let mut socket = TcpStream::connect(at).expect("a connection");
    write!(socket, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    answer
}

/// A child process, ended with the test.
struct Program(Child);

impl Program {
    fn start(command: &mut Command) -> Program {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Program(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A place where nobody listens at the moment.
fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("its address")
}

fn await_listener(at: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(at).is_err() {
        assert!(began.elapsed() < PATIENCE, "nobody listens at {at}");
        thread::sleep(Duration::from_millis(20));
    }
}
