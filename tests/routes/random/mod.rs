//! The generated comparisons against the rules as they are written, on random tables of routes and
//! random requests.
//!
//! `tables.rs` holds the tables as handlers; `UPDATE_TABLES=1` writes it anew after a change of
//! `generator.rs`.

mod generator;
mod reference;
mod tables;

use bhrh_tests::request;
use generator::Random;
use std::sync::LazyLock;

static TABLES: LazyLock<Vec<reference::Table>> = LazyLock::new(generator::tables);
use reference::Answer;

#[test]
fn the_handlers_are_those_of_the_generator() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/routes/random/tables.rs");
    let text = generator::file(&TABLES);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, &text).expect("the tables can be written");
    }
    assert_eq!(std::fs::read_to_string(path).expect("the tables can be read"), text);
}

#[test]
fn every_request_finds_what_the_rules_say() {
    assert_eq!(TABLES.len(), tables::HANDLERS.len());
    let mut random = Random(7);
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    for (table, handler) in TABLES.iter().zip(tables::HANDLERS) {
        for _ in 0..600 {
            let (command, path) = (random.command(), random.path(table));
            let expected = table.answer(command, &path);
            let response = request(*handler, command, &path, &[], b"");
            let allow = response.header("Allow").map(reference::sorted);
            let found = match response.status() {
                200 => Answer::Method(response.header("X-Found").unwrap_or_default().to_owned()),
                204 => Answer::Options(allow.unwrap_or_default()),
                405 => Answer::Refused(allow.unwrap_or_default()),
                status => Answer::Status(status),
            };
            assert_eq!(found, expected, "{command} {path} in {table:#?}");
            *kinds.entry(expected.kind()).or_default() += 1;
        }
    }
    // No kind of answer is so rare that it was hardly tried.
    assert!(kinds.values().sum::<usize>() >= 10_000);
    assert!(kinds.len() == 6 && kinds.values().all(|count| *count > 100), "{kinds:?}");
}
