//! Connections that stay: keep-alive, pipelines, large bodies, slow clients.

use crate::app::serve;
use std::thread;
use std::time::Duration;

#[test]
fn a_connection_serves_many_requests() {
    let served = serve(|server| server);
    let mut client = served.connect();
    for at in 0..50 {
        assert_eq!(client.get(&format!("/{at}")).text(), format!("GET /{at}\n"));
    }
    // An error is an answer like any other.
    for _ in 0..2 {
        let response = client.get("/refuse");
        assert_eq!((response.status(), response.header("Connection")), (413, None));
    }
    client.send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(client.response().header("Connection"), Some("close"));
    assert!(client.rest().is_empty());
}

#[test]
fn pipelined_requests_are_answered_in_order_quick_and_slow_ones_alike() {
    let served = serve(|server| server);
    let mut client = served.connect();
    let path = |at: usize| if at % 7 == 3 { "/slow".to_owned() } else { format!("/{at}") };
    let requests: String =
        (0..300).map(|at| format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path(at))).collect();
    client.send(requests);
    for at in 0..300 {
        assert_eq!(client.response().text(), format!("GET {}\n", path(at)));
    }
}

#[test]
fn a_pipeline_of_large_answers_is_answered_whole() {
    let served = serve(|server| server);
    let mut client = served.connect();
    // More than sockets hold, and nobody reads until all is asked for.
    client.send("GET /bytes/15000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
    client.finish();
    for _ in 0..1000 {
        assert_eq!(client.response().body().len(), 15_000);
    }
    assert!(client.rest().is_empty());
}

#[test]
fn a_mebibyte_goes_both_ways() {
    let served = serve(|server| server);
    let body: Vec<u8> = (0..1 << 20).map(|at: u32| (at % 251) as u8).collect();
    let mut client = served.connect();
    for _ in 0..3 {
        client.send(format!(
            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        client.send(&body);
        assert!(client.response().body() == body);
    }
    client.send("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for piece in body.chunks(100_000) {
        client.send(format!("{:x}\r\n", piece.len()));
        client.send(piece);
        client.send("\r\n");
    }
    client.send("0\r\n\r\n");
    assert!(client.response().body() == body);
}

#[test]
fn a_request_may_come_in_pieces() {
    let served = serve(|server| server);
    for length in [5, 100_000] {
        let body = "x".repeat(length);
        let head = format!("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
        let request = format!("{head}{body}");
        let (mut at, mut client) = (0, served.connect());
        // The head byte by byte, the rest in a few pieces, with time for the server to look.
        while at < request.len() {
            let end =
                if at < head.len() { at + 1 } else { (at + length / 3 + 1).min(request.len()) };
            client.send(&request[at..end]);
            thread::sleep(Duration::from_millis(1));
            at = end;
        }
        assert_eq!(client.response().text(), body);
    }
}

#[test]
fn a_client_may_take_its_time_to_read() {
    let served = serve(|server| server);
    let mut client = served.connect();
    client.send_get("/bytes/3000000");
    for _ in 0..20 {
        client.taste();
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(client.response().body().len(), 3_000_000);
    assert_eq!(client.get("/").status(), 200);
}

#[test]
fn a_client_waits_for_its_100_before_it_sends() {
    let served = serve(|server| server);
    let mut client = served.connect();
    for _ in 0..3 {
        client.send(
            "POST /body HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        );
        client.taste();
        client.send("hello");
        let response = client.response();
        assert_eq!((response.interim(), response.text()), (&[100][..], "hello"));
    }
}
