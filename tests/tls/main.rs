//! HTTPS: the server against rustls' client over real sockets.
//!
//! What one connection makes of every byte is tested in memory, in `bhrh/src/net/tls/tests/`.

mod authority;
mod client;
mod closing;
mod conversation;
mod handed_out;
mod handshakes;
mod peers;
mod settings;

use std::io::{self, Read, Write};
use std::time::Duration;

use bhrh::{Exchange, HttpServer, RunningServer};

use authority::Authority;
use client::Client;

/// More than the system's buffers take.
const LARGE: usize = 16 << 20;

/// What the servers of these tests serve.
fn answer(http: &mut Exchange<'_>) -> io::Result<()> {
    match http.path {
        "/upload" => {
            let mut body = Vec::new();
            http.rfile.read_to_end(&mut body)?;
            let sum: u64 = body.iter().map(|byte| u64::from(*byte)).sum();
            http.reply(200, "text/plain", format!("{} {sum}", body.len()))
        }
        "/echo" => {
            let length = http.headers.get("Content-Length").unwrap_or("0").to_owned();
            http.send_response(200);
            http.send_header("Content-Length", length);
            http.end_headers()?;
            io::copy(&mut http.rfile, &mut http.wfile).map(|_| ())
        }
        // What is written leaves while the method sleeps, by the hand of the monitor.
        "/late" => {
            http.send_response(200);
            http.end_headers()?;
            http.wfile.write_all(b"first")?;
            std::thread::sleep(Duration::from_millis(400));
            http.wfile.write_all(b", second")
        }
        "/large" => http.reply(200, "application/octet-stream", vec![b'x'; LARGE]),
        // Many small writes, and a client that may be slow.
        "/drip" => {
            http.send_response(200);
            http.send_header("Content-Length", 4_000_000);
            http.end_headers()?;
            for _ in 0..4000 {
                http.wfile.write_all(&[b'd'; 1000])?;
            }
            Ok(())
        }
        "/cut" => {
            http.send_response(200);
            http.send_header("Content-Length", 1000);
            http.end_headers()?;
            http.wfile.write_all(b"not all of it")
        }
        "/wait" => {
            for _ in 0..500 {
                if http.client_gone() {
                    return http.reply(200, "text/plain", "gone");
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            http.reply(200, "text/plain", "still there")
        }
        // Another protocol: one thread writes while another reads.
        "/switch" => {
            let stream = http.upgrade("raw")?;
            let mut writer = stream.clone();
            let writing = std::thread::spawn(move || {
                (0..400).try_for_each(|_| writer.write_all(&[b'w'; 10_000]))
            });
            let mut heard = vec![0; 4_000_000];
            (&stream).read_exact(&mut heard)?;
            writing.join().expect("it does not panic")?;
            (&stream).write_all(if heard.iter().all(|byte| *byte == b'r') {
                b"yes"
            } else {
                b"no"
            })?;
            stream.finish()
        }
        "/sleep" => {
            std::thread::sleep(Duration::from_millis(300));
            http.reply(200, "text/plain", "slept")
        }
        "/who" => {
            let secured = http.secured();
            let Some(encryption) = http.encryption() else {
                return http.reply(200, "text/plain", format!("{secured} plain"));
            };
            let text = format!(
                "{secured} {} {} {:?} {:?} {}",
                encryption.version(),
                encryption.cipher_suite(),
                encryption.server_name(),
                encryption.alpn(),
                encryption.client_chain().len(),
            );
            http.reply(200, "text/plain", text)
        }
        _ => http.reply(200, "text/plain", "hello"),
    }
}

/// A server on a free port, with a certificate of this authority.
fn server(authority: &Authority) -> RunningServer {
    server_with(authority, |server| server)
}

fn server_with(authority: &Authority, set: impl FnOnce(HttpServer) -> HttpServer) -> RunningServer {
    let server =
        HttpServer::bind("127.0.0.1:0").unwrap().tls(authority.issue(&["localhost"]).tls());
    set(server.threads(2).max_threads(16)).spawn(bhrh::from_fn(answer)).unwrap()
}
