//! The answers of an operation, by status.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::status::Responses;

/// The types of answers that say what they answer. The document has it from the return types of
/// methods. A type that does not implement this is described as "any answer".
///
/// ```
/// use bhrh::openapi::{Answers, Described, Document};
/// use bhrh::{Exchange, Outcome, Reply, http_handler};
///
/// struct Maintenance;
///
/// impl Reply for Maintenance {
///     fn reply(self, http: &mut Exchange<'_>) -> Outcome {
///         http.add_header("Retry-After", 600);
///         Ok(http.send_error((503, "Back soon"))?)
///     }
/// }
///
/// impl Described for Maintenance {
///     fn describe(answers: &mut Answers<'_>) {
///         answers.error(503, Some("Back soon"));
///     }
/// }
///
/// struct App;
///
/// #[http_handler(openapi)]
/// impl App {
///     #[route("GET /")]
///     fn home(&self) -> Maintenance {
///         Maintenance
///     }
/// }
///
/// let document = Document::of(&App).into_json();
/// assert_eq!(document["paths"]["/"]["get"]["responses"]["503"]["description"], "Back soon");
/// ```
pub trait Described {
    /// Adds the answers of this type.
    fn describe(answers: &mut Answers<'_>);
}

/// The answers of one operation. [`Described`] and [`HttpError`](crate::HttpError) add to them.
#[derive(Debug)]
pub struct Answers<'a> {
    given: &'a mut SchemaGenerator,
    responses: &'a mut Map<String, Value>,
    /// The status that the contents have from here on; `None` if it is known only later.
    code: Option<u16>,
    errors: Option<&'a Value>,
}

impl<'a> Answers<'a> {
    pub(super) fn new(
        given: &'a mut SchemaGenerator,
        responses: &'a mut Map<String, Value>,
        errors: Option<&'a Value>,
    ) -> Answers<'a> {
        Answers { given, responses, code: Some(200), errors }
    }

    /// An answer with the status of its place: 200, unless something around the content says
    /// another.
    pub fn content(
        &mut self,
        media_type: &str,
        schema: impl FnOnce(&mut SchemaGenerator) -> Schema,
    ) {
        let media_type = media_type.split(';').next().unwrap_or_default().to_owned();
        let content = (media_type, schema(self.given).to_value());
        self.add_here(Some(content));
    }

    /// An answer without a content, with the status of its place.
    pub fn no_content(&mut self) {
        self.add_here(None);
    }

    fn add_here(&mut self, content: Option<(String, Value)>) {
        match self.code {
            Some(code) => self.add(&code.to_string(), phrase(code), content),
            None => self.add("default", "The answer", content),
        }
    }

    /// What `describe` adds has another status.
    pub fn with_status(&mut self, code: u16, describe: impl FnOnce(&mut Answers<'_>)) {
        self.under(Some(code), describe);
    }

    /// What `describe` adds has a status that is not known before the method has run.
    pub fn with_any_status(&mut self, describe: impl FnOnce(&mut Answers<'_>)) {
        self.under(None, describe);
    }

    fn under(&mut self, code: Option<u16>, describe: impl FnOnce(&mut Answers<'_>)) {
        let Answers { given, responses, errors, .. } = self;
        describe(&mut Answers { given, responses, code, errors: *errors });
    }

    /// An error, with its reason phrase if that is not the usual one of the status.
    pub fn error(&mut self, code: u16, message: Option<&str>) {
        let content =
            self.errors.map(|schema| ("application/problem+json".to_owned(), schema.clone()));
        let description = message.unwrap_or_else(|| phrase(code));
        let code = code.to_string();
        // Several errors with one status.
        if let (Some(response), Some(message)) = (self.responses.get_mut(&code), message) {
            let known = response["description"].as_str().unwrap_or_default();
            if !known.split(" | ").any(|known| known == message) {
                response["description"] = format!("{known} | {message}").into();
            }
            return;
        }
        self.add(&code, description, content);
    }

    /// A redirection to another location.
    pub fn redirection(&mut self) {
        self.add("3XX", "Another location", None);
        if let Some(response) = self.responses.get_mut("3XX") {
            let schema = json!({"type": "string", "format": "uri-reference"});
            response["headers"] = json!({"Location": {"schema": schema}});
        }
    }

    /// Answers that nothing is known of.
    pub fn other(&mut self) {
        self.add("default", "Another answer", None);
    }

    fn add(&mut self, code: &str, description: &str, content: Option<(String, Value)>) {
        let response =
            self.responses.entry(code).or_insert_with(|| json!({"description": description}));
        if let (Some((media_type, schema)), Some(response)) = (content, response.as_object_mut()) {
            let contents = response.entry("content").or_insert_with(|| json!({}));
            if let Some(contents) = contents.as_object_mut() {
                contents.entry(media_type).or_insert_with(|| json!({"schema": schema}));
            }
        }
    }
}

fn phrase(code: u16) -> &'static str {
    Responses::STANDARD.get(code).map_or("An answer", |(phrase, _)| phrase)
}
