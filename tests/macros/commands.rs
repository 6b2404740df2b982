use crate::request;
use bhrh::{Error, Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 210)
    }

    fn do_SPAM(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 211)
    }

    #[command("work")]
    fn do_work(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 212)
    }

    #[command("M-SEARCH")]
    #[command("NOTIFY")]
    fn discover(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 213)
    }

    #[command("get")]
    fn do_get(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 214)
    }

    #[cfg(any())]
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 215)
    }

    #[cfg(debug_assertions)]
    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 216)
    }

    #[cfg(not(debug_assertions))]
    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        answer(http, 217)
    }

    fn do_DELETE(&self, _: &mut Exchange) -> Result<(), String> {
        Err("no".to_owned())
    }

    fn do_PATCH(&self, _: &mut Exchange) -> Result<(), Error> {
        Err(Error::status(403))
    }

    #[command("CALLS")]
    fn calls(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }
}

fn answer(http: &mut Exchange<'_>, code: u16) -> io::Result<()> {
    http.send_response(code);
    http.send_header("Content-Length", 0);
    http.end_headers()
}

#[test]
fn each_command_has_its_method() {
    for (command, status) in [
        ("GET", 210),
        ("SPAM", 211),
        ("work", 212),
        ("M-SEARCH", 213),
        ("NOTIFY", 213),
        ("get", 214),
        ("PUT", if cfg!(debug_assertions) { 216 } else { 217 }),
        ("CALLS", 210),
    ] {
        assert_eq!(request(&App, command).status(), status, "{command}");
    }
}

#[test]
fn other_commands_have_none() {
    for command in ["POST", "WORK", "Get", "discover", "DISCOVER", "work2"] {
        assert_eq!(request(&App, command).status(), 501, "{command}");
    }
}

#[test]
fn errors_become_answers() {
    assert_eq!(request(&App, "DELETE").status(), 500);
    assert_eq!(request(&App, "PATCH").status(), 403);
}
