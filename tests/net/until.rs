//! Servers that serve until something has come to pass.

use crate::client::{Client, PATIENCE};
use bhrh::{Exchange, Handler, HttpServer, Outcome, Peer};
use bhrh_tests::way::{Stream, Way};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

/// Runs a server on a thread; its address, and its end.
fn run(
    serve: impl FnOnce(HttpServer) -> io::Result<()> + Send + 'static,
) -> (Peer, mpsc::Receiver<io::Result<()>>) {
    let server = Way::of_this_run().server();
    let address = server.local_addr();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(serve(server)));
    (address, ended)
}

fn end(ended: &mpsc::Receiver<io::Result<()>>) {
    ended.recv_timeout(PATIENCE).expect("it returns").expect("nothing to cut");
}

/// Keeps quiet, and panics where it is told to.
fn app() -> impl Handler {
    bhrh::from_fn(|http: &mut Exchange<'_>| -> Outcome {
        if http.path == "/panic" {
            panic!("as it was told");
        }
        Ok(http.reply(200, "text/plain", "once")?)
    })
}

#[test]
fn one_request_and_no_more() {
    let (address, ended) = run(|server| server.handle_request(app()));
    // Neither of these is a request that is answered by a method.
    let _silent = Stream::connect(&address).expect("it listens");
    let mut bad = Client::connect(&address);
    bad.send(b"no request\r\n\r\n");
    assert!(bad.rest().starts_with(b"HTTP/1.1 400 "));
    assert!(ended.try_recv().is_err());
    let mut client = Client::connect(&address);
    let response = client.get("/");
    assert_eq!((response.status(), response.text()), (200, "once"));
    assert!(client.rest().is_empty());
    end(&ended);
    assert!(Stream::connect(&address).is_err());
}

#[test]
fn a_request_that_panics_is_one() {
    let (address, ended) = run(|server| server.handle_request(app()));
    assert_eq!(Client::connect(&address).get("/panic").status(), 500);
    end(&ended);
}

#[test]
fn until_the_handler_has_what_it_waits_for() {
    struct Counts(AtomicUsize);

    #[bhrh::http_handler(protocol_version = "HTTP/1.1")]
    impl Counts {
        fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
            self.0.fetch_add(1, Ordering::SeqCst);
            http.reply(200, "text/plain", "counted")
        }

        fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}
    }

    let counts = Arc::new(Counts(AtomicUsize::new(0)));
    let shared = Arc::clone(&counts);
    let done = |counts: &Arc<Counts>| counts.0.load(Ordering::SeqCst) == 3;
    let (address, ended) = run(move |server| server.serve_until(shared, done));
    let mut client = Client::connect(&address);
    for _ in 0..3 {
        assert!(ended.try_recv().is_err());
        assert_eq!(client.get("/").status(), 200);
    }
    end(&ended);
    assert_eq!(counts.0.load(Ordering::SeqCst), 3);
}
