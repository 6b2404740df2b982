//! What a method may return, and what the calls of an exchange take.

use crate::answer::answer;
use crate::play::{Played, play};
use bhrh::{Error, Exchange, Handler, Outcome};
use std::borrow::Cow;
use std::fmt;
use std::io;

fn get(handler: &dyn Handler) -> Played {
    play(handler, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn ok(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.end_headers()
}

#[derive(Debug)]
struct Own;

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("own error")
    }
}

impl std::error::Error for Own {}

#[test]
fn methods_return_nothing_or_any_result() {
    let nothing = answer(|http: &mut Exchange<'_>| ok(http).expect("memory"));
    let io = answer(ok);
    let own = answer(|http: &mut Exchange<'_>| ok(http).map_err(|_| Own));
    let text = answer(|http: &mut Exchange<'_>| ok(http).map_err(|error| error.to_string()));
    let boxed =
        answer(|http: &mut Exchange<'_>| -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            Ok(ok(http)?)
        });
    let outcome = answer(|http: &mut Exchange<'_>| -> Outcome { Ok(ok(http)?) });
    let handlers: [&dyn Handler; 6] = [&nothing, &io, &own, &text, &boxed, &outcome];
    for handler in handlers {
        assert_eq!(get(handler).response().status(), 200);
    }
    let failing = answer(|_: &mut Exchange<'_>| Err::<(), _>(Own));
    assert_eq!(get(&failing).log[0], "GET /: the handler failed: own error");
}

#[test]
fn the_question_mark_converts_what_it_meets() {
    let handler = answer(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let boxed: Result<(), Box<dyn std::error::Error + Send + Sync>> = Ok(());
        boxed?;
        fmt::Write::write_str(&mut String::new(), "x")?;
        http.send_response(200);
        http.end_headers()?;
        Err("in the end".to_owned())?;
        Ok(())
    });
    assert_eq!(get(&handler).log.iter().filter(|line| line.ends_with(": in the end")).count(), 1);
}

#[test]
fn anyhow_errors_pass_and_keep_the_status_inside_them() {
    use anyhow::Context;
    let plain = answer(|_: &mut Exchange<'_>| -> anyhow::Result<()> { anyhow::bail!("no {}", 7) });
    let played = get(&plain);
    assert_eq!(played.response().status(), 500);
    assert_eq!(played.log[0], "GET /: the handler failed: no 7");

    let wrapped = answer(|_: &mut Exchange<'_>| -> anyhow::Result<()> {
        Err(Error::status((404, "No such row"))).context("while looking").context("for a row")
    });
    let played = get(&wrapped);
    let response = played.response();
    assert_eq!((response.status(), response.reason()), (404, "No such row"));

    let io = answer(|_: &mut Exchange<'_>| -> anyhow::Result<()> {
        Err(io::Error::other(Error::status(410))).context("while reading")
    });
    assert_eq!(get(&io).response().status(), 410);
}

#[test]
fn a_bad_body_keeps_its_status_inside_of_other_errors() {
    use anyhow::Context;
    use std::io::Read;
    let handler = answer(|http: &mut Exchange<'_>| -> anyhow::Result<()> {
        http.rfile.read_to_end(&mut Vec::new()).context("while reading the form")?;
        Ok(())
    });
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let played = play(&handler, format!("{head}x\r\n").as_bytes());
    assert_eq!(played.response().status(), 400);
}

#[test]
fn statuses_and_errors_take_one_to_three_things() {
    let reasons = |run: fn(&mut Exchange<'_>) -> io::Result<()>| {
        get(&answer(run)).response().reason().to_owned()
    };
    let phrase = |http: &mut Exchange<'_>| {
        http.send_response((200, Cow::Borrowed("Cow")));
        http.end_headers()
    };
    assert_eq!(reasons(phrase), "Cow");
    let owned = |http: &mut Exchange<'_>| {
        http.send_response_only((200, "O".to_owned() + "wned"));
        http.end_headers()
    };
    assert_eq!(reasons(owned), "Owned");
    assert_eq!(reasons(|http| http.send_error(bhrh::HTTPStatus::GONE)), "Gone");
    assert_eq!(reasons(|http| http.send_error((404, "No"))), "No");
    assert_eq!(reasons(|http| http.send_error((404, String::from("No"), "why"))), "No");
    // The text may come from the exchange itself.
    assert_eq!(reasons(|http| http.send_error((404, http.path))), "/");
}

#[test]
fn errors_show_what_went_wrong_and_keep_its_source() {
    let error = Error::from(io::Error::other("disk full"));
    assert_eq!(error.to_string(), "disk full");
    let source = std::error::Error::source(&error).expect("the io::Error");
    assert!(source.downcast_ref::<io::Error>().is_some());
    assert_eq!(Error::status((404, "No")).to_string(), "answered with status 404");
    assert!(format!("{:?}", Error::from("x")).contains('x'));
}
