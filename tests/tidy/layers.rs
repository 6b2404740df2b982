//! Who may import whom: the layers of ARCHITECTURE.md, and its map.

use std::fs;

use crate::{graph, root, sources};

/// The layers of ARCHITECTURE.md, by the first part of a path below `bhrh/src`.
const LAYERS: [&[&str]; 6] = [
    &[
        "contract",
        "date",
        "error",
        "extensions",
        "grammar",
        "headers",
        "http_error",
        "logging",
        "peer",
        "percent",
        "protocol_error",
        "quote",
        "rare",
        "request_id",
        "scan",
        "settings",
        "status",
        "sync",
        "text",
        "trusted",
    ],
    &["net", "proto", "routing"],
    &["base", "exchange", "handler"],
    &["kit", "turn"],
    &["engine"],
    &["internals", "lib", "porting", "rfc9112", "server", "testing"],
];

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|layer| layer.contains(&module));
    found.unwrap_or_else(|| panic!("`{module}` is in no layer: add it here and to ARCHITECTURE.md"))
}

#[test]
fn imports_run_downward_only() {
    for (name, text) in sources("bhrh/src") {
        let module = name.trim_start_matches("bhrh/src/").split(['/', '.']).next().unwrap_or("");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for used in line.split("crate::").skip(1) {
                let end = used.find(|c: char| !c.is_alphanumeric() && c != '_');
                let used = &used[..end.unwrap_or(used.len())];
                // A name in upper case is a re-export, used in documentation only.
                if used.starts_with(|c: char| c.is_lowercase()) && used != "macros" {
                    assert!(layer(used) <= layer(module), "{name} uses {used}: {line}");
                }
            }
        }
    }
}

/// Files of `bhrh/src` that need one another, as ARCHITECTURE.md says. All others import in no
/// circle.
const TOGETHER: [&[&str]; 3] = [
    &["exchange/mod.rs", "handler/mod.rs", "base.rs", "exchange/access_line.rs"],
    &["kit/multipart/mod.rs", "kit/multipart/part.rs"],
    &["testing/client.rs", "testing/request.rs"],
];

#[test]
fn no_files_import_one_another_in_a_circle() {
    let edges = graph::imports(&root().join("bhrh/src"));
    assert!(edges.len() > 500, "only {} imports were found", edges.len());
    for files in TOGETHER {
        let inside = |file: &str| files.contains(&file);
        let among = edges.iter().filter(|(from, to)| inside(from) && inside(to)).cloned().collect();
        assert!(graph::circle(&among).is_some(), "{files:?} need not be named any more");
    }
    // They count as one file each.
    let whole = |file: String| {
        let found = TOGETHER.iter().find(|files| files.contains(&&*file));
        found.map_or(file, |files| files[0].to_owned())
    };
    let edges = edges.into_iter().map(|(from, to)| (whole(from), whole(to)));
    assert_eq!(graph::circle(&edges.filter(|(from, to)| from != to).collect()), None);
}

/// ARCHITECTURE.md names files by their path below a crate's `src` or from the root, and folders
/// with a slash at their end.
#[test]
fn every_file_that_the_map_names_is_there() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let mut named = 0;
    for name in map.split('`').skip(1).step_by(2) {
        let is_path = name.ends_with(".rs") || name.ends_with('/');
        if is_path && !name.contains([' ', '*']) {
            let roots = ["", "bhrh/src", "bhrh-macros/src"];
            let is_there = |below: &&str| root().join(below).join(name).exists();
            assert!(roots.iter().any(is_there), "there is no `{name}`");
            named += 1;
        }
    }
    assert!(named > 60, "only {named} files are named");
}

/// The layers of `bhrh-macros/src` in ARCHITECTURE.md, from the bottom up. A file imports only from
/// its own layer and from lower ones.
const MACRO_LAYERS: [&str; 7] =
    ["words/", "syntax/", "model/", "parse/", "check/", "expand/", "lib.rs"];

#[test]
fn the_macros_files_import_downward_and_in_no_circle() {
    let layer = |file: &str| {
        let found = MACRO_LAYERS.iter().position(|layer| file.starts_with(layer));
        found.unwrap_or_else(|| {
            panic!("`{file}` is in no layer: add it here and to ARCHITECTURE.md")
        })
    };
    let edges = graph::imports(&root().join("bhrh-macros/src"));
    assert!(edges.len() > 150, "only {} imports were found", edges.len());
    for (from, to) in &edges {
        assert!(layer(to) <= layer(from), "{from} imports {to}, which is in a higher layer");
    }
    assert_eq!(graph::circle(&edges), None);
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    for (number, layer) in MACRO_LAYERS.iter().enumerate() {
        let row = format!("\n| {number} | `{layer}` | ");
        assert!(page.contains(&row), "ARCHITECTURE.md has another table: no row {row}");
    }
}

/// The layers inside of `bhrh/src/engine` in ARCHITECTURE.md, from the bottom up. A file imports
/// only from its own layer and from lower ones.
const ENGINE_LAYERS: [&[&str]; 8] = [
    &[
        "begun",
        "census",
        "client",
        "crew",
        "descriptor_want",
        "endpoint",
        "even_share",
        "fair_queue",
        "handoff",
        "handshakes",
        "inbox",
        "late_output",
        "minimum_rate",
        "monitor",
        "repeated",
        "residence",
        "scarcity",
        "shutdown",
        "slow_kinds",
        "threads",
        "timers",
        "upgrades",
        "waiting_memory",
        "wariness",
    ],
    &["connection"],
    &["letter", "loop_line", "next_step"],
    &["event_loop/state"],
    &["shared"],
    &["kept_thread", "service"],
    &["event_loop"],
    &["pool"],
];

#[test]
fn the_engines_files_import_downward() {
    let layer = |file: &str| {
        let file = file.trim_start_matches("engine/").trim_end_matches(".rs");
        let layers = ENGINE_LAYERS.iter().enumerate();
        let names = layers.flat_map(|(layer, names)| names.iter().map(move |name| (layer, *name)));
        let of = |name: &str| file.strip_prefix(name).is_some_and(|rest| !rest.starts_with('_'));
        let found = names.filter(|(_, name)| of(name)).max_by_key(|(_, name)| name.len());
        found
            .unwrap_or_else(|| {
                panic!("`{file}` is in no layer: add it here and to ARCHITECTURE.md")
            })
            .0
    };
    let edges = graph::imports(&root().join("bhrh/src"));
    let inside = |file: &str| file.starts_with("engine/") && file != "engine/mod.rs";
    for (from, to) in edges.iter().filter(|(from, to)| inside(from) && inside(to)) {
        assert!(layer(to) <= layer(from), "{from} imports {to}, which is in a higher layer");
    }
    assert!(edges.iter().filter(|(from, to)| inside(from) && inside(to)).count() > 100);
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    for (number, names) in ENGINE_LAYERS.iter().enumerate() {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let row = format!("\n| {number} | {} | ", names.join(", "));
        assert!(page.contains(&row), "ARCHITECTURE.md has another table: no row {row}");
    }
}
