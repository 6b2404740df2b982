//! Logs are read by people, on terminals, and by programs, line by line.

use bhrh::__internals::{Leniency, converse, forgive};
use bhrh::{Exchange, Profile, http_handler};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        http.log_message(format_args!("asked for {}", http.headers.get("X").unwrap_or("nothing")));
        http.send_response(200);
        http.end_headers()
    }
}

/// CPython gh-100001 and many since: escape sequences of a terminal, and lines that nobody logged.
/// Defence: `base::log_message`, `LogEscape`.
#[test]
fn control_characters_in_the_log() {
    let input = b"GET /\x1b[2J HTTP/1.1\r\nHost: a\r\n\r\n";
    let (_, log) = converse(&App, input, Profile::STRICT);
    assert!(log.iter().any(|line| line.contains(r"\x1b[2J")), "{log:?}");
    let mut lenient = Profile::STRICT;
    forgive(&mut lenient, Leniency::ControlInValue);
    let input = b"GET / HTTP/1.1\r\nHost: a\r\nX: \x1b]0;title\x07 \x9b2J\r\n\r\n";
    let (_, more) = converse(&App, input, lenient);
    for line in log.iter().chain(&more) {
        let line = line.trim_end_matches('\n');
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}
