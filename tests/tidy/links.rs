//! Every link of a page to a file or to a heading of this repository leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::root;
use super::words::pages;

/// A page's text without code blocks and `code`.
fn prose(text: &str) -> String {
    let outside =
        |text: &str, mark: &str| text.split(mark).step_by(2).collect::<Vec<_>>().join(" ");
    outside(&outside(text, "```"), "`")
}

/// The targets of the links in a page: `[text](target)`.
fn links(text: &str) -> Vec<String> {
    let targets = prose(text);
    let targets = targets.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

/// The anchors that GitHub makes of a page's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let outside_code: String = text.split("```").step_by(2).collect();
    let headings = outside_code.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let (mut complaints, mut count) = (Vec::new(), 0);
    for (name, text) in pages() {
        for link in links(&text) {
            // Other sites, and names that rustdoc looks up.
            if link.contains("://") || link.contains("::") || link.contains('@') {
                continue;
            }
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let page = root().join(&name);
            let target = match path {
                "" => page,
                path => page.parent().unwrap_or(Path::new("")).join(path),
            };
            let is_page = target.extension().is_some_and(|extension| extension == "md");
            if !target.exists() {
                complaints.push(format!("{name}: there is no {link}"));
            } else if is_page && !anchor.is_empty() {
                let text = fs::read_to_string(&target).expect("a page");
                if !anchors(&text).contains(anchor) {
                    complaints.push(format!("{name}: no heading is called {link}"));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    assert!(count > 100, "only {count} links were found");
}

#[test]
fn links_and_anchors_are_found() {
    assert_eq!(links("[a](b.md#c), `[no](link)` and [d](e)"), ["b.md#c", "e"]);
    assert!(anchors("## The `log` crate, in short\n").contains("the-log-crate-in-short"));
}
