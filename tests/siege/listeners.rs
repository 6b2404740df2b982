//! What happens to one listener is state of that one.

use crate::client::{Client, assert_alive};
use bhrh::{HttpServer, Peer};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Clients that wait at one listener before the server begins: more than a loop accepts at once,
/// and as many as may wait there.
const CROWD: usize = 120;

#[test]
fn a_flood_on_one_listener_starves_no_other() {
    let both: [SocketAddr; 2] = [([127, 0, 0, 1], 0).into(), ([127, 0, 0, 2], 0).into()];
    let served = AtomicUsize::new(0);
    let app = bhrh::from_fn(move |http| {
        let before = served.fetch_add(1, Ordering::Relaxed);
        http.reply(200, "text/plain", before.to_string())
    });
    let server = HttpServer::bind(&both[..]).expect("two addresses").threads(1);
    let addresses: Vec<Peer> = server.local_addrs().collect();
    // What waits when the server begins: many at the first listener, and one at the second.
    let mut crowd: Vec<Client> = (0..CROWD).map(|_| Client::new(&addresses[0])).collect();
    crowd.iter_mut().for_each(|client| client.get("/"));
    let mut one = Client::new(&addresses[1]);
    one.get("/");
    let running = server.spawn(app).expect("threads");
    let served_before: usize = one.response().1.parse().expect("a number");
    assert!(served_before < CROWD - 20, "{served_before} of {CROWD} came first");
    drop(crowd);
    for (flooded, other) in [(&addresses[0], &addresses[1]), (&addresses[1], &addresses[0])] {
        let (over, arrivals) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        drop(TcpStream::connect(flooded));
                        arrivals.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            while arrivals.load(Ordering::Relaxed) < 1000 {
                thread::yield_now();
            }
            let mut kept = Client::new(other);
            for _ in 0..20 {
                assert_alive(other);
                kept.get("/");
                assert_eq!(kept.status(), 200);
            }
            over.store(true, Ordering::Relaxed);
        });
    }
    running.shutdown();
    running.join().expect("nothing was cut");
}
