//! Plain English: phrases that readers have stumbled over may not come back, in pages or in
//! comments.
//!
//! Quotations may contain them: text in "double quotes", `code`, code blocks, and a page's lines
//! that begin with `>`. So an RFC's own words can be cited.

use std::fs;
use std::path::Path;

use super::root;

/// A phrase, and what to write instead. A phrase matches whole words, in any case, also across the
/// end of a line.
const PHRASES: &[(&str, &str)] = &[
    ("a request one", "per request"),
    ("an entry a request", "an entry per request"),
    ("be it", "\"whether it is\", or a sentence of its own"),
    ("bytes a second", "bytes per second"),
    ("calls a request", "calls per request"),
    ("connection a request", "connection per request"),
    ("connections a second", "connections per second"),
    ("cpu a request", "CPU per request"),
    ("has reads reported", "\"reports when it becomes readable\""),
    ("in the place of", "instead of"),
    ("instructions a request", "instructions per request"),
    ("is none", "name the opposite: \"is missing\", \"is invalid\", \"is not a …\""),
    ("it is no", "it is not a"),
    ("microseconds a request", "microseconds per request"),
    ("not one a", "not one per"),
    ("of which", "begin a new sentence, and name the thing"),
    ("requests a connection", "requests per connection"),
    ("requests a second", "requests per second"),
    ("so many", "name the number"),
    ("that are no", "that are not"),
    ("that is no", "that is not a"),
    ("what is no", "\"anything except …\", \"invalid …\""),
    ("ticks a second", "ticks per second"),
    ("whichever", "\"any …\", \"the … that\""),
    ("whoever", "name who: the client, the handler, the caller"),
    ("whomever", "name who: the client, the handler, the caller"),
    ("µs a request", "µs per request"),
];

/// Other people's text, and what builds leave.
const OTHERS: &[&str] = &["LICENSE", "target/", ".git/"];

/// A line of prose, and its number in the file.
type Line = (usize, String);

/// Takes the prose out of a file's text.
type Reader = fn(&str) -> Vec<Line>;

/// How to read the prose of a file, by the end of its name.
fn prose(name: &str) -> Option<Reader> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "md" => Some(page),
        "rs" => Some(|text| comments(text, "//")),
        "toml" | "yml" | "py" | "service" | "socket" | "conf" | "cfg" => {
            Some(|text| comments(text, "#"))
        }
        _ if name.ends_with(".ci/run") => Some(|text| comments(text, "#")),
        _ => None,
    }
}

/// The lines of a page, without code blocks and block quotes.
fn page(text: &str) -> Vec<Line> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned()));
    without_code_blocks(lines.filter(|(_, line)| !line.starts_with('>')).collect())
}

/// The text of the comments, those behind code included, without their code blocks.
fn comments(text: &str, mark: &str) -> Vec<Line> {
    let lines = text.lines().enumerate().filter_map(|(at, line)| {
        let line = line.trim_start();
        let comment = match line.strip_prefix(mark) {
            Some(comment) => comment,
            None => line.split_once(&format!(" {mark} "))?.1,
        };
        Some((at + 1, comment.trim_start_matches(['/', '!', '#']).to_owned()))
    });
    without_code_blocks(lines.collect())
}

fn without_code_blocks(mut lines: Vec<Line>) -> Vec<Line> {
    let mut in_code = false;
    lines.retain(|(_, line)| {
        let fence = line.trim_start().starts_with("```");
        let is_prose = !fence && !in_code;
        in_code ^= fence;
        is_prose
    });
    lines
}

/// The words of these lines, in lower case, without what is quoted.
fn words(lines: &[Line]) -> Vec<Line> {
    let mut words = Vec::new();
    // Quotations may go on in the next line, but not beyond a paragraph.
    let mut quoted = None;
    for (at, line) in lines {
        if line.trim().is_empty() || line.starts_with(['|', '#']) {
            quoted = None;
        }
        let mut word = String::new();
        for c in line.chars().chain([' ']) {
            match quoted {
                Some(end) if c == end => quoted = None,
                Some(_) => {}
                None if matches!(c, '"' | '`') => {
                    quoted = Some(c);
                    // A quotation is something between two words.
                    words.push((*at, String::new()));
                }
                None if c.is_alphanumeric() || c == '\'' || c == '-' => {
                    word.extend(c.to_lowercase())
                }
                None => {
                    if !word.is_empty() {
                        words.push((*at, std::mem::take(&mut word)));
                    }
                    // A phrase ends with its sentence or cell.
                    if matches!(c, '.' | ';' | ':' | '|' | '(' | ')') {
                        words.push((*at, String::new()));
                    }
                }
            }
        }
    }
    words
}

/// The first lines of comments that say who is made to do something, as in "Has the loop look".
fn causative(text: &str) -> Vec<usize> {
    let comment = |line: &str| {
        let text = line.trim_start().strip_prefix("//")?.trim_start_matches(['/', '!']);
        Some(text.trim_start().to_owned())
    };
    let (mut found, mut is_within) = (Vec::new(), false);
    for (at, line) in text.lines().enumerate() {
        let text = comment(line);
        if !is_within && text.as_ref().is_some_and(|text| text.starts_with("Has ")) {
            found.push(at + 1);
        }
        is_within = text.is_some();
    }
    found
}

/// The phrases in these lines, with the number of the line.
fn findings(lines: &[Line]) -> Vec<(usize, &'static str, &'static str)> {
    let words = words(lines);
    let mut found = Vec::new();
    for (phrase, instead) in PHRASES {
        let parts: Vec<&str> = phrase.split(' ').collect();
        for at in 0..words.len() {
            let mut place = words[at..].iter().map(|(_, word)| word.as_str());
            let is_there = parts.iter().all(|part| place.next() == Some(part));
            // "It is no longer" is plain English.
            if is_there && !matches!(place.next(), Some("longer" | "more")) {
                found.push((words[at].0, *phrase, *instead));
            }
        }
    }
    found
}

/// All files that are looked through, with their text.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a readable directory") {
            let path = entry.expect("a readable entry").path();
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy();
            let name = name.replace(std::path::MAIN_SEPARATOR, "/");
            let is_others = |other: &&str| {
                format!("{name}/").starts_with(*other) || name.contains(&format!("/{other}"))
            };
            if OTHERS.iter().any(is_others) || Path::new(&name).ends_with("target") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if prose(&name).is_some() {
                let text = fs::read_to_string(&path).expect("a readable file");
                found.push((name, text));
            }
        }
    }
    assert!(found.len() > 300, "only {} files were found", found.len());
    found
}

/// All pages, with their text.
pub(super) fn pages() -> impl Iterator<Item = (String, String)> {
    files().into_iter().filter(|(name, _)| name.ends_with(".md"))
}

#[test]
fn pages_and_comments_are_in_plain_english() {
    let mut complaints = Vec::new();
    for (name, text) in files() {
        let lines = prose(&name).expect("a kind of prose")(&text);
        for (line, phrase, instead) in findings(&lines) {
            complaints.push(format!("{name}:{line}: \"{phrase}\"; write {instead}"));
        }
        for line in causative(&text).iter().filter(|_| name.ends_with(".rs")) {
            complaints.push(format!("{name}:{line}: \"Has …\"; write \"Tells … to\", \"Lets …\""));
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn comments_that_begin_with_has_are_found() {
    assert_eq!(causative("/// Has the loop look.\nfn tell() {}\n    // Has it wait.\n"), [1, 3]);
    assert_eq!(causative("/// What it\n/// Has come to.\n// Hash of a text.\n"), [0; 0]);
}

#[test]
fn phrases_are_found_where_they_are_prose() {
    let count = |lines: &[Line]| findings(lines).len();
    assert_eq!(count(&page("The port\nis None of\nthem.")), 1, "across lines, in any case");
    assert_eq!(count(&page("This is. None of them.")), 0, "not across sentences");
    assert_eq!(count(&page("RFC 1: \"a port that is none\"")), 0, "not in a quotation");
    assert_eq!(count(&page("Here `is none` and\n```\nis none\n```\n> is none")), 0, "not in code");
    assert_eq!(count(&comments("/// Is none.\nlet x = 1; //\u{20}whoever\n", "//")), 2);
    assert_eq!(count(&comments("let text = \"whoever\";\n", "//")), 0, "not in code");
    assert_eq!(count(&page("It is nonetheless so manyfold")), 0, "whole words");
    assert_eq!(count(&page("It is no token, so it is no longer read")), 1);
}
