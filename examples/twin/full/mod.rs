//! `full`: everything; the handler that comparisons are mostly played against.

use bhrh::{Exchange, http_handler};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufRead, Read, Write};
use std::thread;
use std::time::Duration;

use crate::answer::{code_in_path, hex, text};
use crate::base;
use crate::options::Names;

mod info;
mod logging;

/// How long the methods pause that show when bytes leave.
const PAUSE: Duration = Duration::from_millis(400);

pub(crate) struct Full {
    pub(crate) names: Names,
}

#[http_handler(
    protocol_version = self.names.protocol,
    server_version = self.names.server,
    sys_version = self.names.sys,
    default_request_version = self.names.default_request
)]
impl Full {
    fn handle_expect_100(&self, http: &mut Exchange) -> io::Result<bool> {
        match http.path {
            "/refuse" => {
                http.send_error(417)?;
                Ok(false)
            }
            "/refuse-open" => {
                http.send_response(417);
                http.send_header("Content-Length", 0);
                http.end_headers()?;
                Ok(false)
            }
            _ => bhrh::base::handle_expect_100(http),
        }
    }

    // What is inherited in Python.

    fn do_TEST(&self, http: &mut Exchange) -> io::Result<()> {
        base::empty(http, 204, "close")
    }

    fn do_KEEP(&self, http: &mut Exchange) -> io::Result<()> {
        base::empty(http, 204, "keep-alive")
    }

    fn do_CUSTOM(&self, http: &mut Exchange) -> io::Result<()> {
        base::empty(http, 999, "close")
    }

    fn do_KEYERROR(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(999)
    }

    fn do_NOTFOUND(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(404)
    }

    fn do_EXPLAINERROR(&self, http: &mut Exchange) -> io::Result<()> {
        base::explained_error(http)
    }

    fn do_LATINONEHEADER(&self, http: &mut Exchange) -> io::Result<()> {
        base::latin_one_header(http)
    }

    fn do_SEND_ERROR(&self, http: &mut Exchange) -> io::Result<()> {
        base::error_in_path(http)
    }

    // What the client sent.

    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let mut page = format!(
            "command: {}\npath: {}\nrequest_version: {}\nrequestline: {}\n\n",
            http.command, http.path, http.request_version, http.requestline
        );
        for (name, value) in http.headers.iter() {
            let _ = writeln!(page, "{name}: {value}");
        }
        text(http, &page)
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        match code_in_path(http) {
            Some(code) => http.send_error(code),
            None => self.do_GET(http),
        }
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        // No Content-Length to check: a bad one never gets here, and `rfile` ends with the body.
        let mut digest = Sha256::new();
        let length = io::copy(&mut http.rfile, &mut digest)?;
        text(http, &format!("{length} {}\n", hex(&digest.finalize())))
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_POST(http)
    }

    fn do_LINE(&self, http: &mut Exchange) -> io::Result<()> {
        let mut line = Vec::new();
        (&mut http.rfile).take(1000).read_until(b'\n', &mut line)?;
        text(http, &(hex(&line) + "\n"))
    }

    fn do_INFO(&self, http: &mut Exchange) -> io::Result<()> {
        let facts = info::facts(http);
        text(http, &facts)
    }

    // When bytes leave.

    fn do_BUFFER(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response_only(200);
        http.send_header("X-First", 1);
        http.flush_headers()?;
        if http.path == "/slow" {
            thread::sleep(PAUSE);
        }
        http.send_header("X-Second", 2);
        http.send_header("Content-Length", 4);
        http.end_headers()?;
        http.wfile.write_all(b"body")
    }

    fn do_NOFLUSH(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Length", 4);
        thread::sleep(PAUSE);
        http.end_headers()?;
        http.wfile.write_all(b"body")
    }

    // What becomes of the connection.

    fn do_CLOSE(&self, http: &mut Exchange) -> io::Result<()> {
        text(http, "closing\n")?;
        http.close_connection = true;
        Ok(())
    }

    fn do_STAY(&self, http: &mut Exchange) -> io::Result<()> {
        text(http, "staying\n")?;
        http.close_connection = false;
        Ok(())
    }

    // Status lines and error pages of its own.

    fn do_ERRFORMAT(&self, http: &mut Exchange) -> io::Result<()> {
        http.error_message_format = Some(Cow::Borrowed(
            "code=%(code)d code=%(code)s message=%(message)s explain=%(explain)s 100%%\n",
        ));
        http.error_content_type = Some(Cow::Borrowed("text/plain;charset=utf-8"));
        let code = code_in_path(http).unwrap_or(404);
        http.send_error((code, "a <b> & \"c\" 'd'", "<why> & %s"))
    }

    fn do_ESCAPE(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error((404, "Größe <b> & \"c\" 'd'", "Ω <i> & \"e\" 'f'"))
    }

    fn do_REASON(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/none" {
            http.send_response(299);
        } else {
            http.send_response((200, "All Good"));
        }
        http.send_header("Content-Length", 0);
        http.end_headers()
    }

    fn do_INTERIM(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response_only(103);
        http.send_header("Link", "</style.css>; rel=preload");
        http.end_headers()?;
        text(http, "final\n")
    }

    fn do_LOG(&self, http: &mut Exchange) -> io::Result<()> {
        logging::log_by_hand(http);
        text(http, "logged\n")
    }

    // What should not happen. Python's client is left with a closed connection; here, a 500.

    fn do_SILENT(&self, _http: &mut Exchange) {}

    fn do_RAISE(&self, _http: &mut Exchange) -> Result<(), &'static str> {
        Err("do_RAISE was called")
    }
}
