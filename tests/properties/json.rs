//! A JSON body is accepted only if serde_json accepts the text.

use std::collections::BTreeMap;

use bhrh::{Error, Exchange, Handler};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::strategies::config;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Item {
    n: i8,
    m: Option<u64>,
    b: bool,
    x: Value,
    list: Vec<Value>,
    kind: Option<Kind>,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Kind {
    Number(u8),
    Text(String),
}

/// Answers with the value that was read.
fn reader() -> impl Handler {
    bhrh::from_fn(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let item: Item = http.read_json()?;
        Ok(http.reply(200, "text/plain", format!("{item:?}"))?)
    })
}

/// Pieces of JSON, most of them where they belong.
fn text() -> impl Strategy<Value = String> {
    let number = select(vec![
        "1", "1.0", "-3.000", "1e1", "1.5", "3.0.0", "1.", ".5", "1.0.", "01", "-0", "1.0e",
        "300.0",
    ]);
    let value = prop_oneof![
        6 => number.prop_map(str::to_owned),
        3 => select(vec!["true", "fal.se", "nu.0ll", "null", r#""1.0""#, r#""\"1.0""#, r#""\"#, "[1.0]",
            "[1.,2.]", "[.0]", "{}", r#"{"n":1.0}"#, ""]).prop_map(str::to_owned),
    ];
    let name = select(vec!["n", "m", "b", "x", "list", "kind", "other", "1.0"]);
    let member = (name, value).prop_map(|(name, value)| format!(r#""{name}":{value}"#));
    let end = select(vec!["}", "}", "}", "}", "}.", "}.0", "} ", "", "}}"]);
    (vec(member, 0..4), end).prop_map(|(members, end)| format!("{{{}{end}", members.join(",")))
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn what_is_no_json_is_never_accepted(text in text()) {
        let reader = reader();
        let client = bhrh::testing::client(&reader);
        let request = client.post("/").header("Content-Type", "application/json");
        let response = request.body(text.as_bytes()).send();
        let status = response.status();
        prop_assert!([200, 400, 422].contains(&status), "{status} {text}");
        match serde_json::from_str::<IgnoredAny>(&text) {
            Ok(_) => prop_assert_ne!(status, 400, "{}: {}", text, response.text()),
            Err(_) => prop_assert_ne!(status, 200, "{}: {}", text, response.text()),
        }
        // What fits as it was written is read as it was written.
        if let Ok(item) = serde_json::from_str::<Item>(&text) {
            prop_assert_eq!(response.text(), format!("{:?}", item), "{}", text);
        }
    }
}
