//! All patterns of a handler as one tree. Patterns that begin with the same text share its node, so
//! that the text is compared once.
//!
//! Nothing here knows Rust's syntax. A route is a number.

use crate::model::route::{Pattern, Segment};

/// What may follow at one position in a path.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Routes whose pattern ends here.
    pub(crate) ends: Vec<usize>,
    /// Texts that may follow. No two of them begin with the same letter.
    pub(crate) texts: Vec<(String, Node)>,
    /// The node after any one segment.
    pub(crate) one: Option<Box<Node>>,
    /// Routes that take the rest of the path.
    pub(crate) rests: Vec<usize>,
}

/// A part of a pattern. Slashes belong to the texts.
enum Step {
    Text(String),
    One,
    Rest,
}

impl Node {
    pub(super) fn insert(&mut self, pattern: &Pattern, route: usize) {
        let mut steps = Vec::new();
        let mut text = String::new();
        for segment in &pattern.segments {
            text.push('/');
            let step = match segment {
                Segment::Literal(literal) => {
                    text.push_str(literal);
                    continue;
                }
                Segment::One(_) => Step::One,
                Segment::Rest(_) => Step::Rest,
            };
            steps.push(Step::Text(std::mem::take(&mut text)));
            steps.push(step);
        }
        if !text.is_empty() {
            steps.push(Step::Text(text));
        }
        self.insert_steps(&steps, route);
    }

    fn insert_steps(&mut self, steps: &[Step], route: usize) {
        match steps {
            [] => self.ends.push(route),
            [Step::Rest, ..] => self.rests.push(route),
            [Step::One, after @ ..] => {
                self.one.get_or_insert_default().insert_steps(after, route);
            }
            [Step::Text(text), after @ ..] => self.below(text).insert_steps(after, route),
        }
    }

    /// The node after a text, which is added if it is missing.
    fn below(&mut self, text: &str) -> &mut Node {
        if text.is_empty() {
            return self;
        }
        let common = |other: &str| -> usize {
            let pairs = text.chars().zip(other.chars());
            pairs.take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
        };
        let found = self.texts.iter().position(|(other, _)| common(other) > 0);
        let Some(index) = found else {
            self.texts.push((text.to_owned(), Node::default()));
            let last = self.texts.len() - 1;
            return &mut self.texts[last].1;
        };
        let (other, node) = &mut self.texts[index];
        let length = common(other);
        if length < other.len() {
            let below = std::mem::take(node);
            node.texts.push((other.split_off(length), below));
        }
        node.below(&text[length..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::pattern::parse;

    fn shape(node: &Node) -> String {
        let mut parts: Vec<String> = node.ends.iter().map(usize::to_string).collect();
        parts.extend(node.texts.iter().map(|(text, below)| format!("{text}({})", shape(below))));
        parts.extend(node.one.iter().map(|below| format!("*({})", shape(below))));
        parts.extend(node.rests.iter().map(|route| format!("...{route}")));
        parts.join(" ")
    }

    fn tree(patterns: &[&str]) -> String {
        let mut root = Node::default();
        for (route, text) in patterns.iter().enumerate() {
            root.insert(&parse(text).expect("a good pattern").1, route);
        }
        shape(&root)
    }

    #[test]
    fn common_beginnings_are_shared() {
        assert_eq!(tree(&["/"]), "/(0)");
        assert_eq!(tree(&["/a", "/b", "/a/c"]), "/(a(0 /c(2)) b(1))");
        assert_eq!(
            tree(&["/users", "/users/{id}", "/users/me", "/users/{id}/x", "/users/{r...}"]),
            "/users(0 /(me(2) *(1 /x(3)) ...4))"
        );
        assert_eq!(tree(&["GET /a", "POST /a"]), "/a(0 1)");
    }

    #[test]
    fn letters_are_not_torn() {
        assert_eq!(tree(&["/é", "/è"]), "/(é(0) è(1))");
    }
}
