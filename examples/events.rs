//! Server-sent events: a page with a clock that the server moves.
//!
//! `cargo run --example events`, and look at it in a browser, or at the stream itself with
//! `curl -N http://127.0.0.1:8000/events`. `--every` is the time between two events, in
//! milliseconds.

use bhrh::{Event, Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::io;
use std::thread;
use std::time::Duration;

const PAGE: &str = "<!DOCTYPE html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Events</title>
<style>
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 0 auto; padding: 1rem }
h1 { margin: 0; font-size: 1.3rem }
output { display: block; font-size: 4rem; line-height: 1.3; font-variant-numeric: tabular-nums }
p { margin: 0; opacity: .7 }
</style>
<h1>Ticks of the server</h1>
<output>0</output>
<p role=\"status\">Connecting …</p>
<script>
    const source = new EventSource('/events');
    const output = document.querySelector('output');
    const state = document.querySelector('p');
    source.onopen = () => state.textContent = 'Connected.';
    source.onerror = () => state.textContent = 'The server is gone; looking for it …';
    source.addEventListener('tick', event => output.value = event.data);
</script>
";

struct Clock {
    every: Duration,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Clock {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/" => http.reply(200, "text/html; charset=utf-8", PAGE),
            "/events" => self.ticks(http),
            _ => http.send_error(404),
        }
    }

    /// Counts while the client listens. A client that reconnects continues where it was.
    fn ticks(&self, http: &mut Exchange) -> io::Result<()> {
        let seen = http.last_event_id().and_then(|id| id.parse::<u64>().ok());
        let mut tick = seen.map_or(1, |last| last.saturating_add(1));
        http.send_events(|events| {
            events.send(Event::default().retry(self.every))?;
            // A shutdown waits for running methods, so an endless method must check `is_open`.
            while events.is_open() {
                events.send(Event::new(tick.to_string()).event("tick").id(tick.to_string()))?;
                tick = tick.saturating_add(1);
                thread::sleep(self.every);
            }
            Ok(())
        })
    }
}

fn main() -> io::Result<()> {
    let options = options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let server = HttpServer::bind(options.address)?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Clock { every: options.every })
}

struct Options {
    address: String,
    every: Duration,
}

fn options(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut options =
        Options { address: ready_line::DEFAULT_ADDRESS.to_owned(), every: Duration::from_secs(1) };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("every") => options.every = Duration::from_millis(parser.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}
