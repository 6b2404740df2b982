//! Which requests a route matches, as a set: whether two sets have a request in common, and whether
//! one lies within the other.
//!
//! It knows patterns, and nothing of Rust syntax. (That no pattern matches `.` and `..` is the same
//! for all, and makes no difference here.)

use super::pattern::Segment;

/// A route, as far as its requests go.
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

    /// A request that both match, if there is one: `GET /users/me`.
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

/// Whether each path that `inner` matches is one that `outer` matches.
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

/// A segment that this matches.
fn example(segment: &Segment) -> String {
    match segment {
        Segment::Literal(text) => text.clone(),
        Segment::One(_) => "x".to_owned(),
        Segment::Rest(_) => "x/y".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::{Pattern, parse};
    use super::*;

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
}
