//! The page: sections with a heading, methods in `rust` blocks, and what they come to in a `text`
//! block.

use std::sync::Mutex;
use std::{env, fs};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/messages.md");

/// Of tests that write it at the same time.
static WRITING: Mutex<()> = Mutex::new(());

pub(crate) struct Page;

impl Page {
    /// Asserts that the section with this heading shows this text.
    #[track_caller]
    pub(crate) fn assert(heading: &str, text: &str) {
        let writing = WRITING.lock();
        let mut page = fs::read_to_string(PATH).expect("the page");
        let start = page.find(&format!("\n## {heading}\n"));
        let start = start.unwrap_or_else(|| panic!("no section {heading:?}"));
        let block = page[start..].find("```text\n").expect("a text block") + start + 8;
        let end = page[block..].find("```").expect("its end") + block;
        let other = page[start + 1..].find("\n## ").map_or(page.len(), |at| start + 1 + at);
        assert!(block < other, "{heading} has no text block");
        if env::var_os("UPDATE_MESSAGES").is_some() {
            page.replace_range(block..end, text);
            fs::write(PATH, page).expect("the page can be written");
            return;
        }
        drop(writing);
        assert_eq!(&page[block..end], text, "{heading}");
    }

    /// Asserts that each `rust` block is a piece of this source, indentation aside.
    pub(crate) fn assert_methods(source: &str) {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let page = fs::read_to_string(PATH).expect("the page");
        let source = plain(source);
        let mut blocks = 0;
        for block in page.split("```rust\n").skip(1) {
            let block = block.split("```").next().expect("an end");
            assert!(source.contains(&plain(block)), "not in the tests: {block}");
            blocks += 1;
        }
        assert!(blocks >= 14, "only {blocks} methods");
    }
}
