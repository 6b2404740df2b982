//! Bounded threads: beyond the bound, requests wait, and none is dropped.

use crate::app::Served;
use std::io::Read;

#[test]
fn requests_beyond_the_bound_wait() {
    for (threads, most) in [(1, 2), (1, 3), (2, 4)] {
        let served = Served::new(|server| server.threads(threads).max_threads(most));
        let mut clients = served.clients(12);
        for client in &mut clients {
            client.get("/wait");
        }
        // All but the loops' drivers: when the last threads block, unknown requests wait.
        served.gate.await_inside(most - threads);
        served.gate.open();
        for client in &mut clients {
            assert_eq!(client.answer(), "/wait");
        }
        assert!(served.gate.most_inside() <= most, "{} of {most}", served.gate.most_inside());
        for client in &mut clients {
            assert_eq!(client.ask("/after"), "/after");
        }
    }
}

#[test]
fn a_burst_of_connections_is_answered() {
    let served = Served::new(|server| server.threads(2).max_threads(8));
    let mut clients = served.clients(600);
    for round in 0..3 {
        for client in &mut clients {
            client.get("/burst");
        }
        for client in &mut clients {
            assert_eq!(client.answer(), "/burst", "in round {round}");
        }
    }
}

#[test]
fn a_burst_of_slow_requests_is_answered() {
    let served = Served::new(|server| server.threads(2).max_threads(8));
    let mut clients = served.clients(100);
    for (index, client) in clients.iter_mut().enumerate() {
        client.get(if index % 2 == 0 { "/wait" } else { "/quick" });
    }
    // Once their kind is known, two threads are left to the loops.
    served.gate.await_inside(6);
    served.gate.open();
    for (index, client) in clients.iter_mut().enumerate() {
        assert_eq!(client.answer(), if index % 2 == 0 { "/wait" } else { "/quick" });
    }
}

#[test]
fn one_thread_serves_an_upload_that_has_to_wait() {
    let served = Served::new(|server| server.max_threads(1));
    let mut upload = served.client();
    upload.announce("/", 1 << 20);
    let mut quick = served.client();
    quick.get("/quick");
    upload.send(vec![b'x'; 1 << 20]);
    assert_eq!(upload.answer(), (1 << 20).to_string());
    assert_eq!(quick.answer(), "/quick");
}

#[test]
fn one_thread_serves_a_download_that_has_to_wait() {
    const LARGE: usize = 32 << 20;
    let served = Served::new(|server| server.max_threads(1));
    let mut download = served.client();
    download.get(&format!("/large/{LARGE}"));
    let mut quick = served.client();
    quick.get("/quick");
    assert_eq!(download.answer().len(), LARGE);
    assert_eq!(quick.answer(), "/quick");
}

#[test]
fn connections_that_come_and_go_leave_nothing_behind() {
    let served = Served::new(|server| server.threads(2).max_threads(8));
    for index in 0..1_000 {
        let mut client = served.client();
        match index % 4 {
            // It says nothing; it goes in the middle of a head; it goes with its answer unread.
            0 => {}
            1 => client.send("GET / HT"),
            2 => client.get("/unread"),
            _ => {
                client.send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assert_eq!(client.answer(), "/last");
                assert_eq!(client.stream.read(&mut [0]).expect("a clean end"), 0);
            }
        }
    }
    assert_eq!(served.client().ask("/still"), "/still");
    served.server().shutdown();
    served.join().expect("nothing was cut");
}
