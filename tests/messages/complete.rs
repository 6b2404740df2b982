//! The page has every line that the library logs: what stands in the source between quotes where it
//! logs something stands on the page as well.

use std::fs;
use std::path::Path;

/// What logs, or is logged later.
const LOGS: [&str; 9] = [
    "log_error(",
    "log_debug(",
    ".complain(",
    "log_of_client(",
    "detail_of_client(",
    "log_outside(",
    "log_detail_outside(",
    "complaint = Some(",
    "complaints.push(",
];

/// Shorter pieces are words between two values.
const SHORTEST: usize = 8;

/// The files of a folder and of those in it.
fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).expect("text"));
        }
    }
    found
}

/// The code of a file, without its comments and tests.
fn code(source: &str) -> String {
    let (code, _) = source.split_once("#[cfg(test)]").unwrap_or((source, ""));
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// What stands between quotes in a statement, without the values that are put in.
fn pieces(statement: &str) -> Vec<String> {
    let literals = statement.split('"').skip(1).step_by(2);
    let mut pieces = Vec::new();
    for literal in literals {
        let literal = literal.split("\\\n").map(str::trim_start).collect::<String>();
        for piece in literal.split(['{', '}']).step_by(2) {
            pieces.push(piece.trim_matches([' ', ':', ',']).to_owned());
        }
    }
    pieces.retain(|piece| piece.len() >= SHORTEST);
    pieces
}

#[test]
fn every_line_that_the_code_logs_is_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/guide/messages.md")).expect("the page");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut found, mut missing) = (0, Vec::new());
    for source in sources(&root.join("bhrh/src")) {
        let code = code(&source);
        for (at, call) in LOGS.iter().flat_map(|call| code.match_indices(call)) {
            let (statement, _) = code[at + call.len()..].split_once(';').unwrap_or_default();
            for piece in pieces(statement) {
                found += 1;
                if !page.contains(&piece) {
                    missing.push(piece);
                }
            }
        }
    }
    assert!(found >= 15, "only {found} pieces");
    assert!(missing.is_empty(), "not in docs/guide/messages.md: {missing:#?}");
}
