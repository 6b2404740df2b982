//! What workflows and pages say about tests and fuzz targets is true.

use std::collections::BTreeSet;
use std::fs;

use super::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a file")
}

/// The names of a manifest's sections of this kind.
fn names<'a>(manifest: &'a str, section: &str) -> BTreeSet<&'a str> {
    let mut sections = manifest.split(section);
    sections.next();
    let name = |text: &'a str| text.trim_start().strip_prefix("name = \"")?.split('"').next();
    sections.map(|text| name(text).expect("a name comes first")).collect()
}

/// Each `--test NAME` leads to a test of this package.
#[test]
fn commands_name_tests_that_exist() {
    let manifest = read("tests/Cargo.toml");
    let tests = names(&manifest, "[[test]]");
    for page in [
        ".ci/run",
        ".github/workflows/ci.yml",
        ".github/workflows/weekly.yml",
        "CONTRIBUTING.md",
        "docs/testing.md",
        "tests/README.md",
    ] {
        let text = read(page);
        let mut named = 0;
        for word in text.split("--test ").skip(1) {
            let end = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
            assert!(tests.contains(&word[..end]), "{page}: there is no test {:?}", &word[..end]);
            named += 1;
        }
        assert!(named > 0, "{page} names no test");
    }
}

#[test]
fn every_target_is_fuzzed_each_week() {
    let manifest = read("fuzz/Cargo.toml");
    let workflow = read(".github/workflows/weekly.yml");
    let list = workflow.split_once("target: [").expect("a matrix of targets").1;
    let list = list.split_once(']').expect("its end").0;
    assert_eq!(list.split(", ").collect::<BTreeSet<_>>(), names(&manifest, "[[bin]]"));
}
