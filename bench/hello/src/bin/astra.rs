//! The smallest server with astra.

use astra::{Body, ResponseBuilder, Server};

fn main() {
    Server::bind("127.0.0.1:8000")
        .serve(|_, _| ResponseBuilder::new().body(Body::new("Hello, World!")).unwrap())
        .unwrap();
}
