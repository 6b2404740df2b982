//! `docs/guide/tutorial.md`, followed step by step: `examples/guest_book` is what it ends with, and
//! with the feature `deploy` the program of each step is built, started and asked.

#[cfg(feature = "deploy")]
mod book;
#[cfg(feature = "deploy")]
mod container;
#[cfg(feature = "deploy")]
mod follow;
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_owned()
}

fn steps() -> Vec<page::Step> {
    let page = root().join("docs/guide/tutorial.md");
    page::steps(&fs::read_to_string(page).expect("the tutorial"))
}

/// How the page names bhrh among the dependencies.
const DEPENDENCY: &str = "git = \"https://github.com/bhrh/bhrh\"";

/// All files below a folder, by their paths in it.
fn files_below(folder: &Path) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it");
                found.insert(name.to_string_lossy().into_owned());
            }
        }
    }
    found
}

/// `GUEST_BOOK=overwrite` writes the example anew.
#[test]
fn the_example_is_what_the_tutorial_ends_with() {
    let folder = root().join("examples/guest_book");
    let steps = steps();
    assert_eq!(steps.len(), 7);
    let files = &steps.last().expect("a step").files;
    let as_example = |text: &str| text.replace(DEPENDENCY, "path = \"../../bhrh\"");
    if std::env::var_os("GUEST_BOOK").is_some_and(|value| value == "overwrite") {
        for (name, text) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, as_example(text)).expect("a file");
        }
    }
    for (name, text) in files {
        let example = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert_eq!(example, as_example(text), "examples/guest_book/{name} and the tutorial");
    }
    let mut found = files_below(&folder);
    // What is left where somebody has run it.
    found.retain(|name| !matches!(&**name, "key" | "entries.txt" | "nginx.pid" | "jar"));
    assert_eq!(found, files.keys().cloned().collect(), "no other files");
}
