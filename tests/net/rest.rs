//! A server to whom nothing happens: only a time that is really up wakes it.

use crate::app::serve;
use crate::own_process::in_a_process_of_its_own;
use bhrh::Timeouts;
use std::fs;
use std::thread;
use std::time::Duration;

/// How often the server's threads, all of this process, have gone to sleep.
fn sleeps() -> usize {
    let status = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("status")).ok();
    let threads = fs::read_dir("/proc/self/task").expect("its threads");
    let statuses = threads.flatten().filter_map(status);
    let workers = statuses.filter(|status| status.starts_with("Name:\tbhrh worker\n"));
    let counts = workers.map(|status| {
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.expect("a count").trim().parse::<usize>().expect("a number")
    });
    counts.sum()
}

fn await_rest() {
    let mut before = sleeps();
    loop {
        thread::sleep(Duration::from_millis(500));
        let after = sleeps();
        if after == before {
            return;
        }
        before = after;
    }
}

#[test]
fn what_is_left_of_earlier_times_wakes_nobody() {
    let name = "rest::what_is_left_of_earlier_times_wakes_nobody";
    in_a_process_of_its_own(name, ":", || {
        let mut timeouts = Timeouts::default();
        timeouts.keep_alive = Duration::from_secs(4);
        let served = serve(|server| server.threads(1).timeouts(timeouts));
        let mut stays = served.connect();
        stays.get("/");
        // The times of those that go: 4 seconds from now, and 5 for closes that linger.
        (0..20).for_each(|_| served.assert_alive());
        thread::sleep(Duration::from_secs(2));
        // Its own time moves on, from 4 seconds to 6.
        stays.get("/");
        await_rest();
        let before = sleeps();
        assert!(stays.rest().is_empty());
        await_rest();
        assert!(sleeps() - before <= 1, "woken {} times", sleeps() - before);
    });
}
