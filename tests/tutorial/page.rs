//! Reads the steps of `docs/guide/tutorial.md`: what its code blocks do to the reader's folder.
//!
//! The line above a block says what the block is: "`path`:" a whole file, "At the end of `path`:"
//! more of it, "In `path`, replace" and then "with" a change. Blocks of `sh` are commands to
//! prepare with, blocks of `text` are commands and what they print, blocks of `console` are only to
//! be read.

use std::collections::BTreeMap;

/// The files of the folder, by their paths in it.
pub(crate) type Files = BTreeMap<String, String>;

/// One chapter of the page.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// All files, as they are at its end.
    pub(crate) files: Files,
    pub(crate) commands: Vec<String>,
    /// Commands for the running program, and what each prints.
    pub(crate) asked: Vec<(String, String)>,
}

pub(crate) fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut files = Files::new();
    let mut replaced: Option<(String, String)> = None;
    let mut before = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let numbered = |title: &&str| title.starts_with(|c: char| c.is_ascii_digit());
        if line.strip_prefix("## ").is_some_and(|title| numbered(&title)) {
            steps.push(Step::default());
        }
        let Some(language) = line.strip_prefix("```") else {
            if !line.is_empty() {
                before = line;
            }
            continue;
        };
        let block: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .fold(String::new(), |block, line| block + line + "\n");
        let step = steps.last_mut().expect("a step before the first block");
        if let Some(path) = quoted(before, "", ":") {
            files.insert(path.to_owned(), block);
        } else if let Some(path) = quoted(before, "At the end of ", ":") {
            files.get_mut(path).unwrap_or_else(|| panic!("no {path} yet")).push_str(&block);
        } else if let Some(path) = quoted(before, "In ", ", replace") {
            replaced = Some((path.to_owned(), block));
        } else if before == "with" {
            let (path, old) = replaced.take().expect("what is replaced");
            let text = files.get_mut(&path).unwrap_or_else(|| panic!("no {path} yet"));
            assert_eq!(text.matches(&old).count(), 1, "{path} has this once: {old}");
            *text = text.replace(&old, &block);
        } else {
            match language {
                "sh" => step.commands.push(block),
                "text" => step.asked.extend(asked(&block)),
                "console" => {}
                _ => panic!("what is this block, after {before:?}?\n{block}"),
            }
        }
        before = "";
        step.files.clone_from(&files);
    }
    steps
}

/// The text between backticks, where a line consists of it and these words.
fn quoted<'l>(line: &'l str, begin: &str, end: &str) -> Option<&'l str> {
    let path = line.strip_prefix(begin)?.strip_suffix(end)?.strip_prefix('`')?.strip_suffix('`')?;
    (!path.contains('`')).then_some(path)
}

/// The commands of a block, behind `$`, each with the lines below it.
fn asked(block: &str) -> impl Iterator<Item = (String, String)> {
    let block = format!("\n{block}");
    let commands: Vec<_> = block.split("\n$ ").skip(1).map(str::to_owned).collect();
    assert!(!commands.is_empty(), "no command: {block}");
    commands.into_iter().map(|command| {
        let (command, output) = command.split_once('\n').unwrap_or((&command, ""));
        (command.to_owned(), output.trim_end().to_owned())
    })
}
