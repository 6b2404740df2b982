//! The requests that a route matches, as a set: whether two sets have a request in common, and
//! whether one set lies within the other.
//!
//! Nothing here knows Rust's syntax. (No pattern matches the segments `.` and `..`. Since that is
//! true of all patterns, it makes no difference here.)

use crate::model::route::Segment;

/// The command and the pattern of a route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requests<'a> {
    pub(crate) command: Option<&'a str>,
    pub(crate) segments: &'a [Segment],
    /// Whether a GET route answers HEAD as well.
    pub(crate) get_is_head: bool,
}

impl Requests<'_> {
    /// Whether all requests of `self` are among those of `other`.
    pub(crate) fn within(&self, other: &Requests<'_>) -> bool {
        let commands = match (self.command, other.command) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(wider)) => {
                own == wider || own == "HEAD" && wider == "GET" && self.get_is_head
            }
        };
        commands && path_within(self.segments, other.segments)
    }

    /// A request that both match, such as `GET /users/me`, if there is one.
    pub(crate) fn common(&self, other: &Requests<'_>) -> Option<String> {
        let command = match (self.command, other.command) {
            (None, None) => "GET",
            (Some(command), None) | (None, Some(command)) => command,
            (Some(first), Some(second)) if first == second => first,
            (Some("GET"), Some("HEAD")) | (Some("HEAD"), Some("GET")) if self.get_is_head => "HEAD",
            _ => return None,
        };
        let path = common_path(self.segments, other.segments)?;
        Some(format!("{command} /{}", path.join("/")))
    }
}

/// Whether `outer` matches every path that `inner` matches.
pub(crate) fn path_within(inner: &[Segment], outer: &[Segment]) -> bool {
    use Segment::{Literal, One, Rest};
    match (inner, outer) {
        ([], []) => true,
        ([_, ..], [Rest(_)]) => true,
        ([Rest(_), ..], _) | ([], _) | (_, []) => false,
        ([first, inner @ ..], [other, outer @ ..]) => {
            let fits = match (first, other) {
                (Literal(text), Literal(wanted)) => text == wanted,
                (Literal(text), One(_)) => !text.is_empty(),
                (One(_), One(_)) => true,
                _ => false,
            };
            fits && path_within(inner, outer)
        }
    }
}

/// The segments of a path that both match.
fn common_path(first: &[Segment], second: &[Segment]) -> Option<Vec<String>> {
    use Segment::{Literal, One, Rest};
    match (first, second) {
        ([], []) => Some(Vec::new()),
        ([], _) | (_, []) => None,
        ([Rest(_)], others) | (others, [Rest(_)]) => Some(others.iter().map(example).collect()),
        ([one, first @ ..], [other, second @ ..]) => {
            let segment = match (one, other) {
                (Literal(text), Literal(same)) if text == same => text.clone(),
                (Literal(text), One(_)) | (One(_), Literal(text)) if !text.is_empty() => {
                    text.clone()
                }
                (One(_), One(_)) => example(one),
                _ => return None,
            };
            let mut path = common_path(first, second)?;
            path.insert(0, segment);
            Some(path)
        }
    }
}

/// An example of what a segment matches.
fn example(segment: &Segment) -> String {
    match segment {
        Segment::Literal(text) => text.clone(),
        Segment::One(_) => "x".to_owned(),
        Segment::Rest(_) => "x/y".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::route::Pattern;
    use crate::parse::pattern::parse;

    fn read(text: &str) -> (Option<String>, Pattern) {
        parse(text).expect("a good pattern")
    }

    fn compare(first: &str, second: &str) -> (Option<String>, bool, bool) {
        let (first, second) = (read(first), read(second));
        let [first, second] = [&first, &second].map(|(command, pattern)| Requests {
            command: command.as_deref(),
            segments: &pattern.segments,
            get_is_head: true,
        });
        assert_eq!(first.common(&second).is_some(), second.common(&first).is_some());
        (first.common(&second), first.within(&second), second.within(&first))
    }

    #[test]
    fn sets_of_requests() {
        for (first, second, common, within, around) in [
            ("/a", "/a", Some("GET /a"), true, true),
            ("/{x}", "/{y}", Some("GET /x"), true, true),
            ("/a", "/{x}", Some("GET /a"), true, false),
            ("/a", "/b", None, false, false),
            ("/a", "/a/", None, false, false),
            ("/a/", "/a/{x}", None, false, false),
            ("/a/", "/a/{x...}", Some("GET /a/"), true, false),
            ("/a", "/a/{x...}", None, false, false),
            ("/a/{x}", "/a/{x...}", Some("GET /a/x"), true, false),
            ("/a/{x}/{y...}", "/a/{x...}", Some("GET /a/x/x/y"), true, false),
            ("/a/{x}", "/{y}/b", Some("GET /a/b"), false, false),
            ("/{x}/b/{r...}", "/a/{y}/c", Some("GET /a/b/c"), false, false),
            ("/{x...}", "/", Some("GET /"), false, true),
            ("GET /a", "POST /a", None, false, false),
            ("GET /a", "/a", Some("GET /a"), true, false),
            ("GET /{x}", "/a", Some("GET /a"), false, false),
            ("HEAD /a", "GET /a", Some("HEAD /a"), true, false),
            ("HEAD /{x}", "GET /a", Some("HEAD /a"), false, false),
        ] {
            let expected = (common.map(str::to_owned), within, around);
            assert_eq!(compare(first, second), expected, "{first} and {second}");
        }
    }

    /// Every short pattern against every other, by trying all short paths.
    #[test]
    fn sets_of_paths_are_what_trying_shows() {
        let texts = ["", "a", "b"];
        let last = || {
            let literals = texts.map(|text| Segment::Literal(text.to_owned()));
            literals
                .into_iter()
                .chain([Segment::One("x".to_owned()), Segment::Rest("r".to_owned())])
        };
        let first = || last().filter(|it| !matches!(it, Segment::Rest(_)) && *it != empty());
        let pairs = first().flat_map(|one| last().map(move |two| vec![one.clone(), two]));
        let patterns: Vec<Vec<Segment>> = last().map(|one| vec![one]).chain(pairs).collect();
        let words = ["", "a", "b", "other"];
        let mut paths: Vec<Vec<&str>> = words.map(|word| vec![word]).to_vec();
        for length in 1..3 {
            let longest: Vec<_> =
                paths.iter().filter(|path| path.len() == length).cloned().collect();
            for path in longest {
                paths.extend(words.iter().map(|word| [&path[..], &[*word]].concat()));
            }
        }
        for one in &patterns {
            for other in &patterns {
                let both = paths.iter().any(|path| takes(one, path) && takes(other, path));
                let within = paths.iter().all(|path| !takes(one, path) || takes(other, path));
                let common = common_path(one, other);
                assert_eq!(common.is_some(), both, "{one:?} and {other:?}");
                assert_eq!(path_within(one, other), within, "{one:?} in {other:?}");
                let common: Vec<&str> = common.iter().flatten().map(|it| &**it).collect();
                let fits = takes(one, &common) && takes(other, &common);
                assert!(!both || fits, "{one:?} and {other:?} do not match {common:?}");
            }
        }
    }

    fn empty() -> Segment {
        Segment::Literal(String::new())
    }

    /// The rule as it is written.
    fn takes(pattern: &[Segment], path: &[&str]) -> bool {
        match (pattern, path) {
            ([Segment::Rest(_)], [_, ..]) => true,
            ([], []) => true,
            ([Segment::Literal(text), pattern @ ..], [word, path @ ..]) => {
                text == word && takes(pattern, path)
            }
            ([Segment::One(_), pattern @ ..], [word, path @ ..]) => {
                !word.is_empty() && takes(pattern, path)
            }
            _ => false,
        }
    }
}
