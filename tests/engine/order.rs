//! Requests that come before earlier ones are answered.

use crate::app::Served;
use std::fmt::Write as _;
use std::io::Read;

fn gets(paths: impl Iterator<Item = String>) -> String {
    paths.fold(String::new(), |mut all, path| {
        write!(all, "GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").expect("a string takes all");
        all
    })
}

#[test]
fn a_batch_is_answered_in_order_and_in_one_go() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    client.send(gets((10..26).map(|index| format!("/{index}"))));
    let mut bytes = [0; 65536];
    let count = client.stream.read(&mut bytes).expect("an answer");
    let text = String::from_utf8_lossy(&bytes[..count]);
    let answers: Vec<&str> =
        text.split("\r\n\r\n").skip(1).filter_map(|part| part.get(..3)).collect();
    let expected: Vec<String> = (10..26).map(|index| format!("/{index}")).collect();
    // One read has them all, so one write had.
    assert_eq!(answers, expected);
}

#[test]
fn a_long_batch_is_answered_in_order_and_to_its_end() {
    const REQUESTS: usize = 5_000;
    let served = Served::new(|server| server);
    let mut client = served.client();
    let mut sender = client.stream.try_clone().expect("a second handle");
    let sending = std::thread::spawn(move || {
        let requests = gets((0..REQUESTS).map(|index| format!("/{index}")));
        std::io::Write::write_all(&mut sender, requests.as_bytes()).expect("the server reads");
        sender.finish().expect("an open connection");
    });
    for index in 0..REQUESTS {
        assert_eq!(client.answer(), format!("/{index}"));
    }
    sending.join().expect("it was all sent");
    assert_eq!(client.rest().expect("a clean end"), "");
}

#[test]
fn a_client_that_never_stops_asking_leaves_room_for_others() {
    let served = Served::new(|server| server);
    let mut busy = served.client().stream;
    let mut reader = busy.try_clone().expect("a second handle");
    let reading = std::thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(1..) = reader.read(&mut bytes) {}
    });
    let sending = std::thread::spawn(move || {
        let requests = gets((0..1_000).map(|index| format!("/{index}")));
        while std::io::Write::write_all(&mut busy, requests.as_bytes()).is_ok() {}
    });
    let mut quick = served.client();
    for _ in 0..20 {
        assert_eq!(quick.ask("/quick"), "/quick");
    }
    // Which also ends the busy one, in the middle of its requests.
    served.server().shutdown();
    drop(served);
    sending.join().expect("it ends with the connection");
    reading.join().expect("it ends with the connection");
}

#[test]
fn what_comes_while_a_handler_blocks_is_answered_after_it() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    client.get("/wait/1");
    served.gate.await_inside(1);
    client.send(gets(["/2".to_owned(), "/3".to_owned()].into_iter()));
    served.gate.open();
    for expected in ["/wait/1", "/2", "/3"] {
        assert_eq!(client.answer(), expected);
    }
    assert_eq!(client.ask("/4"), "/4");
}

#[test]
fn a_client_that_stops_sending_while_a_handler_blocks_gets_all_and_a_close() {
    let served = Served::new(|server| server);
    let mut quiet = served.client();
    quiet.get("/wait/1");
    let mut client = served.client();
    client.get("/wait/1");
    served.gate.await_inside(2);
    quiet.finish_sending();
    client.send(gets(["/2".to_owned(), "/3".to_owned()].into_iter()));
    client.finish_sending();
    // The loop sees both before the handlers return.
    assert_eq!(served.client().ask("/quick"), "/quick");
    served.gate.open();
    assert_eq!(quiet.answer(), "/wait/1");
    assert_eq!(quiet.rest().expect("a clean end"), "");
    for expected in ["/wait/1", "/2", "/3"] {
        assert_eq!(client.answer(), expected);
    }
    assert_eq!(client.rest().expect("a clean end"), "");
}

#[test]
fn slow_kinds_and_quick_ones_share_a_connection_in_order() {
    let served = Served::new(|server| server);
    let mut first = served.client();
    first.get("/wait");
    served.gate.await_inside(1);
    served.gate.open();
    assert_eq!(first.answer(), "/wait");
    // From here on, `/wait` is known to be slow and is served by a thread of its own.
    let mut client = served.client();
    client.send(gets((0..40).map(|index| match index % 3 {
        0 => format!("/wait/{index}"),
        _ => format!("/quick/{index}"),
    })));
    for index in 0..40 {
        let expected = if index % 3 == 0 { "wait" } else { "quick" };
        assert_eq!(client.answer(), format!("/{expected}/{index}"));
    }
}
