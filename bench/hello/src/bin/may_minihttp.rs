//! The smallest server with may_minihttp.

use may_minihttp::{HttpServer, HttpService, Request, Response};

#[derive(Clone)]
struct Hello;

impl HttpService for Hello {
    fn call(&mut self, _: Request, response: &mut Response) -> std::io::Result<()> {
        response.body("Hello, World!");
        Ok(())
    }
}

fn main() {
    HttpServer(Hello).start("127.0.0.1:8000").unwrap().join().unwrap();
}
