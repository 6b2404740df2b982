//! The packages that users build with bhrh: few, free, and each there once.

use super::root;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// What a build of `bhrh` with these flags consists of: name, version, licence.
fn dependencies(flags: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "-p", "bhrh", "-e", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}\t{l}"])
        .args(flags)
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

#[test]
fn dependencies_are_few_and_free() {
    let all = dependencies(&[]);
    assert!(all.len() <= 15, "{} crates: {all:#?}", all.len());
    let bare = dependencies(&["--no-default-features"]);
    assert!(!bare.iter().any(|line| line.starts_with("syn ")), "{bare:#?}");
    let names: BTreeSet<&str> = all.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names.len(), all.len(), "one crate in two versions: {all:#?}");
}

/// What `deny.toml` asks of all that users may build; cargo-deny itself takes long to build.
#[test]
fn every_crate_is_free_known_and_there_once() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
    let rules = read("deny.toml");
    let allowed = rules.lines().find_map(|line| line.strip_prefix("allow = [")).expect("licences");
    let allowed: BTreeSet<&str> = allowed.split('"').skip(1).step_by(2).collect();
    let (mut names, all) = (BTreeSet::new(), dependencies(&["--all-features"]));
    for line in &all {
        let (package, licence) = line.split_once('\t').expect("a package and its licence");
        let mut demands = licence.split(" AND ");
        let free = demands.all(|demand| {
            demand.trim_matches(['(', ')']).split(" OR ").any(|choice| allowed.contains(choice))
        });
        assert!(free, "licence: {line}");
        assert!(names.insert(package.split(' ').next()), "in two versions: {line}");
    }
    assert!(names.len() > 25, "{all:#?}");
    for line in read("Cargo.lock").lines().filter(|line| line.starts_with("source = ")) {
        assert!(line.contains("registry+https://github.com/rust-lang/crates.io-index"), "{line}");
    }
    for manifest in ["bhrh/Cargo.toml", "bhrh-macros/Cargo.toml"] {
        assert!(!read(manifest).contains("\"*\""), "{manifest} takes any version of something");
    }
}
