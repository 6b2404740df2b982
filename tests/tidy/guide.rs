//! The guide's two tables of contents, for GitHub and for mdBook, name every page.

use std::collections::BTreeSet;
use std::fs;

use super::root;

/// The pages of the guide that a text links to, in its order.
fn linked(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let pages = targets.map(|(target, _)| target.to_owned());
    pages.filter(|target| target.ends_with(".md") && !target.contains('/')).collect()
}

#[test]
fn both_tables_of_contents_name_every_page_once() {
    let guide = root().join("docs/guide");
    let read = |name: &str| fs::read_to_string(guide.join(name)).expect("a table of contents");
    let files = fs::read_dir(&guide).expect("the guide");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("UTF-8"));
    let mut pages: BTreeSet<String> = names.filter(|name| name.ends_with(".md")).collect();
    assert!(pages.remove("SUMMARY.md") && pages.remove("README.md"));
    for (name, skipped) in [("README.md", None), ("SUMMARY.md", Some("README.md"))] {
        let mut named = linked(&read(name));
        named.retain(|page| Some(page.as_str()) != skipped);
        let once: BTreeSet<String> = named.iter().cloned().collect();
        assert_eq!(once, pages, "{name}");
        assert_eq!(named.len(), once.len(), "{name} names a page twice");
    }
}

/// Each page is compiled: those of `tests/lib.rs` as documentation tests, and the two others by
/// tests of their own.
#[test]
fn the_programs_of_every_page_are_compiled() {
    let tests = fs::read_to_string(root().join("tests/lib.rs")).expect("tests/lib.rs");
    let summary = fs::read_to_string(root().join("docs/guide/SUMMARY.md")).expect("the summary");
    for page in linked(&summary) {
        let has_its_own = matches!(&*page, "README.md" | "messages.md" | "tutorial.md");
        assert!(has_its_own || tests.contains(&format!(" = \"{page}\"\n")), "{page}");
    }
}
