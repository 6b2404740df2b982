//! The feature `log`: what a logger of the crate `log` is given, from a server with real threads.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use bhrh::{Exchange, HttpServer, LogFormat, base, http_handler};
use log::{Level, LevelFilter, Log, Metadata, Record};

static LINES: Mutex<Vec<(String, Level, String)>> = Mutex::new(Vec::new());

struct Keep;

impl Log for Keep {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() != "bhrh::access" || metadata.level() == Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        let line = (record.target().to_owned(), record.level(), record.args().to_string());
        LINES.lock().expect("no panic").push(line);
    }

    fn flush(&self) {}
}

struct App(LogFormat);

#[http_handler(protocol_version = "HTTP/1.1", log_format = self.0)]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/message" => http.log_message(format_args!("a\nb")),
            "/404" => return http.send_error(404),
            "/error" => http.log_error(format_args!("lost 3 rows")),
            "/fail" => return Err(io::Error::other("no")),
            "/panic" => panic!("oh no"),
            _ => base::log_debug(http, format_args!("looked for")),
        }
        http.send_response(204);
        http.end_headers()
    }

    fn request_id(&self, _: &Exchange) -> &str {
        "7"
    }
}

/// The lines of one request: target, level, text.
fn lines(format: LogFormat, path: &str) -> Vec<(String, Level, String)> {
    LINES.lock().expect("no panic").clear();
    let server = HttpServer::bind("127.0.0.1:0").and_then(|server| server.spawn(App(format)));
    let server = server.expect("a server");
    let mut client = TcpStream::connect(server.local_addr()).expect("a connection");
    write!(client, "GET {path} HTTP/1.0\r\n\r\n").expect("a request");
    client.read_to_end(&mut Vec::new()).expect("an answer");
    server.shutdown();
    server.join().expect("an end");
    std::mem::take(&mut LINES.lock().expect("no panic"))
}

/// One test, since a process has one logger.
#[test]
fn lines_have_targets_and_levels() {
    log::set_logger(&Keep).expect("no other logger");
    log::set_max_level(LevelFilter::Trace);
    let (own, access) = ("bhrh", "bhrh::access");
    for (path, expected) in [
        ("/message", &[(own, Level::Info, "a\\x0ab"), (access, Level::Info, "204 -")][..]),
        ("/404", &[(own, Level::Warn, "code 404, message"), (access, Level::Info, "404 -")]),
        ("/error", &[(own, Level::Error, "lost 3 rows"), (access, Level::Info, "204 -")]),
        (
            "/fail",
            &[
                (own, Level::Error, "the handler failed: no"),
                (own, Level::Error, "code 500"),
                (access, Level::Info, "500 -"),
            ],
        ),
        (
            "/panic",
            &[
                (own, Level::Error, "the handler panicked: oh no"),
                (own, Level::Error, "code 500"),
                (access, Level::Info, "500 -"),
            ],
        ),
        ("/", &[(own, Level::Debug, "looked for"), (access, Level::Info, "204 -")]),
    ] {
        let lines = lines(LogFormat::Python, path);
        assert_eq!(lines.len(), expected.len(), "{path}: {lines:?}");
        for ((target, level, line), wanted) in lines.iter().zip(expected) {
            assert_eq!((target.as_str(), *level), (wanted.0, wanted.1), "{path}");
            // Without the time, which the logger knows.
            assert!(line.starts_with("127.0.0.1 [7] "), "{line}");
            assert!(line.contains(wanted.2), "{line}");
        }
    }

    let timed = lines(LogFormat::Timed, "/");
    assert!(timed[1].2.ends_with("ms") && timed[1].0 == access, "{timed:?}");
    let combined = lines(LogFormat::Combined, "/");
    assert!(combined[1].2.ends_with("\"GET / HTTP/1.0\" 204 - \"-\" \"-\" \"7\""), "{combined:?}");
    assert_eq!(combined[1].0, access);

    // What the logger does not want is not even put together.
    log::set_max_level(LevelFilter::Warn);
    assert!(lines(LogFormat::Combined, "/message").is_empty());
    assert_eq!(lines(LogFormat::Python, "/404").len(), 1);

    // A test's own log is not the logger's.
    let response = bhrh::testing::get(&App(LogFormat::Python), "/");
    assert!(response.log()[0].contains("] [7] \"GET / HTTP/1.1\" 204 -"), "{:?}", response.log());
}
