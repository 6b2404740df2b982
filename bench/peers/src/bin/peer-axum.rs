//! axum 0.8 on a multi-thread tokio of `--threads` workers.
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use peers::{HELLO, MESSAGE};

async fn serve(bind: String) {
    let app = Router::new()
        .route("/plaintext", get(async || HELLO))
        .route("/json", get(async || Json(MESSAGE)))
        .route("/echo", post(async |body: Bytes| body))
        .route("/bytes/{n}", get(async |Path(n): Path<usize>| vec![b'x'; n]))
        .route("/sleep/{ms}", get(sleep))
        .route("/headers", get(async |headers: HeaderMap| headers.len().to_string()));
    let listener = tokio::net::TcpListener::bind(bind).await.expect("bind");
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, app).await.expect("serve");
}

async fn sleep(Path(ms): Path<u64>) -> &'static str {
    tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
    "ok"
}

fn main() {
    let args = peers::args();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.threads)
        .enable_all()
        .build();
    let runtime = runtime.unwrap();
    runtime.block_on(runtime.spawn(serve(args.bind))).unwrap();
}
