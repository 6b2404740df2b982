//! Who the client is behind real proxies: by their fields, and by the PROXY protocol. What a client
//! writes itself never counts.
//!
//! The client has the address 127.0.0.3, and the proxies have 127.0.0.1.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use socket2::{Domain, Socket, Type};

use super::{
    At, Program, app, eventually, free_port, guide, haproxy_by, haproxy_site, nginx_by, nginx_site,
    place,
};

/// The application in this mode, and where it listens.
fn app_that_is(mode: &str) -> (Program, SocketAddr) {
    app(Command::new(env!("CARGO_BIN_EXE_deploy-app")).arg(mode))
}

/// What a client writes that wants to be somebody else.
const SPOOFED: &str = "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\
    X-Forwarded-Host: evil.example\r\n\
    Forwarded: for=6.6.6.6;proto=https;host=evil.example\r\n";

/// Asks through a proxy who one is. Says what the answer is, but for the port of the client if it
/// is known: it has to be the one.
fn who(port: u16, fields: &str) -> String {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from(([127, 0, 0, 3], 0)).into()).expect("an address");
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into()).expect("a connection");
    let mut stream = TcpStream::from(socket);
    let own = stream.local_addr().expect("an address").to_string();
    let head = "GET /who HTTP/1.1\r\nHost: App.example:8080\r\nConnection: close\r\n";
    write!(stream, "{head}{fields}\r\n").expect("a request");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    let (head, text) = response.split_once("\r\n\r\n").expect("a whole response");
    assert!(head.starts_with("HTTP/1.1 200 "), "{response}");
    text.replace(&own, "CLIENT")
}

/// A peer that is the proxy, whose port nobody knows.
fn without_ports_of_the_proxy(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    if let Some((host, _)) = words[1].rsplit_once(':') {
        words[1] = host.to_owned();
    }
    words.join(" ")
}

fn assert_by_fields(port: u16) {
    eventually("the proxy listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    for fields in ["", SPOOFED] {
        let seen = without_ports_of_the_proxy(&who(port, fields));
        assert_eq!(seen, "127.0.0.3:0 127.0.0.1 false http://app.example:8080", "{fields}");
    }
}

#[test]
fn behind_the_guides_nginx() {
    let (_app, address) = app_that_is("trusting");
    let port = free_port();
    let _proxy = nginx_by("nginx-trusted", &nginx_site(port, At::Port(address)));
    assert_by_fields(port);
}

#[test]
fn behind_the_guides_haproxy() {
    let (_app, address) = app_that_is("trusting");
    let port = free_port();
    let _proxy = haproxy_by("haproxy-trusted", &haproxy_site(port, At::Port(address)));
    assert_by_fields(port);
}

/// Through HAProxy, and nginx behind it: the list has both, and each line or element is one's own.
#[test]
fn behind_two_proxies() {
    let (_app, address) = app_that_is("trusting");
    let (outer, inner) = (free_port(), free_port());
    let site = nginx_site(inner, At::Port(address));
    let append = "X-Forwarded-For $proxy_add_x_forwarded_for;";
    let keep = site
        .replace("X-Forwarded-For $remote_addr;", append)
        .replace("proxy_set_header X-Forwarded-Proto $scheme;", "")
        .replace("proxy_set_header X-Forwarded-Host $http_host;", "");
    assert!(keep.contains(append) && !keep.contains("X-Forwarded-Host"), "{keep}");
    let _inner = nginx_by("nginx-inner", &keep);
    let _outer =
        haproxy_by("haproxy-outer", &haproxy_site(outer, At::Port(([127, 0, 0, 1], inner).into())));
    eventually("nginx listens", || TcpStream::connect(("127.0.0.1", inner)).is_ok());
    assert_by_fields(outer);
}

#[test]
fn behind_nginx_with_forwarded() {
    let (_app, address) = app_that_is("forwarded");
    let port = free_port();
    let site = nginx_site(port, At::Port(address)).replace(
        "proxy_set_header Forwarded \"\";",
        "proxy_set_header Forwarded 'for=$remote_addr;proto=$scheme;host=\"$http_host\"';",
    );
    assert!(site.contains("'for=$remote_addr"), "{site}");
    // What the server does not read may pass.
    let site = site.replace("proxy_set_header X-Forwarded-For $remote_addr;", "");
    let _proxy = nginx_by("nginx-forwarded", &site);
    assert_by_fields(port);
}

#[test]
fn behind_haproxy_with_forwarded() {
    let (_app, address) = app_that_is("forwarded");
    let port = free_port();
    // As some do, it adds a line to those of the client.
    let field = "http-request add-header Forwarded \
        for=\\\"%[src]:%[src_port]\\\";proto=http;host=\\\"%[req.hdr(host)]\\\"";
    let site =
        haproxy_site(port, At::Port(address)).replace("http-request del-header Forwarded", field);
    assert!(site.contains(field), "{site}");
    let _proxy = haproxy_by("haproxy-forwarded", &site);
    eventually("the proxy listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    for fields in ["", SPOOFED] {
        let seen = without_ports_of_the_proxy(&who(port, fields));
        assert_eq!(seen, "CLIENT 127.0.0.1 false http://app.example:8080", "{fields}");
    }
}

/// By the PROXY protocol, the connection is the client's, with its port; and nobody's fields count.
fn assert_by_header(port: u16) {
    eventually("the proxy listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    for fields in ["", SPOOFED] {
        assert_eq!(who(port, fields), "CLIENT CLIENT false http://app.example:8080", "{fields}");
    }
}

/// The guide's file for a proxy that relays, with other addresses.
fn relay(name: &str, listens: (&str, &str), app: SocketAddr) -> String {
    let file = guide(name);
    assert!(file.contains(listens.0) && file.contains("127.0.0.1:8000"), "{name}");
    file.replace(listens.0, listens.1).replace("127.0.0.1:8000", &app.to_string())
}

/// The guide's file for HAProxy and the PROXY protocol, with these ports and this option.
fn haproxy_relay(port: u16, app: SocketAddr, option: &str) -> String {
    let bind = format!("bind 127.0.0.1:{port}");
    let file = relay("haproxy-relay.cfg", ("bind :443", &bind), app);
    let relay = file.replace("send-proxy-v2 ", &format!("{option} "));
    assert!(relay.contains(option), "{relay}");
    relay
}

#[test]
fn behind_haproxy_that_relays() {
    let (_app, address) = app_that_is("proxied");
    for option in ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"]
    {
        let port = free_port();
        let _proxy = haproxy_by("haproxy-relay", &haproxy_relay(port, address, option));
        assert_by_header(port);
    }
}

/// TLS ends at the proxy, which says so.
#[test]
fn behind_haproxy_that_relays_tls() {
    let (_app, address) = app_that_is("proxied");
    let (port, place) = (free_port(), place("haproxy-tls"));
    let (key, chain, both) = (place.join("key"), place.join("chain"), place.join("both.pem"));
    let mut made = Command::new("openssl");
    made.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    made.args(["-nodes", "-days", "2", "-subj", "/CN=app.example", "-keyout"]).arg(&key);
    assert!(made.arg("-out").arg(&chain).output().expect("openssl").status.success());
    let read = |path| std::fs::read(path).expect("a file");
    std::fs::write(&both, [read(&chain), read(&key)].concat()).expect("a file");
    let relay = haproxy_relay(port, address, "send-proxy-v2-ssl").replace(
        &format!("bind 127.0.0.1:{port}"),
        &format!("bind 127.0.0.1:{port} ssl crt {}", both.display()),
    );
    let _proxy = haproxy_by("haproxy-tls", &relay);
    eventually("the proxy listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    let mut curl = Command::new("curl");
    curl.args(["-sSk", "--interface", "127.0.0.3", "-w", " %{local_ip}:%{local_port}"]);
    let output = curl.arg(format!("https://127.0.0.1:{port}/who")).output().expect("curl");
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    let words: Vec<&str> = text.split(' ').collect();
    let origin = format!("https://127.0.0.1:{port}");
    assert_eq!(words, [words[4], words[4], "true", &origin, words[4]], "{output:?}");
    assert!(words[4].starts_with("127.0.0.3:"), "{text}");
}

#[test]
fn behind_nginx_that_relays() {
    let (_app, address) = app_that_is("proxied");
    let port = free_port();
    let listen = format!("listen 127.0.0.1:{port};");
    let relay = relay("nginx-relay.conf", ("listen 443;", &listen), address);
    let block = relay.find("stream {").expect("a block");
    let _proxy = nginx_by("nginx-relay", &relay[block..]);
    assert_by_header(port);
}

#[test]
fn curl_sends_a_header_of_its_own() {
    let (_app, address) = app_that_is("proxied");
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--haproxy-protocol", "-w", " %{local_ip}:%{local_port}"]);
    let output = curl.arg(format!("http://{address}/who")).output().expect("curl");
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    let words: Vec<&str> = text.split(' ').collect();
    let origin = format!("http://{address}");
    assert_eq!(words, [words[4], words[4], "false", &origin, words[4]], "{output:?}");
    // Without the header, there is no answer.
    let refused = Command::new("curl").args(["-sS", &format!("http://{address}/who")]).output();
    // An empty reply, or a reset, since its request was not read.
    assert!(matches!(refused.expect("curl").status.code(), Some(52 | 56)));
}
