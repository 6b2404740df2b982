//! A server that listens at several places.

use crate::client::Client;
use bhrh::{Endpoint, EndpointLimits, HttpServer, Peer};
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};

/// Tells where a request came to, and from where.
fn app() -> impl bhrh::Handler {
    bhrh::from_fn(|http| {
        let (server, name) = (http.server.server_address(), http.server.server_name());
        let text = format!("{server} {name} {} {}", http.server.server_port(), http.client_address);
        http.reply(200, "text/plain", text)
    })
}

fn serve_at(path: &std::path::Path) -> io::Result<bhrh::RunningServer> {
    HttpServer::at([Endpoint::unix(path)?])?.spawn(app())
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

#[test]
fn a_unix_socket_is_there_for_as_long_as_its_server() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a.sock");
    // A server that was killed has left this.
    drop(UnixListener::bind(&path).expect("a path that is free"));
    let endpoint = Endpoint::unix(&path).expect("a socket").mode(0o600);
    let shown: Vec<String> = endpoint.local_addrs().map(|address| address.to_string()).collect();
    assert_eq!(shown, [format!("unix:{}", path.display())]);
    assert!(UnixStream::connect(&path).is_err(), "nobody has the endpoint yet");
    let server = HttpServer::at([endpoint]).expect("an endpoint");
    // A client that comes early waits.
    let mut client = Client::connect_unix(&path);
    client.send_get("/");
    assert_eq!(fs::metadata(&path).expect("a socket").permissions().mode() & 0o777, 0o600);
    let running = server.spawn(app()).expect("threads");
    let expected = format!("{} localhost 0 unix:", shown[0]);
    assert_eq!(client.response().text(), expected);
    let escaped = path.to_string_lossy().replace('/', "%2F");
    assert_eq!(running.url_to("/a"), format!("http+unix://{escaped}/a"));

    let second = serve_at(&path).expect_err("it is taken");
    assert_eq!(second.kind(), io::ErrorKind::AddrInUse);
    assert!(second.to_string().contains("another copy"), "{second}");
    assert_eq!(client.get("/").text(), expected);
    drop(client);
    running.shutdown();
    running.join().expect("the end");
    assert!(!path.exists());
    assert_eq!(fs::read_dir(place.path()).expect("a directory").count(), 0);
}

/// The old server still answers what it has begun.
#[test]
fn the_next_server_can_have_the_path_while_the_last_requests_run() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a.sock");
    let endpoint = Endpoint::unix(&path).expect("a socket");
    let served = crate::app::serve(|server| server.and(endpoint).expect("an endpoint"));
    let mut old = Client::connect_unix(&path);
    old.send_get("/gate");
    served.until_waiting(1);
    // This one is accepted by the system only.
    let mut last = Client::connect_unix(&path);
    last.send_get("/last");
    served.shutdown();
    while path.exists() {
        std::thread::yield_now();
    }
    let next = serve_at(&path).expect("the path is free");
    assert_eq!(Client::connect_unix(&path).get("/").status(), 200);
    served.open_the_gate();
    assert_eq!(old.response().text(), "GET /gate\n");
    assert_eq!(last.response().text(), "GET /last\n");
    served.join().expect("the end");
    // The path is the next server's.
    assert_eq!(Client::connect_unix(&path).get("/").status(), 200);
    next.shutdown();
    next.join().expect("the end");
    assert!(!path.exists());
}

#[test]
fn a_server_that_never_runs_leaves_no_path() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a.sock");
    let endpoint = || Endpoint::unix(&path).expect("a socket");
    drop(endpoint());
    drop(HttpServer::at([endpoint()]).expect("an endpoint"));
    let closed = EndpointLimits::default().connections(0);
    let refused = Endpoint::tcp("127.0.0.1:0").expect("a free port").limits(closed);
    HttpServer::at([endpoint(), refused]).expect_err("one is refused");
    let mut limits = bhrh::Limits::default();
    limits.head = 0;
    let server = HttpServer::at([endpoint()]).expect("an endpoint").limits(limits);
    server.spawn(app()).expect_err("nobody could be served");
    assert_eq!(fs::read_dir(place.path()).expect("a directory").count(), 0);
}

#[test]
fn a_mode_is_a_mode_of_a_socket_that_has_a_file() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a.sock");
    let tcp = Endpoint::tcp("127.0.0.1:0").expect("a free port");
    let brought: Endpoint = UnixListener::bind(place.path().join("b")).expect("a path").into();
    let unix = || Endpoint::unix(&path).expect("a socket");
    for (endpoint, part) in [
        (tcp.mode(0o600), "only an endpoint that makes"),
        (brought.mode(0o600), "only an endpoint that makes"),
        (unix().mode(0o1777), "0o1777"),
        (unix().mode(0o1777).mode(0o600), "0o1777"),
    ] {
        let error = HttpServer::at([endpoint]).expect_err("no such mode");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn the_text_of_an_address_may_name_a_unix_socket() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a sock\u{e9}t");
    let text = format!("unix:{}", path.display());
    let running = HttpServer::bind(&*text).expect("a path").spawn(app()).expect("threads");
    assert_eq!(running.local_addr().to_string(), text);
    assert_eq!(Client::connect_unix(&path).get("/").status(), 200);
    // What a server says of itself can be bound, too.
    let error = HttpServer::bind(running.local_addr()).expect_err("it is taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let error = HttpServer::bind("unix:a\tb").expect_err("that is not how it looks");
    assert!(error.to_string().contains("`Endpoint::unix` takes such a path"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_need_not_be_in_the_file_system() {
    use std::os::linux::net::SocketAddrExt;
    let name = format!("bhrh tests {}", std::process::id());
    let running = HttpServer::bind(format!("unix:@{name}")).expect("a name").spawn(app());
    let running = running.expect("threads");
    assert_eq!(running.local_addr().abstract_name(), Some(name.as_bytes()));
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).expect("a name");
    let stream = UnixStream::connect_addr(&address).expect("a connection");
    let text = Client::over(stream.into()).get("/").text().to_owned();
    assert_eq!(text, format!("unix:@{name} localhost 0 unix:"));
}

#[test]
fn several_may_share_a_port_if_all_of_them_want_to() {
    let shared = |address: &str| HttpServer::at([Endpoint::tcp_shared(address.to_owned())?]);
    let first = shared("127.0.0.1:0").expect("a free port");
    let address = first.local_addr().to_string();
    let second = shared(&address).expect("a share");
    let served: Vec<_> = [first, second].map(|server| server.spawn(app()).expect("threads")).into();
    assert_eq!(served[0].local_addr(), served[1].local_addr());
    for _ in 0..20 {
        assert_eq!(Client::connect(served[0].local_addr()).get("/").status(), 200);
    }
    let error = HttpServer::bind(&*address).expect_err("this one does not share");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let alone = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let error = shared(&alone.local_addr().expect("an address").to_string()).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains("all that listen there have to share it"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_system_tells_who_has_connected_to_a_unix_socket() {
    use std::os::unix::fs::MetadataExt;
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a.sock");
    let app = bhrh::from_fn(|http| {
        http.reply(200, "text/plain", format!("{:?}", http.unix_credentials()))
    });
    let endpoints = [Endpoint::unix(&path), Endpoint::tcp("127.0.0.1:0")];
    let server = HttpServer::at(endpoints.map(|endpoint| endpoint.expect("a place")));
    let server = server.expect("endpoints");
    let addresses: Vec<Peer> = server.local_addrs().collect();
    let _running = server.spawn(app).expect("threads");
    let own = fs::metadata("/proc/self").expect("this process");
    let (pid, uid, gid) = (std::process::id(), own.uid(), own.gid());
    let expected = format!("Some(UnixCredentials {{ pid: Some({pid}), uid: {uid}, gid: {gid} }})");
    assert_eq!(Client::connect(&addresses[0]).get("/").text(), expected);
    assert_eq!(Client::connect(&addresses[1]).get("/").text(), "None");
}
