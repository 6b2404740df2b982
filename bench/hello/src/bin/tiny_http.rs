//! The smallest server with tiny_http.

fn main() {
    let server = tiny_http::Server::http("127.0.0.1:8000").unwrap();
    for request in server.incoming_requests() {
        request.respond(tiny_http::Response::from_string("Hello, World!")).ok();
    }
}
