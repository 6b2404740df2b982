//! Certificates, names and client certificates, as methods and clients see them.

use std::thread;
use std::time::{Duration, Instant};

use bhrh::{Endpoint, HttpServer, Tls};

use super::client::{VERSIONS, Version, config, config_by};
use super::{Authority, Client, answer, server};

fn who(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn a_method_knows_how_it_was_asked() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for (version, words) in [
        (Version::Tls12, "true TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        (Version::Tls13, "true TLSv1.3 TLS_AES_128_GCM_SHA256"),
    ] {
        let mut client = Client::connect(&server, &config(authority.roots(), version, None));
        let answer = client.get("/who");
        assert_eq!(who(&answer), format!("{words} Some(\"localhost\") None 0"));
    }
}

/// What a client lists first counts only if its processor seems to have no AES.
#[test]
fn a_suite_that_the_processor_has_comes_first() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        for (listed, expected) in [
            (&["AES_256_GCM", "CHACHA20", "AES_128_GCM"][..], "AES_128_GCM_SHA256"),
            (&["CHACHA20", "AES_128_GCM"], "CHACHA20_POLY1305_SHA256"),
            (&["AES_256_GCM", "CHACHA20"], "AES_256_GCM_SHA384"),
            (&["CHACHA20"], "CHACHA20_POLY1305_SHA256"),
        ] {
            let mut provider = rustls::crypto::ring::default_provider();
            let place = |suite: &rustls::SupportedCipherSuite| {
                let name = suite.suite().as_str().unwrap();
                listed.iter().position(|part| name.contains(part))
            };
            provider.cipher_suites.retain(|suite| place(suite).is_some());
            provider.cipher_suites.sort_by_key(place);
            let config = config_by(provider, authority.roots(), version, None);
            let answer = Client::connect(&server, &config).get("/who");
            assert!(answer.contains(&format!("_{expected} ")), "{version:?} {listed:?}: {answer}");
        }
    }
}

#[test]
fn endpoints_are_encrypted_each_by_itself() {
    let authority = Authority::new("authority");
    let encrypted =
        Endpoint::tcp("127.0.0.1:0").unwrap().tls(authority.issue(&["localhost"]).tls());
    let plain = Endpoint::tcp("127.0.0.1:0").unwrap();
    let server = HttpServer::at([encrypted, plain]).unwrap();
    let plain = server.local_addrs().nth(1).unwrap();
    let server = server.spawn(bhrh::from_fn(answer)).unwrap();
    assert!(server.url().starts_with("https://"));
    let mut client = Client::connect(&server, &config(authority.roots(), Version::Tls13, None));
    assert!(client.get("/who").contains("true TLSv1.3"));
    let response = bhrh::testing::tcp_client(&plain).get("/who").send();
    assert_eq!(response.text(), "false plain");
}

#[test]
fn clients_prove_who_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, clients) = (Authority::new("servers"), Authority::new("clients"));
    let roots = clients.write(folder.path());
    let pair = authority.issue(&["localhost"]);
    for (tls, required) in [
        (pair.tls().ask_clients(&roots).unwrap(), false),
        (pair.tls().require_clients(&roots).unwrap(), true),
    ] {
        let server = HttpServer::bind("127.0.0.1:0").unwrap().tls(tls);
        let server = server.spawn(bhrh::from_fn(answer)).unwrap();
        for version in VERSIONS {
            let own = Some(clients.issue(&["me"]).der());
            let mut client = Client::connect(&server, &config(authority.roots(), version, own));
            assert!(client.get("/who").ends_with(" 1"));
            let mut nobody = Client::connect(&server, &config(authority.roots(), version, None));
            if !required {
                assert!(nobody.get("/who").ends_with(" 0"));
                continue;
            }
            // In 1.3 a client believes itself to be through before the server has seen it.
            let error = match nobody.shake_hands() {
                Err(error) => error.to_string(),
                Ok(()) => nobody.rest().1.unwrap_err().to_string(),
            };
            assert!(error.contains("CertificateRequired"), "{error}");
        }
    }
}

#[test]
fn certificates_are_renewed_while_clients_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let (chain, key) = old.issue(&["localhost"]).write(folder.path());
    let tls = Tls::from_files(&chain, &key).unwrap().reload_every(Duration::from_millis(50));
    let server = HttpServer::bind("127.0.0.1:0").unwrap().tls(tls.clone());
    let server = server.spawn(bhrh::from_fn(answer)).unwrap();
    let (old_config, new_config) =
        (config(old.roots(), Version::Tls13, None), config(new.roots(), Version::Tls13, None));
    let mut client = Client::connect(&server, &old_config);
    assert!(client.get("/").ends_with("hello"));
    assert!(Client::connect(&server, &new_config).shake_hands().is_err());

    std::fs::write(&key, "half").unwrap();
    thread::sleep(Duration::from_millis(200));
    assert!(Client::connect(&server, &old_config).shake_hands().is_ok());
    new.issue(&["localhost"]).write(folder.path());
    let began = Instant::now();
    while Client::connect(&server, &new_config).shake_hands().is_err() {
        assert!(began.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(20));
    }
    // Connections that exist go on.
    assert!(client.get("/").ends_with("hello"));
}
