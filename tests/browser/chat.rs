//! The page of `examples/chat`, in two tabs.

use crate::{Program, script};

#[test]
fn two_tabs_talk() {
    let chat = Program::start(env!("CARGO_BIN_EXE_websocket-chat"), &[]);
    script("chat.mjs", &[&chat.url]);
}
