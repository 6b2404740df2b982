//! hyper 1.x on a multi-thread tokio of `--threads` workers. `--timer` gives it one, without which
//! it waits for ever for the rest of a head. `--tls FOLDER`: tokio-rustls below it.
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use peers::{HELLO, MESSAGE, Route};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

fn reply(kind: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    Response::builder().header("Content-Type", kind).body(Full::new(body.into())).unwrap()
}

async fn handle(request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
    Ok(match peers::route(request.method().as_str(), request.uri().path()) {
        Route::Plaintext => reply("text/plain", HELLO),
        Route::Json => reply("application/json", serde_json::to_vec(&MESSAGE).unwrap()),
        Route::Echo => {
            let body = request.into_body().collect().await?.to_bytes();
            reply("application/octet-stream", body)
        }
        Route::Bytes(n) => reply("application/octet-stream", vec![b'x'; n]),
        Route::Sleep(t) => {
            tokio::time::sleep(t).await;
            reply("text/plain", "ok")
        }
        Route::Headers => reply("text/plain", request.headers().len().to_string()),
        Route::NotFound => Response::builder().status(404).body(Full::default()).unwrap(),
    })
}

async fn serve(bind: String, timer: bool) {
    let listener = tokio::net::TcpListener::bind(bind).await.expect("bind");
    let acceptor = peers::tls().map(|config| TlsAcceptor::from(Arc::new(config)));
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        stream.set_nodelay(true).ok();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            match acceptor {
                None => converse(stream, timer).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        converse(stream, timer).await;
                    }
                }
            }
        });
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, timer: bool) {
    let mut builder = http1::Builder::new();
    if timer {
        builder.timer(TokioTimer::new());
    }
    let service = service_fn(handle);
    builder.pipeline_flush(true).serve_connection(TokioIo::new(stream), service).await.ok();
}

fn main() {
    let args = peers::args();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.threads)
        .enable_all()
        .build();
    // Spawned, so that accepting runs on a worker and not on the main thread.
    let runtime = runtime.unwrap();
    let timer = std::env::args().any(|argument| argument == "--timer");
    runtime.block_on(runtime.spawn(serve(args.bind, timer))).unwrap();
}
