//! The clients that people have: curl, `openssl s_client`, and Python's `ssl`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bhrh::{HttpServer, RunningServer, Tls};

use super::{Authority, answer};

/// A server with an RSA and an ECDSA certificate, which asks for client certificates.
struct Place {
    folder: tempfile::TempDir,
    server: RunningServer,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("authority");
        let roots = authority.write(folder.path());
        let (chain, key) = authority.issue(&["localhost", "127.0.0.1"]).write(folder.path());
        let other = folder.path().join("other");
        let client = folder.path().join("client");
        fs::create_dir(&other).unwrap();
        fs::create_dir(&client).unwrap();
        let (other_chain, other_key) = authority.issue(&["*.example.org"]).write(&other);
        authority.issue(&["client"]).write(&client);
        let tls = Tls::from_files(chain, key).unwrap();
        let tls = tls.and_files(other_chain, other_key).unwrap().ask_clients(roots).unwrap();
        let server = HttpServer::bind("127.0.0.1:0").unwrap().tls(tls);
        Place { folder, server: server.spawn(bhrh::from_fn(answer)).unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn curl(&self, arguments: &[&str], path: &str) -> String {
        let port = self.server.local_addr().port().unwrap();
        let url = format!("https://localhost:{port}{path}");
        let resolve = format!("localhost:{port}:127.0.0.1");
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "20", "--resolve", &resolve])
            .arg("--cacert")
            .arg(self.file("authority.pem"))
            .args(arguments)
            .arg(url)
            .output()
            .expect("curl");
        let (out, err) = (output.stdout, output.stderr);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&err));
        String::from_utf8(out).unwrap()
    }

    /// Runs `openssl s_client`, which says this, with a pause at each `|`. Returns all that it
    /// prints.
    fn openssl(&self, arguments: &[&str], says: &str) -> String {
        let port = self.server.local_addr().port().unwrap();
        let mut child = Command::new("openssl")
            .args(["s_client", "-connect", &format!("127.0.0.1:{port}")])
            .arg("-CAfile")
            .arg(self.file("authority.pem"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl");
        let mut input = child.stdin.take().unwrap();
        for part in says.split_inclusive('|') {
            input.write_all(part.trim_end_matches('|').as_bytes()).unwrap();
            input.flush().unwrap();
            if part.ends_with('|') {
                std::thread::sleep(std::time::Duration::from_millis(300));
            }
        }
        drop(input);
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&text).into_owned()
    }
}

#[test]
fn curl_speaks_both_versions_and_shows_its_certificate() {
    let place = Place::new();
    for (flag, version) in [("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")] {
        let least = format!("--tlsv{flag}");
        let said = place.curl(&[&least, "--tls-max", flag], "/who");
        assert!(said.contains(version) && said.contains("Some(\"localhost\")"), "{said}");
        assert!(said.contains("Some(\"http/1.1\") 0"), "{said}");
        let (certificate, key) = (place.file("client/cert.pem"), place.file("client/key.pem"));
        let own = ["--cert", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()];
        let said = place.curl(&[&[&*least, "--tls-max", flag][..], &own].concat(), "/who");
        // OpenSSL sends the authority's along, which it knows too.
        assert!(said.ends_with(" 2"), "{said}");
    }
}

#[test]
fn curl_sends_and_gets_large_content() {
    let place = Place::new();
    let body = place.file("body");
    fs::write(&body, vec![b'b'; 5_000_000]).unwrap();
    let data = format!("@{}", body.display());
    let said = place.curl(&["--data-binary", &data], "/upload");
    assert_eq!(said, format!("5000000 {}", 5_000_000 * u64::from(b'b')));
    let said = place.curl(&["--data-binary", &data, "--http1.1"], "/echo");
    assert_eq!(said.len(), 5_000_000);
    assert_eq!(place.curl(&[], "/large").len(), super::LARGE);
}

#[test]
fn openssl_resumes_its_sessions() {
    let place = Place::new();
    let said = place.openssl(&["-tls1_2", "-reconnect"], "");
    assert_eq!(said.matches("Reused, TLSv1.2").count(), 5, "{said}");
    let session = place.file("session");
    let session = session.to_str().unwrap();
    let request = "GET / HTTP/1.0\r\n\r\n";
    // The ticket of 1.3 comes after the handshake, with the first answer.
    let said = place.openssl(&["-tls1_3", "-sess_out", session, "-ign_eof"], request);
    assert!(said.contains("hello"), "{said}");
    let said = place.openssl(&["-tls1_3", "-sess_in", session, "-ign_eof"], request);
    assert!(said.contains("Reused, TLSv1.3") && said.contains("hello"), "{said}");
}

#[test]
fn openssl_gets_the_protocol_and_the_certificate_that_it_asks_for() {
    let place = Place::new();
    let said = place.openssl(&["-alpn", "h2,http/1.1"], "");
    assert!(said.contains("ALPN protocol: http/1.1"), "{said}");
    let said = place.openssl(&["-alpn", "h2"], "");
    assert!(said.contains("no application protocol"), "{said}");
    for (name, expected) in [("www.example.org", "*.example.org"), ("localhost", "localhost")] {
        let certificate = ["-servername", name, "-verify_hostname", expected, "-brief"];
        let said = place.openssl(&certificate, "");
        assert!(said.contains("Verification: OK"), "{name}: {said}");
    }
    for old in ["-tls1", "-tls1_1"] {
        let said = place.openssl(&[old, "-cipher", "ALL:@SECLEVEL=0"], "");
        assert!(said.contains("no peer certificate available"), "{said}");
    }
}

#[test]
fn openssl_renews_its_keys() {
    let place = Place::new();
    // `k` and `K` at the beginning of a line are commands: new keys, and new keys of both.
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET / HTTP/1.0\r\n\r\n";
    let said = place.openssl(&["-tls1_3"], &format!("|{request}|k\n|K\n|{last}|"));
    assert!(said.contains("KEYUPDATE"), "{said}");
    assert_eq!(said.matches("hello").count(), 2, "{said}");
}

/// Python's `ssl` over memory, so that a program decides how bytes are cut.
const PIECES: &str = r#"
import socket, ssl, sys
port, roots, version = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl.create_default_context(cafile=roots)
context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
context.set_alpn_protocols(["http/1.1"])
with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    def send():
        for byte in outgoing.read():
            raw.sendall(bytes([byte]))
    def until(action):
        while True:
            try:
                result = action()
                send()
                return result
            except ssl.SSLWantReadError:
                send()
                piece = raw.recv(1)
                if piece: incoming.write(piece)
                else: incoming.write_eof()
    until(tls.do_handshake)
    for turn in range(3):
        body = b"x" * (turn * 700)
        request = b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
        until(lambda: tls.write(request + body))
        answer = b""
        while not answer.endswith(b"\r\n\r\n%d %d" % (len(body), 120 * len(body))):
            answer += until(lambda: tls.read(4096))
    until(lambda: tls.write(b"GET / HTTP/1.0\r\n\r\n"))
    answer = b""
    try:
        while piece := until(lambda: tls.read(4096)):
            answer += piece
    except ssl.SSLZeroReturnError:
        pass
    assert answer.endswith(b"hello"), answer
    print(tls.version(), tls.selected_alpn_protocol())
"#;

#[test]
fn pythons_ssl_is_served_however_its_bytes_are_cut() {
    let place = Place::new();
    let port = place.server.local_addr().port().unwrap().to_string();
    let roots = place.file("authority.pem");
    for (version, name) in [("TLSv1_2", "TLSv1.2"), ("TLSv1_3", "TLSv1.3")] {
        let output = python(&[&port, roots.to_str().unwrap(), version]);
        assert_eq!(output, format!("{name} http/1.1\n"));
    }
}

fn python(arguments: &[&str]) -> String {
    let output =
        Command::new("python3").args(["-c", PIECES]).args(arguments).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn keys_of_every_kind_are_served() {
    for (algorithm, option) in [
        ("RSA", "rsa_keygen_bits:2048"),
        ("EC", "ec_paramgen_curve:P-256"),
        ("EC", "ec_paramgen_curve:P-384"),
        ("ED25519", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = made_by_openssl(folder.path(), algorithm, option);
        let tls = Tls::from_files(&chain, key).unwrap();
        let server = HttpServer::bind("127.0.0.1:0").unwrap().tls(tls);
        let server = server.spawn(bhrh::from_fn(answer)).unwrap();
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "20", "--cacert"])
            .arg(&chain)
            .arg(server.url_to("/"))
            .output()
            .expect("curl");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.stdout, b"hello", "{algorithm} {option}: {err}");
    }
}

fn made_by_openssl(folder: &Path, algorithm: &str, option: &str) -> (PathBuf, PathBuf) {
    let (chain, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-nodes", "-days", "2", "-newkey", algorithm]);
    if !option.is_empty() {
        make.args(["-pkeyopt", option]);
    }
    make.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]);
    make.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    let made = make.arg("-keyout").arg(&key).arg("-out").arg(&chain).output().expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (chain, key)
}
