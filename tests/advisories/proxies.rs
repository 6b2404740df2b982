//! Clients that pretend to be others, and peers that do not speak the PROXY protocol as they
//! should.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bhrh::{
    Endpoint, Exchange, HttpServer, RunningServer, Timeouts, Trusted, http_handler, testing,
};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let client = http.client_address.host().to_string();
        http.reply(200, "text/plain", client)
    }
}

fn client_of(trusted: &Trusted, forwarded_for: &str) -> String {
    let request = testing::client(&App).trusts(trusted).get("/");
    request.header("X-Forwarded-For", forwarded_for).send().text().to_owned()
}

/// gin CVE-2020-28483: every client could choose its address. Defence: `Exchange::see_through` asks
/// who the peer is.
#[test]
fn an_address_that_a_client_writes() {
    let others = Trusted::networks(["10.0.0.0/8"]).expect("a network");
    assert_eq!(client_of(&others, "6.6.6.6"), "127.0.0.1");
    assert_eq!(client_of(&Trusted::default(), "6.6.6.6"), "127.0.0.1");
}

/// gin CVE-2020-28483 again (gin#2862): behind a proxy that appends the address of its client, the
/// leftmost one counted. Defence: the walk in `proto/forwarded.rs` ends at the first that is not
/// trusted.
#[test]
fn an_address_that_stands_before_the_clients_own() {
    assert_eq!(client_of(&Trusted::loopback(), "6.6.6.6, 203.0.113.7"), "203.0.113.7");
}

fn serve(handshake: Duration) -> RunningServer {
    let endpoint = Endpoint::tcp("127.0.0.1:0").expect("a free port");
    let server = HttpServer::at([endpoint.proxied(Trusted::loopback())]).expect("an endpoint");
    server.timeouts(Timeouts::default().handshake(handshake)).spawn(App).expect("threads")
}

/// What comes back, if the server ends the connection within five seconds.
fn answer(server: &RunningServer, sent: &[u8]) -> io::Result<Vec<u8>> {
    let mut client = TcpStream::connect(server.local_addr())?;
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    client.write_all(sent)?;
    let mut bytes = Vec::new();
    match client.read_to_end(&mut bytes) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        _ => Ok(bytes),
    }
}

/// go-proxyproto CVE-2021-23351: a line of version 1 was read until it ended. Defence: the line's
/// bound in `proto/proxy_header/text.rs`.
#[test]
fn a_header_without_end() {
    let server = serve(Duration::from_secs(60));
    let endless = [b"PROXY UNKNOWN ", &[b'x'; 1000][..]].concat();
    assert_eq!(answer(&server, &endless).expect("the server ends it"), b"");
}

/// go-proxyproto CVE-2021-23409: a connection whose header did not come was waited for. Defence:
/// `Timeouts::handshake`, set as a connection is accepted.
#[test]
fn a_header_that_never_comes() {
    let server = serve(Duration::from_millis(200));
    assert_eq!(answer(&server, b"PROXY").expect("the server ends it"), b"");
    assert_eq!(answer(&server, b"").expect("the server ends it"), b"");
}

/// Caddy's proxyprotocol CVE-2019-14243: addresses that were cut short were a panic. Defence:
/// `addresses` in `proto/proxy_header/binary.rs`.
#[test]
fn addresses_that_are_cut_short() {
    let server = serve(Duration::from_secs(60));
    let header = |length: u8| [b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0", &[length][..]].concat();
    let short = [&header(4)[..], &[127, 0, 0, 1]].concat();
    assert_eq!(answer(&server, &short).expect("the server ends it"), b"");
    let block = &[203, 0, 113, 7, 198, 51, 100, 1, 0, 1, 0, 80];
    let good = [&header(12)[..], block, b"GET / HTTP/1.0\r\n\r\n"].concat();
    let bytes = answer(&server, &good).expect("the server goes on");
    assert!(bytes.ends_with(b"203.0.113.7"), "{}", bytes.escape_ascii());
}
