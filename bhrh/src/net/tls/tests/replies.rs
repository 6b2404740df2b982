//! What the protocol says itself, over a socket that has no room for it.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::client::ClientConnection;
use rustls::pki_types::ServerName;
use rustls::version::TLS13;

use super::{Authority, client_config};
use crate::net::channel::{Channel, Handshake};
use crate::net::socket::Socket;
use crate::net::tls::channel::Encrypted;

/// A client whose handshake is done, and a server that has to hear of that, and to send tickets then.
fn pair() -> (ClientConnection, TcpStream, Encrypted) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (accepted, _) = listener.accept().unwrap();
    accepted.set_nonblocking(true).unwrap();
    let authority = Authority::new("authority");
    let tls = authority.issue(&["localhost"]).tls();
    let socket = Socket::new(mio::net::TcpStream::from_std(accepted));
    let server = Encrypted::new(socket, &tls);
    let config = client_config(authority.roots(), &TLS13, None);
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    client.write_tls(&mut stream).unwrap();
    while server.holds() == 0 && client.is_handshaking() {
        assert_eq!(server.shake_hands().unwrap(), Handshake::NeedsInput);
        client.read_tls(&mut stream).unwrap();
        client.process_new_packets().unwrap();
    }
    (client, stream, server)
}

/// Sends until the system takes nothing for a while. Returns the number of bytes.
fn fill(server: &Encrypted) -> usize {
    let (mut sent, mut quiet) = (0, 0);
    while quiet < 10 {
        match server.socket().write_without_waiting(&[0; 1000]) {
            Ok(count) => (sent, quiet) = (sent + count, 0),
            Err(_) => {
                quiet += 1;
                thread::sleep(Duration::from_millis(5));
            }
        }
    }
    sent
}

#[test]
fn a_reply_that_had_no_room_leaves_when_there_is_some() {
    let (mut client, mut stream, server) = pair();
    let junk = fill(&server);
    while client.wants_write() {
        client.write_tls(&mut stream).unwrap();
    }
    assert_eq!(server.shake_hands().unwrap(), Handshake::NeedsRoom);
    server.send_replies().unwrap();
    assert!(server.holds() > 0, "there is no room");

    stream.read_exact(&mut vec![0; junk]).unwrap();
    server.send_replies().unwrap();
    assert_eq!(server.holds(), 0);
    client.read_tls(&mut stream).unwrap();
    client.process_new_packets().unwrap();
    assert!(client.tls13_tickets_received() > 0);
}
