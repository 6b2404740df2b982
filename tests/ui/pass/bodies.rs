//! What is fine in a body, although it looks like a mistake.

use bhrh::{Exchange, http_handler};
use std::io;
use std::thread;

struct Client;

impl Client {
    fn send_error(&self, _: u16, _: &str) {}
}

struct App {
    http: Client,
}

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let path = http.path.to_owned();
        let length = thread::spawn(move || path.len()).join().unwrap_or_default();
        let same = thread::spawn({
            let path = http.path.to_owned();
            move || path.len()
        });
        let other = thread::scope(|scope| scope.spawn(|| http.path.len()).join());
        self.http.send_error(404, "No");
        let _ = (length, same.join(), other);
        http.send_error((404, "No", "why"))
    }

    fn do_POST(&self, http: &mut Exchange) {
        http.close_connection = true;
        let http = Client;
        http.send_error(404, "No");
        thread::spawn(move || http.send_error(404, "No"));
    }
}

fn main() {
    fn is_handler(_: impl bhrh::Handler) {}
    is_handler(App { http: Client });
}
