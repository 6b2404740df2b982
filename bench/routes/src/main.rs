//! Finding a route: bhrh's generated comparisons beside matchit, path-tree and axum's router.
//!
//! All look up the same paths, one for each pattern, in rounds that take turns; the answers of all
//! are looked at before any is timed. A figure is the median of its rounds, and a ratio is taken
//! within a round. `--only NAME --passes N` runs one of them alone, for callgrind.
//!
//! What each does for a path differs: matchit and path-tree find it and its parameters; axum is
//! given a request, finds its method too and makes a future and a response; bhrh finds the method,
//! looks whether the path is escaped, decodes the parameters and calls the route.

mod routers;
mod sets;

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bhrh::{Dispatch, Exchange, Handler, testing};

use routers::Lookup;
use sets::{SETS, Set};

const ROUNDS: usize = 31;
/// Each pass looks up all paths of a set.
const PASSES: usize = 2_000;

static FOUND: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Where bhrh's routes end.
pub(crate) fn found(index: usize, parameters: &[&str]) {
    black_box(parameters);
    FOUND.store(index, Ordering::Relaxed);
}

/// Runs the measured handler's dispatch inside of an exchange, which is what it is given.
struct Around<'a, F: Fn(&mut dyn FnMut(&'static str) -> usize) + Sync> {
    handler: &'a (dyn Handler + Sync),
    run: F,
}

impl<F: Fn(&mut dyn FnMut(&'static str) -> usize) + Sync + Send> Handler for Around<'_, F> {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        (self.run)(&mut |path| {
            http.path = path;
            FOUND.store(usize::MAX, Ordering::Relaxed);
            black_box(self.handler.dispatch(http));
            FOUND.load(Ordering::Relaxed)
        });
        http.send_response(204);
        Dispatch::Handled(http.end_headers().map_err(Into::into))
    }
}

/// The time of `passes` passes.
fn bhrh(set: &Set, passes: usize) -> Duration {
    let time = std::sync::Mutex::new(Duration::ZERO);
    let around = Around {
        handler: set.handler,
        run: |find: &mut dyn FnMut(&'static str) -> usize| {
            let began = Instant::now();
            for _ in 0..passes {
                for (index, path) in set.paths.iter().enumerate() {
                    assert_eq!(find(black_box(path)), index, "bhrh: {path}");
                }
            }
            *time.lock().expect("nobody panics") = began.elapsed();
        },
    };
    assert_eq!(testing::get(&around, "/").status(), 204);
    time.into_inner().expect("nobody panics")
}

fn other(lookup: &mut dyn Lookup, set: &Set, passes: usize) -> Duration {
    let began = Instant::now();
    for _ in 0..passes {
        for (index, path) in set.paths.iter().enumerate() {
            assert_eq!(lookup.find(black_box(path)), Some(index), "{}: {path}", lookup.name());
        }
    }
    began.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn compare(set: &Set) {
    let mut others = routers::all(set);
    let mut times = vec![Vec::new(); others.len() + 1];
    for _ in 0..ROUNDS {
        times[0].push(bhrh(set, PASSES));
        for (lookup, times) in others.iter_mut().zip(&mut times[1..]) {
            times.push(other(lookup.as_mut(), set, PASSES));
        }
    }
    let lookups = (PASSES * set.paths.len()) as f64;
    let names = std::iter::once("**bhrh**").chain(others.iter().map(|lookup| lookup.name()));
    for (name, own) in names.zip(&times) {
        let nanoseconds = own.iter().map(|time| time.as_nanos() as f64 / lookups).collect();
        let ratios = own
            .iter()
            .zip(&times[1])
            .map(|(own, matchit)| own.as_secs_f64() / matchit.as_secs_f64());
        let (time, ratio) = (median(nanoseconds), median(ratios.collect()));
        println!("| {} | {name} | {time:.1} | {ratio:.2} |", set.paths.len());
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            println!("| routes | router | ns a lookup | × matchit |\n| ---: | --- | ---: | ---: |");
            SETS.iter().for_each(compare);
        }
        ["--only", name, "--passes", passes] => {
            let passes = passes.parse().expect("a number of passes");
            for set in SETS {
                match routers::all(set).iter_mut().find(|lookup| lookup.name() == *name) {
                    Some(lookup) => _ = other(lookup.as_mut(), set, passes),
                    None if *name == "bhrh" => _ = bhrh(set, passes),
                    None => panic!("{name} is not here"),
                }
            }
        }
        _ => panic!("usage: routes [--only NAME --passes N]"),
    }
}
