//! axum, with an OpenAPI document by utoipa.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(serde::Deserialize, utoipa::IntoParams)]
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

include!(concat!(env!("OUT_DIR"), "/axum_utoipa.rs"));

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (router, document) = router().split_for_parts();
    std::hint::black_box(document);
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:8000").await?, router).await
}
