//! What a method can do with a WebSocket, over memory and TCP.

use std::io::{self, Read};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use bhrh::testing::{client, in_memory_and_tcp};
use bhrh::websocket::{Closed, Message, Options, Sender};
use bhrh::{Exchange, LogFormat, http_handler};

#[derive(Default)]
struct App {
    all: Mutex<Vec<Sender>>,
    closed: Mutex<Vec<Closed>>,
}

#[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Quiet)]
impl App {
    #[route("GET /echo")]
    fn echo(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket_with(&Options::new().longest_message(100_000))?;
        loop {
            match socket.receive() {
                Ok(Some(Message::Text(text))) => socket.send(&text)?,
                Ok(Some(Message::Binary(bytes))) => socket.send_binary(&bytes)?,
                Ok(_) => break,
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                    break;
                }
            }
        }
        self.closed.lock().unwrap().extend(socket.closed().cloned());
        Ok(())
    }

    /// Everybody gets what anybody says.
    #[route("GET /chat")]
    fn chat(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket()?;
        self.all.lock().unwrap().push(socket.sender());
        while let Some(Message::Text(text)) = socket.receive()? {
            self.all.lock().unwrap().retain(|sender| sender.send(&text).is_ok());
        }
        Ok(())
    }

    /// Counts the bytes of messages that are longer than memory should hold.
    #[route("GET /count")]
    fn count(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket()?;
        while let Some(mut message) = socket.receive_stream()? {
            let mut first = [0; 5];
            message.read_exact(&mut first)?;
            let is_text = message.is_text();
            if &first == b"skip!" {
                continue;
            }
            let count = 5 + io::copy(&mut message, &mut io::sink())?;
            socket.send(&format!("{count} {is_text}"))?;
        }
        Ok(())
    }

    #[route("GET /stream")]
    fn stream(&self, http: &mut Exchange) -> io::Result<()> {
        let socket = http.websocket()?;
        let sender = socket.sender();
        let pings = thread::spawn(move || sender.send("after it"));
        socket.send_binary_from(io::repeat(7).take(3_000_000))?;
        pings.join().unwrap()
    }

    #[route("GET /close")]
    fn close(&self, http: &mut Exchange) -> io::Result<()> {
        let socket = http.websocket()?;
        let sender = socket.sender();
        assert!(!sender.is_closed());
        socket.close(4000, "enough")?;
        assert!(sender.is_closed());
        assert_eq!(sender.send("late").unwrap_err().kind(), io::ErrorKind::NotConnected);
        Ok(())
    }

    #[route("GET /panic")]
    fn panic(&self, http: &mut Exchange) -> io::Result<()> {
        let _socket = http.websocket()?;
        panic!("as it was told");
    }
}

fn text(text: &str) -> Option<Message> {
    Some(Message::Text(text.to_owned()))
}

#[test]
fn messages_come_back() {
    in_memory_and_tcp(App::default, |client| {
        client.get("/echo").websocket(|socket| {
            for size in [0, 1, 125, 126, 65535, 65536, 100_000] {
                let content = "x".repeat(size);
                socket.send(&content)?;
                assert_eq!(socket.receive()?, text(&content));
                socket.send_binary(content.as_bytes())?;
                assert_eq!(socket.receive()?, Some(Message::Binary(content.into_bytes())));
            }
            Ok(())
        });
    });
}

#[test]
fn a_client_that_breaks_a_rule_is_told_which() {
    let app = App::default();
    client(&app).get("/echo").websocket(|socket| {
        socket.send_binary(&[0; 100_001])?;
        assert_eq!(socket.receive()?, None);
        let closed = socket.closed().expect("it is closed");
        assert_eq!((closed.code, closed.reason.as_str()), (1009, "a frame is too large"));
        Ok(())
    });
    assert_eq!(app.closed.lock().unwrap()[0].code, 1009);
}

#[test]
fn both_sides_learn_how_it_was_closed() {
    let app = App::default();
    client(&app).get("/close").websocket(|socket| {
        assert_eq!(socket.receive()?, None);
        let closed = socket.closed().expect("it is closed");
        assert_eq!((closed.code, closed.reason.as_str()), (4000, "enough"));
        assert!(socket.send("late").is_err());
        Ok(())
    });
    client(&app).get("/echo").websocket(|socket| socket.sender().close(3001, "bye"));
}

#[test]
fn a_code_that_nobody_may_send_is_refused() {
    client(&App::default()).get("/echo").websocket(|socket| {
        for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            let from_sender = socket.sender().close(code, "").map_err(|error| error.kind());
            assert_eq!(from_sender, Err(io::ErrorKind::InvalidInput), "{code}");
        }
        socket.send("still open")?;
        assert_eq!(socket.receive()?, Some(Message::Text("still open".into())));
        Ok(())
    });
}

#[test]
fn a_method_that_panics_closes_with_1011() {
    client(&App::default()).get("/panic").websocket(|socket| {
        assert_eq!(socket.receive()?, None);
        assert_eq!(socket.closed().map(|closed| closed.code), Some(1011));
        Ok(())
    });
}

#[test]
fn any_thread_may_send() {
    in_memory_and_tcp(App::default, |client| {
        client.get("/chat").websocket(|one| {
            one.send("alone")?;
            assert_eq!(one.receive()?, text("alone"));
            client.get("/chat").websocket(|two| {
                two.send("hello")?;
                assert_eq!(two.receive()?, text("hello"));
                one.send("and you")?;
                assert_eq!(two.receive()?, text("and you"));
                Ok(())
            });
            assert_eq!(one.receive()?, text("hello"));
            assert_eq!(one.receive()?, text("and you"));
            Ok(())
        });
    });
}

#[test]
fn long_messages_are_read_as_they_come() {
    in_memory_and_tcp(App::default, |client| {
        for offer in ["", "permessage-deflate"] {
            let request = client.get("/count").header("Sec-WebSocket-Extensions", offer);
            request.websocket(|socket| {
                // The frames are within the limit, the message is not.
                assert_eq!(socket.send_binary_from(io::repeat(0).take(5_000_000))?, 5_000_000);
                assert_eq!(socket.receive()?, text("5000000 false"));
                socket.send(&format!("skip!{}", "x".repeat(500_000)))?;
                socket.send(&"y".repeat(300_000))?;
                assert_eq!(socket.receive()?, text("300000 true"));
                Ok(())
            });
        }
    });
}

#[test]
fn a_message_that_is_sent_as_it_is_read_stays_one_message() {
    client(&App::default()).get("/stream").websocket(|socket| {
        let mut received = Vec::new();
        while let Some(message) = socket.receive()? {
            received.push(message);
        }
        received.sort_by_key(|message| matches!(message, Message::Text(_)));
        assert_eq!(received, [Message::Binary(vec![7; 3_000_000]), text("after it").unwrap()]);
        Ok(())
    });
}

#[test]
fn a_silent_client_is_pinged_and_one_that_does_not_answer_counts_as_gone() {
    struct Impatient(Mutex<Option<Closed>>);

    #[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Quiet)]
    impl Impatient {
        fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
            let options = Options::new().keep_alive(Some(Duration::from_millis(300)));
            let mut socket = http.websocket_with(&options)?;
            while socket.receive()?.is_some() {}
            *self.0.lock().unwrap() = socket.closed().cloned();
            Ok(())
        }
    }

    let app = Impatient(Mutex::default());
    // This client answers pings while it waits.
    client(&app).get("/").websocket(|socket| {
        let sender = socket.sender();
        let waits = thread::spawn(move || {
            thread::sleep(Duration::from_millis(2500));
            assert!(!sender.is_closed());
            sender.close(1000, "")
        });
        assert_eq!(socket.receive()?, None);
        waits.join().unwrap()
    });
    assert_eq!(app.0.lock().unwrap().as_ref().map(|closed| closed.code), Some(1000));
    // This one does not listen.
    client(&app).get("/").websocket(|_| {
        thread::sleep(Duration::from_millis(2500));
        Ok(())
    });
    let closed = app.0.lock().unwrap().clone().expect("it has ended");
    assert_eq!((closed.code, closed.reason.as_str()), (1006, "no answer to a ping"));
}
