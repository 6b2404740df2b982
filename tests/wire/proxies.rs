//! Requests that come through proxies: whom they are from, and who is believed.

use bhrh::testing::{self, Client};
use bhrh::{Connection, Exchange, Limits, Outcome, Peer, Trusted, http_handler};
use std::io::{self, Read, Write};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", seen(http))
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", seen(http))
    }
}

fn seen(http: &Exchange<'_>) -> String {
    let (client, peer) = (&http.client_address, http.peer());
    let (ip, origin) = (http.client_ip(), http.origin());
    assert_eq!(ip, client.ip());
    format!("{client} {peer} {} {}", http.secured(), origin.unwrap_or_default())
}

const FIELDS: [(&str, &str); 4] = [
    ("X-Forwarded-For", "203.0.113.7:5060"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "App.Example:443"),
    ("Forwarded", "for=198.51.100.4;proto=http;host=b.example"),
];

fn get(client: Client<'_>) -> testing::Response {
    let request = client.get("/").header("Host", "own.example");
    FIELDS.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
}

#[test]
fn only_trusted_peers_are_believed() {
    const DIRECT: &str = "127.0.0.1:49152 127.0.0.1:49152 false http://own.example";
    let client = testing::client(&App);
    assert_eq!(get(client).text(), DIRECT);
    for others in [Trusted::default(), Trusted::default().and_unix()] {
        assert_eq!(get(client.trusts(&others)).text(), DIRECT);
    }
    let others = Trusted::networks(["10.0.0.0/8", "203.0.113.0/24"]).unwrap();
    assert_eq!(get(client.trusts(&others)).text(), DIRECT);

    let proxies = Trusted::loopback();
    let response = get(client.trusts(&proxies));
    let through = "203.0.113.7:5060 127.0.0.1:49152 true https://app.example";
    assert_eq!(response.text(), through);
    assert!(response.log()[0].starts_with("203.0.113.7 - - ["), "{:?}", response.log());

    let by_forwarded = Trusted::loopback().by_forwarded();
    let through = "198.51.100.4:0 127.0.0.1:49152 false http://b.example";
    assert_eq!(get(client.trusts(&by_forwarded)).text(), through);
    // Without fields, the proxy speaks for itself.
    let direct = client.trusts(&proxies).get("/").header("Host", "own.example").send();
    assert_eq!(direct.text(), DIRECT);
}

/// A client that has sent all that it will.
struct Sent<'s>(&'s [u8], Vec<u8>);

impl Read for Sent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Sent<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_proxy_can_come_over_a_unix_socket_or_by_a_mapped_address() {
    let mapped: Peer = ([0, 0, 0, 0, 0, 0xFFFF, 0x7F00, 1], 9).into();
    for (peer, trusted, expected) in [
        (Peer::unix(""), Trusted::default().and_unix(), "203.0.113.7:0 unix: "),
        (Peer::unix(""), Trusted::private(), "unix: unix: "),
        (mapped, Trusted::loopback(), "203.0.113.7:0 127.0.0.1:9 "),
    ] {
        let input = b"GET / HTTP/1.0\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n";
        let mut stream = Sent(input, Vec::new());
        Connection::new(&mut stream, peer).trusts(trusted).serve(&App).unwrap();
        let output = String::from_utf8(stream.1).unwrap();
        assert!(output.contains(&format!("\r\n\r\n{expected}")), "{output}");
    }
}

/// The server's own answers, too, are logged with the client, unless the fields may be incomplete.
#[test]
fn a_refused_request_is_the_clients_if_its_head_is_whole() {
    let proxies = Trusted::loopback();
    let log = |bytes: &str| {
        let mut stream = Sent(bytes.as_bytes(), Vec::new());
        let ((), log) = bhrh::__internals::collect_log(|| {
            Connection::new(&mut stream, ([127, 0, 0, 1], 1))
                .trusts(proxies.clone())
                .limits(Limits::default().body(9))
                .serve(&App)
                .unwrap();
        });
        log
    };
    for (request, from) in [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n", "203.0.113.7"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n", "203.0.113.7"),
        ("GET / HTTP/1.1\r\n", "203.0.113.7"),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: something\r\n", "203.0.113.7"),
        ("SPAM / HTTP/1.1\r\nHost: a\r\n", "203.0.113.7"),
        // The proxy would have appended its line behind the fault.
        ("GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nbad line\r\n", "127.0.0.1"),
        ("GET / HTTP/2.0\r\n", "127.0.0.1"),
    ] {
        let lines = log(&format!("{request}X-Forwarded-For: 203.0.113.7\r\n\r\n"));
        assert!(!lines.is_empty());
        for line in lines {
            assert!(line.starts_with(&format!("{from} - - [")), "{request} {line}");
        }
    }
}

struct Outer(App);

#[http_handler(wraps = self.0)]
impl Outer {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        if http.path == "/set" {
            http.client_address = ([192, 0, 2, 1], 1).into();
        }
        http.pass_to(&self.0)
    }
}

#[test]
fn the_client_goes_along_to_an_inner_handler() {
    let (outer, proxies) = (Outer(App), Trusted::loopback());
    let client = testing::client(&outer).trusts(&proxies);
    let through = "203.0.113.7:5060 127.0.0.1:49152 true https://app.example";
    assert_eq!(get(client).text(), through);
    let set = client.get("/set").header("X-Forwarded-For", "203.0.113.7").send();
    assert!(set.text().starts_with("192.0.2.1:1 127.0.0.1:49152 "), "{}", set.text());
}

#[test]
fn each_request_of_a_connection_is_its_own_clients() {
    let proxies = Trusted::loopback();
    let client = testing::client(&App).trusts(&proxies);
    let responses = client.pipeline([
        client.get("/").header("X-Forwarded-For", "203.0.113.7"),
        client.get("/"),
        client.get("/").header("X-Forwarded-For", "203.0.113.8"),
    ]);
    let clients: Vec<_> =
        responses.iter().map(|response| response.text().split(' ').next().unwrap()).collect();
    assert_eq!(clients, ["203.0.113.7:0", "127.0.0.1:49152", "203.0.113.8:0"]);
}

#[test]
fn an_origin_has_the_form_of_the_field() {
    let app = bhrh::from_fn(|http| {
        http.reply(200, "text/plain", http.origin().unwrap_or_else(|| "none".into()))
    });
    let proxies = Trusted::loopback();
    for (scheme, host, expected) in [
        ("https", "A.example", "https://a.example"),
        ("https", "a.example:443", "https://a.example"),
        ("https", "a.example:80", "https://a.example:80"),
        ("http", "a.example:80", "http://a.example"),
        ("http", "a.example:443", "http://a.example:443"),
        ("http", "a.example:", "http://a.example"),
        ("https", "[2001:DB8::1]:443", "https://[2001:db8::1]"),
        ("https", "[2001:db8::443]", "https://[2001:db8::443]"),
    ] {
        let request = testing::client(&app).trusts(&proxies).get("/");
        let request = request.header("X-Forwarded-Proto", scheme).header("X-Forwarded-Host", host);
        assert_eq!(request.send().text(), expected);
    }
    // HTTP/1.0 without `Host`.
    let without = testing::client(&app).raw("GET / HTTP/1.0\r\n\r\n");
    assert!(without.ends_with(b"\r\n\r\nnone"), "{}", without.escape_ascii());
}
