//! Metrics for Prometheus: requests by method, class of path and status, their durations, the bytes
//! they sent, and how many are running.
//!
//! `cargo run --example metrics`, then `curl http://127.0.0.1:8000/metrics`.

use bhrh::{Exchange, HttpServer, Outcome, base, http_handler};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::io;
use std::time::Duration;

/// The labels of a request. Each combination is kept for ever, so a client must not be able to
/// choose them freely: the path is one of a few classes, and an unknown method is `other`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    method: &'static str,
    path: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    path: &'static str,
}

struct App {
    registry: Registry,
    requests: Family<Kind, Counter>,
    durations: Family<Place, Histogram>,
    bytes: Counter,
    in_flight: Gauge,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match class(http.path) {
            "/" => http.reply(200, "text/plain", "Hello.\n"),
            "/users/" => http.reply(200, "text/plain", "A user.\n"),
            "/metrics" => {
                let mut page = String::new();
                text::encode(&mut page, &self.registry).map_err(io::Error::other)?;
                let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                http.reply(200, form, page)
            }
            _ => http.send_error(404),
        }
    }

    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        /// Counts down even if a method panics.
        struct Working<'a>(&'a Gauge);
        impl Drop for Working<'_> {
            fn drop(&mut self) {
                self.0.dec();
            }
        }

        self.in_flight.inc();
        let _working = Working(&self.in_flight);
        http.dispatch()
    }

    /// Called after the last byte, also for requests that were refused or failed.
    fn log_access(&self, http: &Exchange, code: u16, size: u64, duration: Duration) {
        let path = class(http.path);
        let method = match http.command {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            _ => "other",
        };
        self.requests.get_or_create(&Kind { method, path, status: code }).inc();
        self.durations.get_or_create(&Place { path }).observe(duration.as_secs_f64());
        self.bytes.inc_by(size);
        base::log_access(http, code, size, duration);
    }
}

impl App {
    fn new() -> App {
        // From a tenth of a millisecond to 26 seconds.
        let histogram = || Histogram::new(exponential_buckets(0.0001, 4.0, 10));
        let mut app = App {
            registry: Registry::with_prefix("http"),
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            bytes: Counter::default(),
            in_flight: Gauge::default(),
        };
        // A metric is a handle: the registry's copies show the same counts.
        let registry = &mut app.registry;
        registry.register("requests", "Answered requests", app.requests.clone());
        let durations = app.durations.clone();
        let help = "Time from a complete request to the last byte of its response";
        registry.register_with_unit("request_duration", help, Unit::Seconds, durations);
        let help = "Bytes of response bodies";
        registry.register_with_unit("response_body", help, Unit::Bytes, app.bytes.clone());
        registry.register("in_flight", "Requests being worked on", app.in_flight.clone());
        app
    }
}

/// The class of a path. With routes, this is the pattern that matched.
fn class(path: &str) -> &'static str {
    match path.split('?').next() {
        Some("/") => "/",
        Some("/metrics") => "/metrics",
        Some(path) if path.starts_with("/users/") => "/users/",
        _ => "other",
    }
}

fn main() -> io::Result<()> {
    let server = HttpServer::bind(ready_line::bind_option())?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(App::new())
}
