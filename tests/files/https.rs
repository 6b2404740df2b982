//! `examples/serve` with certificates.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::serve::{Program, command};
use crate::tree::Tree;

/// A tree with a file, and beside it `cert.pem`, `key.pem` and, with both, `both.pem`.
fn tree() -> Tree {
    let tree = Tree::new(&[("a.txt", "hello")]);
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    fs::write(tree.outside("cert.pem"), &certificate).expect("a file");
    fs::write(tree.outside("key.pem"), &key).expect("a file");
    fs::write(tree.outside("both.pem"), key + &certificate).expect("a file");
    tree
}

fn option(name: &str, file: &Path) -> String {
    format!("--tls-{name}={}", file.display())
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("it is installed");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What curl gets, which trusts this certificate and no other one.
fn trusted(program: &Program, certificate: &Path) -> String {
    let port = program.address.port();
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--max-time", "20", "--resolve", &format!("localhost:{port}:127.0.0.1")]);
    run(curl.arg("--cacert").arg(certificate).arg(format!("https://localhost:{port}/a.txt")))
}

fn failure(tree: &Tree, options: &[&str]) -> (Option<i32>, String) {
    let output = command(tree, options).arg("0").output().expect("the program runs");
    assert!(output.stdout.is_empty(), "it does not serve: {output:?}");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn it_speaks_https_with_a_certificate_from_files() {
    let tree = tree();
    let certificate = tree.outside("cert.pem");
    let files = [option("cert", &certificate), option("key", &tree.outside("key.pem"))];
    let mut program = Program::start(&tree, &[&files[0], &files[1], "0"]);
    assert_eq!(trusted(&program, &certificate), "hello");
    assert_eq!(program.logged(), "\"GET /a.txt HTTP/1.1\" 200 -");
    // As in Python, the key may be in the same file.
    let both = option("cert", &tree.outside("both.pem"));
    assert_eq!(trusted(&Program::start(&tree, &[&both, "0"]), &certificate), "hello");
}

#[test]
fn a_password_decrypts_the_key() {
    let tree = tree();
    let (certificate, encrypted) = (tree.outside("cert.pem"), tree.outside("encrypted.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["pkey", "-aes256", "-passout", "pass:pass word", "-in"]);
    run(openssl.arg(tree.outside("key.pem")).arg("-out").arg(&encrypted));
    // With lines around it, as in many files that hold both.
    let key = fs::read_to_string(&encrypted).expect("a key");
    let chain = fs::read_to_string(&certificate).expect("a certificate");
    fs::write(&encrypted, format!("Bag Attributes\n{chain}\n{key}")).expect("a file");

    let (right, wrong) = (tree.outside("right"), tree.outside("wrong"));
    // An editor ends the file with a line feed.
    fs::write(&right, "pass word\n").expect("a file");
    fs::write(&wrong, "password\n").expect("a file");
    let (cert, key) = (option("cert", &certificate), option("key", &encrypted));
    let password = option("password-file", &right);
    assert_eq!(
        trusted(&Program::start(&tree, &[&cert, &key, &password, "0"]), &certificate),
        "hello"
    );
    let both = option("cert", &encrypted);
    assert_eq!(trusted(&Program::start(&tree, &[&both, &password, "0"]), &certificate), "hello");
    // As in Python, a key that needs no password ignores it.
    let plain = option("key", &tree.outside("key.pem"));
    assert_eq!(
        trusted(&Program::start(&tree, &[&cert, &plain, &password, "0"]), &certificate),
        "hello"
    );

    let (code, message) = failure(&tree, &[&cert, &key]);
    assert_eq!(code, Some(1));
    assert!(message.contains("encrypted.pem`: the key is encrypted; --tls-password-"), "{message}");
    let (code, message) = failure(&tree, &[&cert, &key, &option("password-file", &wrong)]);
    assert_eq!(code, Some(1));
    assert!(message.ends_with("encrypted.pem`: the password does not fit the key\n"), "{message}");
    let missing = option("password-file", &tree.outside("missing"));
    let (code, message) = failure(&tree, &[&cert, &key, &missing]);
    assert_eq!(code, Some(1));
    assert!(message.contains("missing`: No such file"), "{message}");
}

#[test]
fn a_certificate_is_made_on_request() {
    let tree = tree();
    let mut program = Program::start(&tree, &["--tls-self-signed", "0"]);
    let line = program.line();
    let url = format!("https://{}/a.txt", program.address);
    let curl = |more: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--max-time", "20"]).args(more).arg(&url);
        curl.output().expect("curl is installed")
    };
    assert_eq!(String::from_utf8_lossy(&curl(&["--insecure"]).stdout), "hello");
    // 60: the certificate is not trusted.
    assert_eq!(curl(&[]).status.code(), Some(60));

    let seen = format!("openssl s_client -connect {} </dev/null", program.address);
    let seen = format!("{seen} 2>/dev/null | openssl x509 -noout -fingerprint -sha256");
    let fingerprint = run(Command::new("sh").args(["-c", &seen]));
    let fingerprint = fingerprint.split_once('=').expect("a fingerprint").1;
    assert_eq!(line, format!("SHA-256 fingerprint {fingerprint}"));
}

#[test]
fn options_that_do_not_go_together_are_explained() {
    let tree = tree();
    let (cert, key) = (tree.outside("cert.pem"), tree.outside("key.pem"));
    let (cert, key) = (option("cert", &cert), option("key", &key));
    let password = option("password-file", &tree.outside("key.pem"));
    for (options, reason) in [
        (&[&*key] as &[&str], "--tls-key requires --tls-cert to be set"),
        (&[&key, "--tls-self-signed"], "--tls-key requires --tls-cert to be set"),
        (&[&password], "--tls-password-file requires --tls-cert to be set"),
        (&[&password, "--tls-self-signed"], "--tls-password-file requires --tls-cert to be set"),
        (&[&cert, &key, "--tls-self-signed"], "give --tls-cert or --tls-self-signed, not both"),
        (&["--tls-self-signed=localhost"], "unexpected argument for option '--tls-self-signed'"),
    ] {
        let (code, message) = failure(&tree, options);
        assert_eq!(code, Some(2), "{options:?}: {message}");
        assert!(message.contains(reason), "{options:?}: {message}");
    }
    let (code, message) = failure(&tree, &[&cert]);
    assert_eq!(code, Some(1));
    assert!(message.contains("cert.pem`: there is no private key in it"), "{message}");
    let missing = option("cert", &tree.outside("missing.pem"));
    let (code, message) = failure(&tree, &[&missing]);
    assert_eq!(code, Some(1));
    assert!(message.contains("missing.pem`: No such file"), "{message}");
}
