//! What a handler gets to see of a conversation.

use super::conversations::{Answer, play};
use super::reference::Request;
use bhrh::{Exchange, Outcome, Profile};
use std::io::{Read, Write};
use std::sync::Mutex;

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect()
}

/// The requests that a handler gets to see on `STRICT`.
pub(crate) fn dispatched(pieces: &[&[u8]]) -> Vec<Request> {
    let seen = Mutex::new(Vec::new());
    let handler = Answer(|http: &mut Exchange<'_>| -> Outcome {
        let mut content = Vec::new();
        let result = http.rfile.read_to_end(&mut content);
        let field = |(name, value)| (latin1(name), latin1(value));
        seen.lock().expect("no panic under the lock").push(Request {
            method: latin1(http.command),
            target: latin1(http.path),
            version: latin1(http.request_version),
            fields: http.headers.iter().map(field).collect(),
            content: result.as_ref().is_ok().then_some(content),
        });
        result?;
        http.send_response(200);
        http.end_headers()?;
        Ok(http.wfile.write_all(b"ok")?)
    });
    play(Profile::STRICT, &handler, pieces);
    seen.into_inner().expect("no panic under the lock")
}
