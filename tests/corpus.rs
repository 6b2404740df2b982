//! Every file of the fuzz targets' seed corpus, replayed: what libFuzzer begins with and what it
//! has found. `fuzz/README.md` says how to look for more.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

// Public there, for the programs of libFuzzer.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(name)
}

/// The names in a directory, without extensions.
fn names(path: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(path).expect("a readable directory");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").path();
    entries
        .map(name)
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect()
}

#[test]
fn every_seed_passes_its_target() {
    for (name, check) in fuzz::TARGETS {
        let directory = directory("seeds").join(name);
        let seeds = names(&directory);
        assert!(seeds.len() >= 10, "{name} has only {} seeds", seeds.len());
        for seed in seeds {
            let bytes = fs::read(directory.join(&seed)).expect("a readable file");
            assert!(bytes.len() <= 2048, "{name}/{seed} is {} bytes long", bytes.len());
            eprintln!("{name}/{seed}");
            check(&bytes);
        }
    }
}

#[test]
fn each_target_has_seeds_and_a_program() {
    let targets: BTreeSet<String> =
        fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&directory("seeds")), targets);
    assert_eq!(names(&directory("fuzz_targets")), targets);
    let manifest = fs::read_to_string(directory("Cargo.toml")).expect("a manifest");
    for name in targets {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is no program");
    }
}
