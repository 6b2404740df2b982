//! Connections that stay are shared out among the loops.

use crate::client::Client;
use bhrh::{Exchange, http_handler};
use bhrh_tests::way::Way;
use std::collections::HashMap;
use std::io::{self, Write};
use std::thread;

struct WhichThread;

#[http_handler(protocol_version = "HTTP/1.1")]
impl WhichThread {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let name = format!("{:?}", thread::current().id());
        http.send_response(200);
        http.send_header("Content-Length", name.len());
        http.end_headers()?;
        http.wfile.write_all(name.as_bytes())
    }

    fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}
}

#[test]
fn both_loops_get_their_share() -> io::Result<()> {
    let server = Way::of_this_run().server().threads(2).spawn(WhichThread)?;
    let mut clients: Vec<Client> = (0..40).map(|_| Client::connect(server.local_addr())).collect();
    // The first request finds a connection its loop, the second is served there.
    let mut shares: HashMap<String, usize> = HashMap::new();
    for round in 0..2 {
        for client in &mut clients {
            let thread = client.ask("/");
            if round == 1 {
                *shares.entry(thread).or_default() += 1;
            }
        }
    }
    // More threads than two only where one was held up by the machine.
    let most = shares.values().max().copied().unwrap_or(0);
    assert!(shares.len() >= 2 && most <= 30, "{shares:?}");
    Ok(())
}
