//! Sends each message back, and one that begins with `all ` to everybody: `http.websocket_events`.

use bhrh::websocket::{Closed, Listener, Message, Options, Sender};
use bhrh::{Exchange, HttpServer, LogFormat, http_handler};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

type Everybody = Arc<Mutex<HashMap<u64, Sender>>>;

#[derive(Default)]
struct App {
    everybody: Everybody,
    next: AtomicU64,
}

#[http_handler(protocol_version = "HTTP/1.1", log_format = LogFormat::Quiet)]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let everybody = self.everybody.clone();
        // The client here has no pages and answers no pings.
        let options = Options::new().keep_alive(None);
        let sender = http.websocket_events(&options, Guest { everybody, number })?;
        self.everybody.lock().unwrap().insert(number, sender);
        Ok(())
    }
}

struct Guest {
    everybody: Everybody,
    number: u64,
}

impl Listener for Guest {
    fn message(&mut self, sender: &Sender, message: Message) -> io::Result<()> {
        match message {
            Message::Text(text) if text.starts_with("all ") => {
                for guest in self.everybody.lock().unwrap().values() {
                    let _ = guest.send(&text);
                }
                Ok(())
            }
            Message::Text(text) => sender.send(&text),
            Message::Binary(bytes) => sender.send_binary(&bytes),
            _ => Ok(()),
        }
    }

    fn closed(&mut self, _: &Closed) {
        self.everybody.lock().unwrap().remove(&self.number);
    }
}

fn main() -> io::Result<()> {
    let server = HttpServer::bind("127.0.0.1:0")?.threads(2);
    println!("{}", server.local_addr());
    server.serve_forever(App::default())
}
