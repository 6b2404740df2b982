//! Many clients at once, and bounds that make them wait without losing anyone.

use crate::app::serve;
use std::thread;

#[test]
fn a_burst_of_connections_is_answered_and_kept() {
    let served = serve(|server| server.max_threads(512));
    let mut clients: Vec<_> = (0..200).map(|_| served.connect()).collect();
    for round in 0..3 {
        let path = format!("/{round}");
        clients.iter_mut().for_each(|client| client.send_get(&path));
        for client in &mut clients {
            assert_eq!(client.response().text(), format!("GET {path}\n"));
        }
    }
}

#[test]
fn clients_beyond_the_bound_wait_and_are_served() {
    for threads in [1, 2] {
        let served = serve(|server| server.threads(threads).max_threads(4));
        let mut clients: Vec<_> = (0..12).map(|_| served.connect()).collect();
        clients.iter_mut().for_each(|client| client.send_get("/gate"));
        served.until_waiting(1);
        served.open_the_gate();
        for client in &mut clients {
            assert_eq!(client.response().text(), "GET /gate\n");
        }
        assert!(served.most_waiting() <= 4, "{} at once", served.most_waiting());
    }
}

#[test]
fn methods_that_block_leave_room_for_quick_ones() {
    let served = serve(|server| server.threads(1).max_threads(16));
    let mut blocked: Vec<_> = (0..8).map(|_| served.connect()).collect();
    blocked.iter_mut().for_each(|client| client.send_get("/gate"));
    served.until_waiting(8);
    for _ in 0..20 {
        served.assert_alive();
    }
    served.open_the_gate();
    for client in &mut blocked {
        assert_eq!(client.response().status(), 200);
        assert_eq!(client.get("/").status(), 200);
    }
}

#[test]
fn a_bound_of_one_thread_still_serves_everyone() {
    let served = serve(|server| server.max_threads(1));
    let mut clients: Vec<_> = (0..20).map(|_| served.connect()).collect();
    for path in ["/slow", "/", "/bytes/100000"] {
        clients.iter_mut().for_each(|client| client.send_get(path));
        for client in &mut clients {
            assert_eq!(client.response().status(), 200, "{path}");
        }
    }
}

#[test]
fn clients_on_many_threads_get_their_own_answers() {
    let served = serve(|server| server.threads(2));
    let threads: Vec<_> = (0..16)
        .map(|number| {
            let address = served.address.clone();
            thread::spawn(move || {
                for round in 0..20 {
                    // Some stay, some come anew; bodies differ in size and content.
                    let mut client = crate::client::Client::connect(&address);
                    for at in 0..=round % 4 {
                        let body = format!("{number}-{round}-{at};").repeat(1 + at * 3000);
                        let length = body.len();
                        let head = format!(
                            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
                        );
                        client.send(head + &body);
                        assert!(client.response().text() == body);
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("all answers were right"));
}
