//! The page of `examples/chat`, in two tabs: over plain connections and TLS, and through proxies.

use std::path::Path;

use crate::proxies::{self, Proxy, certificate, place};
use crate::{Program, script};

const CHAT: &str = env!("CARGO_BIN_EXE_websocket-chat");

#[test]
fn two_tabs_talk() {
    script("chat.mjs", &[&Program::start(CHAT, &[]).url]);
}

#[test]
fn two_tabs_talk_over_tls() {
    let pem = certificate(&place("browser-chat-tls"));
    let chat = Program::start(CHAT, &["--tls-cert", pem.to_str().expect("text")]);
    script("chat.mjs", &[&chat.url]);
}

/// TLS ends at the proxy.
fn talk_through(start: fn(&Path, &str, &Path) -> Proxy, name: &str) {
    let (chat, place) = (Program::start(CHAT, &[]), place(name));
    let address = chat.url.trim_start_matches("http://").trim_end_matches('/');
    let proxy = start(&place, address, &certificate(&place));
    script("chat.mjs", &[&format!("https://127.0.0.1:{}/", proxy.secured)]);
}

#[test]
fn two_tabs_talk_through_nginx() {
    talk_through(proxies::nginx, "browser-chat-nginx");
}

#[test]
fn two_tabs_talk_through_haproxy() {
    talk_through(proxies::haproxy, "browser-chat-haproxy");
}
