//! Types without a JSON Schema, in a block that is described.

#![allow(unused_variables)]

use bhrh::{Json, http_handler};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Item;

struct App;

#[http_handler(openapi)]
impl App {
    #[route("POST /items")]
    fn create(&self, #[json] item: Item) -> String {
        String::new()
    }

    #[route("GET /items")]
    fn list(&self) -> Result<Json<Item>, std::io::Error> {
        Ok(Json(Item))
    }
}

fn main() {}
