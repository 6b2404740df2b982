//! HTTPS up to the server: proxies that encrypt what they pass on, a client under load, and the
//! scanner that looks for known holes.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use bhrh::testing;

use super::{Program, app, await_answer, eventually, free_port, haproxy_by, nginx_by, serves};

/// The application at a plain port and an encrypted one, and its certificate.
struct Place {
    _app: Program,
    plain: SocketAddr,
    encrypted: SocketAddr,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(mode: &str) -> Place {
        let folder = tempfile::tempdir().expect("a directory");
        let (chain, key) = certificate(folder.path());
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_deploy-app"));
        command.args([mode, &port.to_string()]).args([&chain, &key]);
        let (app, plain) = app(&mut command);
        Place { _app: app, plain, encrypted: ([127, 0, 0, 1], port).into(), folder }
    }

    fn chain(&self) -> String {
        self.folder.path().join("cert.pem").display().to_string()
    }
}

/// A certificate for `localhost`, and its key.
fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let (chain, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    make.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    make.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    make.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout"]).arg(&key);
    let made = make.arg("-out").arg(&chain).output().expect("openssl");
    assert!(made.status.success(), "{made:?}");
    (chain, key)
}

#[test]
fn behind_nginx_that_encrypts() {
    let place = Place::new("encrypted");
    let (port, app, chain) = (free_port(), place.encrypted, place.chain());
    let configuration = format!(
        "http {{
            upstream app {{ server {app}; keepalive 8; }}
            server {{
                listen 127.0.0.1:{port};
                client_max_body_size 100m;
                proxy_buffering off;
                proxy_request_buffering off;
                location / {{
                    proxy_pass https://app;
                    proxy_ssl_verify on;
                    proxy_ssl_trusted_certificate {chain};
                    proxy_ssl_name localhost;
                    proxy_ssl_server_name on;
                    proxy_ssl_protocols TLSv1.2 TLSv1.3;
                    proxy_http_version 1.1;
                    proxy_set_header Connection \"\";
                    proxy_set_header X-Forwarded-For $remote_addr;
                    proxy_set_header X-Request-Id $request_id;
                }}
            }}
        }}"
    );
    let _proxy = nginx_by("nginx-encrypts", &configuration);
    let client = await_answer(([127, 0, 0, 1], port).into());
    serves(client, place.plain);
    let who = client.get("/who").send();
    assert!(who.text().ends_with(" true https://app"), "{}", who.text());
}

/// The header comes in front of TLS, and says whom the proxy speaks for.
#[test]
fn behind_haproxy_that_encrypts_and_says_for_whom() {
    let place = Place::new("encrypted-proxied");
    let (app, chain) = (place.encrypted, place.chain());
    let both = place.folder.path().join("both.pem");
    let read = |name| std::fs::read(place.folder.path().join(name)).expect("a file");
    std::fs::write(&both, [read("cert.pem"), read("key.pem")].concat()).expect("a file");
    let both = both.display();
    for option in ["send-proxy", "send-proxy-v2", "send-proxy-v2-ssl"] {
        let [port, secured] = [free_port(), free_port()];
        let server = format!(
            "server app {app} {option} ssl verify required ca-file {chain} verifyhost localhost \
             sni str(localhost)"
        );
        let configuration = format!(
            "defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend web
    bind 127.0.0.1:{port}
    bind 127.0.0.1:{secured} ssl crt {both}
    default_backend app
backend app
    {server}
"
        );
        let _proxy = haproxy_by("haproxy-encrypts", &configuration);
        for (scheme, port) in [("http", port), ("https", secured)] {
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            eventually("the proxy listens", || TcpStream::connect(address).is_ok());
            let mut curl = Command::new("curl");
            curl.args(["-sSk", "--interface", "127.0.0.3", "-w", " %{local_ip}:%{local_port}"]);
            let output = curl.arg(format!("{scheme}://{address}/who")).output().expect("curl");
            let text = String::from_utf8(output.stdout.clone()).expect("text");
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(words.len(), 5, "{option} {scheme}: {output:?}");
            let origin = format!("https://{address}");
            let expected = [words[4], words[4], "true", &origin, words[4]];
            assert_eq!(words, expected, "{option} {scheme}");
            assert!(words[4].starts_with("127.0.0.3:"), "{text}");
        }
    }
    // Without the header, there is no handshake.
    let mut curl = Command::new("curl");
    let refused = curl.args(["-sSk", &format!("https://{app}/who")]).output();
    assert_eq!(refused.expect("curl").status.code(), Some(35));
}

#[test]
fn h2load_asks_by_many_connections() {
    let place = Place::new("encrypted");
    let url = format!("https://{}/healthz", place.encrypted);
    for depth in ["1", "16"] {
        let mut load = Command::new("h2load");
        load.args(["--h1", "-m", depth, "-n", "4000", "-c", "40", "-t", "2"]);
        let output = load.arg(&url).output().expect("h2load");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{output:?}");
        let all = "4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored";
        assert!(text.contains(all) && text.contains("4000 2xx"), "{text}");
        assert!(text.contains("TLS Protocol: TLSv1.3"), "{text}");
    }
    let counts = testing::tcp_client(place.plain).get("/counts").send();
    assert_eq!(counts.text(), "8000 0");
}

#[test]
fn testssl_finds_no_hole() {
    let place = Place::new("encrypted");
    let mut scan = Command::new("testssl");
    scan.args(["--quiet", "--color", "0", "--warnings", "off", "--openssl", "/usr/bin/openssl"]);
    // Protocols, what the server says of itself, and holes.
    let output = scan.args(["-p", "-S", "-U", &place.encrypted.to_string()]).output();
    let output = output.expect("testssl");
    let text = String::from_utf8_lossy(&output.stdout);
    // Where there is no hole, the word is in small letters.
    assert!(!text.contains("VULNERABLE"), "{text}");
    assert!(text.matches("not vulnerable (OK)").count() >= 10, "{text}");
    let line = |name: &str| {
        let found = text.lines().find(|line| line.trim_start().starts_with(name));
        found.unwrap_or_else(|| panic!("{name}: {text}"))
    };
    for old in ["SSLv2 ", "SSLv3 ", "TLS 1 ", "TLS 1.1 "] {
        assert!(line(old).contains("not offered"), "{text}");
    }
    for offered in ["TLS 1.2 ", "TLS 1.3 "] {
        assert!(line(offered).contains("offered (OK)"), "{text}");
    }
}
