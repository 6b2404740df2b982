//! A server that listens at several places.

use crate::client::Client;
use bhrh::{Endpoint, EndpointLimits, HttpServer, Peer};
use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

/// Tells where a request came to, and from where.
fn app() -> impl bhrh::Handler {
    bhrh::from_fn(|http| {
        let (server, name) = (http.server.server_address(), http.server.server_name());
        let text = format!("{server} {name} {} {}", http.server.server_port(), http.client_address);
        http.reply(200, "text/plain", text)
    })
}

fn listening_in(place: &tempfile::TempDir) -> (Endpoint, std::path::PathBuf) {
    let path = place.path().join("a.sock");
    (UnixListener::bind(&path).expect("a path that is free").into(), path)
}

#[test]
fn a_request_knows_which_of_them_it_came_to() {
    let place = tempfile::tempdir().expect("a directory");
    let (unix, path) = listening_in(&place);
    let tcp = || Endpoint::tcp("127.0.0.1:0").expect("a free port");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let server = HttpServer::at([tcp(), unix]).and_then(|server| server.and(listener.into()));
    let server = server.and_then(|server| server.and(tcp())).expect("endpoints");
    let addresses: Vec<Peer> = server.local_addrs().collect();
    assert_eq!(addresses.len(), 4);
    assert_eq!(server.local_addr(), addresses[0]);
    assert_eq!(addresses[1].path(), Some(&*path));
    let _running = server.spawn(app()).expect("threads");
    for address in &addresses {
        let (mut client, host) = match address.path() {
            Some(path) => (Client::connect_unix(path), "localhost 0 unix:"),
            None => (Client::connect(address), "127.0.0.1"),
        };
        for _ in 0..2 {
            let response = client.get("/");
            assert_eq!(response.status(), 200);
            let expected = format!("{address} {host}");
            assert!(response.text().starts_with(&expected), "{:?}", response.text());
        }
    }
}

#[test]
fn a_path_that_somebody_else_has_bound_stays() {
    let place = tempfile::tempdir().expect("a directory");
    let (endpoint, path) = listening_in(&place);
    let running = HttpServer::at([endpoint]).expect("an endpoint").spawn(app()).expect("threads");
    assert_eq!(running.local_addr(), Peer::unix(&path));
    assert_eq!(Client::connect_unix(&path).get("/").status(), 200);
    running.shutdown();
    running.join().expect("the end");
    assert!(path.exists());
}

#[test]
fn one_that_is_full_leaves_room_at_the_others() {
    let place = tempfile::tempdir().expect("a directory");
    let (unix, path) = listening_in(&place);
    let few = EndpointLimits::default();
    let endpoints = [
        unix.limits(few.connections(1).connections_per_address(1)),
        Endpoint::tcp("127.0.0.1:0").expect("a free port").limits(few.connections_per_address(1)),
        Endpoint::tcp("127.0.0.1:0").expect("a free port"),
    ];
    let server = HttpServer::at(endpoints).expect("endpoints");
    let addresses: Vec<Peer> = server.local_addrs().collect();
    let _running = server.spawn(app()).expect("threads");
    let connect = |at: usize| match at {
        0 => Client::connect_unix(&path),
        _ => Client::connect(&addresses[at]),
    };
    let mut guests: Vec<Client> = Vec::new();
    for (at, expected) in [(0, 200), (0, 503), (1, 200), (1, 503), (2, 200), (2, 200)] {
        let mut client = connect(at);
        assert_eq!(client.get("/").status(), expected, "at {at}");
        if expected == 200 {
            guests.push(client);
        }
    }
}

#[test]
fn what_serves_nobody_is_no_server() {
    let error = HttpServer::at([]).expect_err("nowhere to listen");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    let closed = Endpoint::tcp("127.0.0.1:0").expect("a free port");
    let closed = closed.limits(EndpointLimits::default().connections(0));
    let error = HttpServer::at([closed]).expect_err("no client is allowed");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("EndpointLimits::connections is 0"), "{error}");
}
