//! Several handlers in one module, in nested ones, and inside functions; names around them that
//! look like those that the macro uses.

use bhrh::http_handler;

#[derive(Debug)]
pub struct Exchange;
pub struct Dispatch;
pub struct Cow;
pub struct Option;
pub struct Result;
pub trait Handler {}
pub trait Into {}
pub mod core {}
pub mod std {}

struct First;

#[http_handler(server_version = "First/1.0")]
impl First {
    fn do_GET(&self, _: &mut bhrh::Exchange) {}

    fn version(&self) -> Exchange {
        Exchange
    }
}

struct Second;

#[http_handler(protocol_version = String::from("HTTP/1.1"))]
impl Second {
    fn do_GET(&self, http: &mut bhrh::Exchange) {
        let _ = http.path;
    }

    fn handle_one_request(&self, _: &mut bhrh::Exchange) {}
}

// One type, two blocks: only one of them can be the handler.
impl Second {
    fn send_response(&self, _: &mut bhrh::Exchange) {}
}

mod nested {
    pub mod deeper {
        pub struct Third;
    }

    #[bhrh::http_handler]
    impl deeper::Third {
        fn do_GET(&self, _: &mut bhrh::Exchange) {}
    }
}

fn main() {
    struct Local;

    #[http_handler(server_version = self.name())]
    impl Local {
        fn do_GET(&self, _: &mut bhrh::Exchange) {}

        fn name(&self) -> &'static str {
            "Local"
        }
    }

    fn is_handler(_: impl bhrh::Handler) {}
    println!("{:?}", First.version());
    let _ = Second::send_response;
    is_handler(First);
    is_handler(Second);
    is_handler(nested::deeper::Third);
    is_handler(Local);
}
