//! What README.md counts and lists is what there is.

use std::collections::BTreeSet;
use std::fs;

use super::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a file")
}

/// The rows of a page's tables, without the row that heads each.
fn rows(page: &str) -> usize {
    let is_rule = |line: &&str| line.starts_with("|--") || line.starts_with("| --");
    let rules = page.lines().filter(is_rule).count();
    page.lines().filter(|line| line.starts_with("| ") && !is_rule(line)).count() - rules
}

#[test]
fn the_readme_counts_decisions_and_features() {
    let readme = read("README.md");
    let decisions = rows(&read("bhrh/src/rfc9112.md"));
    let compared = read("docs/compared.md");
    let (servers, _) = compared.split_once("\n## `serve` beside").expect("the section of serve");
    let features = rows(servers);
    for said in [format!("[{decisions} decisions]"), format!("[{features} features]")] {
        assert!(readme.contains(&said), "README.md does not say {said}");
    }
}

/// The features of the table that follows this heading.
fn listed(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, table) = page.split_once(heading).expect("the heading");
    let lines = table.lines().map(|line| line.strip_prefix("//! ").unwrap_or(line));
    let table = lines.skip_while(|line| !line.starts_with("| ---")).skip(1);
    let rows = table.map_while(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_list_of_features_is_complete() {
    let manifest = read("bhrh/Cargo.toml");
    let (_, features) = manifest.split_once("\n[features]\n").expect("the features");
    let (features, _) = features.split_once("\n[").expect("another section");
    let names = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let is_public = |name: &&str| !name.starts_with(['#', '_']) && *name != "default";
    let features: BTreeSet<String> = names.filter(is_public).map(str::to_owned).collect();
    assert!(features.len() > 15, "{features:?}");
    assert_eq!(listed(&read("README.md"), "\n### Features\n"), features, "README.md");
    assert_eq!(listed(&read("bhrh/src/lib.rs"), "//! # Features\n"), features, "lib.rs");
}
