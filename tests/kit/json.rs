//! JSON bodies, in and out.

use std::collections::BTreeMap;
use std::io;

use bhrh::testing::{self, Response};
use bhrh::{Error, Exchange, Handler};

use crate::app::app;

fn sum() -> impl Handler {
    app(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let numbers: Vec<u8> = http.read_json()?;
        Ok(http.reply_json((201, "Summed"), &numbers.iter().map(|n| u32::from(*n)).sum::<u32>())?)
    })
}

fn send(content_type: &str, body: &[u8]) -> Response {
    bhrh_tests::request(&sum(), "POST", "/", &[("Content-Type", content_type)], body)
}

#[test]
fn json_in_and_out() {
    for content_type in
        ["application/json", "Application/JSON; charset=utf-8", "application/vnd.a.b+json"]
    {
        let response = send(content_type, b" [1, 2, 250] ");
        assert_eq!((response.status(), response.reason(), response.text()), (201, "Summed", "253"));
        assert_eq!(response.header("Content-Type"), Some("application/json"));
        assert_eq!(response.header("Content-Length"), Some("3"));
    }
}

#[test]
fn chunked_json() {
    let fields = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")];
    let response =
        bhrh_tests::request(&sum(), "POST", "/", &fields, b"2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n");
    assert_eq!(response.text(), "3");
}

#[test]
fn faults_name_their_place() {
    for (body, status, reason, place) in [
        (&b"[1,\n2"[..], 400, "Bad JSON", "EOF while parsing a list at line 2 column 1"),
        (b"", 400, "Bad JSON", "EOF while parsing a value at line 1 column 0"),
        (b"[1] x", 400, "Bad JSON", "trailing characters at line 1 column 5"),
        (b"[\"\xff\"]", 400, "Bad JSON", "invalid unicode code point at line 1 column 3"),
        (b"[1, 256]", 422, "Unexpected JSON", "invalid value: integer `256`, expected u8"),
        (b"{}", 422, "Unexpected JSON", "invalid type: map, expected a sequence"),
    ] {
        let response = send("application/json", body);
        assert_eq!((response.status(), response.reason()), (status, reason), "{body:?}");
        assert!(response.text().contains(place), "{}", response.text());
    }
}

#[test]
fn another_type_is_not_read() {
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "text/x+json", ""] {
        let response = send(content_type, b"[1]");
        assert_eq!((response.status(), response.reason()), (415, "Not application/json"));
    }
    assert_eq!(bhrh_tests::request(&sum(), "POST", "/", &[], b"[1]").status(), 415);
    let fields = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    let response = bhrh_tests::request(&sum(), "POST", "/", &fields, b"[1]");
    assert_eq!(response.status(), 415);
    assert!(response.text().contains("Content-Encoding gzip"), "{}", response.text());
}

#[test]
fn too_much_is_too_much() {
    let mut body = vec![b' '; 2 << 20];
    body.extend_from_slice(b"[1]");
    assert_eq!(send("application/json", &body).status(), 413);
}

#[test]
fn what_has_no_json_is_not_sent() {
    let app = app(|http| {
        let map = BTreeMap::from([(vec![1u8], 2u8)]);
        let error = http.reply_json(200, &map).expect_err("keys are no text");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        http.reply(500, "text/plain", error.to_string())
    });
    let response = testing::get(&app, "/");
    assert_eq!(response.text(), "reply_json: key must be a string");
}

#[test]
fn a_byte_order_mark_is_ignored() {
    assert_eq!(send("application/json", b"\xef\xbb\xbf[1, 2]").text(), "3");
    assert_eq!(send("application/json", b"\xef\xbb\xbf\xef\xbb\xbf[1]").status(), 400);
}

/// What JSON Schema says of integers and objects, which the document of a handler promises.
#[test]
fn json_is_read_as_json_schema_sees_it() {
    #[derive(serde::Deserialize)]
    struct Pair {
        first: Option<u8>,
        second: Option<u8>,
    }
    let handler = app(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let pair: Pair = http.read_json()?;
        let text = format!("{:?} {:?}", pair.first, pair.second);
        Ok(http.reply(200, "text/plain", text)?)
    });
    let send = |body: &str| {
        let fields = [("Content-Type", "application/json")];
        bhrh_tests::request(&handler, "POST", "/", &fields, body.as_bytes())
    };
    for whole in ["5.0", "5.000", "5e0", "0.5e1", "50e-1"] {
        let body = format!(r#"{{"first": {whole}, "second": 6}}"#);
        assert_eq!(send(&body).text(), "Some(5) Some(6)", "{body}");
    }
    for (body, place) in [
        (r#"{"first": 5.5}"#, "first: invalid type: floating point `5.5`, expected u8"),
        (r#"{"first": 300.0}"#, "first: invalid value: integer `300`, expected u8"),
        (r#"{"first": -1.0}"#, "first: invalid value: integer `-1`, expected u8"),
        (r#"{"first": 1e300}"#, "first: invalid type: floating point `1e+300`, expected u8"),
        (r#"{"first": 5.0, "first": 5}"#, "duplicate field `first`"),
        ("[1, 2]", "invalid type: sequence, expected struct Pair"),
        (" []", "invalid type: sequence, expected struct Pair"),
    ] {
        let refused = send(body);
        assert_eq!((refused.status(), refused.reason()), (422, "Unexpected JSON"), "{body}");
        assert!(refused.text().contains(place), "{}", refused.text());
    }
}

/// A number such as `1.0` is an integer where one is asked for. Nothing else changes by that, and
/// what is not JSON stays refused.
#[test]
fn whole_numbers_change_nothing_else() {
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "shown by Debug")]
    struct Record {
        n: i64,
        #[serde(default)]
        b: bool,
        #[serde(default)]
        x: serde_json::Value,
        #[serde(default)]
        kind: Kind,
        #[serde(flatten)]
        at: At,
    }
    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "shown by Debug")]
    enum Kind {
        Number(u8),
        #[default]
        None,
    }
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "shown by Debug")]
    struct At {
        #[serde(default)]
        y: u8,
    }
    let handler = app(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let record: Record = http.read_json()?;
        Ok(http.reply(200, "text/plain", format!("{record:?}"))?)
    });
    let send = |body: &str| {
        let fields = [("Content-Type", "application/json")];
        bhrh_tests::request(&handler, "POST", "/", &fields, body.as_bytes())
    };
    for body in [
        r#"{"n":3.0.0}"#,
        r#"{"n":1.0,"b":fal.se}"#,
        r#"{"n":1.0}."#,
        r#"{"n":1.0}.0"#,
        r#"{"n":1.0,"x":[1.,2.]}"#,
        r#"{"n":1.}"#,
        r#"{"n":1.0,"y":.0}"#,
    ] {
        let refused = send(body);
        assert_eq!((refused.status(), refused.reason()), (400, "Bad JSON"), "{body}");
    }
    for (body, shown) in [
        (r#"{"n":1.0,"x":1.0}"#, "n: 1, b: false, x: Number(1.0)"),
        (r#"{"n":-999999999999999.0}"#, "n: -999999999999999, "),
        (r#"{"n":-0}"#, "n: 0, "),
        // serde reads these from a copy.
        (r#"{"n":1,"y":2.0}"#, "y: 2"),
        (r#"{"n":1,"kind":2.0}"#, "kind: Number(2)"),
    ] {
        let response = send(body);
        assert!(response.text().contains(shown), "{body}: {}", response.text());
    }
    // A number that may not be the one that was written.
    assert_eq!(send(r#"{"n":9007199254740993.0}"#).status(), 422);
    assert_eq!(send(r#"{"n":9007199254740993}"#).status(), 200);
}

/// Every way in which a value can stand inside of another.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "shown by Debug")]
enum Inside {
    One(Point),
    Maybe(Option<Point>),
    Boxed(Box<Point>),
    Newtype(Wrapper),
    Many(Vec<Point>),
    Named(BTreeMap<String, Point>),
    Pair((u8, Point)),
    Tuple(Tuple),
    Struct { point: Point },
    Two(u8, Point),
    Whole(Outer),
    Adjacent(Adjacent),
    Value(serde_json::Value),
    Unit,
}

#[derive(Debug, serde::Deserialize)]
#[allow(dead_code, reason = "shown by Debug")]
struct Point {
    x: u8,
    y: u8,
}

#[derive(Debug, serde::Deserialize)]
struct Wrapper(Point);

#[derive(Debug, serde::Deserialize)]
struct Tuple(u8, Point);

#[derive(Debug, serde::Deserialize)]
struct Outer {
    #[serde(flatten)]
    point: Point,
}

#[derive(Debug, serde::Deserialize)]
#[serde(tag = "kind", content = "of")]
enum Adjacent {
    Point(Point),
}

fn inside(body: &str) -> Response {
    let handler = app(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let inside: Inside = http.read_json()?;
        let text = match inside {
            Inside::Struct { point } => format!("{point:?}"),
            Inside::Two(one, point) => format!("{one} {point:?}"),
            Inside::Newtype(Wrapper(point)) => format!("{point:?}"),
            Inside::Tuple(Tuple(one, point)) => format!("{one} {point:?}"),
            Inside::Whole(Outer { point }) => format!("{point:?}"),
            Inside::Adjacent(Adjacent::Point(point)) => format!("{point:?}"),
            other => format!("{other:?}"),
        };
        Ok(http.reply(200, "text/plain", text)?)
    });
    let fields = [("Content-Type", "application/json")];
    bhrh_tests::request(&handler, "POST", "/", &fields, body.as_bytes())
}

/// serde alone takes an array for a struct, with the fields in order.
#[test]
fn an_array_is_not_a_struct_at_any_depth() {
    for (body, place) in [
        (r#"{"one": [1, 2]}"#, "one: invalid type: sequence, expected struct Point"),
        (r#"{"maybe": [1, 2]}"#, "maybe: invalid type: sequence, expected struct Point"),
        (r#"{"boxed": [1, 2]}"#, "boxed: invalid type: sequence, expected struct Point"),
        (r#"{"newtype": [1, 2]}"#, "newtype: invalid type: sequence, expected struct Point"),
        (r#"{"many": [{"x": 1, "y": 2}, [1, 2]]}"#, "many[1]: invalid type: sequence"),
        (r#"{"named": {"a": [1, 2]}}"#, "named.a: invalid type: sequence"),
        (r#"{"pair": [1, [1, 2]]}"#, "pair[1]: invalid type: sequence"),
        (r#"{"tuple": [1, [1, 2]]}"#, "tuple[1]: invalid type: sequence"),
        (r#"{"struct": [{"x": 1, "y": 2}]}"#, "struct: invalid type: sequence, expected struct"),
        (r#"{"struct": {"point": [1, 2]}}"#, "struct.point: invalid type: sequence"),
        (r#"{"two": [1, [1, 2]]}"#, "two[1]: invalid type: sequence"),
        (r#"{"whole": [1, 2]}"#, "whole: invalid type: sequence, expected "),
        (r#"{"adjacent": ["Point", {"x": 1, "y": 2}]}"#, "adjacent: invalid type: sequence"),
        (r#"{"adjacent": {"kind": "Point", "of": [1, 2]}}"#, "adjacent.of: invalid type: sequence"),
    ] {
        let refused = inside(body);
        assert_eq!((refused.status(), refused.reason()), (422, "Unexpected JSON"), "{body}");
        assert!(refused.text().contains(place), "{body}: {}", refused.text());
    }
    // The place of the array is that of its end.
    let refused = inside("{\"many\":\n [[1,\n  [2]]]}");
    let place = "many[0]: invalid type: sequence, expected struct Point at line 3 column 6";
    assert!(refused.text().contains(place), "{}", refused.text());
    // What is not JSON stays what it is.
    let refused = inside(r#"{"one": [1, x]}"#);
    assert_eq!((refused.status(), refused.reason()), (400, "Bad JSON"));
    assert!(refused.text().contains("expected value at line 1 column 13"), "{}", refused.text());
}

#[test]
fn objects_are_structs_and_arrays_are_tuples() {
    let point = r#"{"x": 1, "y": 2}"#;
    for (body, text) in [
        (r#"{"one": _}"#, "One(Point { x: 1, y: 2 })"),
        (r#"{"maybe": _}"#, "Maybe(Some(Point { x: 1, y: 2 }))"),
        (r#"{"maybe": null}"#, "Maybe(None)"),
        (r#"{"boxed": _}"#, "Boxed(Point { x: 1, y: 2 })"),
        (r#"{"newtype": _}"#, "Point { x: 1, y: 2 }"),
        (r#"{"many": [_]}"#, "Many([Point { x: 1, y: 2 }])"),
        (r#"{"named": {"a": _}}"#, r#"Named({"a": Point { x: 1, y: 2 }})"#),
        (r#"{"pair": [1, _]}"#, "Pair((1, Point { x: 1, y: 2 }))"),
        (r#"{"tuple": [1, _]}"#, "1 Point { x: 1, y: 2 }"),
        (r#"{"struct": {"point": _}}"#, "Point { x: 1, y: 2 }"),
        (r#"{"two": [1, _]}"#, "1 Point { x: 1, y: 2 }"),
        (r#"{"whole": _}"#, "Point { x: 1, y: 2 }"),
        (r#"{"adjacent": {"kind": "Point", "of": _}}"#, "Point { x: 1, y: 2 }"),
        (
            r#"{"value": [[1], -2.5, "\u00e9", null]}"#,
            r#"Value(Array [Array [Number(1)], Number(-2.5), String("é"), Null])"#,
        ),
        (r#""unit""#, "Unit"),
    ] {
        let response = inside(&body.replace('_', point));
        assert_eq!((response.status(), response.text()), (200, text), "{body}");
    }
}
