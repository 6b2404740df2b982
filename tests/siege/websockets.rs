//! WebSockets that keep no thread hold up nobody: however many are idle, take nothing, never stop
//! pinging, block in their listeners or panic there.

use crate::client::{Client, assert_alive};
use bhrh::websocket::{Listener, Message, Options, Sender};
use bhrh::{Exchange, HttpServer, LogFormat, RunningServer, http_handler};
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// More than there are threads.
const MANY: usize = 12;

/// More than the events of one wait, and than threads could ever be.
const IDLE: usize = 2000;

/// What stands in the way of listeners and of the log, told from outside.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_closed: bool,
    waiting: usize,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting += 1;
        self.changed.notify_all();
        let passed = self.changed.wait_while(state, |state| state.is_closed);
        passed.unwrap_or_else(PoisonError::into_inner).waiting -= 1;
    }

    fn set_closed(&self, is_closed: bool) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_closed = is_closed;
        self.changed.notify_all();
    }

    fn until_somebody_waits(&self, count: usize) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let too_few = |state: &mut State| state.waiting < count;
        let waited = self.changed.wait_timeout_while(state, crate::PATIENCE, too_few);
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "nobody waits");
    }
}

struct App {
    listeners: Arc<Gate>,
    log: Arc<Gate>,
}

struct Guest(Arc<Gate>);

impl Listener for Guest {
    fn message(&mut self, sender: &Sender, message: Message) -> io::Result<()> {
        let Message::Text(text) = message else { return Ok(()) };
        match text.as_str() {
            "block" => self.0.pass(),
            "panic" => panic!("as asked"),
            "much" => return (0..8).try_for_each(|_| sender.send_binary(&[0; 64 << 10])),
            _ => {}
        }
        sender.send(&text)
    }
}

#[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Quiet)]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/ws" => {
                let guest = Guest(Arc::clone(&self.listeners));
                // No clock has anybody look before the test does.
                let options = Options::new().keep_alive(None);
                http.websocket_events(&options, guest).map(drop)
            }
            _ => http.reply(200, "text/plain", "up"),
        }
    }

    fn log_error(&self, _: &Exchange, _: fmt::Arguments) {
        self.log.pass();
    }
}

struct Scene {
    server: RunningServer,
    listeners: Arc<Gate>,
    log: Arc<Gate>,
}

fn scene() -> Scene {
    let (listeners, log) = (Arc::<Gate>::default(), Arc::<Gate>::default());
    let app = App { listeners: Arc::clone(&listeners), log: Arc::clone(&log) };
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").threads(1).max_threads(4);
    Scene { server: server.spawn(app).expect("threads"), listeners, log }
}

/// A frame with a mask of zeros.
fn frame(opcode: u8, payload: &str) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short one");
    [&[0x80 | opcode, 0x80 | length, 0, 0, 0, 0], payload.as_bytes()].concat()
}

impl Scene {
    fn open(&self) -> Client {
        let mut client = Client::new(self.server.local_addr());
        client.send(
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
        assert_eq!(client.status(), 101);
        client
    }

    fn open_many(&self, count: usize) -> Vec<Client> {
        (0..count).map(|_| self.open()).collect()
    }

    /// Polite clients are served, one with a request and one with a WebSocket.
    fn assert_alive(&self, polite: &mut Client) {
        assert_alive(self.server.local_addr());
        polite.send(frame(1, "hello"));
        assert_eq!(polite.read(7), [0x81, 5, b'h', b'e', b'l', b'l', b'o']);
    }

    fn end(self) {
        self.server.shutdown();
        self.server.join().expect("nothing was cut");
    }
}

#[test]
fn thousands_that_are_idle_leave_every_thread_alone() {
    let scene = scene();
    let mut idle = scene.open_many(IDLE);
    let mut polite = scene.open();
    (0..20).for_each(|_| scene.assert_alive(&mut polite));
    // They are all still there.
    for client in &mut idle {
        client.send(frame(1, "x"));
    }
    for client in &mut idle {
        assert_eq!(client.read(3), [0x81, 1, b'x']);
    }
    scene.end();
}

#[test]
fn takers_of_nothing_and_storms_of_pings_hold_up_nobody() {
    let scene = scene();
    let mut polite = scene.open();
    let mut takers = scene.open_many(MANY);
    let mut pinging = scene.open();
    // More than the system and the server keep of pongs. At some point the server hears no more.
    let storm = frame(9, &"are you there? ".repeat(8)).repeat(160_000);
    let mut sending = pinging.clone();
    thread::scope(|scope| {
        scope.spawn(move || sending.send([storm, frame(1, "!")].concat()));
        for round in 0..10 {
            for client in &mut takers {
                client.try_send_now(frame(1, "much"));
                // Some take a little.
                if round % 2 == 0 {
                    client.taste();
                }
            }
            scene.assert_alive(&mut polite);
            thread::sleep(Duration::from_millis(20));
        }
        // When this client takes its pongs, there are all of them.
        let pong = [&[0x8A, 120][..], "are you there? ".repeat(8).as_bytes()].concat();
        let pongs = pinging.read(160_000 * pong.len());
        assert!(pongs.chunks(pong.len()).all(|frame| frame == pong));
        assert_eq!(pinging.read(3), [0x81, 1, b'!']);
    });
    drop((takers, pinging));
    scene.assert_alive(&mut polite);
    scene.end();
}

/// More listeners block than there are threads. After the first ones, steps of WebSockets wait for
/// a thread, and requests go on.
#[test]
fn listeners_that_block_hold_up_no_requests() {
    let scene = scene();
    scene.listeners.set_closed(true);
    let mut blocking = scene.open_many(MANY);
    let mut quick = scene.open();
    for (at, client) in blocking.iter_mut().enumerate() {
        client.send(frame(1, "block"));
        // One thread drives the loop.
        if at < 3 {
            scene.listeners.until_somebody_waits(at + 1);
        }
        assert_alive(scene.server.local_addr());
    }
    quick.send(frame(1, "quick"));
    for _ in 0..20 {
        assert_alive(scene.server.local_addr());
    }
    scene.listeners.set_closed(false);
    for client in &mut blocking {
        assert_eq!(client.read(7), [0x81, 5, b'b', b'l', b'o', b'c', b'k']);
    }
    assert_eq!(quick.read(7), [0x81, 5, b'q', b'u', b'i', b'c', b'k']);
    scene.end();
}

#[test]
fn listeners_that_panic_cost_their_own_conversation() {
    let scene = scene();
    let mut polite = scene.open();
    for mut client in scene.open_many(10 * MANY) {
        client.send(frame(1, "panic"));
        assert_eq!(client.read(4), [0x88, 2, 0x03, 0xF3]);
    }
    scene.assert_alive(&mut polite);
    scene.end();
}

/// What goes wrong with a WebSocket is logged where no method runs. Once hooks have blocked there,
/// they run only with a thread for the loop.
#[test]
fn complaints_to_a_log_that_blocks_hold_up_no_loop() {
    let scene = scene();
    scene.log.set_closed(true);
    let mut polite = scene.open();
    let mut liars = scene.open_many(MANY);
    for (at, client) in liars.iter_mut().enumerate() {
        // No opcode.
        client.send(frame(3, ""));
        if at < 3 {
            scene.log.until_somebody_waits(at + 1);
        }
        assert_alive(scene.server.local_addr());
    }
    scene.log.set_closed(false);
    for client in &mut liars {
        assert_eq!(client.read(4)[2..], 1002_u16.to_be_bytes());
    }
    scene.assert_alive(&mut polite);
    scene.end();
}

#[test]
fn at_the_end_all_of_them_are_told() {
    let scene = scene();
    scene.listeners.set_closed(true);
    let mut guests = scene.open_many(10 * MANY);
    let mut blocking = scene.open();
    blocking.send(frame(1, "block"));
    scene.listeners.until_somebody_waits(1);
    scene.server.shutdown();
    for client in &mut guests {
        assert_eq!(client.read(4)[2..], 1001_u16.to_be_bytes());
        client.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE9]);
    }
    thread::sleep(Duration::from_millis(50));
    scene.listeners.set_closed(false);
    assert_eq!(blocking.read(7)[0], 0x81);
    assert_eq!(blocking.read(4)[2..], 1001_u16.to_be_bytes());
    scene.server.join().expect("nothing was cut");
}
