//! What a handler and the log are told of the two ends of a connection.

use crate::answer::answer;
use bhrh::{__internals as internals, Connection, Exchange, Handler, Peer, Profile};
use std::io::{self, Cursor};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// Tells what it is told.
fn tell(http: &mut Exchange<'_>) -> io::Result<()> {
    let (client, server) = (&http.client_address, http.server.server_address());
    let (name, port) = (http.server.server_name(), http.server.server_port());
    let is_unix = client.is_unix();
    http.reply(200, "text/plain", format!("{client} {is_unix} at {server}: {name} {port}"))
}

/// The answer over memory to this client, and the first word of its line in the log.
fn ask(client: impl Into<Peer>, server: Option<Peer>) -> (String, String) {
    let mut stream = Cursor::new(GET.to_vec());
    let handler = answer(tell);
    let serve = || {
        let connection = Connection::new(&mut stream, client).profile(Profile::STRICT);
        match server {
            Some(server) => connection.server_address(server).serve(&handler),
            None => connection.serve(&handler),
        }
    };
    let (served, log) = internals::collect_log(serve);
    served.expect("memory does not fail");
    let mut answer = &stream.get_ref()[GET.len()..];
    let response = internals::read_response(&mut answer, false).expect("an answer");
    let client = log[0].split(" - - [").next().unwrap_or_default().to_owned();
    (response.text().to_owned(), client)
}

#[test]
fn a_client_is_told_as_it_is_and_logged_by_its_host() {
    for (client, told, logged) in [
        (Peer::from(([192, 0, 2, 7], 49152)), "192.0.2.7:49152 false", "192.0.2.7"),
        (
            Peer::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 80)),
            "[2001:db8::1]:80 false",
            "2001:db8::1",
        ),
        (
            Peer::from(([0, 0, 0, 0, 0, 0xffff, 0xc000, 0x207], 80)),
            "192.0.2.7:80 false",
            "192.0.2.7",
        ),
        (Peer::unix(""), "unix: true", "unix:"),
        (Peer::unix("/run/client.sock"), "unix:/run/client.sock true", "unix:"),
        (Peer::unix("\0client"), "unix:@client true", "unix:"),
        // A client may choose its name, and so forge no line.
        (Peer::unix("a\n127.0.0.1"), "unix:a\\n127.0.0.1 true", "unix:"),
    ] {
        let expected = (format!("{told} at 0.0.0.0:0: 0.0.0.0 0"), logged.to_owned());
        assert_eq!(ask(client, None), expected);
    }
}

#[test]
fn a_server_at_a_unix_socket_has_no_port_and_is_local() {
    let (told, _) = ask(([127, 0, 0, 1], 1), Some(Peer::unix("/run/app.sock")));
    assert_eq!(told, "127.0.0.1:1 false at unix:/run/app.sock: localhost 0");
    let (told, _) = ask(([127, 0, 0, 1], 1), Some(Peer::from(([192, 0, 2, 1], 8000))));
    assert_eq!(told, "127.0.0.1:1 false at 192.0.2.1:8000: 192.0.2.1 8000");
}

/// Middleware behind a proxy that it trusts may say who the client is.
#[test]
fn a_handler_may_set_the_address_for_those_behind_it() {
    let handler = bhrh::from_fn(|http| {
        http.client_address = Peer::from(([203, 0, 113, 7], 0));
        http.dispatch_to(&answer(tell))
    });
    let response = bhrh::testing::get(&handler, "/");
    assert!(response.text().starts_with("203.0.113.7:0 false at "), "{}", response.text());
    assert!(response.log()[0].starts_with("203.0.113.7 - - ["), "{:?}", response.log());
}

#[cfg(unix)]
#[test]
fn a_pair_of_unix_sockets_is_served() {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    let (mut client, server) = UnixStream::pair().expect("a pair");
    client.write_all(GET).expect("room");
    let handler: &dyn Handler = &answer(tell);
    let peer = server.peer_addr().expect("an address");
    let (served, log) = internals::collect_log(|| bhrh::handle(handler, server, peer));
    served.expect("it answers");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("\r\n\r\nunix: true at 0.0.0.0:0: 0.0.0.0 0"), "{answer}");
    assert!(log[0].starts_with("unix: - - ["), "{log:?}");
}
