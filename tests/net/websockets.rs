//! WebSockets over sockets: clients that misbehave or are slow, and the end.

use std::io::{self, Read, Write};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use bhrh::websocket::{Message, Options, Sender};
use bhrh::{Exchange, LogFormat, Peer, RunningServer, http_handler};
use bhrh_tests::way::{Stream, Way};

use crate::client::{Client, PATIENCE};

#[derive(Default)]
struct App {
    all: Mutex<Vec<Sender>>,
}

#[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Quiet)]
impl App {
    #[route("GET /echo")]
    fn echo(&self, http: &mut Exchange) -> io::Result<()> {
        echo(http, &Options::new().longest_message(32 << 20))
    }

    /// Lets clients go that take their messages slowly.
    #[route("GET /hasty")]
    fn hasty(&self, http: &mut Exchange) -> io::Result<()> {
        let options = Options::new().longest_message(32 << 20);
        echo(http, &options.send_timeout(Duration::from_millis(700)))
    }

    /// Gives the WebSocket to a thread, and returns.
    #[route("GET /away")]
    fn away(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket()?;
        self.all.lock().unwrap().push(socket.sender());
        thread::spawn(move || while socket.receive().is_ok_and(|message| message.is_some()) {});
        Ok(())
    }

    /// Closes, and goes on receiving.
    #[route("GET /closing")]
    fn closing(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket_with(&Options::new().send_timeout(Duration::ZERO))?;
        socket.sender().close(4000, "")?;
        while socket.receive()?.is_some() {}
        assert_eq!(socket.closed().map(|closed| closed.code), Some(1006));
        Ok(())
    }

    #[route("GET /say")]
    fn say(&self, http: &mut Exchange) -> io::Result<()> {
        self.all.lock().unwrap().retain(|sender| sender.send("said").is_ok());
        http.reply(200, "text/plain", self.all.lock().unwrap().len().to_string())
    }
}

fn echo(http: &mut Exchange, options: &Options) -> io::Result<()> {
    let mut socket = http.websocket_with(options)?;
    while let Some(message) = socket.receive()? {
        match message {
            Message::Text(text) => socket.send(&text)?,
            Message::Binary(bytes) => socket.send_binary(&bytes)?,
            _ => {}
        }
    }
    Ok(())
}

fn server() -> (RunningServer, Peer) {
    let server = Way::of_this_run().server().spawn(App::default()).expect("a server");
    let address = server.local_addr();
    (server, address)
}

/// A connection after the handshake, without anything that speaks the protocol.
fn raw(server: &Peer, path: &str) -> Stream {
    let stream = Stream::connect(server).expect("a connection");
    stream.set_patience(PATIENCE);
    let fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    write!(&stream, "GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n").expect("it is taken");
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        (&stream).read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    stream
}

fn rest(mut stream: &Stream) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    rest
}

#[test]
fn twenty_megabytes_each_way_at_once() {
    let (_server, address) = server();
    let stream = raw(&address, "/echo");
    // A message of a megabyte: masked by zeros as a client has to, and as a server sends it.
    let content = vec![0xA5; 1 << 20];
    let length = (1_u64 << 20).to_be_bytes();
    let sent = [&b"\x82\xFF"[..], &length, &[0; 4], &content].concat();
    let wanted = [&b"\x82\x7F"[..], &length, &content].concat();
    thread::scope(|scope| {
        scope.spawn(|| (0..20).for_each(|_| (&stream).write_all(&sent).expect("it is taken")));
        let mut heard = vec![0; wanted.len()];
        for _ in 0..20 {
            (&stream).read_exact(&mut heard).expect("it is sent back");
            assert!(heard == wanted, "it is the same");
        }
    });
}

#[test]
fn a_thread_of_ones_own_and_a_sender_go_on_after_the_method() {
    let (_server, address) = server();
    let say = || Client::connect(&address).get("/say").text().to_owned();
    let stream = raw(&address, "/away");
    assert_eq!(say(), "1");
    let mut said = [0; 6];
    (&stream).read_exact(&mut said).expect("a message");
    assert_eq!(&said, b"\x81\x04said");
    drop(stream);
    let began = Instant::now();
    while say() != "0" {
        assert!(began.elapsed() < PATIENCE, "the sender outlives its WebSocket");
    }
}

/// Pings whose answers nobody reads fill up the way back, and then the client is let go.
#[test]
fn a_storm_of_pings_is_answered_only_as_far_as_its_client_listens() {
    let (_server, address) = server();
    let stream = raw(&address, "/hasty");
    let ping = [&b"\x89\xFD\0\0\0\0"[..], &[b'p'; 125]].concat().repeat(500);
    let began = Instant::now();
    while (&stream).write_all(&ping).is_ok() {
        assert!(began.elapsed() < PATIENCE, "it is served for ever");
    }
}

#[test]
fn a_client_that_takes_nothing_is_let_go() {
    let (_server, address) = server();
    let stream = raw(&address, "/hasty");
    let mut message = b"\x82\xFF\0\0\0\0\0\x10\0\0\0\0\0\0".to_vec();
    message.resize(message.len() + (1 << 20), b'x');
    let began = Instant::now();
    while (&stream).write_all(&message).is_ok() {
        assert!(began.elapsed() < PATIENCE, "it is served for ever");
    }
}

#[test]
fn lies_are_answered_and_the_answer_arrives() {
    let (_server, address) = server();
    for (what, bytes, code) in [
        ("unmasked", &b"\x81\x05Hello"[..], 1002_u16),
        ("a giant frame", b"\x82\xFF\0\0\x7F\0\0\0\0\0\0\0\0\0", 1009),
        ("not UTF-8", b"\x81\x81\0\0\0\0\xFF", 1007),
        ("a reserved opcode", b"\x83\x80\0\0\0\0", 1002),
    ] {
        let stream = raw(&address, "/echo");
        (&stream).write_all(bytes).expect("it is taken");
        // More is on its way, which must not make the system drop the answer.
        let _ = (&stream).write_all(&[0; 50_000]);
        let answer = rest(&stream);
        assert_eq!(answer[0], 0x88, "{what}");
        assert_eq!(answer[2..4], code.to_be_bytes(), "{what}");
    }
}

#[test]
fn at_a_shutdown_clients_are_told_that_the_server_goes_away() {
    for path in ["/echo", "/away"] {
        let (server, address) = server();
        let stream = raw(&address, path);
        let began = Instant::now();
        server.shutdown();
        let waiting = thread::spawn(move || server.join());
        let answer = rest(&stream);
        assert_eq!((answer[0], &answer[2..4]), (0x88, &1001_u16.to_be_bytes()[..]), "{path}");
        drop(stream);
        waiting.join().expect("join returns").expect("nothing was cut");
        assert!(began.elapsed() < PATIENCE);
    }
}

#[test]
fn a_client_that_never_stops_talking_is_told_too() {
    let (server, address) = server();
    let stream = raw(&address, "/away");
    let talker = stream.try_clone().expect("a second handle");
    // An empty text message under a mask of zeros, again and again.
    let talking = thread::spawn(move || while (&talker).write_all(b"\x81\x80\0\0\0\0").is_ok() {});
    thread::sleep(Duration::from_millis(50));
    server.shutdown();
    let mut head = [0; 4];
    (&stream).read_exact(&mut head).expect("a close frame");
    assert_eq!((head[0], &head[2..]), (0x88, &1001_u16.to_be_bytes()[..]));
    // The client's own close frame would come here. This one leaves.
    stream.close();
    talking.join().expect("it has ended");
    server.join().expect("nothing was cut");
}

#[test]
fn a_senders_close_that_is_not_answered_has_a_clock() {
    let (_server, address) = server();
    let stream = raw(&address, "/closing");
    let mut head = [0; 4];
    (&stream).read_exact(&mut head).expect("a close frame");
    assert_eq!((head[0], &head[2..]), (0x88, &4000_u16.to_be_bytes()[..]));
    let began = Instant::now();
    // It goes on talking, without an answer to the close.
    while (&stream).write_all(b"\x81\x80\0\0\0\0").is_ok() {
        assert!(began.elapsed() < PATIENCE, "it is heard for ever");
        thread::sleep(Duration::from_millis(50));
    }
}
