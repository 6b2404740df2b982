//! Clients that go while a method works for them: it can find out, and it is nobody's fault.

use crate::app::serve;
use bhrh::__internals::read_response;

#[test]
fn a_method_sees_that_its_client_has_gone() {
    let served = serve(|server| server.max_threads(4));
    let mut client = served.connect();
    client.send_get("/until-gone");
    served.until_logged("at work");
    client.reset();
    served.until_logged("noticed");
    served.assert_alive();
    let fault = |line: &&String| line.contains("failed") || line.ends_with(" 500 -");
    assert_eq!(served.log().iter().find(fault), None);
}

#[test]
fn a_client_that_has_closed_its_side_counts_as_gone_and_gets_its_response() {
    for length in ["", "Content-Length: 2\r\n"] {
        let served = serve(|server| server.max_threads(4));
        let mut client = served.connect();
        client.send(format!("GET /until-gone HTTP/1.1\r\nHost: a\r\n{length}\r\n"));
        if !length.is_empty() {
            client.send("ab");
        }
        served.until_logged("at work");
        client.finish();
        let bytes = client.rest();
        // In any framing: the output of a method that has worked for long is sent at once.
        let response = read_response(&mut &bytes[..], false).expect("a whole response");
        assert_eq!((response.status(), response.text()), (200, "all the same"));
    }
}

#[test]
fn a_client_that_only_waits_is_not_gone() {
    let served = serve(|server| server.max_threads(4));
    let mut client = served.connect();
    client.send_get("/until-gone");
    served.until_logged("at work");
    // The method asks all the time, on a thread that blocks for nothing else.
    for _ in 0..20 {
        served.assert_alive();
    }
    assert!(!served.log().contains(&"noticed".to_owned()));
    client.finish();
    assert_eq!(client.response().text(), "all the same");
}

#[test]
fn a_broken_pipe_is_one_line_for_those_who_look_for_it() {
    let served = serve(|server| server.max_threads(4));
    let mut client = served.connect();
    client.send_get("/bytes/50000000");
    client.taste();
    client.reset();
    served.until_logged("the client went away");
    served.assert_alive();
    let about = |line: &&String| !line.ends_with(" 200 -");
    let log = served.log();
    assert_eq!(
        log.iter().filter(about).collect::<Vec<_>>(),
        ["GET /bytes/50000000: the client went away"]
    );
}
