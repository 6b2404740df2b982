//! One operation of the document: what a route takes, and what it is answered with.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::answers::Answers;
use super::lookup::{FLAGS, SchemaOf};
use super::schemas::Schemas;

/// Where a type's schema comes from.
pub type SchemaFn = fn(&mut SchemaGenerator) -> Schema;

/// One operation that is being described.
#[derive(Debug)]
pub struct Operation<'a> {
    schemas: &'a mut Schemas,
    errors: Option<&'a Value>,
    parameters: Vec<Value>,
    content: Option<Value>,
    responses: Map<String, Value>,
    /// What the runtime refuses. An error of the method with the same status has the better words.
    refusals: Vec<u16>,
    security: Map<String, Value>,
}

/// A value that a request names.
#[derive(Debug, Clone, Copy)]
pub struct Parameter<'p> {
    /// `query`, `header` or `cookie`.
    pub place: &'p str,
    /// Its name there.
    pub name: &'p str,
    /// Whether it has to be given.
    pub required: bool,
    /// What it is if it is not given, as JSON.
    pub default: Option<&'p str>,
    /// Whether it is a list.
    pub is_list: bool,
    /// What it is for.
    pub docs: &'p str,
}

/// How the content of a request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// `#[json]`
    Json,
    /// `#[form]`, by serde.
    Fields,
    /// `#[form] form: Form`
    Form,
    /// `#[body] text: String`
    Text,
    /// `#[body] bytes: Vec<u8>`
    Bytes,
}

impl<'a> Operation<'a> {
    pub(super) fn new(schemas: &'a mut Schemas, errors: Option<&'a Value>) -> Operation<'a> {
        Operation {
            schemas,
            errors,
            parameters: Vec::new(),
            content: None,
            responses: Map::new(),
            refusals: Vec::new(),
            security: Map::new(),
        }
    }

    /// A parameter of the path.
    pub fn path(&mut self, name: &str, docs: &str, is_rest: bool, schema: SchemaFn) {
        let mut schema = schema(&mut self.schemas.taken).to_value();
        // A segment is never empty, and an escaped control character is refused.
        let is_any_text = |map: &Map<String, Value>| {
            map.get("type").is_some_and(|it| it == "string")
                && !map.contains_key("enum")
                && !map.contains_key("format")
        };
        if let Some(map) = schema.as_object_mut().filter(|map| is_any_text(map)) {
            if !is_rest {
                map.entry("minLength").or_insert(1.into());
            }
            map.entry("pattern").or_insert(r"^[^\u0000-\u001f\u007f]*$".into());
        }
        self.push("path", name, true, docs, schema);
        // An escape that means nothing; a text that is not of the type.
        self.refusals.extend([400, 404]);
    }

    /// A value that the request names.
    pub fn parameter(&mut self, parameter: Parameter<'_>, schema: SchemaFn) {
        let Parameter { place, name, required, default, is_list, docs } = parameter;
        let mut schema = schema(&mut self.schemas.taken).to_value();
        if is_list {
            schema = json!({"type": "array", "items": schema});
        }
        if let (Some(default), Some(map)) = (default, schema.as_object_mut()) {
            let value = serde_json::from_str(default).unwrap_or_else(|_| default.into());
            map.insert("default".to_owned(), value);
        }
        self.refusals.push(400);
        // OpenAPI 3.1, section 4.8.12.2: these are described elsewhere.
        let is_elsewhere = place == "header"
            && ["Accept", "Content-Type", "Authorization"]
                .iter()
                .any(|it| it.eq_ignore_ascii_case(name));
        if !is_elsewhere {
            self.push(place, name, required, docs, schema);
        }
    }

    /// All parameters of the query: the fields of a struct.
    pub fn query_struct(&mut self, schema: SchemaFn) {
        let fields = self.fields(schema);
        let required = fields["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in fields["properties"].as_object().cloned().unwrap_or_default() {
            let required = required.iter().any(|it| *it == *name);
            let docs = schema["description"].as_str().unwrap_or_default().to_owned();
            self.push("query", &name, required, &docs, schema);
        }
        self.refusals.push(400);
    }

    /// The schema of a struct whose fields are read from texts.
    fn fields(&mut self, schema: SchemaFn) -> Value {
        let schema = schema(&mut self.schemas.taken).to_value();
        let mut fields = match schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
            Some(name) => self.schemas.taken.definitions().get(name).cloned().unwrap_or_default(),
            None => schema,
        };
        if let Some(fields) = fields["properties"].as_object_mut() {
            fields.values_mut().for_each(as_text);
        }
        fields
    }

    fn push(&mut self, place: &str, name: &str, required: bool, docs: &str, schema: Value) {
        let mut parameter = json!({"name": name, "in": place, "schema": schema});
        if required {
            parameter["required"] = true.into();
        }
        let docs = text(docs);
        if !docs.is_empty() {
            parameter["description"] = docs.into();
        }
        self.parameters.push(parameter);
    }

    /// The content that the request has to have. `is_tried`: the method decides what becomes of one
    /// that does not fit.
    pub fn content(
        &mut self,
        content: Content,
        required: bool,
        is_tried: bool,
        docs: &str,
        schema: SchemaFn,
    ) {
        let (media_type, refusals): (_, &[u16]) = match content {
            Content::Json => ("application/json", &[400, 411, 413, 415, 422]),
            Content::Fields => ("application/x-www-form-urlencoded", &[400, 413, 415, 422]),
            Content::Form => ("application/x-www-form-urlencoded", &[400, 413, 415]),
            Content::Text => ("text/plain", &[400, 413, 415]),
            Content::Bytes => ("application/octet-stream", &[400, 413]),
        };
        let schema = match content {
            Content::Fields => self.fields(schema),
            _ => schema(&mut self.schemas.taken).to_value(),
        };
        let mut described = json!({"content": {media_type: {"schema": schema}}});
        // No content is an empty text, no bytes, and a form without fields.
        if required && matches!(content, Content::Json | Content::Fields) {
            described["required"] = true.into();
        }
        let docs = text(docs);
        if !docs.is_empty() {
            described["description"] = docs.into();
        }
        self.content = Some(described);
        if !is_tried {
            self.refusals.extend(refusals);
        }
    }

    /// The answers of the method and of its guards.
    pub fn answers(&mut self) -> Answers<'_> {
        Answers::new(&mut self.schemas.given, &mut self.responses, self.errors)
    }

    /// Requires that the client says who it is, by this scheme.
    pub fn requires(&mut self, scheme: &str) {
        self.security.insert(scheme.to_owned(), json!([]));
    }

    /// Whether the path's parameter has been described.
    pub(super) fn has_path(&self, name: &str) -> bool {
        self.parameters.iter().any(|it| it["in"] == "path" && it["name"] == name)
    }

    pub(super) fn path_of_text(&mut self, name: &str, is_rest: bool) {
        self.path(name, "", is_rest, SchemaOf::<String>::new().text());
    }

    pub(super) fn finish(mut self, method: &str) -> Map<String, Value> {
        let refusals = std::mem::take(&mut self.refusals);
        for code in refusals {
            self.answers().error(code, None);
        }
        let mut value = Map::new();
        if !self.parameters.is_empty() {
            value.insert("parameters".to_owned(), self.parameters.into());
        }
        // A GET request has no content.
        if let Some(content) = self.content.filter(|_| method != "get") {
            value.insert("requestBody".to_owned(), content);
        }
        if !self.security.is_empty() {
            value.insert("security".to_owned(), json!([self.security]));
        }
        value.insert("responses".to_owned(), self.responses.into());
        value
    }
}

/// The schema of a field whose value is a text: it has no `null`, since a field is given or not,
/// and a flag has more texts than two.
fn as_text(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if map.get("type").is_some_and(|it| it == "boolean") {
        map.insert("type".to_owned(), "string".into());
        map.insert("enum".to_owned(), json!(FLAGS));
        if let Some(Value::Bool(default)) = map.get("default") {
            let default = default.to_string();
            map.insert("default".to_owned(), default.into());
        }
    }
    if map.get("default").is_some_and(Value::is_null) {
        map.remove("default");
    }
    if let Some(Value::Array(any)) = map.get_mut("anyOf") {
        any.retain(|it| it["type"] != "null");
    }
    if let Some(items) = map.get_mut("items") {
        as_text(items);
    }
}

/// A documentation comment as a text: without the space that begins each line.
pub(super) fn text(docs: &str) -> String {
    let lines: Vec<&str> =
        docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    lines.join("\n").trim().to_owned()
}
