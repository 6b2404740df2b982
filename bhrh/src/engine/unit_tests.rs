//! Tests of files that the models compile, too (`crate::sync`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::client::Client;
use super::crew::Crew;
use super::scarcity::Scarcity;

#[test]
fn as_many_threads_are_claimed_as_are_wanted_and_of_those_that_have_many() {
    let scarcity = Scarcity::new();
    let client = |number| Client::of(&SocketAddr::from(([192, 0, 2, number], 1)).into());
    let (many, one) = (client(1), client(2));
    let mut waits: Vec<_> = (0..5).map(|_| scarcity.begin_to_wait(many)).collect();
    waits.push(scarcity.begin_to_wait(one));
    scarcity.want(2);
    assert!(!scarcity.claims_thread_of(many), "there are threads");
    scarcity.note(false);
    assert!(!scarcity.claims_thread_of(one), "it has less than its share");
    assert!(scarcity.claims_thread_of(many) && scarcity.claims_thread_of(many));
    assert!(!scarcity.claims_thread_of(many), "no more are wanted");
    // Asked for again at once: they are on their way.
    scarcity.want(2);
    assert!(!scarcity.claims_thread_of(many));
}

#[test]
fn a_wait_ends_when_the_last_has_gone_or_the_time_is_over() {
    let crew = Arc::new(Crew::default());
    let (stays, goes) = (crew.enlist(), crew.enlist());
    let own = Arc::clone(&crew);
    thread::spawn(move || {
        goes.report();
        assert!(own.has_this_thread());
    })
    .join()
    .unwrap();
    assert!(!crew.has_this_thread());
    assert_eq!(crew.wait(Duration::from_millis(1)), 1);
    thread::spawn(move || drop(stays));
    assert_eq!(crew.wait(Duration::from_secs(60)), 0);
}
