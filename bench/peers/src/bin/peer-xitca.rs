//! xitca-web with `--threads` workers.
use peers::{HELLO, MESSAGE};
use std::time::Duration;
use xitca_web::handler::body::Limit;
use xitca_web::handler::handler_service;
use xitca_web::handler::json::Json;
use xitca_web::handler::path::PathRef;
use xitca_web::route::{get, post};
use xitca_web::{App, WebContext};

/// The number that a path ends with.
fn number(path: &str) -> usize {
    path.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

async fn echo((body, _): (Vec<u8>, Limit<{ 16 << 20 }>)) -> Vec<u8> {
    body
}

async fn bytes(PathRef(path): PathRef<'_>) -> Vec<u8> {
    vec![b'x'; number(path)]
}

async fn sleep(PathRef(path): PathRef<'_>) -> &'static str {
    tokio::time::sleep(Duration::from_millis(number(path) as u64)).await;
    "ok"
}

async fn headers(context: &WebContext<'_>) -> String {
    context.req().headers().len().to_string()
}

fn main() -> std::io::Result<()> {
    let args = peers::args();
    App::new()
        .at("/plaintext", get(handler_service(async || HELLO)))
        .at("/json", get(handler_service(async || Json(MESSAGE))))
        .at("/echo", post(handler_service(echo)))
        .at("/bytes/{n}", get(handler_service(bytes)))
        .at("/sleep/{ms}", get(handler_service(sleep)))
        .at("/headers", get(handler_service(headers)))
        .serve()
        .worker_threads(args.threads)
        .keep_alive_timeout(Duration::from_secs(75)) // the default 5 s would end the idle scenario
        .bind(args.bind)?
        .run()
        .wait()
}
