//! `check_conditions`, as clients see it. The order of the conditions is tested where it is
//! decided.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bhrh::testing::Response;
use bhrh::{CacheControl, ETag, Exchange};

use crate::app::{app, ask};

const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn then() -> SystemTime {
    UNIX_EPOCH + Duration::new(784_111_777, 5)
}

/// The answer of a method that checks against this state, and then answers with 200.
fn checked(
    state: (Option<&'static str>, Option<SystemTime>),
    method: &str,
    fields: &[(&str, &str)],
) -> Response {
    let app = app(move |http: &mut Exchange<'_>| {
        http.add_header("Cache-Control", "no-cache");
        if !http.check_conditions(state.0, state.1)? {
            return Ok::<(), io::Error>(());
        }
        http.reply(200, "text/plain", "went on")
    });
    ask(&app, method, fields)
}

#[test]
fn a_read_of_what_the_client_has_is_a_304() {
    let state = (Some("\"v7\""), Some(then()));
    for (field, status) in [
        (("If-None-Match", "W/\"v7\""), 304),
        (("If-None-Match", "\"v6\", \"v7\""), 304),
        (("If-None-Match", "\"v6\""), 200),
        (("If-Modified-Since", THEN), 304),
        (("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), 200),
        (("If-Match", "\"v7\""), 200),
        (("If-Match", "\"v6\""), 412),
        (("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), 412),
    ] {
        for method in ["GET", "HEAD"] {
            let response = checked(state, method, &[field]);
            assert_eq!(response.status(), status, "{method} {field:?}");
            if status == 304 {
                // RFC 9110 section 15.4.5.
                let names: Vec<_> = response.headers().keys().collect();
                assert_eq!(names, ["Server", "Date", "ETag", "Cache-Control"]);
                assert_eq!(response.header("ETag"), Some("\"v7\""));
            }
        }
    }
    let response = checked((None, Some(then())), "GET", &[("If-Modified-Since", THEN)]);
    assert_eq!((response.status(), response.header("Last-Modified")), (304, Some(THEN)));
}

#[test]
fn a_change_of_something_else_than_the_client_knows_is_a_412() {
    let state = (Some("\"v7\""), Some(then()));
    for (field, status) in [
        (("If-Match", "\"v7\""), 200),
        (("If-Match", "*"), 200),
        (("If-Match", "\"v6\""), 412),
        (("If-Match", "W/\"v7\""), 412),
        (("If-None-Match", "*"), 412),
        (("If-None-Match", "\"v7\""), 412),
        (("If-None-Match", "\"v6\""), 200),
        (("If-Unmodified-Since", THEN), 200),
        (("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), 412),
        // Section 13.1.3: for GET and HEAD alone.
        (("If-Modified-Since", THEN), 200),
    ] {
        for method in ["PUT", "POST", "PATCH", "DELETE"] {
            let response = checked(state, method, &[field]);
            assert_eq!(response.status(), status, "{method} {field:?}");
        }
        assert_eq!(checked(state, "OPTIONS", &[field]).status(), 200, "section 13.2.1");
    }
    // There is nothing yet.
    for (field, status) in [
        (("If-Match", "*"), 412),
        (("If-Match", "\"v7\""), 412),
        (("If-None-Match", "*"), 200),
        (("If-Unmodified-Since", THEN), 200),
    ] {
        assert_eq!(checked((None, None), "PUT", &[field]).status(), status, "{field:?}");
    }
    // A weak tag is good for no change.
    let weak = (Some("W/\"v7\""), None);
    assert_eq!(checked(weak, "PUT", &[("If-Match", "W/\"v7\"")]).status(), 412);
    assert_eq!(checked(weak, "PUT", &[("If-None-Match", "\"v7\"")]).status(), 412);
}

/// A clock that is behind: the true time counts, and what is shown is not in the future.
#[test]
fn a_time_in_the_future_is_compared_and_not_shown() {
    let late = SystemTime::now() + Duration::from_secs(86_400);
    let now = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
    let state = (None, Some(late));
    assert_eq!(checked(state, "GET", &[("If-Modified-Since", &now)]).status(), 200);
    assert_eq!(checked(state, "PUT", &[("If-Unmodified-Since", &now)]).status(), 412);
    let later = httpdate::fmt_http_date(late + Duration::from_secs(1));
    let response = checked(state, "GET", &[("If-Modified-Since", &later)]);
    let time = |name| httpdate::parse_http_date(response.header(name).unwrap()).unwrap();
    assert_eq!(response.status(), 304);
    assert!(time("Last-Modified") <= time("Date"));
}

/// A tag of the content, and how long it holds, go with the 304 as well (RFC 9110 section 15.4.5).
#[test]
fn a_page_that_is_made_anew_each_time_is_sent_once() {
    let app = app(|http: &mut Exchange<'_>| {
        let page = "<p>tea";
        let etag = ETag::of(page);
        let minute = Duration::from_secs(60);
        http.add_header("Cache-Control", CacheControl::new().private().max_age(minute));
        if !http.check_conditions(Some(&etag), None)? {
            return Ok::<(), io::Error>(());
        }
        http.add_header("ETag", &etag);
        http.reply(200, "text/html", page)
    });
    let first = ask(&app, "GET", &[]);
    assert_eq!((first.status(), first.text()), (200, "<p>tea"));
    let etag = first.header("ETag").expect("a tag").to_owned();
    assert_eq!(etag, *ETag::of("<p>tea"));
    for method in ["GET", "HEAD"] {
        let second = ask(&app, method, &[("If-None-Match", &etag)]);
        assert_eq!((second.status(), second.text()), (304, ""));
        assert_eq!(second.header("ETag"), Some(&*etag));
        assert_eq!(second.header("Cache-Control"), Some("private, max-age=60"));
    }
    let other = ETag::of("<p>milk");
    assert_eq!(ask(&app, "GET", &[("If-None-Match", &other)]).status(), 200);
    assert_eq!(ask(&app, "GET", &[("If-Match", &other)]).status(), 412);
}

/// Whatever tells two versions apart makes a tag that `check_conditions` takes.
#[test]
fn a_tag_of_any_version_is_a_tag() {
    for version in ["", "7", "a b", "\"", "W/\"7\"", "\r\nX: y", "ü", "100%", "a, b"] {
        for (tag, change) in [(ETag::strong(version), 200), (ETag::weak(version), 412)] {
            let app = app(|http: &mut Exchange<'_>| {
                if !http.check_conditions(Some(&tag), None)? {
                    return Ok::<(), io::Error>(());
                }
                http.reply(200, "text/plain", "went on")
            });
            assert_eq!(ask(&app, "GET", &[("If-None-Match", &tag)]).status(), 304, "{tag}");
            assert_eq!(ask(&app, "PUT", &[("If-Match", &tag)]).status(), change, "{tag}");
        }
    }
}

#[test]
fn what_is_no_entity_tag_is_the_methods_fault() {
    for etag in
        ["v7", "", "\"v7", "\"v\"7\"", "\"a\", \"b\"", "w/\"v7\"", "\"a b\"", "\"\r\n\"", "*"]
    {
        let app = app(|http: &mut Exchange<'_>| {
            let error = http.check_conditions(Some(etag), None).expect_err("it is no tag");
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(error.to_string().starts_with("not an entity tag: "), "{error}");
            http.reply(200, "text/plain", "went on")
        });
        assert_eq!(ask(&app, "GET", &[]).text(), "went on", "nothing was sent: {etag:?}");
    }
}
