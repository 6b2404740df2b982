//! axum 0.8 on a multi-thread tokio of `--threads` workers.
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use futures_util::stream::{self, StreamExt};
use peers::{HELLO, MESSAGE, Order, PIECE, letters};
use std::convert::Infallible;
use std::time::{Duration, SystemTime};

async fn serve(bind: String) {
    let app = Router::new()
        .route("/plaintext", get(async || HELLO))
        .route("/json", get(async || Json(MESSAGE)))
        .route("/echo", post(async |body: Bytes| body))
        .route("/order", post(async |Json(order): Json<Order>| Json(order)))
        .route("/bytes/{n}", get(async |Path(n): Path<usize>| vec![b'x'; n]))
        .route("/sleep/{ms}", get(sleep))
        .route("/headers", get(async |headers: HeaderMap| headers.len().to_string()))
        .route("/rows/{count}", get(async |Path(count): Path<u64>| text(rows(count))))
        .route("/rows/{count}/{length}", get(rows_of_length))
        .route("/copy/{pieces}", get(copy))
        .route("/drip/{ms}/{count}", get(drip));
    let listener = tokio::net::TcpListener::bind(bind).await.expect("bind");
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, app).await.expect("serve");
}

async fn sleep(Path(ms): Path<u64>) -> &'static str {
    tokio::time::sleep(Duration::from_millis(ms)).await;
    "ok"
}

fn text(body: Body) -> Response {
    ([(CONTENT_TYPE, "text/plain")], body).into_response()
}

fn rows(count: u64) -> Body {
    let rows = (0..count).map(|row| Bytes::from(format!("{row},{}\n", row * row)));
    Body::from_stream(stream::iter(rows.map(Ok::<_, Infallible>)))
}

async fn rows_of_length(Path((count, length)): Path<(u64, u64)>) -> Response {
    let mut response = text(rows(count));
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}

/// A piece is what a reader has handed out.
async fn copy(Path(pieces): Path<usize>) -> Response {
    let letters = Bytes::from(letters());
    let pieces = (0..pieces).map(move |piece| {
        let start = piece * PIECE % letters.len();
        Ok::<_, Infallible>(Bytes::copy_from_slice(&letters[start..start + PIECE]))
    });
    text(Body::from_stream(stream::iter(pieces)))
}

/// Lines that say when they were written, with a sleep after each.
async fn drip(Path((ms, count)): Path<(u64, usize)>) -> Response {
    let lines = stream::iter(0..count).then(move |line| async move {
        if line > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        Ok::<_, Infallible>(format!("{}\n", SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos()))
    });
    let last = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok(String::new())
    });
    text(Body::from_stream(lines.chain(last)))
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
