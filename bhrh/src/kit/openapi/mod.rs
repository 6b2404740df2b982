//! OpenAPI documents and pages as answers (feature `openapi`).

pub(crate) mod document;
mod page;

use std::io;

use crate::exchange::Exchange;
use crate::handler::Handler;
use document::Document;

/// # Answering: what the API is (feature `openapi`)
impl Exchange<'_> {
    /// Answers with the OpenAPI document of a handler, mostly `self`. Where the handler is mounted,
    /// the document says so.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct App;
    ///
    /// #[http_handler(openapi(title = "Sums", version = "1.0"))]
    /// impl App {
    ///     /// The double of a number.
    ///     #[route("GET /double/{number}")]
    ///     fn double(&self, number: u8) -> String {
    ///         format!("{}\n", u16::from(number) * 2)
    ///     }
    ///
    ///     #[route("GET /openapi.json")]
    ///     #[doc(hidden)]
    ///     fn document(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.reply_openapi(self)
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::get(&App, "/openapi.json");
    /// let document: serde_json::Value = serde_json::from_slice(response.body())?;
    /// assert_eq!(document["info"]["title"], "Sums");
    /// let double = &document["paths"]["/double/{number}"]["get"];
    /// assert_eq!(double["summary"], "The double of a number.");
    /// assert_eq!(double["parameters"][0]["schema"]["maximum"], 255);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Feature `openapi`.
    ///
    /// # Errors
    ///
    /// As [`reply`](Exchange::reply).
    pub fn reply_openapi(&mut self, handler: &dyn Handler) -> io::Result<()> {
        let document = self.openapi_of(handler);
        self.reply(200, "application/json", document.to_bytes())
    }

    /// Answers with a page that lists the operations of a handler, mostly `self`, and tries them.
    /// It needs nothing from other servers, and its `Content-Security-Policy` allows it nothing
    /// else.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct App;
    ///
    /// #[http_handler(openapi)]
    /// impl App {
    ///     #[doc(hidden)]
    ///     #[route("GET /docs")]
    ///     fn docs(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.reply_openapi_docs(self)
    ///     }
    /// }
    ///
    /// assert!(bhrh::testing::get(&App, "/docs").text().contains("<title>App</title>"));
    /// ```
    ///
    /// Feature `openapi`.
    ///
    /// # Errors
    ///
    /// As [`reply`](Exchange::reply).
    pub fn reply_openapi_docs(&mut self, handler: &dyn Handler) -> io::Result<()> {
        let page = page::of(&self.openapi_of(handler).into_json());
        self.send_response(200);
        self.send_header("Content-Security-Policy", page::POLICY);
        self.send_header("X-Content-Type-Options", "nosniff");
        self.send_body("text/html; charset=utf-8", page)
    }

    fn openapi_of(&self, handler: &dyn Handler) -> Document {
        let document = Document::of(handler);
        match &*self.link("") {
            "" => document,
            prefix => document.server(prefix),
        }
    }
}
