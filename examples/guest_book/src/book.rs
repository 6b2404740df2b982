//! The entries, in memory and in a file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Mutex;

#[derive(Clone)]
pub struct Entry {
    pub name: String,
    pub text: String,
}

pub struct Book {
    state: Mutex<State>,
}

struct State {
    /// The oldest first.
    entries: Vec<Entry>,
    /// A line for each entry: the name, a tab, the text.
    file: File,
}

impl Book {
    /// Opens the book in a file, or begins a new one.
    pub fn open(path: &Path) -> io::Result<Book> {
        let mut file = File::options().read(true).append(true).create(true).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let lines = text.lines().filter_map(|line| line.split_once('\t'));
        let entry = |(name, text): (&str, &str)| Entry { name: name.into(), text: text.into() };
        let entries = lines.map(entry).collect();
        Ok(Book { state: Mutex::new(State { entries, file }) })
    }

    /// Adds an entry. Tabs and line ends become spaces.
    pub fn add(&self, name: &str, text: &str) -> io::Result<()> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let entry = Entry { name: words(name), text: words(text) };
        let line = format!("{}\t{}\n", entry.name, entry.text);
        let mut state = self.state.lock().unwrap();
        state.file.write_all(line.as_bytes())?;
        state.entries.push(entry);
        Ok(())
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.state.lock().unwrap().entries.clone()
    }
}
