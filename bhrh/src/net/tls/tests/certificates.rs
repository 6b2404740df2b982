//! Certificates: which a client gets, which clients are welcome, and what happens to files.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustls::version::{TLS12, TLS13};

use super::{Authority, Line, Pair, client_config, pem};
use crate::net::tls::Tls;

fn write(pair: &Pair, folder: &Path, name: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    let chain = folder.join(format!("{name}.pem"));
    let key = folder.join(format!("{name}.key"));
    fs::write(&chain, pair.chain_pem()).unwrap();
    fs::write(&key, pair.key_pem()).unwrap();
    (chain, key)
}

/// The certificate that a client gets that asks for this name.
fn served(authority: &Authority, tls: &Tls, name: &str) -> Vec<u8> {
    let mut line = Line::new(&client_config(authority.roots(), &TLS13, None), name, tls, 1000);
    // A name that does not fit is the client's to refuse, after it has seen the certificate.
    let _ = line.settle();
    line.client.peer_certificates().map(|chain| chain[0].to_vec()).unwrap_or_default()
}

#[test]
fn the_name_that_a_client_asks_for_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("authority");
    let pairs = [
        authority.issue(&["first.example"]),
        authority.issue(&["*.site.example", "Exact.Example"]),
        authority.issue(&["deep.a.example", "b.example", "127.0.0.1"]),
    ];
    let files: Vec<_> = pairs
        .iter()
        .zip(["a", "b", "c"])
        .map(|(pair, name)| write(pair, folder.path(), name))
        .collect();
    let mut tls = Tls::from_files(&files[0].0, &files[0].1).unwrap();
    for (chain, key) in &files[1..] {
        tls = tls.and_files(chain, key).unwrap();
    }
    for (name, expected) in [
        ("first.example", 0),
        ("any.site.example", 1),
        ("exact.example", 1),
        ("b.example", 2),
        ("deep.a.example", 2),
        ("127.0.0.1", 0),
    ] {
        let got = served(&authority, &tls, name);
        // A client that refuses what it gets has no certificate: that is the first one here.
        let fits =
            got == pairs[expected].certificate.to_vec() || name == "127.0.0.1" && got.is_empty();
        assert!(fits, "{name}");
    }
    let listed = tls.certificates();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[1].names, ["*.site.example", "Exact.Example"]);
    assert_eq!(listed[2].names, ["deep.a.example", "b.example", "127.0.0.1"]);
    assert_eq!(listed[0].file.as_deref(), Some(&*files[0].0));
    assert_eq!(listed[0].fingerprint.len(), 32 * 3 - 1);
}

#[test]
fn a_self_signed_certificate_is_for_its_names_and_some_weeks() {
    let tls = Tls::self_signed(&["localhost", "::1"]).unwrap();
    let [info] = &tls.certificates()[..] else { panic!() };
    assert_eq!(info.names, ["localhost", "::1"]);
    let left = info.expires.duration_since(SystemTime::now()).unwrap();
    assert!(left > Duration::from_secs(89 * 86_400) && left < Duration::from_secs(91 * 86_400));
    assert_eq!(info.file, None);
    let error = Tls::self_signed(&["a name\u{1F600}"]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("authority");
    let (chain, key) = write(&authority.issue(&["a"]), folder.path(), "a");
    let (_, other_key) = write(&authority.issue(&["b"]), folder.path(), "b");
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let encrypted = folder.path().join("encrypted.pem");
    fs::write(&encrypted, pem("ENCRYPTED PRIVATE KEY", b"\x30\x00")).unwrap();
    let broken = folder.path().join("broken.pem");
    fs::write(&broken, pem("CERTIFICATE", b"\x30\x03abc")).unwrap();
    let missing = folder.path().join("missing.pem");
    for (chain, key, kind, words) in [
        (&missing, &key, io::ErrorKind::NotFound, "missing.pem`"),
        (&chain, &missing, io::ErrorKind::NotFound, "missing.pem`"),
        (&empty, &key, io::ErrorKind::InvalidData, "no certificate"),
        (&key, &key, io::ErrorKind::InvalidData, "no certificate"),
        (&broken, &key, io::ErrorKind::InvalidData, "not a certificate"),
        (&chain, &chain, io::ErrorKind::InvalidData, "no private key"),
        (&chain, &empty, io::ErrorKind::InvalidData, "no private key"),
        (&chain, &encrypted, io::ErrorKind::InvalidData, "is encrypted"),
        (&chain, &other_key, io::ErrorKind::InvalidData, "does not belong"),
    ] {
        let error = Tls::from_files(chain, key).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let tls = Tls::from_files(&chain, &key).unwrap();
    let error = tls.clone().ask_clients(&missing).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(tls.ask_clients(&empty).unwrap_err().to_string().contains("no certificate"));
}

#[test]
fn a_reload_takes_a_whole_pair_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("authority");
    let (old, new) = (authority.issue(&["a.example"]), authority.issue(&["a.example"]));
    let (chain, key) = write(&old, folder.path(), "a");
    let tls = Tls::from_files(&chain, &key).unwrap();
    let clone = tls.clone();
    let served = || served(&authority, &clone, "a.example");
    assert!(!tls.reload_if_changed().unwrap());

    // The pair is being written: first the chain, half of it, then the key.
    let text = new.chain_pem();
    for (file, text) in [(&chain, &text[..text.len() / 2]), (&chain, &text)] {
        fs::write(file, text).unwrap();
        assert!(tls.reload_if_changed().is_err());
        // It is complained of once.
        assert!(!tls.reload_if_changed().unwrap());
        assert_eq!(served(), old.certificate.to_vec());
    }
    fs::write(&key, new.key_pem()).unwrap();
    assert!(tls.reload_if_changed().unwrap());
    assert_eq!(served(), new.certificate.to_vec());

    // A file that goes away, and one that takes its place.
    fs::remove_file(&key).unwrap();
    assert_eq!(tls.reload().unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(served(), new.certificate.to_vec());
    write(&old, folder.path(), "next");
    fs::rename(folder.path().join("next.pem"), &chain).unwrap();
    fs::rename(folder.path().join("next.key"), &key).unwrap();
    assert!(tls.reload_if_changed().unwrap());
    assert_eq!(served(), old.certificate.to_vec());
}

#[test]
fn client_certificates_are_asked_for_or_required() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("servers");
    let clients = Authority::new("clients");
    let roots = folder.path().join("clients.pem");
    fs::write(&roots, pem("CERTIFICATE", &clients.certificate)).unwrap();
    let tls = authority.issue(&["localhost"]).tls();
    let ask = tls.clone().ask_clients(&roots).unwrap();
    let require = tls.require_clients(&roots).unwrap();
    let stranger = Authority::new("strangers");
    for version in [&TLS12, &TLS13] {
        for (tls, own, welcome) in [
            (&ask, None, true),
            (&ask, Some(&clients), true),
            (&ask, Some(&stranger), false),
            (&require, None, false),
            (&require, Some(&clients), true),
            (&require, Some(&stranger), false),
        ] {
            let own = own.map(|authority| authority.issue(&["me"]));
            let certificate = own.as_ref().map(|own| own.certificate.to_vec());
            let config = client_config(authority.roots(), version, own);
            for resumed in [false, true] {
                let mut line = Line::new(&config, "localhost", tls, 700);
                assert_eq!(line.settle().is_ok(), welcome);
                if welcome {
                    let encryption = line.server.encryption().unwrap();
                    let chain = encryption.client_chain().first().cloned();
                    assert_eq!(chain, certificate, "resumed: {resumed}");
                }
            }
        }
    }
}

#[test]
fn tickets_of_clients_that_are_not_welcome_any_more_are_void() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("servers");
    let (before, after) = (Authority::new("before"), Authority::new("after"));
    let roots = folder.path().join("clients.pem");
    fs::write(&roots, pem("CERTIFICATE", &before.certificate)).unwrap();
    let tls = authority.issue(&["localhost"]).tls().require_clients(&roots).unwrap();
    let config = client_config(authority.roots(), &TLS13, Some(before.issue(&["me"])));
    let try_it = || Line::new(&config, "localhost", &tls, 700).settle().is_ok();
    assert!(try_it() && try_it());
    fs::write(&roots, pem("CERTIFICATE", &after.certificate)).unwrap();
    tls.reload().unwrap();
    assert!(!try_it());
}

#[test]
fn tls12_can_be_turned_off() {
    let authority = Authority::new("authority");
    let tls = authority.issue(&["localhost"]).tls();
    for (on, welcome) in [(true, true), (false, false)] {
        let tls = tls.clone().tls12(on);
        let config = client_config(authority.roots(), &TLS12, None);
        assert_eq!(Line::new(&config, "localhost", &tls, 1000).settle().is_ok(), welcome);
    }
}
