//! Writes, for each list of patterns, what the program compares: the patterns, paths that they
//! match, and a handler with a route for each.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn main() {
    let out = env::var("OUT_DIR").expect("cargo says where");
    for (list, name) in [("eleven", "Eleven"), ("github", "Github")] {
        println!("cargo::rerun-if-changed={list}.txt");
        let patterns = fs::read_to_string(format!("{list}.txt")).expect("the list");
        let text = handler(name, &patterns.lines().collect::<Vec<_>>());
        fs::write(Path::new(&out).join(format!("{list}.rs")), text).expect("written");
    }
}

fn handler(name: &str, patterns: &[&str]) -> String {
    let paths: Vec<String> = patterns.iter().map(|pattern| path(pattern)).collect();
    let mut text = format!(
        "pub const PATTERNS: &[&str] = &{patterns:?};\npub const PATHS: &[&str] = &{paths:?};\n\
         pub struct {name};\n#[bhrh::http_handler]\nimpl {name} {{\n"
    );
    for (index, pattern) in patterns.iter().enumerate() {
        let names = parameters(pattern);
        let arguments: String = names.iter().map(|name| format!(", {name}: &str")).collect();
        let found = names.join(", ");
        let _ = writeln!(
            text,
            "    #[route(\"GET {pattern}\")]\n    \
             fn found_{index}(&self, _: &mut bhrh::Exchange{arguments}) {{ \
             crate::found({index}, &[{found}]) }}"
        );
    }
    text.push_str("}\n");
    text
}

/// `/users/{user}` has the parameter `user`.
fn parameters(pattern: &str) -> Vec<&str> {
    let inside = pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    inside.map(|name| name.trim_end_matches("...")).collect()
}

/// `/users/{user}` matches `/users/user`, and `/assets/{path...}` matches `/assets/css/path`.
fn path(pattern: &str) -> String {
    let segments = pattern.split('/').map(|segment| match segment.strip_prefix('{') {
        Some(name) => match name.strip_suffix("...}") {
            Some(name) => format!("css/{name}"),
            None => name.trim_end_matches('}').to_owned(),
        },
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}
