//! How a client says who it is: the schemes that `security(…)` names.

use serde_json::{Value, json};

/// How a client says who it is, for `#[http_handler(openapi(security(self.user = …)))]`.
///
/// The guard checks it. The document names the scheme at each operation that the guard runs before.
#[derive(Debug, Clone)]
pub struct Security(Value);

impl Security {
    /// `Authorization: Basic …` (RFC 7617).
    #[must_use]
    pub fn basic() -> Security {
        Security(json!({"type": "http", "scheme": "basic"}))
    }

    /// `Authorization: Bearer …` (RFC 6750).
    #[must_use]
    pub fn bearer() -> Security {
        Security(json!({"type": "http", "scheme": "bearer"}))
    }

    /// A key in this header field.
    #[must_use]
    pub fn header(name: &str) -> Security {
        Security(json!({"type": "apiKey", "in": "header", "name": name}))
    }

    /// A key in this cookie.
    #[must_use]
    pub fn cookie(name: &str) -> Security {
        Security(json!({"type": "apiKey", "in": "cookie", "name": name}))
    }

    /// A key in this parameter of the query.
    #[must_use]
    pub fn query(name: &str) -> Security {
        Security(json!({"type": "apiKey", "in": "query", "name": name}))
    }

    /// Another Security Scheme Object of OpenAPI's, such as one of the type `oauth2`.
    #[must_use]
    pub fn other(scheme: Value) -> Security {
        Security(scheme)
    }

    /// What it is, in CommonMark.
    #[must_use]
    pub fn description(mut self, text: &str) -> Security {
        if let Value::Object(scheme) = &mut self.0 {
            scheme.insert("description".to_owned(), text.into());
        }
        self
    }

    pub(super) fn into_value(self) -> Value {
        self.0
    }
}
