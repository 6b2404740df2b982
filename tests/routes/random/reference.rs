//! The rules of docs/guide/routing.md, followed word by word, with no thought for speed.

/// A handler's routes and the commands of its `do_*` methods.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) routes: Vec<Route>,
    pub(super) commands: Vec<&'static str>,
}

#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) number: usize,
    pub(super) command: Option<&'static str>,
    pub(super) parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Literal(&'static str),
    One,
    Rest,
}

/// What a request should come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// This method, with these arguments.
    Method(String),
    Options(String),
    Refused(String),
    Status(u16),
}

impl Answer {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Answer::Method(_) => "method",
            Answer::Options(_) => "options",
            Answer::Refused(_) => "405",
            Answer::Status(404) => "404",
            Answer::Status(501) => "501",
            Answer::Status(_) => "400",
        }
    }
}

/// A list of commands in an order of its own.
pub(super) fn sorted(list: &str) -> String {
    let mut names: Vec<&str> = list.split(", ").collect();
    names.sort_unstable();
    names.join(", ")
}

impl Route {
    pub(super) fn text(&self) -> String {
        let mut parameters = 0..;
        let mut name = || format!("p{}", parameters.next().unwrap_or_default());
        let parts = self.parts.iter().map(|part| match part {
            Part::Literal(text) => format!("/{text}"),
            Part::One => format!("/{{{}}}", name()),
            Part::Rest => format!("/{{{}...}}", name()),
        });
        let path: String = parts.collect();
        self.command.map_or_else(|| path.clone(), |command| format!("{command} {path}"))
    }

    /// The parameters, if the path fits.
    fn matched(&self, segments: &[String]) -> Option<Vec<String>> {
        if segments.iter().any(|segment| segment == "." || segment == "..") {
            return None;
        }
        let mut parameters = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            let segment = segments.get(index)?;
            match part {
                Part::Literal(text) if segment == text => {}
                Part::One if !segment.is_empty() => parameters.push(segment.clone()),
                Part::Rest => {
                    let rest: Vec<String> =
                        segments[index..].iter().map(|text| text.replace('/', "%2F")).collect();
                    parameters.push(rest.join("/"));
                    return Some(parameters);
                }
                _ => return None,
            }
        }
        (segments.len() == self.parts.len()).then_some(parameters)
    }

    /// How well a route fits a request that it matches: its first parts count first, a literal for
    /// more than a parameter, that for more than the rest; then the command.
    fn rank(&self, command: &str) -> (Vec<u8>, u8) {
        let parts = self.parts.iter().map(|part| match part {
            Part::Literal(_) => 2,
            Part::One => 1,
            Part::Rest => 0,
        });
        let named = match self.command {
            Some(name) if name == command => 2,
            Some(_) => 1,
            None => 0,
        };
        (parts.collect(), named)
    }
}

impl Table {
    fn answers(&self, route: &Route, command: &str) -> bool {
        match route.command {
            None => true,
            Some("GET") if command == "HEAD" => !self.commands.contains(&"HEAD"),
            Some(name) => name == command,
        }
    }

    /// What the rules say of a request.
    pub(super) fn answer(&self, command: &str, target: &str) -> Answer {
        let path = target.strip_prefix("http://localhost").unwrap_or(target);
        let path = path.split('?').next().unwrap_or_default();
        // At the beginning of a target, several slashes are one.
        let path = match target.starts_with('/') {
            true => path.trim_start_matches('/'),
            false => &path[1..],
        };
        let Some(segments) = path.split('/').map(decoded).collect::<Option<Vec<String>>>() else {
            return Answer::Status(400);
        };
        let matching = |route: &&Route| route.matched(&segments).is_some();
        let candidates =
            self.routes.iter().filter(|route| self.answers(route, command)).filter(matching);
        if let Some(best) = candidates.max_by_key(|route| route.rank(command)) {
            let parameters = best.matched(&segments).unwrap_or_default();
            let parameters: String = parameters.iter().map(|text| format!(" {text:?}")).collect();
            let found = format!("r{}{parameters}", best.number);
            return Answer::Method(found.escape_default().to_string());
        }
        if self.commands.contains(&command) {
            return Answer::Method(format!("do_{command}"));
        }
        let allowed = self.allowed(self.routes.iter().filter(matching));
        match allowed {
            Some(list) if command == "OPTIONS" => Answer::Options(list),
            _ if !self.knows(command) => Answer::Status(501),
            Some(list) => Answer::Refused(list),
            None => Answer::Status(404),
        }
    }

    fn allowed<'r>(&self, routes: impl Iterator<Item = &'r Route>) -> Option<String> {
        let mut names: Vec<&str> = self.commands.clone();
        for name in routes.filter_map(|route| route.command) {
            names.push(name);
            if name == "GET" {
                names.push("HEAD");
            }
        }
        if names.is_empty() {
            return None;
        }
        names.push("OPTIONS");
        names.sort_unstable();
        names.dedup();
        Some(names.join(", "))
    }

    fn knows(&self, command: &str) -> bool {
        let by_route = |route: &Route| match route.command {
            None => true,
            Some("GET") => command == "GET" || command == "HEAD",
            Some(name) => name == command,
        };
        command == "OPTIONS" || self.commands.contains(&command) || self.routes.iter().any(by_route)
    }

    /// Whether the compiler would take another route: found out by trying all short requests.
    pub(super) fn takes(&self, new: &Route) -> bool {
        let root_rest = |route: &Route| route.parts == [Part::Rest];
        let answers_all = |name: &&&str| new.command.is_none_or(|command| command == **name);
        let shadows = root_rest(new) && self.commands.iter().any(|name| answers_all(&name));
        // Not tried here: that three routes together answer every path.
        let one = |route: &Route| route.parts == [Part::One];
        let covered =
            self.routes.iter().any(|old| root_rest(old) && one(new) || one(old) && root_rest(new));
        !shadows && !covered && self.routes.iter().all(|old| !self.are_ambiguous(old, new))
    }

    fn are_ambiguous(&self, one: &Route, other: &Route) -> bool {
        let commands = ["GET", "HEAD", "PUT", "POST", "OPTIONS", "BREW"];
        let commands = Relation::of(
            commands
                .into_iter()
                .map(|command| (self.answers(one, command), self.answers(other, command))),
        );
        let paths = Relation::of(
            paths(one, other)
                .into_iter()
                .map(|path| (one.matched(&path).is_some(), other.matched(&path).is_some())),
        );
        let within = commands.only_one == 0 && paths.only_one == 0;
        let around = commands.only_other == 0 && paths.only_other == 0;
        commands.both > 0 && paths.both > 0 && within == around
    }
}

/// How two sets lie, by counting members.
#[derive(Default)]
struct Relation {
    both: usize,
    only_one: usize,
    only_other: usize,
}

impl Relation {
    fn of(members: impl Iterator<Item = (bool, bool)>) -> Relation {
        members.fold(Relation::default(), |mut relation, member| {
            match member {
                (true, true) => relation.both += 1,
                (true, false) => relation.only_one += 1,
                (false, true) => relation.only_other += 1,
                (false, false) => {}
            }
            relation
        })
    }
}

/// All paths of up to five segments that could tell two patterns apart.
fn paths(one: &Route, other: &Route) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut longest = vec![Vec::new()];
    for index in 0..5 {
        let mut words = vec!["", "other"];
        for part in [one, other].into_iter().filter_map(|route| route.parts.get(index)) {
            if let Part::Literal(text) = part {
                words.push(text);
            }
        }
        words.sort_unstable();
        words.dedup();
        let longer = longest.iter().flat_map(|path: &Vec<String>| {
            words.iter().map(move |word| [&path[..], &[(*word).to_owned()]].concat())
        });
        longest = longer.collect();
        all.extend(longest.iter().cloned());
    }
    all
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut left = segment.as_bytes();
    while let [first, rest @ ..] = left {
        left = rest;
        bytes.push(*first);
        if *first == b'%' {
            let digits = std::str::from_utf8(left.get(..2)?).ok()?;
            bytes.pop();
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            left = &left[2..];
        }
    }
    String::from_utf8(bytes).ok()
}
