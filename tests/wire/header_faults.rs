//! Heads that cannot be sent: the error names what is wrong, nothing of them leaves, and the
//! client gets a 500.

use crate::answer::answer;
use crate::play::{Played, play};
use bhrh::{Exchange, HeaderValue};
use std::io::{self, Write};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Plays to a handler that makes a head like this and passes the error on.
fn headed(make: impl Fn(&mut Exchange<'_>) + Send + Sync) -> Played {
    let handler = answer(move |http: &mut Exchange<'_>| {
        make(http);
        http.end_headers()?;
        http.wfile.write_all(b"body")
    });
    play(&handler, &GET.repeat(2))
}

#[track_caller]
fn assert_fault(played: &Played, fault: &str) {
    let response = played.response();
    assert_eq!(response.status(), 500, "{played:?}");
    assert_eq!(response.header("Connection"), Some("close"));
    assert!(!played.text().contains("X-Good"), "{}", played.text());
    let line = format!("GET /: the handler failed: {fault}").replace('\\', "\\\\");
    assert!(played.log.contains(&line), "{line}\n{:#?}", played.log);
    // After the fault come the error's own two lines.
    let at = played.log.iter().position(|logged| *logged == line).unwrap_or_default();
    let after = ["code 500, message Internal Server Error", "\"GET / HTTP/1.1\" 500 -"];
    assert_eq!(played.log[at + 1..], after);
}

/// As [`assert_fault`], and the request is logged with the status that it got alone.
#[track_caller]
fn assert_refused(played: &Played, fault: &str) {
    assert_fault(played, fault);
    let line = format!("GET /: the handler failed: {fault}");
    assert_eq!(played.log[0], line, "{:#?}", played.log);
}

fn with_field(name: &'static str, value: impl HeaderValue + Clone + Send + Sync) -> Played {
    headed(move |http| {
        http.send_response(200);
        http.send_header("X-Good", "1");
        http.send_header(name, value.clone());
        http.send_header("X-Good-Too", "1");
    })
}

#[test]
fn names_are_tokens() {
    for name in ["", "X Y", "X:", "X\r\nY", "X\0", "X(", "caf\u{e9}", "X\t", "\u{3a9}"] {
        assert_fault(
            &with_field(name, "v"),
            &format!("send_header: the name {name:?} is not a token"),
        );
    }
}

#[test]
fn values_split_nothing() {
    for value in ["a\r\nX: b", "a\nb", "a\rb", "\r\n", "a\0b", "\n", "a\r"] {
        let fault = "send_header: the value of X-Bad has a control character in it";
        assert_fault(&with_field("X-Bad", value), fault);
        assert_fault(&with_field("X-Bad", value.to_owned()), fault);
    }
    let fault = "send_header: the value of X-Bad has a character outside ISO-8859-1; \
                 percent-encode it";
    assert_fault(&with_field("X-Bad", "\u{3a9}"), fault);
}

#[test]
fn values_are_split_by_no_display_either() {
    let played = headed(|http| {
        http.send_response(200);
        http.send_header("X-Bad", format_args!("{}{}", "a\r", "\nX: b"));
    });
    assert_fault(&played, "send_header: the value of X-Bad has a control character in it");
    let played = headed(|http| {
        http.send_response(200);
        http.send_header("X-Bad", '\n');
    });
    assert_fault(&played, "send_header: the value of X-Bad has a control character in it");
}

#[test]
fn a_fault_of_an_added_field_names_the_call() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.add_header("X-Name", "na\u{ef}ve \u{20ac}");
        http.reply(200, "text/plain", "body")
    });
    let fault = "add_header: the value of X-Name has a character outside ISO-8859-1; \
                 percent-encode it";
    assert_fault(&play(&handler, &GET.repeat(2)), fault);
    let handler = answer(|http: &mut Exchange<'_>| {
        http.add_header("X Name", "");
        http.send_response(200);
        http.end_headers()
    });
    let fault = "add_header: the name \"X Name\" is not a token";
    assert_fault(&play(&handler, &GET.repeat(2)), fault);
    // An earlier one is named first.
    let handler = answer(|http: &mut Exchange<'_>| {
        http.add_header("X-Added", "\n");
        http.send_response(200);
        http.send_header("X-One", "\n");
        http.end_headers()
    });
    let fault = "send_header: the value of X-One has a control character in it";
    assert_fault(&play(&handler, &GET.repeat(2)), fault);
}

#[test]
fn the_first_of_several_faults_is_named() {
    let played = headed(|http| {
        http.send_response(200);
        http.send_header("X-One", "\n");
        http.send_header("X Two", "");
    });
    assert_fault(&played, "send_header: the value of X-One has a control character in it");
}

#[test]
fn a_length_is_a_number_said_once() {
    for value in ["", "x", "-1", "+1", "1,1", "0x4", "4.0", "99999999999999999999"] {
        let fault = format!("send_header: the Content-Length {value:?} is not a number of bytes");
        assert_fault(&with_field("content-LENGTH", value), &fault);
    }
    let played = headed(|http| {
        http.send_response(200);
        http.send_header("Content-Length", 4);
        http.send_header("Content-Length", 4);
    });
    assert_fault(&played, "send_header: more than one Content-Length");
    for turn in [false, true] {
        let played = headed(move |http| {
            http.send_response(200);
            let fields = [("Content-Length", "4"), ("Transfer-Encoding", "chunked")];
            let (first, second) = if turn { (1, 0) } else { (0, 1) };
            http.send_header(fields[first].0, fields[first].1);
            http.send_header(fields[second].0, fields[second].1);
        });
        let fault = "send_header: Content-Length and Transfer-Encoding exclude each other";
        assert_fault(&played, fault);
    }
}

#[test]
fn status_codes_have_three_digits() {
    for code in [0, 1, 99, 1000, u16::MAX] {
        let played = headed(move |http| http.send_response(code));
        let fault = format!("send_response: {code} is no status code; they run from 100 to 999");
        assert_refused(&played, &fault);
    }
    for code in [200, 299, 418, 599, 999] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response((code, "Fine"));
            http.end_headers()
        });
        assert_eq!(play(&handler, GET).response().status(), code);
    }
}

#[test]
fn another_protocol_is_not_switched_to() {
    let played = headed(|http| http.send_response(101));
    let fault =
        "send_response: 101 hands the connection to another protocol: call `upgrade` instead";
    assert_refused(&played, fault);
}

#[test]
fn a_head_begins_with_a_status() {
    let played = headed(|http| http.send_header("X-Good", "1"));
    let fault = "send_header: X-Good came before any status; call send_response first";
    let response = played.response();
    assert_eq!(response.status(), 500);
    assert_eq!(played.log[0], format!("GET /: the handler failed: {fault}"));
    assert_fault(
        &headed(|_| {}),
        "end_headers: there is no response to end; call send_response first",
    );
}

#[test]
fn a_body_needs_a_response() {
    let handler = answer(|http: &mut Exchange<'_>| http.wfile.write_all(b"hi"));
    let fault = "wfile: there is no response to write into; call send_response first";
    assert_fault(&play(&handler, GET), fault);
}

#[test]
fn a_handler_may_mend_its_own_head() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("X-Bad", "\n");
        let error = http.end_headers().expect_err("a bad field");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains("X-Bad"));
        http.send_response(200);
        http.send_header("X-Mended", "yes");
        http.end_headers()
    });
    let text =
        "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nX-Mended: yes\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(play(&handler, GET).text(), text);
}

#[test]
fn a_bad_head_can_be_replaced_before_it_is_ended() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("X-Bad", "\n");
        http.send_response(204);
        http.end_headers()
    });
    assert_eq!(
        play(&handler, GET).text(),
        "HTTP/1.1 204 No Content\r\nServer: S\r\nDate: D\r\n\r\n"
    );
}

#[test]
fn flush_headers_names_the_fault_too() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("X-Bad", "\n");
        http.flush_headers()
    });
    let fault = "send_header: the value of X-Bad has a control character in it";
    assert_fault(&play(&handler, &GET.repeat(2)), fault);
}

#[test]
fn a_fault_after_some_fields_have_left_cuts_the_connection() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.flush_headers()?;
        http.send_header("X-Bad", "\n");
        http.end_headers()
    });
    let played = play(&handler, &GET.repeat(2));
    assert_eq!(played.text(), "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\n");
    assert!(played.log[1].contains("X-Bad"), "{:?}", played.log);
}

#[test]
fn values_that_are_allowed_come_out_as_they_went_in() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("X-Text", "a, \"b\"\tc");
        http.send_header("X-Latin", "caf\u{e9}");
        http.send_header("X-Empty", "");
        http.send_header("X-Number", -5i64);
        http.send_header("X-Max", u64::MAX);
        http.send_header("X-Flag", true);
        http.send_header("X-Shown", &std::net::Ipv4Addr::LOCALHOST);
        http.send_header("X-Own", format!("{}", 1.5));
        http.end_headers()
    });
    let text = "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nX-Text: a, \"b\"\tc\r\n\
                X-Latin: caf\u{e9}\r\nX-Empty: \r\nX-Number: -5\r\nX-Max: 18446744073709551615\r\n\
                X-Flag: true\r\nX-Shown: 127.0.0.1\r\nX-Own: 1.5\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(play(&handler, GET).text(), text);
}

#[test]
fn a_handlers_own_date_and_server_take_the_place_of_ours() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("server", "mine");
        http.send_header("DATE", "never");
        http.end_headers()
    });
    let text = "HTTP/1.1 200 OK\r\nserver: mine\r\nDATE: never\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(play(&handler, GET).text(), text);
    let python = crate::play::play_on(bhrh::Profile::PYTHON, &handler, GET);
    let text = "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nserver: mine\r\nDATE: never\r\n\r\n";
    assert_eq!(python.text(), text);
}

#[test]
fn a_reason_phrase_is_made_harmless() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response((200, "a\r\nX: y\0\u{3a9}\u{e9}"));
        http.end_headers()
    });
    assert!(play(&handler, GET).text().starts_with("HTTP/1.1 200 a  X: y ?\u{e9}\r\nServer"));
}

/// Python sends them, and a handler that repeats what came needs that.
#[test]
fn controls_that_end_nothing_are_forgiven_on_the_python_profile() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response_only(200);
        http.send_header("X-Path", "/\x1b\x7f");
        http.end_headers()
    });
    let python = crate::play::play_on(bhrh::Profile::PYTHON, &handler, GET);
    assert_eq!(python.text(), "HTTP/1.1 200 OK\r\nX-Path: /\x1b\x7f\r\n\r\n");
    assert_eq!(play(&handler, GET).response().status(), 500);
    for value in ["\r", "\n", "\0"] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            http.send_header("X-Bad", value);
            http.end_headers()
        });
        let python = crate::play::play_on(bhrh::Profile::PYTHON, &handler, GET);
        assert_eq!(python.response().status(), 500);
    }
}

#[test]
fn the_500_after_a_fault_has_the_added_fields() {
    type Fault = fn(&mut Exchange<'_>);
    struct Fails;
    impl std::fmt::Display for Fails {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    let faults: [(&str, Fault); 9] = [
        ("a value that splits", |http| http.send_header("Location", "/x\r\nEvil: 1")),
        ("a name that is no token", |http| http.send_header("X Y", "1")),
        ("not ISO-8859-1", |http| http.send_header("X-Bad", "\u{3a9}")),
        ("a failing Display", |http| http.send_header("X-Bad", &Fails)),
        ("a Content-Length of letters", |http| http.send_header("Content-Length", "x")),
        ("two lengths", |http| {
            http.send_header("Content-Length", 1);
            http.send_header("Content-Length", 2);
        }),
        ("bad added fields between good ones", |http| {
            http.add_header("X-Bad", "\n");
            http.add_header("Content-Length", 4);
            http.add_header("X Y", "1");
            http.add_header("X-Bad", "\u{3a9}");
            http.add_header("X-Sec", "2");
        }),
        ("an added length, and another", |http| {
            http.add_header("Content-Length", 4);
            http.send_header("Content-Length", 4);
        }),
        ("an added coding, and a length", |http| {
            http.add_header("Transfer-Encoding", "chunked");
            http.send_header("Content-Length", 4);
        }),
    ];
    for (what, fault) in faults {
        let played = headed(|http| {
            http.add_header("X-Sec", "1");
            http.send_response(200);
            fault(http);
        });
        let response = played.response();
        assert_eq!((response.status(), response.header("X-Sec")), (500, Some("1")), "{what}");
        assert_eq!(response.header("X-Bad"), None, "{what}");
        assert_eq!(played.text().contains("X-Sec: 2\r\n"), what.starts_with("bad added"), "{what}");
    }
    let played = play(
        &answer(|http: &mut Exchange<'_>| {
            http.add_header("X-Sec", "1");
            http.reply(200, "text/\nplain", "body")
        }),
        GET,
    );
    let response = played.response();
    assert_eq!((response.status(), response.header("X-Sec")), (500, Some("1")));
}
