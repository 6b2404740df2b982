//! Handlers that wrap another one by `wraps`: what is theirs, and what is the inner handler's.

use crate::answer::answer;
use crate::play::play;
use bhrh::__internals::exchange;
use bhrh::{Dispatch, Error, Exchange, Handler, LogFormat, Outcome, base, http_handler};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A handler that sets and overrides whatever there is.
struct Full;

#[http_handler(
    protocol_version = "HTTP/1.1",
    server_version = "Full/1",
    sys_version = "Full",
    default_request_version = "HTTP/1.0",
    error_message_format = "full %(code)d %(message)s",
    error_content_type = "text/x-full",
    responses = &FULL,
    log_format = LogFormat::Timed
)]
impl Full {
    #[route("GET /full")]
    fn full(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "full")
    }

    #[route("SPAM /spam")]
    fn spam(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "spam")
    }

    fn request_id(&self, _: &Exchange) -> &str {
        "full-id"
    }

    fn date_time_string(&self, _: Option<std::time::SystemTime>) -> &str {
        "full date"
    }

    fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_header("X-Full", "yes");
        base::end_headers(http)
    }

    fn log_message(&self, http: &Exchange, message: fmt::Arguments<'_>) {
        base::log_message(http, format_args!("full: {message}"));
    }

    fn log_access(&self, http: &Exchange, code: u16, size: u64, _: Duration) {
        http.log_message(format_args!("{} {code} {size}", http.path));
    }
}

static FULL: [(u16, &str, &str); 1] = [(404, "Full", "Nothing here")];

/// Sets nothing: everything is the inner handler's.
struct Bare<H>(H);

#[http_handler(wraps = self.0)]
impl<H: Handler> Bare<H> {}

/// The same by hand.
struct ByHand<H>(H);

impl<H: Handler> Handler for ByHand<H> {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(http.dispatch_to(&self.0))
    }

    fn wraps(&self) -> Option<&dyn Handler> {
        Some(&self.0)
    }
}

/// One of several, chosen while the program runs.
enum Either<A, B> {
    First(A),
    Second(B),
}

#[http_handler(wraps = match self { Either::First(inner) => inner, Either::Second(inner) => inner })]
impl<A: Handler, B: Handler> Either<A, B> {}

/// With a route of its own, and one that misses.
struct Routed<H>(H);

#[http_handler(wraps = self.0)]
impl<H: Handler> Routed<H> {
    #[route("GET /own")]
    fn own(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "own")
    }

    #[route("PUT /full")]
    fn put(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "put")
    }
}

const TO_FULL: [&[u8]; 7] = [
    b"GET /full HTTP/1.1\r\nHost: a\r\n\r\n",
    b"HEAD /full HTTP/1.1\r\nHost: a\r\n\r\n",
    b"SPAM /spam HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS /full HTTP/1.1\r\nHost: a\r\n\r\n",
    b"EGGS / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
];

/// What a client and the log get.
fn told(handler: &dyn Handler, request: &[u8]) -> (String, Vec<String>) {
    let played = play(handler, request);
    (played.text(), played.log)
}

#[test]
fn what_a_wrapper_does_not_set_is_the_inner_handlers() {
    let inners: [&dyn Handler; 10] = [
        &Bare(Full),
        &ByHand(Full),
        &Bare(ByHand(Bare(Full))),
        &Bare(Box::new(Full) as Box<dyn Handler>),
        &Bare(Arc::new(Full) as Arc<dyn Handler>),
        &Bare(&Full as &dyn Handler),
        &Either::<_, ByHand<Full>>::First(Full),
        &Either::<ByHand<Full>, _>::Second(Full),
        &Arc::new(Box::new(&Full)),
        &(Arc::new(Full) as Arc<dyn Handler>),
    ];
    for request in TO_FULL {
        let expected = told(&Full, request);
        assert!(expected.0.contains("X-Full: yes"), "{}", expected.0);
        for wrapper in inners {
            assert_eq!(told(wrapper, request), expected);
        }
    }
    for wrapper in inners {
        let routes: Vec<String> = wrapper.routes().iter().map(ToString::to_string).collect();
        assert_eq!(routes, ["GET /full (full)", "SPAM /spam (spam)"]);
        assert_eq!(wrapper.default_request_version(), "HTTP/1.0");
        assert_eq!(wrapper.date().as_deref(), Some("full date"));
    }
}

#[test]
fn what_a_wrapper_sets_is_its_own() {
    struct Own<H>(H);

    #[http_handler(
        wraps = self.0,
        server_version = "Own/1",
        error_content_type = "text/x-own",
        log_format = LogFormat::Python
    )]
    impl<H: Handler> Own<H> {
        fn do_SPAM(&self, http: &mut Exchange) -> io::Result<()> {
            http.reply(200, "text/plain", "own spam")
        }

        fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_header("X-Own", "yes");
            self.0.end_headers(http)
        }

        fn request_id(&self, _: &Exchange) -> &str {
            "own-id"
        }
    }

    let own = Own(Full);
    let response = |request: &[u8]| play(&own, request).response();
    for request in TO_FULL.into_iter().filter(|request| !request.starts_with(b"HEAD")) {
        let response = response(request);
        assert_eq!(response.header("Server"), Some("Own/1 Full"));
        assert_eq!(
            (response.header("X-Own"), response.header("X-Full")),
            (Some("yes"), Some("yes"))
        );
        assert_eq!(response.header("X-Request-Id"), Some("own-id"));
    }
    assert_eq!(response(TO_FULL[2]).text(), "own spam");
    let missed = response(TO_FULL[3]);
    assert_eq!(missed.text(), "full 404 Full");
    assert_eq!(missed.header("Content-Type"), Some("text/x-own"));
    assert_eq!(play(&own, TO_FULL[0]).log, ["[own-id] full: \"GET /full HTTP/1.1\" 200 -"]);
}

#[test]
fn a_wrappers_routes_and_the_inner_ones_are_one_table() {
    let routed = Routed(Full);
    let response = |line: &str| {
        let request = format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
        play(&routed, request.as_bytes()).response()
    };
    for (line, text) in [("GET /own", "own"), ("PUT /full", "put"), ("GET /full", "full")] {
        assert_eq!(response(line).text(), text);
    }
    assert_eq!(response("GET /none").text(), "full 404 Full");
    assert_eq!(response("EGGS /own").status(), 501);
    let refused = response("PUT /own");
    assert_eq!((refused.status(), refused.header("Allow")), (405, Some("GET, HEAD, OPTIONS")));
    for (path, allow) in [
        ("/own", "GET, HEAD, OPTIONS"),
        ("/full", "PUT, OPTIONS, GET, HEAD"),
        ("/spam", "SPAM, OPTIONS"),
        ("*", "GET, HEAD, PUT, OPTIONS, SPAM"),
    ] {
        let response = response(&format!("OPTIONS {path}"));
        assert_eq!((response.status(), response.header("Allow")), (204, Some(allow)), "{path}");
    }
    assert_eq!(response("OPTIONS /none").text(), "full 404 Full");
    let nested = Bare(Routed(Bare(Full)));
    let options = play(&nested, b"OPTIONS /full HTTP/1.1\r\nHost: a\r\n\r\n").response();
    assert_eq!(options.header("Allow"), Some("PUT, OPTIONS, GET, HEAD"));
    let routes: Vec<String> = routed.routes().iter().map(ToString::to_string).collect();
    assert_eq!(
        routes.join(", "),
        "GET /own (own), PUT /full (put), GET /full (full), SPAM /spam (spam)"
    );
}

#[test]
fn what_is_around_the_inner_handlers_methods_stays_around_them() {
    /// Lets nobody in.
    struct Guard<H>(H);

    #[http_handler(wraps = self.0)]
    impl<H: Handler> Guard<H> {
        fn handle_one_request(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_error(403)
        }
    }

    struct Counts<H>(H);

    #[http_handler(wraps = self.0)]
    impl<H: Handler> Counts<H> {
        fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
            http.add_header("X-Counted", "yes");
            http.dispatch()
        }
    }

    let response = play(&Counts(Bare(Guard(Full))), TO_FULL[0]).response();
    assert_eq!((response.status(), response.header("X-Counted")), (403, Some("yes")));
}

#[test]
fn connections_are_kept_by_the_inner_handlers_version() {
    let inner = answer(|http: &mut Exchange<'_>| http.reply(200, "text/plain", "hi"));
    let played = play(&Bare(inner), &GET.repeat(2));
    for response in played.responses_to(&["GET", "GET"]) {
        assert_eq!(response.header("Connection"), None);
    }
}

#[test]
fn a_handler_on_loan_can_be_mounted_and_passed_to() {
    struct Site {
        boxed: Box<dyn Handler>,
        shared: Arc<Full>,
    }

    #[http_handler(protocol_version = "HTTP/1.1", mount("/b" = self.boxed, "/s" = self.shared))]
    impl Site {}

    let site = Site { boxed: Box::new(Full), shared: Arc::new(Full) };
    for path in ["/b/full", "/s/full"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(play(&site, request.as_bytes()).response().text(), "full");
    }
    assert_eq!(site.routes().len(), 4);
}

#[test]
fn a_closure_answers_every_command_and_keeps_connections() {
    let app = bhrh::from_fn(|http| {
        let text = format!("{} {}", http.command, http.path);
        http.reply(200, "text/plain", text)
    });
    let input = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n\
        EGGS /c HTTP/1.1\r\nHost: a\r\n\r\n";
    let log = exchange(&app, &input[..]).log().to_vec();
    assert_eq!(log.len(), 3);
    let response = exchange(&app, b"EGGS /c HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((response.status(), response.text()), (200, "EGGS /c"));
    fn refuse(_: &mut Exchange<'_>) -> Result<(), Error> {
        Err(Error::status(403))
    }
    assert_eq!(bhrh::testing::get(&bhrh::from_fn(refuse), "/").status(), 403);
}
