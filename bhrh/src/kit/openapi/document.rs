//! [`Document`]: what a handler's routes take and answer.

use std::io;

use serde_json::{Value, json};

use crate::contract::answers::{Answers, Described};
use crate::contract::api::Api;
use crate::handler::Handler;
use crate::kit::answers::content::Content;

/// The OpenAPI 3.1 document of a handler. It is the content of an answer, `application/json`.
///
/// ```
/// use bhrh::{Json, http_handler, openapi::Document};
///
/// struct App;
///
/// #[http_handler(openapi)]
/// impl App {
///     #[route("GET /openapi.json")]
///     fn document(&self) -> Document {
///         Document::of(self).description("Nothing else yet.")
///     }
/// }
///
/// let document = Document::of(&App).title("Empty").version("2").into_json();
/// assert_eq!(document["info"]["title"], "Empty");
/// assert!(document["paths"]["/openapi.json"]["get"].is_object());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Document(Value);

impl Document {
    /// Describes a handler: the routes of blocks under `#[http_handler(openapi)]`, with those of
    /// mounted and wrapped handlers that have the argument as well.
    #[must_use]
    pub fn of(handler: &dyn Handler) -> Document {
        let mut api = Api::new();
        handler.describe(&mut api);
        Document(api.finish())
    }

    /// Another title.
    #[must_use]
    pub fn title(self, title: &str) -> Document {
        self.info("title", title)
    }

    /// Another version of the API.
    #[must_use]
    pub fn version(self, version: &str) -> Document {
        self.info("version", version)
    }

    /// What the API is for, in CommonMark.
    #[must_use]
    pub fn description(self, description: &str) -> Document {
        self.info("description", description)
    }

    fn info(mut self, name: &str, text: &str) -> Document {
        self.0["info"][name] = text.into();
        self
    }

    /// Adds a URL below which the API is found, such as `https://api.example.org` or `/shop`.
    #[must_use]
    pub fn server(mut self, url: &str) -> Document {
        let server = json!({"url": url});
        match &mut self.0["servers"] {
            Value::Array(servers) => servers.push(server),
            none => *none = json!([server]),
        }
        self
    }

    /// The document as JSON, to be changed or written to a file.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.0
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

impl Content for Document {
    const TYPE: &'static str = "application/json";
    type Bytes = Vec<u8>;

    fn into_bytes(self) -> io::Result<Vec<u8>> {
        Ok(self.to_bytes())
    }
}

impl Described for Document {
    fn describe(answers: &mut Answers<'_>) {
        answers.content(<Self as Content>::TYPE, |_| schemars::json_schema!({"type": "object"}));
    }
}
