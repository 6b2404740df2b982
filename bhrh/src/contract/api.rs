//! The whole document, while it is being made.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::operation::{Operation, text};
use super::schemas::Schemas;
use super::security::Security;

/// The methods that OpenAPI 3.1 has names for.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// What has been described so far. [`Handler::describe`](crate::Handler::describe) adds to it.
#[derive(Debug)]
pub struct Api {
    schemas: Schemas,
    info: Option<Map<String, Value>>,
    paths: Map<String, Value>,
    security: Map<String, Value>,
    ids: BTreeSet<String>,
    prefix: String,
    /// The schema of errors, in the block that is being described.
    errors: Option<Value>,
    has_problems: bool,
}

/// What a block says about itself.
#[derive(Debug, Clone, Copy)]
pub struct About<'b> {
    /// The title of the API.
    pub title: &'b str,
    /// The version of the API.
    pub version: &'b str,
    /// The documentation of the block.
    pub docs: &'b str,
    /// Whether errors are problems of RFC 9457.
    pub has_problems: bool,
}

/// What is known of a route beside its signature.
#[derive(Debug, Clone, Copy)]
pub struct Route<'r> {
    /// The command; `None` for all.
    pub method: Option<&'r str>,
    /// The pattern, as `ROUTES` has it.
    pub pattern: &'r str,
    /// The name of the method that answers.
    pub function: &'r str,
    /// Its documentation: a summary, and a description after an empty line.
    pub docs: &'r str,
    /// Whether it is `#[deprecated]`.
    pub deprecated: bool,
}

impl Api {
    pub(crate) fn new() -> Api {
        Api {
            schemas: Schemas::new(),
            info: None,
            paths: Map::new(),
            security: Map::new(),
            ids: BTreeSet::new(),
            prefix: String::new(),
            errors: None,
            has_problems: false,
        }
    }

    /// Begins the description of a block. The document has the title of the outermost block.
    pub fn about(&mut self, about: About<'_>) {
        let About { title, version, docs, has_problems } = about;
        self.errors = has_problems.then(|| json!({"$ref": "#/components/schemas/Problem"}));
        self.has_problems |= has_problems;
        self.info.get_or_insert_with(|| {
            let mut info = Map::new();
            info.insert("title".to_owned(), title.into());
            info.insert("version".to_owned(), version.into());
            let docs = text(docs);
            if !docs.is_empty() {
                info.insert("description".to_owned(), docs.into());
            }
            info
        });
    }

    /// Describes what is mounted at a prefix.
    pub fn below(&mut self, prefix: &str, describe: &mut dyn FnMut(&mut Api)) {
        let above = self.prefix.len();
        self.prefix.push_str(prefix);
        let errors = self.errors.take();
        describe(self);
        self.errors = errors;
        self.prefix.truncate(above);
    }

    /// Names a way in which clients say who they are.
    pub fn security(&mut self, name: &str, scheme: Security) {
        self.security.entry(name).or_insert_with(|| scheme.into_value());
    }

    /// Describes one route. A command that OpenAPI does not know is left out.
    pub fn operation(&mut self, route: Route<'_>, describe: &mut dyn FnMut(&mut Operation<'_>)) {
        let (path, variables) = template(&format!("{}{}", self.prefix, route.pattern));
        let methods = match route.method {
            Some(method) => vec![method.to_ascii_lowercase()],
            None => ["get", "put", "post", "delete", "patch"].map(str::to_owned).into(),
        };
        for method in methods.iter().filter(|method| METHODS.contains(&&***method)) {
            let mut operation = Operation::new(&mut self.schemas, self.errors.as_ref());
            describe(&mut operation);
            for (name, is_rest) in &variables {
                if !operation.has_path(name) {
                    operation.path_of_text(name, *is_rest);
                }
            }
            let mut described = operation.finish(method);
            route.describe(&mut described);
            if let Some(tag) = tag(&path) {
                described.insert("tags".to_owned(), json!([tag]));
            }
            let id = self.unused_id(route.function);
            described.insert("operationId".to_owned(), id.into());
            let item = self.paths.entry(&*path).or_insert_with(|| json!({}));
            if let Some(item) = item.as_object_mut() {
                // The handler that is asked first comes first.
                item.entry(&**method).or_insert_with(|| described.into());
            }
        }
    }

    fn unused_id(&mut self, function: &str) -> String {
        let numbered = (2..).map(|number: u32| format!("{function}_{number}"));
        let mut names = std::iter::once(function.to_owned()).chain(numbered);
        let name = names.find(|name| !self.ids.contains(name)).unwrap_or_default();
        self.ids.insert(name.clone());
        name
    }

    /// The document.
    pub(crate) fn finish(self) -> Value {
        let mut paths = Value::Object(self.paths);
        let mut schemas = self.schemas.finish(&mut paths);
        if self.has_problems {
            schemas.entry("Problem").or_insert_with(problem);
        }
        let info = self.info.unwrap_or_else(about_nothing);
        let mut document = json!({"openapi": "3.1.0", "info": info, "paths": paths});
        let mut components = Map::new();
        for (name, map) in [("schemas", schemas), ("securitySchemes", self.security)] {
            if !map.is_empty() {
                components.insert(name.to_owned(), map.into());
            }
        }
        if !components.is_empty() {
            document["components"] = components.into();
        }
        document
    }
}

fn about_nothing() -> Map<String, Value> {
    ["title", "version"].map(|name| (name.to_owned(), "".into())).into_iter().collect()
}

/// RFC 9457, as `negotiate::send_problem` writes it.
fn problem() -> Value {
    json!({
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
        },
        "required": ["title", "status"],
    })
}

impl Route<'_> {
    fn describe(&self, described: &mut Map<String, Value>) {
        let docs = text(self.docs);
        let (summary, description) = docs.split_once("\n\n").unwrap_or((&docs, ""));
        let summary = summary.replace('\n', " ");
        for (name, text) in [("summary", &*summary), ("description", description.trim())] {
            if !text.is_empty() {
                described.insert(name.to_owned(), text.into());
            }
        }
        if self.deprecated {
            described.insert("deprecated".to_owned(), true.into());
        }
    }
}

/// The first segment of a path that says something: not a parameter, `api`, or a version.
fn tag(path: &str) -> Option<&str> {
    let is_version = |text: &str| {
        text.strip_prefix('v').is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let says_something = |text: &&str| {
        !text.is_empty() && !text.starts_with('{') && *text != "api" && !is_version(text)
    };
    path.split('/').find(says_something)
}

/// A pattern as a template of OpenAPI's, and the names in it, with whether each takes the rest.
fn template(pattern: &str) -> (String, Vec<(String, bool)>) {
    let mut names = Vec::new();
    let segment =
        |segment: &str| match segment.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            None => segment.to_owned(),
            Some("$") => String::new(),
            Some(inner) => {
                let (name, is_rest) = match inner.strip_suffix("...") {
                    Some("") => ("rest", true),
                    Some(name) => (name, true),
                    None => (inner, false),
                };
                names.push((name.to_owned(), is_rest));
                format!("{{{name}}}")
            }
        };
    let path = pattern.split('/').map(segment).collect::<Vec<_>>().join("/");
    (path, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_templates() {
        for (pattern, path, names) in [
            ("/", "/", &[][..]),
            ("/a/{$}", "/a/", &[]),
            ("/users/{id}/{rest...}", "/users/{id}/{rest}", &[("id", false), ("rest", true)]),
            ("/files/{...}", "/files/{rest}", &[("rest", true)]),
        ] {
            let found = template(pattern);
            let names: Vec<_> =
                names.iter().map(|(name, rest)| ((*name).to_owned(), *rest)).collect();
            assert_eq!(found, (path.to_owned(), names), "{pattern}");
        }
    }

    #[test]
    fn tags() {
        for (path, found) in [
            ("/", None),
            ("/todos/{id}", Some("todos")),
            ("/api/v1/teas", Some("teas")),
            ("/vat", Some("vat")),
            ("/{id}", None),
        ] {
            assert_eq!(tag(path), found, "{path}");
        }
    }
}
