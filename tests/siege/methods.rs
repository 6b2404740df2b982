//! Methods that block hold up nothing that is known to be quick, however many there are.

use crate::client::Client;
use bhrh::HttpServer;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How many requests block, all threads but the two that drive loops.
const THREADS: usize = 6;

static OPEN: AtomicBool = AtomicBool::new(false);
static INSIDE: AtomicUsize = AtomicUsize::new(0);

/// Lets all methods go, also if the test fails.
struct Opener;

impl Drop for Opener {
    fn drop(&mut self) {
        OPEN.store(true, Ordering::Relaxed);
    }
}

fn until_inside(count: usize) {
    while INSIDE.load(Ordering::Relaxed) < count {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn methods_that_block_and_are_each_of_another_kind_hold_up_no_quick_ones() {
    let app = bhrh::from_fn(|http| {
        if http.path != "/" {
            INSIDE.fetch_add(1, Ordering::Relaxed);
            while !OPEN.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(1));
            }
        }
        http.reply(200, "text/plain", "done")
    });
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    let server = server.threads(2).max_threads(2 + THREADS);
    let address = server.local_addr();
    let running = server.spawn(app).expect("threads");
    let opener = Opener;
    // A kind is the first segment of a path.
    let block = |number: usize| {
        let mut client = Client::from_address([127, 0, 0, 2], &address);
        client.get(&format!("/{number}"));
        client
    };
    let ask = || {
        let mut client = Client::from_address([127, 0, 0, 3], &address);
        client.get("/");
        assert_eq!(client.status(), 200);
    };
    let mut blocked: Vec<Client> = (1..THREADS).map(block).collect();
    until_inside(THREADS - 1);
    ask();
    blocked.extend((THREADS..10 * THREADS).map(block));
    until_inside(THREADS);
    // Of both loops, and for longer than unknown kinds are kept from loops at first.
    for _ in 0..60 {
        ask();
        thread::sleep(Duration::from_millis(25));
    }
    drop(opener);
    for mut client in blocked {
        assert_eq!(client.status(), 200);
    }
    running.shutdown();
    running.join().expect("nothing was cut");
}
