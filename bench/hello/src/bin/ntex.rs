//! The smallest server with ntex.

use ntex::web::{self, App, HttpResponse};

#[web::get("/")]
async fn hello() -> HttpResponse {
    HttpResponse::Ok().body("Hello, World!")
}

#[ntex::main]
async fn main() -> std::io::Result<()> {
    web::server(async || App::new().service(hello)).bind("127.0.0.1:8000")?.run().await
}
