//! `bhrh::handle` over streams other than sockets: buffers of their own, short writes, failures.

use crate::answer::answer;
use bhrh::__internals::converse;
use bhrh::{__internals as internals, Exchange, Handler, LogFormat, http_handler};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn hello(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Length", 5);
    http.end_headers()?;
    http.wfile.write_all(b"hello")
}

/// A scripted stream: what each read gives, and what each write does.
#[derive(Default)]
struct Script {
    reads: VecDeque<io::Result<Vec<u8>>>,
    /// How much a write takes at most, or how it fails; without a row, everything.
    writes: VecDeque<Result<usize, io::ErrorKind>>,
    /// What was written and what of it was flushed.
    written: Rc<RefCell<Vec<u8>>>,
    flushed: Rc<Cell<usize>>,
    /// How much had been flushed when each read began.
    flushed_before_read: Rc<RefCell<Vec<usize>>>,
}

impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.flushed_before_read.borrow_mut().push(self.flushed.get());
        let bytes = self.reads.pop_front().unwrap_or(Ok(Vec::new()))?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = self.writes.pop_front().unwrap_or(Ok(usize::MAX))?;
        let count = bytes.len().min(most);
        self.written.borrow_mut().extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed.set(self.written.borrow().len());
        Ok(())
    }
}

fn handle(handler: &dyn Handler, script: Script) -> (io::Result<()>, Vec<String>) {
    internals::collect_log(|| bhrh::handle(handler, script, ([127, 0, 0, 1], 1)))
}

fn reads<const N: usize>(pieces: [&[u8]; N]) -> VecDeque<io::Result<Vec<u8>>> {
    pieces.iter().map(|piece| Ok(piece.to_vec())).collect()
}

fn text(written: &RefCell<Vec<u8>>) -> String {
    String::from_utf8_lossy(&written.borrow()).into_owned()
}

#[test]
fn an_answer_is_flushed_before_the_next_request_is_waited_for() {
    // Standard output has a buffer of its own, and so has many a TLS stream.
    let script = Script { reads: reads([GET, GET]), ..Script::default() };
    let (flushed, written) = (Rc::clone(&script.flushed_before_read), Rc::clone(&script.written));
    handle(&answer(hello), script).0.expect("served");
    let one = written.borrow().len() / 2;
    assert_eq!(*flushed.borrow(), [0, one, 2 * one]);
}

#[test]
fn a_handlers_flush_goes_all_the_way() {
    let script = Script { reads: reads([GET]), ..Script::default() };
    let (flushed, written) = (Rc::clone(&script.flushed), Rc::clone(&script.written));
    // A handler is shared by threads, so what these count is looked at from outside.
    struct Watch(Rc<Cell<usize>>, Rc<RefCell<Vec<u8>>>);
    let watch = Watch(flushed, written);
    let handler = answer(|http: &mut Exchange<'_>| {
        hello(http)?;
        http.wfile.flush()?;
        io::Result::Ok(())
    });
    handle(&handler, script).0.expect("served");
    assert_eq!(watch.0.get(), watch.1.borrow().len());
}

#[test]
fn short_writes_and_interruptions_lose_nothing() {
    let whole = converse(&answer(hello), &GET.repeat(2), bhrh::Profile::STRICT).0;
    for most in [1, 2, 3, 50] {
        let mut writes = VecDeque::new();
        for _ in 0..400 {
            writes.extend([Ok(most), Err(io::ErrorKind::Interrupted)]);
        }
        let mut reads = reads([&GET[..5], &GET[5..], GET]);
        reads.insert(1, Err(io::ErrorKind::Interrupted.into()));
        let script = Script { reads, writes, ..Script::default() };
        let written = Rc::clone(&script.written);
        handle(&answer(hello), script).0.expect("served");
        // `Date` and `Server` are fixed.
        assert_eq!(text(&written), String::from_utf8_lossy(&whole), "{most}");
    }
}

#[test]
fn a_stream_that_fails_between_requests_says_so() {
    let mut reads = reads([GET]);
    reads.push_back(Err(io::ErrorKind::ConnectionReset.into()));
    let script = Script { reads, ..Script::default() };
    let (result, log) = handle(&answer(hello), script);
    assert_eq!(result.expect_err("reset").kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(log.len(), 1);
}

/// Writes so much that some leaves at once, in three parts, and takes no notice of errors.
fn careless(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Length", 120_000);
    http.end_headers()?;
    for byte in [b'a', b'b', b'c'] {
        let _ = http.wfile.write_all(&[byte; 40_000]);
    }
    Ok(())
}

#[test]
fn what_a_client_did_not_get_is_not_skipped() {
    // The head is taken, and some of the first part; what comes later would be taken again.
    for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut] {
        let script = Script {
            reads: reads([GET, GET]),
            writes: VecDeque::from([Ok(usize::MAX), Ok(1000), Err(kind)]),
            ..Script::default()
        };
        let written = Rc::clone(&script.written);
        let (_, log) = handle(&answer(careless), script);
        let text = text(&written);
        assert!(text.ends_with(&"a".repeat(1000)), "{kind:?}: the answer goes on after a hole");
        assert_eq!(text.matches("HTTP/1.1").count(), 1, "{kind:?}");
        // That a client went away is a detail; that it takes nothing is logged.
        assert_eq!(log.len(), if kind == io::ErrorKind::BrokenPipe { 1 } else { 2 }, "{log:?}");
    }
}

#[test]
fn a_client_that_vanishes_is_no_fault_and_gets_no_500() {
    let upload = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nsome";
    let handler = answer(|http: &mut Exchange<'_>| {
        http.rfile.read_to_end(&mut Vec::new())?;
        hello(http)
    });
    let mut reads = reads([upload]);
    reads.push_back(Err(io::ErrorKind::ConnectionReset.into()));
    let script = Script { reads, ..Script::default() };
    let written = Rc::clone(&script.written);
    let (_, log) = handle(&handler, script);
    assert!(written.borrow().is_empty() && log.is_empty(), "{log:?}");
}

#[test]
fn a_client_that_stalls_in_its_content_gets_a_408() {
    let upload = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nsome";
    let handler = answer(|http: &mut Exchange<'_>| {
        http.rfile.read_to_end(&mut Vec::new())?;
        hello(http)
    });
    for kind in [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut] {
        let mut reads = reads([upload]);
        reads.push_back(Err(kind.into()));
        let script = Script { reads, ..Script::default() };
        let written = Rc::clone(&script.written);
        let (_, log) = handle(&handler, script);
        assert!(text(&written).starts_with("HTTP/1.1 408 Request Timeout\r\n"));
        assert!(log[0].ends_with("] Request timed out: timed out"), "{log:?}");
    }
}

#[test]
fn a_stall_that_was_got_over_is_forgotten() {
    let upload = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
    let handler = answer(|http: &mut Exchange<'_>| {
        if http.command == "GET" {
            return Err(io::Error::other("of its own"));
        }
        let mut body = [0; 4];
        while http.rfile.read_exact(&mut body).is_err() {}
        hello(http)
    });
    let mut reads = reads([upload]);
    reads.push_back(Err(io::ErrorKind::TimedOut.into()));
    reads.push_back(Ok(b"late".to_vec()));
    reads.push_back(Ok(GET.to_vec()));
    let script = Script { reads, ..Script::default() };
    let written = Rc::clone(&script.written);
    let (_, log) = handle(&handler, script);
    assert!(text(&written).contains("HTTP/1.1 500 Internal Server Error"), "{}", text(&written));
    assert!(log[1].ends_with("GET /: the handler failed: of its own"), "{log:?}");
}

struct Timed;

#[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Timed)]
impl Timed {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        hello(http)
    }
}

/// A line after the response has the rest of it sent before.
#[test]
fn a_response_that_is_cut_before_its_log_line_ends_the_connection() {
    for (request, kind) in
        [(GET, io::ErrorKind::TimedOut), (b"GET / HTTP/1.0\r\n\r\n", io::ErrorKind::BrokenPipe)]
    {
        let script = Script {
            reads: reads([request]),
            writes: VecDeque::from([Ok(100), Err(kind)]),
            ..Script::default()
        };
        let (result, log) = handle(&Timed, script);
        let error = result.expect_err("cut");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted, "{kind:?}: {log:?}");
    }
}

#[test]
fn a_writer_that_takes_nothing_ends_the_connection() {
    let script =
        Script { reads: reads([GET]), writes: VecDeque::from([Ok(0)]), ..Script::default() };
    let (result, _) = handle(&answer(hello), script);
    assert_eq!(result.expect_err("nothing taken").kind(), io::ErrorKind::WriteZero);
}

#[test]
fn one_connection_may_be_served_over_two_halves() {
    struct Halves<R, W>(R, W);
    impl<R: Read, W> Read for Halves<R, W> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl<R, W: Write> Write for Halves<R, W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.1.flush()
        }
    }
    let mut output = Vec::new();
    let halves = Halves(GET, io::BufWriter::new(&mut output));
    let serve = || bhrh::handle(&answer(hello), halves, ([127, 0, 0, 1], 1));
    internals::collect_log(serve).0.expect("served");
    assert!(output.ends_with(b"\r\n\r\nhello"));
}
