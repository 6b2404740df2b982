//! The table of a handler's routes, and what it tells about a request that no route answers.

use std::borrow::Cow;
use std::fmt;

/// One route of a handler, as `ROUTES` and [`Handler::routes`](crate::Handler::routes) list them.
///
/// Its `Display` is a line for people: `GET /users/{id} (user)`.
///
/// ```
/// # struct App;
/// # #[bhrh::http_handler]
/// # impl App {
/// #     #[route("GET /users/{id}")]
/// #     fn user(&self, id: u64) -> String { id.to_string() }
/// # }
/// for route in App::ROUTES {
///     println!("{route}");
/// }
/// assert_eq!(App::ROUTES[0].to_string(), "GET /users/{id} (user)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The command that it answers; `None` if it answers every command.
    pub method: Option<&'static str>,
    /// Its pattern, such as `/users/{id}`, behind the prefixes of what it is mounted at.
    pub pattern: Cow<'static, str>,
    /// The method that answers.
    pub function: &'static str,
}

impl RouteInfo {
    /// For the macro's output.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        method: Option<&'static str>,
        pattern: &'static str,
        function: &'static str,
    ) -> RouteInfo {
        RouteInfo { method, pattern: Cow::Borrowed(pattern), function }
    }

    /// The same route, seen from where its handler is mounted.
    #[doc(hidden)]
    #[must_use]
    pub fn below(self, prefix: &str) -> RouteInfo {
        RouteInfo { pattern: format!("{prefix}{}", self.pattern).into(), ..self }
    }
}

impl fmt::Display for RouteInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = self.method {
            write!(f, "{method} ")?;
        }
        write!(f, "{} ({})", self.pattern, self.function)
    }
}

/// Everything that a handler answers: its routes, and the commands of its `do_*` methods.
#[derive(Debug, Clone, Copy)]
pub struct Table<'t> {
    /// Its routes.
    pub routes: &'t [RouteInfo],
    /// What it answers whatever the path.
    pub commands: &'t [&'static str],
    /// Whether other handlers are mounted below it, whose commands it does not know.
    pub has_mounts: bool,
}

impl Table<'_> {
    /// Whether some request with this command can have an answer.
    #[must_use]
    pub fn knows(&self, command: &str) -> bool {
        let by_route = |route: &RouteInfo| match route.method {
            None => true,
            Some("GET") => matches!(command, "GET" | "HEAD"),
            Some(method) => method == command,
        };
        command == "OPTIONS" || self.commands.contains(&command) || self.routes.iter().any(by_route)
    }

    /// The commands that have an answer for this path, or for any path if it is `None`; not
    /// counting `OPTIONS`, which every handler with routes answers.
    pub fn commands_for(&self, path: Option<&str>) -> Vec<&'static str> {
        let mut commands = Vec::new();
        let mut add = |command: &'static str| {
            if !commands.contains(&command) {
                commands.push(command);
            }
        };
        for route in self.routes {
            if path.is_none_or(|path| matches(&route.pattern, path)) {
                route.method.into_iter().for_each(&mut add);
                if route.method == Some("GET") {
                    add("HEAD");
                }
            }
        }
        self.commands.iter().copied().for_each(add);
        commands
    }
}

/// Whether a decoded path matches a pattern: the rules as they are written, one segment after the
/// other. The generated matcher gives the same answer, sooner.
#[must_use]
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let mut segments = path.split('/');
    if segments.clone().any(|segment| matches!(segment, "." | "..")) {
        return false;
    }
    for wanted in pattern.split('/').skip(1) {
        let Some(segment) = segments.next() else { return false };
        let fits = match wanted {
            "{$}" => segment.is_empty(),
            _ if wanted.ends_with("...}") => return true,
            _ if wanted.starts_with('{') => !segment.is_empty(),
            _ => segment == wanted,
        };
        if !fits {
            return false;
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_patterns() {
        for (pattern, yes, no) in [
            ("/", &["/"][..], &["", "/a", "//"][..]),
            ("/{$}", &["/"], &["/a"]),
            ("/a", &["/a"], &["/a/", "/", "/A", "/a/b", "a"]),
            ("/a/", &["/a/"], &["/a", "/a/b", "/a//"]),
            ("/a/{$}", &["/a/"], &["/a", "/a/b"]),
            ("/a/{x}", &["/a/b", "/a/...", "/a/b\0c"], &["/a/", "/a", "/a/b/", "/a/.", "/a/.."]),
            ("/{x}/b", &["/a/b"], &["//b", "/a/c", "/../b"]),
            ("/a/{x...}", &["/a/", "/a/b", "/a/b//c/"], &["/a", "/", "/a/../b", "/a/b/."]),
            ("/{x...}", &["/", "/a/b"], &["", "/.."]),
        ] {
            for path in yes {
                assert!(matches(pattern, path), "{pattern} {path}");
            }
            for path in no {
                assert!(!matches(pattern, path), "{pattern} {path}");
            }
        }
    }

    #[test]
    fn a_route_as_a_line() {
        let route = RouteInfo::new(Some("GET"), "/users/{id}", "user");
        assert_eq!(route.to_string(), "GET /users/{id} (user)");
        assert_eq!(RouteInfo::new(None, "/x", "x").below("/api").to_string(), "/api/x (x)");
    }

    #[test]
    fn what_a_path_is_known_under() {
        let routes = [
            RouteInfo::new(Some("GET"), "/a", "a"),
            RouteInfo::new(Some("PUT"), "/{x}", "x"),
            RouteInfo::new(Some("GET"), "/{y}/", "y"),
        ];
        let table = Table { routes: &routes, commands: &["SPAM"], has_mounts: false };
        assert_eq!(table.commands_for(Some("/a")), ["GET", "HEAD", "PUT", "SPAM"]);
        assert_eq!(table.commands_for(Some("/b")), ["PUT", "SPAM"]);
        assert_eq!(table.commands_for(Some("/b/c")), ["SPAM"]);
        assert_eq!(table.commands_for(None), ["GET", "HEAD", "PUT", "SPAM"]);
        for (command, known) in
            [("GET", true), ("HEAD", true), ("OPTIONS", true), ("SPAM", true), ("POST", false)]
        {
            assert_eq!(table.knows(command), known, "{command}");
        }
    }
}
