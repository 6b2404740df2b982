//! Examples that take a certificate say that they speak HTTPS.

use std::fs;

use crate::program::Program;

#[test]
fn a_program_with_a_certificate_announces_https() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("localhost.pem");
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let certificate = certificate.expect("a certificate");
    let pem = certificate.cert.pem() + &certificate.signing_key.serialize_pem();
    fs::write(&file, pem).expect("a file");
    for path in [env!("CARGO_BIN_EXE_websocket-chat"), env!("CARGO_BIN_EXE_websocket-echo")] {
        for (options, scheme) in
            [(&[][..], "http"), (&["--tls-cert", file.to_str().expect("text")], "https")]
        {
            let program = Program::start(path, options);
            let (ip, port) = (program.address.ip(), program.address.port());
            let protocol = scheme.to_uppercase();
            let line =
                format!("Serving {protocol} on {ip} port {port} ({scheme}://{ip}:{port}/) ...\n");
            assert_eq!(program.ready, line, "{path}");
        }
    }
}
