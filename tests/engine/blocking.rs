//! Handlers that block hold nobody up.

use crate::app::Served;

#[test]
fn quick_requests_are_answered_while_many_others_block() {
    let served = Served::new(|server| server);
    let mut blocked = served.clients(50);
    let mut quick = served.clients(10);
    for (index, client) in blocked.iter_mut().enumerate() {
        client.get(&format!("/wait/{index}"));
        assert_eq!(quick[index % 10].ask("/quick"), "/quick");
    }
    served.gate.await_inside(50);
    for _ in 0..20 {
        for client in &mut quick {
            assert_eq!(client.ask("/quick"), "/quick");
        }
    }
    served.gate.open();
    for (index, client) in blocked.iter_mut().enumerate() {
        assert_eq!(client.answer(), format!("/wait/{index}"));
        assert_eq!(client.ask("/after"), "/after");
    }
}

#[test]
fn loops_are_handed_on_as_often_as_it_takes() {
    let served = Served::new(|server| server.threads(2));
    let mut clients = served.clients(12);
    // Each is a first segment of its own, so none of them is known to be slow.
    for (index, client) in clients.iter_mut().enumerate() {
        client.get(&format!("/wait{index}"));
        served.gate.await_inside(index + 1);
    }
    served.gate.open();
    for (index, client) in clients.iter_mut().enumerate() {
        assert_eq!(client.answer(), format!("/wait{index}"));
    }
}

#[test]
fn a_kind_that_blocks_is_known_before_the_first_of_it_is_over() {
    let served = Served::new(|server| server);
    let mut quick = served.client();
    let mut blocked = served.clients(20);
    let mut drivers = Vec::new();
    for (index, client) in blocked.iter_mut().enumerate() {
        client.get("/wait");
        served.gate.await_inside(index + 1);
        drivers.push(quick.ask("/thread"));
    }
    // Were none known, each would have taken a driver from the loop.
    assert!(drivers[2..].windows(2).any(|pair| pair[0] == pair[1]), "{drivers:?}");
    served.gate.open();
    for client in &mut blocked {
        assert_eq!(client.answer(), "/wait");
    }
}

#[test]
fn a_head_that_has_only_begun_when_a_slow_request_ends_is_read_on() {
    let served = Served::new(|server| server);
    // On the loop's thread first, on a thread of their own once their kind is known.
    for _ in 0..8 {
        let mut client = served.client();
        client.send("GET /nap20 HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHo");
        client.answer();
        client.send("st: a\r\n\r\n");
        assert_eq!(client.answer(), "/second");
    }
}

#[test]
fn a_thread_stays_for_the_next_request() {
    let served = Served::new(|server| server);
    let (mut first, mut second) = (served.client(), served.client());
    let mut threads = Vec::new();
    for _ in 0..12 {
        first.get("/nap200");
        second.get("/nap204");
        threads.push(first.answer());
        second.answer();
    }
    // Had both become spares, the one that did so last would have the next request.
    assert!(threads[4..].windows(2).any(|pair| pair[0] == pair[1]), "{threads:?}");
}

#[test]
fn a_handler_that_waits_for_its_client_holds_no_loop() {
    let served = Served::new(|server| server);
    // Too large to be collected.
    let mut uploads = served.clients(10);
    for client in &mut uploads {
        client.announce("/", 1 << 20);
        client.send([b'x'; 1000]);
    }
    // Of unknown length.
    let mut chunked = served.clients(10);
    for client in &mut chunked {
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    }
    let mut quick = served.client();
    for _ in 0..50 {
        assert_eq!(quick.ask("/quick"), "/quick");
    }
    let rest = vec![b'x'; (1 << 20) - 1000];
    for client in &mut uploads {
        client.send(&rest);
        assert_eq!(client.answer(), (1 << 20).to_string());
    }
    for client in &mut chunked {
        client.send("2\r\nde\r\n0\r\n\r\n");
        assert_eq!(client.answer(), "5");
        assert_eq!(client.ask("/after"), "/after");
    }
}

#[test]
fn a_client_that_waits_for_100_continue_holds_no_loop() {
    let served = Served::new(|server| server);
    let mut clients = served.clients(5);
    for client in &mut clients {
        client
            .send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    }
    assert_eq!(served.client().ask("/quick"), "/quick");
    for client in &mut clients {
        let mut interim = [0; 25];
        std::io::Read::read_exact(&mut client.stream, &mut interim).expect("an interim response");
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        client.send("abc");
        assert_eq!(client.answer(), "3");
    }
}

#[test]
fn a_client_that_reads_slowly_holds_no_loop() {
    const LARGE: usize = 32 << 20;
    // On a busy machine the last client's turn comes late.
    let timeouts = bhrh::Timeouts::default().write_rate(0);
    let served = Served::new(|server| server.timeouts(timeouts));
    let mut slow = served.clients(5);
    for client in &mut slow {
        client.get(&format!("/large/{LARGE}"));
    }
    let mut quick = served.client();
    for _ in 0..50 {
        assert_eq!(quick.ask("/quick"), "/quick");
    }
    for client in &mut slow {
        assert_eq!(client.answer().len(), LARGE);
        assert_eq!(client.ask("/after"), "/after");
    }
}
