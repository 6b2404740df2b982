//! The orders that a listing comes in: by name, size or time, up or down, directories first.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

use super::entry::Entry;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Size,
    Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) column: Column,
    pub(super) descending: bool,
}

impl Default for Order {
    fn default() -> Order {
        Order { column: Column::Name, descending: false }
    }
}

impl Order {
    /// Reads the value of `?sort=`.
    pub(super) fn read(word: &str) -> Option<Order> {
        let (name, descending) = match word.strip_prefix('-') {
            Some(name) => (name, true),
            None => (word, false),
        };
        let column = match name {
            "name" => Column::Name,
            "size" => Column::Size,
            "time" => Column::Time,
            _ => return None,
        };
        Some(Order { column, descending })
    }

    pub(super) fn word(self) -> &'static str {
        match (self.column, self.descending) {
            (Column::Name, false) => "name",
            (Column::Name, true) => "-name",
            (Column::Size, false) => "size",
            (Column::Size, true) => "-size",
            (Column::Time, false) => "time",
            (Column::Time, true) => "-time",
        }
    }

    /// What a click on a column leads to: the other direction of the present column; else names
    /// from A, but what is large and what is new first.
    pub(super) fn after_click(self, column: Column) -> Order {
        let descending = match self.column == column {
            true => !self.descending,
            false => column != Column::Name,
        };
        Order { column, descending }
    }

    pub(super) fn sort(self, entries: &mut Vec<Entry>) {
        let keyed = std::mem::take(entries).into_iter();
        let mut keyed: Vec<_> = keyed.map(|entry| (entry.name().to_lowercase(), entry)).collect();
        let by_name = |a: &(String, Entry), b: &(String, Entry)| {
            natural(&a.0, &b.0).then_with(|| a.1.os_name().cmp(b.1.os_name()))
        };
        keyed.sort_by(|a, b| {
            let by_column = match self.column {
                Column::Name => by_name(a, b),
                Column::Size => a.1.size().cmp(&b.1.size()),
                Column::Time => a.1.modified().cmp(&b.1.modified()),
            };
            let directed = if self.descending { by_column.reverse() } else { by_column };
            let files_last = a.1.size().is_some().cmp(&b.1.size().is_some());
            files_last.then(directed).then_with(|| by_name(a, b))
        });
        entries.extend(keyed.into_iter().map(|(_, entry)| entry));
    }
}

/// Compares as people do: `file2` comes before `file10`. Only ASCII digits are numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (number(&mut a), number(&mut b));
                // Of two numbers without zeros in front, the longer one is the larger one.
                x.len().cmp(&y.len()).then_with(|| x.cmp(&y))
            }
            (None, None) => return Ordering::Equal,
            _ => a.next().cmp(&b.next()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes all digits, and leaves zeros in front out.
fn number(text: &mut Peekable<Chars<'_>>) -> String {
    let mut digits = String::new();
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        if digit != '0' || !digits.is_empty() {
            digits.push(digit);
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn numbers_in_names_are_numbers() {
        for pair in [
            "",
            "1",
            "01b",
            "1c",
            "2",
            "10",
            "010a",
            "18446744073709551616",
            "a",
            "a1",
            "a1b",
            "a2",
            "a10",
            "a10.txt",
            "b",
            "é",
        ]
        .windows(2)
        {
            assert_eq!(natural(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(natural(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(natural("a01", "a1"), Ordering::Equal);
    }

    #[test]
    fn every_order_has_directories_first() {
        let at = |second| Some(UNIX_EPOCH + Duration::from_secs(second));
        let entries = [
            Entry::of("file10", Some(5), at(1)),
            Entry::of("File2", Some(900), at(3)),
            Entry::of("file1", Some(70), None),
            Entry::of("z", None, at(9)),
            Entry::of("y", None, at(8)),
        ];
        for (word, expected) in [
            ("name", ["y", "z", "file1", "File2", "file10"]),
            ("-name", ["z", "y", "file10", "File2", "file1"]),
            ("size", ["y", "z", "file10", "file1", "File2"]),
            ("-size", ["y", "z", "File2", "file1", "file10"]),
            ("time", ["y", "z", "file1", "file10", "File2"]),
            ("-time", ["z", "y", "File2", "file10", "file1"]),
        ] {
            let order = Order::read(word).expect("an order");
            assert_eq!(order.word(), word);
            let mut entries = entries.to_vec();
            order.sort(&mut entries);
            let names: Vec<_> = entries.iter().map(Entry::name).collect();
            assert_eq!(names, expected, "{word}");
        }
        assert_eq!(Order::read("--name"), None);
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let click = |order: Order, column| order.after_click(column);
        let mut order = Order::default();
        for (column, word) in [
            (Column::Name, "-name"),
            (Column::Name, "name"),
            (Column::Size, "-size"),
            (Column::Size, "size"),
            (Column::Time, "-time"),
            (Column::Name, "name"),
        ] {
            order = click(order, column);
            assert_eq!(order.word(), word);
        }
    }
}
