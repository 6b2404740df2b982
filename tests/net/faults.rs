//! Clients that vanish and methods that panic: nobody else notices.

use crate::app::serve;

#[test]
fn a_reset_at_any_stage_leaves_the_server_alive() {
    let served = serve(|server| server);
    let post = "POST /body HTTP/1.1\r\nHost: a\r\n";
    for sent in [
        String::new(),
        "GET / HT".into(),
        "GET / HTTP/1.1\r\nHost: a\r\n".into(),
        format!("{post}Content-Length: 50\r\n\r\n"),
        format!("{post}Content-Length: 50\r\n\r\nhalf"),
        format!("{post}Content-Length: 500000\r\n\r\nhalf"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n5\r\nhe"),
        "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /bytes/5000000 HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50),
    ] {
        for wait in [false, true] {
            let mut client = served.connect();
            client.send(&sent);
            if wait {
                // Something else is served in between, so the server has surely looked.
                served.assert_alive();
            }
            client.reset();
        }
        served.assert_alive();
    }
    let mut client = served.connect();
    client.send_get("/bytes/5000000");
    client.taste();
    client.reset();
    let mut client = served.connect();
    client.send_get("/gate");
    served.until_waiting(1);
    client.reset();
    served.open_the_gate();
    served.assert_alive();
    let fault = |line: &&String| line.contains("failed") || line.ends_with(" 500 -");
    assert_eq!(served.log().iter().find(fault), None, "a client that went away is no fault");
}

#[test]
fn a_panic_is_a_500_and_nobody_elses_business() {
    let served = serve(|server| server);
    let mut other = served.connect();
    assert_eq!(other.get("/").status(), 200);
    for path in ["/panic", "/panic/version"] {
        for _ in 0..20 {
            let mut client = served.connect();
            let response = client.get(path);
            assert_eq!((response.status(), response.header("Connection")), (500, Some("close")));
            assert!(client.rest().is_empty());
        }
    }
    assert!(
        served.log()[1].ends_with("GET /panic: the handler panicked: as asked"),
        "{:?}",
        served.log()
    );
    assert_eq!(other.get("/").status(), 200);
}

#[test]
fn a_panic_where_nobody_expects_one_costs_one_connection() {
    use bhrh::{Dispatch, Exchange, Handler};
    use bhrh_tests::way::Way;
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};

    /// Panics in a setting, which is asked for outside of any method.
    struct Moody(AtomicBool, Arc<Mutex<Vec<String>>>);

    impl Handler for Moody {
        fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
            Dispatch::Handled(http.send_error(404).map_err(Into::into))
        }

        fn protocol_version(&self) -> Cow<'_, str> {
            assert!(self.0.swap(true, Ordering::Relaxed), "not in the mood");
            "HTTP/1.1".into()
        }

        fn log_message(&self, _: &Exchange<'_>, message: std::fmt::Arguments<'_>) {
            self.1.lock().expect("nobody fails here").push(message.to_string());
        }
    }

    let server = Way::of_this_run().server().threads(1).max_threads(2);
    let log = Arc::new(Mutex::new(Vec::new()));
    let moody = Moody(AtomicBool::new(false), Arc::clone(&log));
    let running = server.spawn(moody).expect("threads");
    let connect = || crate::client::Client::connect(running.local_addr());
    let mut first = connect();
    first.send_get("/");
    assert_eq!(first.response().status(), 500);
    assert!(first.rest().is_empty());
    let lines = log.lock().expect("nobody fails here").clone();
    assert_eq!(lines[0], "GET /: the handler panicked: not in the mood");
    for _ in 0..5 {
        assert_eq!(connect().get("/").status(), 404);
    }
    running.shutdown();
    running.join().expect("nothing was left behind");
}

#[test]
fn a_full_disk_is_a_500_or_a_cut_and_one_line() {
    let served = serve(|server| server);
    let mut client = served.connect();
    assert_eq!(client.get("/full").status(), 500);
    assert!(client.rest().is_empty());
    let mut client = served.connect();
    client.send_get("/full-midway");
    let bytes = client.rest();
    // What has left stays; that the last chunk is missing tells the rest.
    assert!(bytes.is_empty() || bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(!bytes.ends_with(b"0\r\n\r\n"));
    served.assert_alive();
    let failed = |line: &&String| line.contains(": the handler failed: no storage space");
    assert_eq!(served.log().iter().filter(failed).count(), 2, "{:?}", served.log());
}

/// The system allows fewer threads than the limit: the engine goes on with those.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_cannot_be_had_are_done_without() {
    let name = "faults::threads_that_cannot_be_had_are_done_without";
    // Large stacks in little room: some fit, and what they leave is plenty for everything else.
    let room = "ulimit -v 1500000 && export RUST_MIN_STACK=67108864 MALLOC_ARENA_MAX=1";
    crate::own_process::in_a_process_of_its_own(name, room, || {
        let served = serve(|server| server.threads(1).max_threads(500));
        let mut clients: Vec<_> = (0..60).map(|_| served.connect()).collect();
        clients.iter_mut().for_each(|client| client.send_get("/gate"));
        served.until_waiting(2);
        served.open_the_gate();
        for client in &mut clients {
            assert_eq!(client.response().text(), "GET /gate\n");
        }
        assert!(served.most_waiting() < 40, "there were threads for {}", served.most_waiting());
        served.assert_alive();
    });
}
