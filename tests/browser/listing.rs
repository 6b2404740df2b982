//! The page that lists a directory, from `examples/serve`.

use std::fs;
use std::path::Path;
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

#[test]
fn files_are_uploaded_on_the_page() {
    let (serve, directory) = serve(&[], &["--upload"]);
    let directory = directory.path().to_str().expect("text");
    script("upload.mjs", &[&serve.url, directory]);
}

#[test]
fn serve_has_more_on_its_pages() {
    let (serve, _directory) = serve(&[("a.txt", "a")], &["--archive"]);
    script("serve.mjs", &[&serve.url]);
}

#[test]
fn a_video_is_shown_from_near_its_end() {
    let page = "<!DOCTYPE html><link rel=icon href=data:,><title>Tea</title><video src=tea.webm>";
    let (serve, directory) = serve(&[("index.html", page)], &[]);
    crate::video::write(&directory.path().join("tea.webm")).expect("a video");
    script("media.mjs", &[&serve.url]);
}

/// `UPDATE_PICTURES=1 cargo test -p bhrh-tests --features browser --test browser pictures` keeps
/// them in docs/pictures.
#[test]
fn pictures_of_serve() {
    let files = [
        ("music/one", 0, 80),
        ("photos/one", 0, 20),
        ("talks/one", 0, 45),
        ("backup.tar.gz", 52_428_800, 30),
        ("chapter-2.pdf", 482_133, 5),
        ("chapter-10.pdf", 1_204_882, 2),
        ("cover.png", 284_120, 12),
        ("holiday.mp4", 734_003_200, 1),
        ("interview.flac", 38_400_000, 7),
        ("map.json", 66_211, 3),
        ("notes.md", 3_812, 9),
    ];
    let (serve, directory) = serve(&[], &["--upload", "--archive"]);
    for (name, size, days) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        let file = fs::File::create(&path).expect("a file");
        file.set_len(size).expect("a size");
        let time = UNIX_EPOCH + Duration::from_secs(1_795_000_000 - days * 90_123);
        file.set_modified(time).expect("a time");
        if let Some(folder) = path.parent().filter(|folder| *folder != directory.path()) {
            let folder = fs::File::open(folder).expect("a folder");
            folder.set_modified(time).expect("a time");
        }
    }
    let place = tempfile::tempdir().expect("a directory");
    script("pictures.mjs", &[&serve.url, place.path().to_str().expect("text")]);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
        fs::create_dir_all(&pictures).expect("a directory");
        for name in ["1280-light", "1280-dark", "390-light", "390-dark"] {
            let name = format!("serve-{name}.png");
            fs::copy(place.path().join(&name), pictures.join(&name)).expect("a picture");
        }
    }
}
