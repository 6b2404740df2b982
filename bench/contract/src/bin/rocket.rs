//! Rocket, which has no document of its own.

use rocket::http::Status;
use rocket::response::Responder;
use rocket::serde::json::Json;

#[derive(Responder)]
#[response(status = 404)]
struct Missing(());

include!(concat!(env!("OUT_DIR"), "/rocket.rs"));

fn main() {
    let server = rocket::build().mount("/", routes());
    rocket::execute(server.launch()).expect("served");
}
