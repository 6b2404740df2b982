//! WebSockets that keep no thread: over sockets, with clients that misbehave, are slow or silent.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use bhrh::websocket::{Closed, Listener, Message, Options, Sender};
use bhrh::{Exchange, Limits, LogFormat, RunningServer, http_handler};
use bhrh_tests::way::{Stream, Way};

use crate::client::PATIENCE;

/// What the listeners have heard of their ends.
type Ends = Arc<Mutex<mpsc::Sender<u16>>>;

struct App {
    options: Options,
    all: Mutex<Vec<Sender>>,
    ends: Ends,
    dropped: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<String>>>,
}

/// Does what it is told, and otherwise says what it hears.
struct Obedient {
    ends: Ends,
    dropped: Arc<AtomicUsize>,
}

impl Listener for Obedient {
    fn message(&mut self, sender: &Sender, message: Message) -> io::Result<()> {
        match message {
            Message::Text(text) => match text.as_str() {
                "fail" => Err(io::Error::other("it fails")),
                "panic" => panic!("it panics"),
                "sleep" => {
                    thread::sleep(Duration::from_millis(300));
                    sender.send("slept")
                }
                "thread" => sender.send(thread::current().name().unwrap_or_default()),
                "close" => sender.close(4000, "as you like"),
                "much" => (0..40).try_for_each(|_| sender.send_binary(&[0; 1 << 20])),
                text => sender.send(text),
            },
            Message::Binary(bytes) => sender.send_binary(&bytes),
            _ => Ok(()),
        }
    }

    fn closed(&mut self, closed: &Closed) {
        let _ = self.ends.lock().unwrap().send(closed.code);
    }
}

impl Drop for Obedient {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

#[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Quiet)]
impl App {
    #[route("GET /ws")]
    fn ws(&self, http: &mut Exchange) -> io::Result<()> {
        let listener = Obedient { ends: self.ends.clone(), dropped: self.dropped.clone() };
        let sender = http.websocket_events(&self.options, listener)?;
        self.all.lock().unwrap().push(sender);
        Ok(())
    }

    #[route("GET /slow")]
    fn slow(&self, http: &mut Exchange) -> io::Result<()> {
        let listener = Obedient { ends: self.ends.clone(), dropped: self.dropped.clone() };
        http.websocket_events(&self.options, listener)?.send("early")?;
        thread::sleep(Duration::from_millis(100));
        Ok(())
    }

    #[route("GET /say")]
    fn say(&self, http: &mut Exchange) -> io::Result<()> {
        self.all.lock().unwrap().retain(|sender| sender.send("said").is_ok());
        let count = self.all.lock().unwrap().len();
        http.reply(200, "text/plain", count.to_string())
    }

    fn log_error(&self, _: &Exchange, message: std::fmt::Arguments<'_>) {
        self.lines.lock().unwrap().push(message.to_string());
    }
}

/// A server, and what is seen of it from inside.
struct Scene {
    server: RunningServer,
    ends: mpsc::Receiver<u16>,
    dropped: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<String>>>,
}

fn scene(options: Options) -> Scene {
    scene_with(options, Limits::default())
}

fn scene_with(options: Options, limits: Limits) -> Scene {
    let (sender, ends) = mpsc::channel();
    let (dropped, lines) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
    let app = App {
        options,
        all: Mutex::default(),
        ends: Arc::new(Mutex::new(sender)),
        dropped: dropped.clone(),
        lines: lines.clone(),
    };
    let server = Way::of_this_run()
        .server()
        .threads(2)
        .max_threads(6)
        .limits(limits)
        .spawn(app)
        .expect("a server");
    Scene { server, ends, dropped, lines }
}

impl Scene {
    fn connect(&self) -> Stream {
        let stream = Stream::connect(&self.server.local_addr()).expect("the server listens");
        stream.set_patience(PATIENCE);
        stream
    }

    fn open_at(&self, path: &str, also: &[u8]) -> Guest {
        let stream = self.connect();
        let mut guest = Guest { stream };
        let fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");
        guest.write(&[head.as_bytes(), also].concat());
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(guest.read(1));
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        guest
    }

    fn open(&self) -> Guest {
        self.open_at("/ws", b"")
    }

    fn end(&self) -> u16 {
        self.ends.recv_timeout(PATIENCE).expect("the listener hears of the end")
    }
}

/// A client that only knows bytes.
struct Guest {
    stream: Stream,
}

/// A frame under a mask of zeros.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0xFF);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    [&frame[..], &[0; 4], payload].concat()
}

impl Guest {
    fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("it is taken");
    }

    fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).expect("there is something to read");
        bytes
    }

    fn say(&mut self, text: &str) {
        self.write(&frame(1, text.as_bytes()));
    }

    /// Reads a frame: its opcode and its payload.
    fn hear(&mut self) -> (u8, Vec<u8>) {
        let head = self.read(2);
        let length = match head[1] {
            126 => u64::from(u16::from_be_bytes(self.read(2).try_into().unwrap())),
            127 => u64::from_be_bytes(self.read(8).try_into().unwrap()),
            short => short.into(),
        };
        (head[0], self.read(length as usize))
    }

    fn hears(&mut self, text: &str) {
        assert_eq!(self.hear(), (0x81, text.as_bytes().to_vec()));
    }

    /// Reads a close frame: its code.
    fn hears_close(&mut self) -> u16 {
        let (opcode, payload) = self.hear();
        assert_eq!(opcode, 0x88);
        u16::from_be_bytes([payload[0], payload[1]])
    }

    /// Whether the server closes.
    fn is_let_go(&mut self) -> bool {
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = self.stream.read_to_end(&mut rest);
        true
    }
}

#[test]
fn messages_are_answered_and_the_close_too() {
    let scene = scene(Options::new());
    let mut guest = scene.open();
    for text in ["one", "two", "three"] {
        guest.say(text);
        guest.hears(text);
    }
    // In pieces, and two at once.
    for piece in frame(1, b"in pieces").chunks(3) {
        guest.write(piece);
        thread::sleep(Duration::from_millis(5));
    }
    guest.hears("in pieces");
    guest.write(&[frame(1, b"four"), frame(9, b"?"), frame(1, b"five")].concat());
    guest.hears("four");
    assert_eq!(guest.hear(), (0x8A, b"?".to_vec()));
    guest.hears("five");
    guest.write(&frame(8, &4321_u16.to_be_bytes()));
    assert_eq!((guest.hears_close(), scene.end()), (4321, 4321));
    assert!(guest.is_let_go());
    assert_eq!(scene.dropped.load(Ordering::Relaxed), 1);
    assert!(scene.lines.lock().unwrap().is_empty());
}

#[test]
fn what_came_with_the_request_and_what_was_sent_before_it_was_answered_are_not_lost() {
    let scene = scene(Options::new());
    let mut guest = scene.open_at("/slow", &frame(1, b"at once"));
    guest.hears("early");
    guest.hears("at once");
}

#[test]
fn many_of_them_keep_no_thread() {
    let scene = scene(Options::new());
    let mut guests: Vec<Guest> = (0..100).map(|_| scene.open()).collect();
    for (at, guest) in guests.iter_mut().enumerate() {
        guest.say(&format!("I am {at}"));
    }
    for (at, guest) in guests.iter_mut().enumerate() {
        guest.hears(&format!("I am {at}"));
    }
    // A broadcast from another connection's method.
    let mut stream = scene.connect();
    stream.write_all(b"GET /say HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.ends_with("\r\n\r\n100"), "{answer}");
    guests.iter_mut().for_each(|guest| guest.hears("said"));
    drop(guests);
    (0..100).for_each(|_| assert_eq!(scene.end(), 1006));
}

#[test]
fn listeners_that_take_their_time_hold_up_nobody_else() {
    let scene = scene(Options::new());
    let mut slow: Vec<Guest> = (0..3).map(|_| scene.open()).collect();
    let mut quick = scene.open();
    for round in 0..4 {
        slow.iter_mut().for_each(|guest| guest.say("sleep"));
        let began = Instant::now();
        quick.say("quick");
        quick.hears("quick");
        let took = began.elapsed();
        assert!(took < Duration::from_millis(290), "round {round}: {took:?}");
        slow.iter_mut().for_each(|guest| guest.hears("slept"));
    }
}

#[test]
fn twenty_megabytes_each_way_at_once() {
    let scene = scene(Options::new().longest_message(2 << 20));
    let mut reading = scene.open().stream;
    let mut writing = reading.try_clone().expect("a second handle");
    let message = frame(2, &vec![0xA5; 1 << 20]);
    thread::scope(|scope| {
        scope.spawn(move || (0..20).for_each(|_| writing.write_all(&message).expect("taken")));
        let mut bytes = vec![0; 20 * ((1 << 20) + 10)];
        reading.read_exact(&mut bytes).expect("all of it comes");
        assert!(bytes.chunks((1 << 20) + 10).all(|frame| frame[..2] == [0x82, 127]));
    });
}

#[test]
fn failures_and_panics_end_one_conversation() {
    let scene = scene(Options::new());
    for (what, line) in [("fail", "it fails"), ("panic", "it panics")] {
        let mut guest = scene.open();
        guest.say(what);
        assert_eq!(guest.hears_close(), 1011);
        assert!(guest.is_let_go());
        let lines = std::mem::take(&mut *scene.lines.lock().unwrap());
        assert!(lines.len() == 1 && lines[0].contains(line), "{lines:?}");
    }
    assert_eq!(scene.end(), 1011);
    assert_eq!(scene.dropped.load(Ordering::Relaxed), 2);
    let mut guest = scene.open();
    guest.say("well");
    guest.hears("well");
}

#[test]
fn lies_are_answered_and_the_answer_arrives() {
    let scene = scene(Options::new());
    for (what, bytes, code) in [
        ("unmasked", &b"\x81\x05Hello"[..], 1002),
        ("a giant frame", b"\x82\xFF\0\0\x7F\0\0\0\0\0\0\0\0\0", 1009),
        ("not UTF-8", b"\x81\x81\0\0\0\0\xFF", 1007),
    ] {
        let mut guest = scene.open();
        guest.write(bytes);
        let _ = guest.stream.write_all(&[0; 50_000]);
        assert_eq!((guest.hears_close(), scene.end()), (code, code), "{what}");
    }
}

#[test]
fn silent_clients_are_pinged_and_then_let_go() {
    let scene = scene(Options::new().keep_alive(Some(Duration::from_millis(200))));
    let mut guest = scene.open();
    for _ in 0..3 {
        assert_eq!(guest.hear(), (0x89, Vec::new()));
        guest.write(&frame(10, b""));
    }
    assert_eq!(guest.hear(), (0x89, Vec::new()));
    assert!(guest.is_let_go());
    assert_eq!(scene.end(), 1006);
}

#[test]
fn slow_readers_are_let_go_by_time_and_by_what_waits_for_them() {
    for options in [
        Options::new().send_timeout(Duration::from_millis(500)).backlog(1 << 30),
        Options::new().backlog(1 << 20),
    ] {
        let scene = scene(options);
        let mut guest = scene.open();
        guest.say("much");
        assert_eq!(scene.end(), 1006);
        let mut other = scene.open();
        other.say("well");
        other.hears("well");
    }
}

#[test]
fn what_waits_for_slow_readers_is_bounded_over_all_of_them() {
    let mut limits = Limits::default();
    limits.waiting_memory = 20 << 20;
    let scene = scene_with(Options::new().backlog(1 << 30), limits);
    let mut guest = scene.open();
    guest.say("much");
    // Long before the time for sending is over.
    assert_eq!(scene.ends.recv_timeout(PATIENCE).expect("it is let go"), 1006);
    let mut other = scene.open();
    other.say("well");
    other.hears("well");
}

#[test]
fn storms_of_pings_are_answered_only_as_far_as_their_client_listens() {
    let scene = scene(Options::new().send_timeout(Duration::from_millis(500)));
    let mut guest = scene.open();
    let pings = frame(9, &[b'p'; 125]).repeat(500);
    let began = Instant::now();
    while guest.stream.write_all(&pings).is_ok() {
        assert!(began.elapsed() < PATIENCE, "it is served for ever");
    }
    assert_eq!(scene.end(), 1006);
}

#[test]
fn a_close_that_is_not_answered_has_a_clock() {
    let scene = scene(Options::new());
    let mut guest = scene.open();
    guest.say("close");
    assert_eq!(guest.hears_close(), 4000);
    // It goes on talking.
    guest.say("still here");
    assert!(guest.is_let_go());
    assert_eq!(scene.end(), 1006);
}

#[test]
fn at_a_shutdown_clients_are_told_and_join_returns() {
    let scene = scene(Options::new());
    let mut guests: Vec<Guest> = (0..20).map(|_| scene.open()).collect();
    let began = Instant::now();
    scene.server.shutdown();
    for guest in &mut guests {
        assert_eq!(guest.hears_close(), 1001);
    }
    drop(guests);
    (0..20).for_each(|_| assert_eq!(scene.end(), 1001));
    scene.server.join().expect("nothing was cut");
    assert!(began.elapsed() < PATIENCE);
    assert_eq!(scene.dropped.load(Ordering::Relaxed), 20);
}
