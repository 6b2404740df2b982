use bhrh::{Exchange, Handler, http_handler};
use std::borrow::Cow;

struct App {
    page: String,
    version: &'static str,
}

#[http_handler(
    server_version = "App/2.0",
    protocol_version = self.version,
    error_message_format = self.page,
    error_content_type = self.kind(),
    responses = &[(299, "Odd", "It went oddly well")],
)]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        http.send_response(200);
        http.send_header("Content-Length", 0);
        http.end_headers()
    }

    fn kind(&self) -> String {
        format!("text/{}", self.page.len())
    }
}

#[test]
fn arguments_are_methods_of_the_trait() {
    let app = App { page: "page".to_owned(), version: "HTTP/1.1" };
    assert_eq!(app.server_version(), "App/2.0");
    assert_eq!(app.protocol_version(), "HTTP/1.1");
    assert_eq!(app.error_message_format(), "page");
    assert!(matches!(app.error_message_format(), Cow::Borrowed(_)), "a field is borrowed");
    assert_eq!(app.error_content_type(), "text/4");
    assert_eq!(app.responses().get(299), Some(("Odd", "It went oddly well")));
    assert_eq!(app.responses().get(404).map(|found| found.0), Some("Not Found"));
    // What was not said is Python's.
    assert_eq!(app.sys_version(), "Rust");
    assert_eq!(app.default_request_version(), "HTTP/0.9");
}

/// The macro knows the runtime's defaults: the constant that it makes of both halves is the same
/// as what the runtime would make of them.
#[test]
fn the_server_field() {
    struct Neither;
    #[http_handler]
    impl Neither {
        fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
            http.send_error(404)
        }
    }

    struct Sys;
    #[http_handler(sys_version = "Sys/3")]
    impl Sys {
        fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
            http.send_error(404)
        }
    }

    struct Both;
    #[http_handler(server_version = concat!("Both", "/4"), sys_version = "Sys/4")]
    impl Both {
        fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
            http.send_error(404)
        }
    }

    struct Late(String);
    #[http_handler(server_version = "Late/5", sys_version = self.0)]
    impl Late {
        fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
            http.send_error(404)
        }
    }

    struct Hidden;
    #[http_handler(server_version = "", sys_version = "")]
    impl Hidden {
        fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
            http.send_error(404)
        }
    }

    let server = |handler: &dyn Handler| {
        let response = bhrh::testing::get(handler, "/");
        response.header("Server").map(str::to_owned)
    };
    let app = App { page: String::new(), version: "HTTP/1.0" };
    assert_eq!(server(&Neither).as_deref(), Some("BaseHTTP/0.6 Rust"));
    assert_eq!(server(&app).as_deref(), Some("App/2.0 Rust"));
    assert_eq!(server(&Sys).as_deref(), Some("BaseHTTP/0.6 Sys/3"));
    assert_eq!(server(&Both).as_deref(), Some("Both/4 Sys/4"));
    // Python would send an empty field.
    assert_eq!(server(&Hidden), None);
    assert_eq!(server(&Late("Sys/5".to_owned())).as_deref(), Some("Late/5 Sys/5"));
}
