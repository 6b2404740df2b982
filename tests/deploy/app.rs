//! What the guide's proxies stand in front of: the program of `docs/guide/deployment.md`, with some
//! paths more, and on a Unix socket too if the command line has its path.

use bhrh::{Endpoint, Exchange, HttpServer, Tls, Trusted, base, http_handler};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

#[derive(Default)]
struct App {
    checks: AtomicU64,
    gone: AtomicU64,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/healthz" => {
                self.checks.fetch_add(1, Ordering::Relaxed);
                http.reply(200, "text/plain", "ok\n")
            }
            "/counts" => {
                let [checks, gone] =
                    [&self.checks, &self.gone].map(|count| count.load(Ordering::Relaxed));
                http.reply(200, "text/plain", format!("{checks} {gone}"))
            }
            "/stream" => self.stream(http),
            "/who" => {
                let (client, peer, secured) = (&http.client_address, http.peer(), http.secured());
                let origin = http.origin().unwrap_or_default();
                let text = format!("{client} {peer} {secured} {origin}");
                http.reply(200, "text/plain", text)
            }
            // The connection that it came over, and what the proxy said of the client.
            _ => {
                let field = |name| http.headers.get(name).unwrap_or("-");
                let (forwarded, id) = (field("X-Forwarded-For"), http.request_id().unwrap_or("-"));
                let client = match http.client_address.port() {
                    Some(port) => port.to_string(),
                    None => http.client_address.to_string(),
                };
                let text = format!("{client} {forwarded} {id}");
                http.reply(200, "text/plain", text)
            }
        }
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        let length = io::copy(&mut http.rfile.by_ref(), &mut io::sink())?;
        http.reply(200, "text/plain", length.to_string())
    }

    fn request_id(&self, http: &Exchange) -> String {
        base::trusted_request_id(http)
    }
}

impl App {
    /// Goes on until the client has gone.
    fn stream(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.end_headers()?;
        loop {
            if let Err(error) = http.wfile.write_all(b"tick\n").and_then(|()| http.wfile.flush()) {
                self.gone.fetch_add(1, Ordering::Relaxed);
                return Err(error);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A server that believes what proxies on 127.0.0.1 say, in this mode. `encrypted` and
/// `encrypted-proxied` have HTTPS at a second port, which follows, and after it the certificate and
/// the key.
fn that_knows_proxies(mode: &str) -> io::Result<Option<HttpServer>> {
    let proxies = Trusted::networks(["127.0.0.1"])?;
    let endpoint = Endpoint::tcp("127.0.0.1:0")?;
    let encrypted = || {
        let argument = |at| std::env::args().nth(at).unwrap_or_default();
        let tls = Tls::from_files(argument(3), argument(4))?;
        io::Result::Ok(Endpoint::tcp(format!("127.0.0.1:{}", argument(2)))?.tls(tls))
    };
    Ok(Some(match mode {
        "encrypted" => HttpServer::at([endpoint, encrypted()?])?,
        "encrypted-proxied" => HttpServer::at([endpoint, encrypted()?.proxied(proxies)])?,
        "trusting" => HttpServer::at([endpoint])?.trusts(proxies),
        "forwarded" => HttpServer::at([endpoint])?.trusts(proxies.by_forwarded()),
        "proxied" => HttpServer::at([endpoint.proxied(proxies)])?,
        _ => return Ok(None),
    }))
}

fn main() -> io::Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    if let Some(server) = that_knows_proxies(&mode)? {
        ready_line::announce(server.local_addr())?;
        return server.serve_forever(App::default());
    }
    let inherited = Endpoint::inherited()?;
    let mut server = match inherited.is_empty() {
        true => HttpServer::bind("127.0.0.1:0")?,
        false => HttpServer::at(inherited)?,
    };
    if let Some(path) = std::env::args_os().nth(1) {
        server = server.and(Endpoint::unix(path)?.mode(0o660))?;
    }
    ready_line::announce(server.local_addr())?;
    server.serve_forever(App::default())
}
