//! The page that lists a directory, from `examples/serve`.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

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
fn it_is_sorted_filtered_and_walked() {
    let sized = |size: usize| "x".repeat(size);
    let (ten, hundred) = (sized(10), sized(100));
    let (serve, directory) = serve(
        &[
            ("file1.txt", &ten),
            ("file2.txt", &[&*hundred, &hundred].concat()),
            ("file10.txt", &hundred),
            ("<i>.png", "images"),
            ("a & b/inside", ""),
            ("docs/guide/page.html", "<p>page"),
            ("docs/a guide.txt", "guide"),
        ],
        &[],
    );
    for (name, second) in [("<i>.png", 1), ("file1.txt", 2), ("file2.txt", 3), ("file10.txt", 4)] {
        let file = fs::File::options().append(true).open(directory.path().join(name));
        let time = UNIX_EPOCH + Duration::from_secs(1_000_000_000 + second);
        file.and_then(|file| file.set_modified(time)).expect("a time");
    }
    script("listing.mjs", &[&serve.url]);
}

#[test]
fn ten_thousand_files_are_no_stall() {
    let names: Vec<String> = (0..10_000).map(|at| format!("picture-{at}.jpg")).collect();
    let files: Vec<_> = names.iter().map(|name| (&**name, "")).collect();
    let (serve, _directory) = serve(&files, &[]);
    script("large.mjs", &[&serve.url]);
}
