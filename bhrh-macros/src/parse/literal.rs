//! A literal segment of a pattern: `users` in `/users/{id}`.
//!
//! Plain strings. Most rules find something that other frameworks write, or that no path can have.

use super::pattern_fault::PatternFault;
use crate::model::route::{Segment, is_parameter_name};
use crate::words::percent;

/// A segment's text, and where it stands.
struct Literal<'t> {
    text: &'t str,
    is_last: bool,
    path: &'t str,
}

pub(super) fn literal(text: &str, is_last: bool, path: &str) -> Result<Segment, PatternFault> {
    let literal = Literal { text, is_last, path };
    match Literal::RULES.iter().find_map(|rule| rule(&literal)) {
        Some(fault) => Err(fault),
        None => Ok(Segment::Literal(text.to_owned())),
    }
}

impl Literal<'_> {
    /// Each rule finds one fault. The first fault that is found is reported.
    const RULES: [fn(&Self) -> Option<PatternFault>; 9] = [
        Self::query,
        Self::fragment,
        Self::brace,
        Self::empty,
        Self::dots,
        Self::foreign_parameter,
        Self::wildcard,
        Self::escape,
        Self::control,
    ];

    fn fault(&self, what: &str, help: impl Into<String>) -> Option<PatternFault> {
        let wrong = format!("the segment `{}` {what}", self.text.escape_debug());
        Some(PatternFault::new(wrong, help))
    }

    /// The path before and after the first `?` or `#`, if that is this mark.
    fn split_at_mark(&self, mark: char) -> Option<(&str, &str)> {
        let at = self.path.find(['?', '#']).filter(|_| self.text.contains(['?', '#']))?;
        let (before, after) = self.path.split_at(at);
        Some((before, after.strip_prefix(mark)?))
    }

    fn query(&self) -> Option<PatternFault> {
        let (path, query) = self.split_at_mark('?')?;
        let name = query.split(['=', '&']).next().unwrap_or_default();
        let name = if is_parameter_name(name) { name } else { "name" };
        let wrong = format!("a route has no query: no path contains `?{query}`");
        let help =
            format!("write `{path}`, and take the argument `#[query] {name}: Option<String>`");
        Some(PatternFault::new(wrong, help))
    }

    fn fragment(&self) -> Option<PatternFault> {
        let (path, fragment) = self.split_at_mark('#')?;
        let wrong = format!("a route has no fragment: no path contains `#{fragment}`");
        let help = format!("write `{path}`; browsers do not send the rest");
        Some(PatternFault::new(wrong, help))
    }

    fn brace(&self) -> Option<PatternFault> {
        let text = self.text;
        if !text.contains(['{', '}']) {
            return None;
        }
        let lacks_its_end =
            text.starts_with('{') && text.matches('{').count() == 1 && !text.contains('}');
        let help = match lacks_its_end {
            true => format!("write `{text}}}`"),
            false => "a parameter is a whole segment: write `{name}` between slashes, and take \
                      the text apart in the method"
                .to_owned(),
        };
        self.fault("has a brace that does not enclose all of it", help)
    }

    fn empty(&self) -> Option<PatternFault> {
        if !self.text.is_empty() || self.is_last {
            return None;
        }
        let mut short = self.path.to_owned();
        while short.contains("//") {
            short = short.replace("//", "/");
        }
        let wrong = format!("the pattern `{}` has an empty segment", self.path);
        let help = format!("write `{short}`; two slashes are not one, and match nothing");
        Some(PatternFault::new(wrong, help))
    }

    fn dots(&self) -> Option<PatternFault> {
        if !matches!(self.text, "." | "..") {
            return None;
        }
        let help =
            "write the path that it leads to, as clients do; a path with this segment gets a 404";
        self.fault("never reaches a route", help)
    }

    /// `:id`, `<id>` and `*rest`.
    fn foreign_parameter(&self) -> Option<PatternFault> {
        let name = self.text.strip_prefix([':', '<', '*'])?.trim_end_matches('>');
        if !is_parameter_name(name) {
            return None;
        }
        let dots = if self.text.starts_with('*') { "..." } else { "" };
        let help = format!(
            "write `{{{name}{dots}}}` for a parameter; to match this text itself, take a parameter \
             and compare it in the method"
        );
        self.fault("is a parameter in other frameworks", help)
    }

    fn wildcard(&self) -> Option<PatternFault> {
        if !matches!(self.text, "*" | "**") {
            return None;
        }
        let help = "write `{name}` for one segment, or `{...}` for the rest";
        self.fault("would match only itself", help)
    }

    fn escape(&self) -> Option<PatternFault> {
        if !percent::has_escape(self.text) {
            return None;
        }
        // The decoded text, if it can stand in a pattern.
        let plain = percent::decoded(self.text).filter(|plain| {
            !plain.contains(['/', '?', '#', '{', '}']) && !plain.contains(char::is_control)
        });
        let help = match plain {
            Some(plain) => format!("write `{plain}`: paths are compared after decoding"),
            None => "paths are compared after decoding: write the character itself".to_owned(),
        };
        self.fault("is percent-encoded", help)
    }

    fn control(&self) -> Option<PatternFault> {
        self.text.contains(char::is_control).then_some(())?;
        self.fault("has a control character", "leave it out")
    }
}
