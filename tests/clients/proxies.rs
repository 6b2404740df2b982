//! nginx and HAProxy in front of a program, by the guide's files for WebSockets. Each listens at
//! two ports, one of them with TLS.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A proxy, ended with the test.
pub(crate) struct Proxy {
    child: Child,
    pub(crate) plain: u16,
    pub(crate) secured: u16,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // nginx ends its workers only if it is asked to.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// A new directory for a test's files.
pub(crate) fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a directory");
    place
}

/// A file with a certificate for 127.0.0.1 and its key.
pub(crate) fn certificate(place: &Path) -> PathBuf {
    let file = place.join("server.pem");
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("made");
    let pem = [made.cert.pem(), made.signing_key.serialize_pem()].concat();
    fs::write(&file, pem).expect("a file");
    file
}

/// A file of the guide, which listens elsewhere and asks this server.
fn guides(name: &str, line: &str, instead: &str, server: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/deploy");
    let text = fs::read_to_string(folder.join(name)).expect("the guide's file");
    assert!(text.contains(line) && text.contains("127.0.0.1:8000"), "{name}");
    text.replace(line, instead).replace("127.0.0.1:8000", server)
}

/// Waits until somebody listens.
pub(crate) fn until_up(port: u16) {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "nobody listens on {port}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn start(command: &mut Command, plain: u16, secured: u16) -> Proxy {
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let proxy = Proxy { child: child.expect("it starts"), plain, secured };
    until_up(plain);
    until_up(secured);
    proxy
}

/// `pem`: its certificate and key.
pub(crate) fn nginx(place: &Path, server: &str, pem: &Path) -> Proxy {
    let (plain, secured) = (free_port(), free_port());
    let listens = format!(
        "listen 127.0.0.1:{plain}; listen 127.0.0.1:{secured} ssl;
        ssl_certificate {0}; ssl_certificate_key {0};",
        pem.display()
    );
    let configuration = format!(
        "daemon off; error_log stderr; pid {0}/pid; events {{}}
        http {{
            access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
            fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
            {1}
        }}",
        place.display(),
        guides("nginx-websocket.conf", "listen 80;", &listens, server)
    );
    let file = place.join("nginx.conf");
    fs::write(&file, configuration).expect("a file");
    start(Command::new("nginx").arg("-p").arg(place).arg("-c").arg(&file), plain, secured)
}

/// `pem`: its certificate and key.
pub(crate) fn haproxy(place: &Path, server: &str, pem: &Path) -> Proxy {
    let (plain, secured) = (free_port(), free_port());
    let binds =
        format!("bind 127.0.0.1:{plain}\n    bind 127.0.0.1:{secured} ssl crt {}", pem.display());
    let file = place.join("haproxy.cfg");
    fs::write(&file, guides("haproxy-websocket.cfg", "bind :80", &binds, server)).expect("a file");
    start(Command::new("haproxy").args(["-db", "-f"]).arg(&file), plain, secured)
}
