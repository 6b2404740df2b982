//! The server that `soak.py` torments: the answers of `examples/probe`, and bounds and clocks that
//! are all reached many times in an hour. The third address that it prints speaks HTTPS.

use bhrh::{Endpoint, Exchange, HttpServer, Limits, Timeouts, Tls, http_handler};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// What `POST` collects at most.
const LARGEST: u64 = 4 << 20;

struct Soak;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Soak {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/large" => answer(http, &vec![b'x'; 1 << 20]),
            "/panic" => panic!("as asked"),
            "/fail" => Err(io::Error::other("as asked")),
            "/block" => {
                thread::sleep(Duration::from_millis(60));
                answer(http, b"OK")
            }
            _ => answer(http, b"OK"),
        }
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/unread" => answer(http, b"OK"),
            // As it comes, in chunks, while more of it is still to come.
            "/stream" => {
                http.send_response(200);
                http.end_headers()?;
                io::copy(&mut http.rfile, &mut http.wfile).map(drop)
            }
            _ => {
                let mut body = Vec::new();
                (&mut http.rfile).take(LARGEST).read_to_end(&mut body)?;
                answer(http, &body)
            }
        }
    }
}

fn answer(http: &mut Exchange, body: &[u8]) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", "text/plain");
    http.send_header("Content-Length", body.len());
    http.end_headers()?;
    http.wfile.write_all(body)
}

/// What follows this option on the command line.
fn option(name: &str) -> io::Result<String> {
    let value = std::env::args().skip_while(|argument| argument != name).nth(1);
    value.ok_or_else(|| io::Error::other(format!("{name} is missing")))
}

/// HTTPS by the files in this directory, which are renewed all the time.
fn encrypted(directory: &Path) -> io::Result<Endpoint> {
    let tls = Tls::from_files(directory.join("server.pem"), directory.join("server.key"))?;
    Ok(Endpoint::tcp("127.0.0.1:0")?.tls(tls.reload_every(Duration::from_secs(1))))
}

fn main() -> io::Result<()> {
    let mut limits = Limits::default();
    limits.connections = 300;
    limits.requests_per_connection = 500;
    limits.lingering = 1 << 20;
    let mut timeouts = Timeouts::default();
    timeouts.head = Duration::from_secs(4);
    timeouts.keep_alive = Duration::from_secs(8);
    timeouts.body = Duration::from_secs(5);
    timeouts.write = Duration::from_secs(5);
    // The standard hook writes to stderr, and waits for its reader.
    std::panic::set_hook(Box::new(|_| {}));
    let address = option("--bind")?.parse::<SocketAddr>().map_err(io::Error::other)?;
    let beside = SocketAddr::from(([127, 0, 0, 2], 0));
    let server = HttpServer::bind(&[address, beside][..])?;
    let server = server.and(encrypted(Path::new(&option("--tls")?))?)?;
    let server = server.limits(limits).timeouts(timeouts).threads(2).max_threads(12);
    let addresses: Vec<_> = server.local_addrs().collect();
    let (encrypted, plain) = addresses.split_last().ok_or(io::ErrorKind::AddrNotAvailable)?;
    plain.iter().try_for_each(ready_line::announce)?;
    ready_line::announce_as("https", encrypted)?;
    server.serve_forever(Soak)
}
