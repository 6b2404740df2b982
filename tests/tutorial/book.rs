//! `docs/book_links.py`, as mdBook calls it: the book's links out of the guide lead to files that
//! the repository has.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::root;

const WEBSITE: &str = "](https://github.com/bhrh/bhrh/blob/main/";

/// What the script makes of the pages of a book.
fn rewritten(pages: &[String]) -> Vec<String> {
    let mut script = Command::new("python3");
    script.args(["-B", "book_links.py"]).current_dir(root().join("docs"));
    let mut script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3");
    let chapter = |page: &String| json!({ "Chapter": { "content": page } });
    let book = json!([{}, { "items": pages.iter().map(chapter).collect::<Vec<_>>() }]);
    let input = script.stdin.take().expect("a pipe").write_all(book.to_string().as_bytes());
    input.expect("it reads");
    let output = script.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let book: Value = serde_json::from_slice(&output.stdout).expect("a book");
    let chapters = book["items"].as_array().expect("chapters").iter();
    let content = |item: &Value| item["Chapter"]["content"].as_str().expect("a page").to_owned();
    chapters.map(content).collect()
}

#[test]
fn links_out_of_the_book_lead_to_the_repository() {
    let files = fs::read_dir(root().join("docs/guide")).expect("the guide");
    let paths = files.map(|file| file.expect("a file").path());
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let read = |path| fs::read_to_string(path).expect("a page");
    let mut pages: Vec<String> = paths.filter(is_page).map(read).collect();
    let within = "[a](routing.md#links) and [b](deploy/nginx.conf)";
    pages.push(within.to_owned());
    let pages = rewritten(&pages);
    let mut count = 0;
    for page in &pages {
        assert!(!page.contains("](../"), "{page}");
        for link in page.split(WEBSITE).skip(1) {
            let link = link.split([')', '#']).next().unwrap_or_default();
            assert!(root().join(link).exists(), "{link}");
            count += 1;
        }
    }
    assert!(count > 10, "only {count} links were found");
    assert_eq!(pages.last().map(String::as_str), Some(within));
}
