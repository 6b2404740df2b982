//! Tests of `outlet.rs`, which the model compiles, too (`crate::sync`).

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::outlet::{Flow, Outlet};
use super::resident::Line;

/// A client that takes so much.
#[derive(Debug, Default)]
struct Client {
    room: AtomicUsize,
    woken: AtomicUsize,
    taken: Mutex<Vec<u8>>,
}

impl Line for Client {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.room.load(Ordering::Relaxed));
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.room.fetch_sub(count, Ordering::Relaxed);
        self.taken.lock().unwrap().extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn wake(&self) {
        self.woken.fetch_add(1, Ordering::Relaxed);
    }
}

fn outlet(most: usize) -> (Outlet, Arc<Client>) {
    let (outlet, client) = (Outlet::new(most), Arc::<Client>::default());
    outlet.begin(Arc::<Client>::clone(&client));
    (outlet, client)
}

#[test]
fn what_is_not_taken_waits_in_order_and_the_loop_is_told_once() {
    let (outlet, client) = outlet(100);
    client.room.store(4, Ordering::Relaxed);
    outlet.send(b"one", b"two").unwrap();
    outlet.send(b"three", b"").unwrap();
    assert_eq!((outlet.waiting(), client.woken.load(Ordering::Relaxed)), (7, 1));
    client.room.store(5, Ordering::Relaxed);
    assert_eq!(outlet.flush().unwrap(), Flow { waiting: 2, taken: 5 });
    client.room.store(9, Ordering::Relaxed);
    outlet.send(b"!", b"").unwrap();
    assert_eq!(client.woken.load(Ordering::Relaxed), 2);
    assert_eq!(outlet.flush().unwrap(), Flow { waiting: 0, taken: 8 });
    assert_eq!(*client.taken.lock().unwrap(), b"onetwothree!");
    assert_eq!(outlet.holds(), 0);
}

#[test]
fn a_client_that_sips_gets_everything_in_order() {
    let (outlet, client) = outlet(1000);
    let all: Vec<u8> = (0..200).collect();
    outlet.send(&all, b"").unwrap();
    for left in (0..200).rev() {
        client.room.store(1, Ordering::Relaxed);
        let flow = outlet.flush().unwrap();
        assert_eq!(flow, Flow { waiting: left, taken: 200 - left as u64 });
    }
    assert_eq!((&*client.taken.lock().unwrap(), outlet.holds()), (&all, 0));
}

#[test]
fn what_is_sent_before_the_beginning_waits_for_it() {
    let (outlet, client) = (Outlet::new(100), Arc::<Client>::default());
    client.room.store(100, Ordering::Relaxed);
    outlet.send(b"early", b"").unwrap();
    outlet.begin(Arc::<Client>::clone(&client));
    assert_eq!(outlet.flush().unwrap().waiting, 0);
    assert_eq!(*client.taken.lock().unwrap(), b"early");
}

#[test]
fn more_than_may_wait_is_the_end() {
    let (outlet, client) = outlet(5);
    outlet.send(b"as long as it likes", b"").unwrap();
    assert_eq!(outlet.send(b"a", b"").unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!((outlet.holds(), client.woken.load(Ordering::Relaxed)), (0, 1));
    assert_eq!(outlet.flush().unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[test]
fn after_the_end_nothing_is_held() {
    let (outlet, client) = outlet(5);
    outlet.send(b"words", b"").unwrap();
    outlet.end();
    assert_eq!((outlet.holds(), Arc::strong_count(&client)), (0, 1));
    assert_eq!(outlet.send(b"a", b"").unwrap_err().kind(), io::ErrorKind::NotConnected);
}
