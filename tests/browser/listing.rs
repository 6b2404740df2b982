//! The page that lists a directory, from `examples/serve`.

use std::fs;

use crate::{Program, script};

/// A directory with files, and `serve` for it.
fn serve(files: &[(&str, &str)], options: &[&str]) -> (Program, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, content) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, content).expect("a file");
    }
    let path = directory.path().to_str().expect("text");
    let options = [&["--directory", path], options].concat();
    (Program::start(env!("CARGO_BIN_EXE_files-serve"), &options), directory)
}

#[test]
fn it_leads_to_what_it_lists() {
    let (serve, _directory) =
        serve(&[("notes.txt", "some notes\n"), ("a & b/<i>.txt", "not markup\n")], &[]);
    script("listing.mjs", &[&serve.url]);
}
