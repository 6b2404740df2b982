//! The smallest server with rouille.

fn main() {
    rouille::start_server("127.0.0.1:8000", |_| rouille::Response::text("Hello, World!"));
}
