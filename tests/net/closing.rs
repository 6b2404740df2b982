//! How connections end: half-closed ones, and answers that arrive though the client still sends.

use crate::app::serve;
use bhrh::__internals::read_response;
use bhrh::testing::Response;

fn read_one(bytes: &[u8]) -> Response {
    let mut rest = bytes;
    let response = read_response(&mut rest, false);
    let response = response.unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(bytes)));
    assert!(rest.is_empty(), "{:?}", String::from_utf8_lossy(rest));
    response
}

#[test]
fn a_client_that_has_closed_its_side_gets_its_answers() {
    let served = serve(|server| server);
    for path in ["/", "/slow", "/bytes/3000000"] {
        let mut client = served.connect();
        client.send_get(path);
        client.finish();
        assert_eq!(read_one(&client.rest()).status(), 200, "{path}");
    }
    let mut client = served.connect();
    client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    client.finish();
    assert_eq!(read_one(&client.rest()).text(), "hello");
}

#[test]
fn a_request_that_the_client_cuts_off_is_refused() {
    let served = serve(|server| server);
    for (sent, reason) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n", "Incomplete request"),
        (
            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell",
            "The connection ended inside the body",
        ),
        (
            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\nhell",
            "The connection ended inside the body",
        ),
    ] {
        let mut client = served.connect();
        client.send(sent);
        client.finish();
        let response = read_one(&client.rest());
        assert_eq!((response.status(), response.reason()), (400, reason));
    }
}

#[test]
fn connections_that_say_nothing_end_without_a_word() {
    let served = serve(|server| server);
    let mut client = served.connect();
    client.finish();
    assert!(client.rest().is_empty());
    assert!(served.log().is_empty(), "{:?}", served.log());
}

#[test]
fn a_large_upload_that_is_refused_early_still_gets_its_answer() {
    let served = serve(|server| server);
    let length = 700_000;
    for path in ["/refuse", "/%"] {
        let mut client = served.connect();
        client.send(format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        // A close without reading would make the system answer these with a reset, which drops
        // the answer on the client's side.
        for _ in 0..length / 10_000 {
            if client.try_send(&[b'x'; 10_000]).is_err() {
                break;
            }
        }
        let response = client.response();
        assert!(matches!(response.status(), 413 | 400), "{}", response.status());
        assert_eq!(response.header("Connection"), Some("close"));
    }
}

#[test]
fn what_is_cut_is_seen_to_be_cut() {
    let served = serve(|server| server.max_threads(8));
    let mut client = served.connect();
    client.send_get("/flush-and-gate");
    served.until_waiting(1);
    let mut other = served.connect();
    other.send_get("/fail");
    assert_eq!(other.response().status(), 500);
    served.open_the_gate();
    // Flushed without a length: chunks, and so an end that can be missed.
    assert_eq!(client.response().text(), "GET /flush-and-gate\n");
}
