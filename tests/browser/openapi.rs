//! The page that lists and tries the operations of the example `todo_api`.

use bhrh::HttpServer;

use crate::app::TodoApi;
use crate::script;
use crate::store::Store;

#[test]
fn operations_are_listed_and_tried() {
    let api = TodoApi::new(Store::default());
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").spawn(api).expect("a server");
    script("openapi.mjs", &[&format!("http://{}/docs", server.local_addr())]);
}
