//! The example `metrics`, run as a program and read as Prometheus would.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bhrh::testing::{self, Client};

/// The example as a child process, ended with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> (Program, Client<'static>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metrics"));
    command.args(["--bind", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let mut ready = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut ready).expect("a ready line");
    let address = ready.split(['/', ')']).nth(2).expect("an address");
    let client = testing::tcp_client(address);
    (Program(child), client)
}

/// A page in the text format of OpenMetrics: the value of each sample, and the type of each family.
fn parse(page: &str) -> (BTreeMap<String, f64>, BTreeMap<String, String>) {
    let body = page.strip_suffix("# EOF\n").expect("its end");
    let (mut samples, mut types) = (BTreeMap::new(), BTreeMap::new());
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let words: Vec<&str> = comment.splitn(3, ' ').collect();
            assert!(["HELP", "TYPE", "UNIT"].contains(&words[0]), "{line}");
            if words[0] == "TYPE" {
                types.insert(words[1].to_owned(), words[2].to_owned());
            }
            continue;
        }
        let (name, value) = line.rsplit_once(' ').expect("a sample");
        let value = value.parse().expect("a number");
        assert!(samples.insert(name.to_owned(), value).is_none(), "twice: {line}");
    }
    (samples, types)
}

#[test]
fn the_page_tells_what_was_asked() {
    let (_program, client) = start();
    let pages = client.pipeline([
        client.get("/"),
        client.get("/?page=2"),
        client.get("/users/ada"),
        client.get("/users/grace"),
        client.get("/no/such/place"),
    ]);
    let statuses: Vec<u16> = pages.iter().map(|page| page.status()).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 404]);
    assert_eq!(client.request("BREW", "/").send().status(), 501);
    let refused = client.get("/metrics").header("Host", "a").header("Host", "b").send();
    assert_eq!(refused.status(), 400);

    // A request is counted when its answer is complete, which the client may know a little earlier.
    let errors = [400, 404, 501].map(|status| format!("status=\"{status}\""));
    let began = Instant::now();
    let page = loop {
        let page = client.get("/metrics").header("Connection", "close").send();
        if errors.iter().all(|error| page.text().contains(error)) {
            break page;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{}", page.text());
    };
    let form = page.header("Content-Type").expect("a type");
    assert!(form.starts_with("application/openmetrics-text; version=1.0.0"), "{form}");
    let (samples, types) = parse(page.text());
    let count = |method: &str, path: &str, status: u16| {
        let labels = format!(r#"method="{method}",path="{path}",status="{status}""#);
        samples.get(&format!("http_requests_total{{{labels}}}")).copied()
    };
    assert_eq!(count("GET", "/", 200), Some(2.0));
    assert_eq!(count("GET", "/users/", 200), Some(2.0));
    assert_eq!(count("GET", "other", 404), Some(1.0));
    assert_eq!(count("other", "/", 501), Some(1.0));
    assert_eq!(count("GET", "/metrics", 400), Some(1.0));
    // The request for the page itself.
    assert_eq!(samples["http_in_flight"], 1.0);
    let sent: usize = pages[..4].iter().map(|page| page.body().len()).sum();
    assert!(samples["http_response_body_bytes_total"] >= sent as f64);
    assert_eq!(types["http_request_duration_seconds"], "histogram");

    let of_users = |name: &str, label: &str| {
        samples[&format!("http_request_duration_seconds_{name}{{{label}path=\"/users/\"}}")]
    };
    assert_eq!(of_users("count", ""), 2.0);
    assert!(of_users("sum", "") > 0.0);
    // A client's words make no series of their own.
    assert!(!page.text().contains("ada") && !page.text().contains("BREW"), "{}", page.text());
    // The buckets are cumulative, and the last has all.
    let mut buckets: Vec<(f64, f64)> = samples
        .iter()
        .filter(|(name, _)| name.contains("seconds_bucket") && name.contains("/users/"))
        .map(|(name, value)| {
            let bound = name.split("le=\"").nth(1).and_then(|rest| rest.split('"').next());
            let bound = bound.expect("a bound").replace('+', "").to_lowercase();
            (bound.parse().expect("a bound"), *value)
        })
        .collect();
    buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
    assert_eq!(buckets.len(), 11);
    assert!(buckets.is_sorted_by(|one, other| one.1 <= other.1), "{buckets:?}");
    assert_eq!(buckets.last(), Some(&(f64::INFINITY, 2.0)));
}
