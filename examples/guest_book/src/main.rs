//! A guest book.

mod app;
mod book;
mod session;
#[cfg(test)]
mod tests;

use std::env;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use app::App;
use bhrh::files::Files;
use bhrh::{CacheControl, HttpServer, Trusted};
use book::Book;
use session::Sessions;

fn main() -> io::Result<()> {
    let setting = |name, default: &str| env::var(name).unwrap_or(default.to_owned());
    let address = setting("ADDRESS", "127.0.0.1:8000");
    let data = PathBuf::from(setting("DATA", "."));
    let minute = CacheControl::new().max_age(Duration::from_secs(60));
    let app = App {
        book: Book::open(&data.join("entries.txt"))?,
        files: Files::new("static").cache_control(minute),
        sessions: Sessions::by_key(&data.join("key"))?,
    };
    // If the folder is not there, the program says so now.
    app.files.check()?;
    // Proxies that may say who the client is: addresses or networks.
    let proxies = Trusted::networks(setting("PROXIES", "127.0.0.1").split(','))?;
    let server = HttpServer::bind(&*address)?.trusts(proxies);
    eprintln!("serving at http://{}/", server.local_addr());
    server.stop_on_signals().serve_forever(app)
}
