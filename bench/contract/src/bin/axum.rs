//! axum, without a document.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

#[derive(serde::Deserialize)]
struct Page {
    page: Option<u32>,
    per_page: Option<u32>,
}

struct Missing;

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        StatusCode::NOT_FOUND.into_response()
    }
}

include!(concat!(env!("OUT_DIR"), "/axum.rs"));

#[tokio::main]
async fn main() -> std::io::Result<()> {
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8000").await?, router()).await
}
