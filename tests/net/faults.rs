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
    use bhrh::{Dispatch, Exchange, Handler, HttpServer};
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Panics in a setting, which is asked for outside of any method.
    struct Moody(AtomicBool);

    impl Handler for Moody {
        fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
            Dispatch::Handled(http.send_error(404).map_err(Into::into))
        }

        fn protocol_version(&self) -> Cow<'_, str> {
            assert!(self.0.swap(true, Ordering::Relaxed), "not in the mood");
            "HTTP/1.1".into()
        }

        fn log_message(&self, _: &Exchange<'_>, _: std::fmt::Arguments<'_>) {}
    }

    let server = HttpServer::bind("127.0.0.1:0").expect("a port").threads(1).max_threads(2);
    let running = server.spawn(Moody(AtomicBool::new(false))).expect("threads");
    let connect = || crate::client::Client::connect(running.local_addr());
    let mut first = connect();
    first.send_get("/");
    first.rest();
    for _ in 0..5 {
        assert_eq!(connect().get("/").status(), 404);
    }
    running.shutdown();
    running.join().expect("nothing was left behind");
}
