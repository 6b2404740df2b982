//! The API: one method per request. What a method takes and answers is in its signature.

use bhrh::{Exchange, HttpError, Json, NoContent, Status, http_handler, negotiate};
use schemars::JsonSchema;
use serde::Deserialize;
use std::io;
use thiserror::Error;

use super::store::{Store, Todo};

/// Refuses titles that a screen cannot show.
const LONGEST_TITLE: usize = 200;

pub(crate) struct TodoApi {
    store: Store,
}

impl TodoApi {
    pub(crate) fn new(store: Store) -> TodoApi {
        TodoApi { store }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTodo {
    #[schemars(length(max = LONGEST_TITLE), regex(pattern = r"\S"))]
    title: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    #[schemars(length(max = LONGEST_TITLE), regex(pattern = r"\S"))]
    title: Option<String>,
    done: Option<bool>,
}

#[derive(Debug, Error, HttpError)]
enum Failed {
    #[error("There is no to-do with the number {0}.")]
    #[status(404, "No such to-do")]
    Missing(u64),
    #[error("A title has 1 to {LONGEST_TITLE} characters.")]
    #[status(422, "Bad title")]
    Title,
    #[error("the list cannot be stored: {0}")]
    #[status(500)]
    Store(#[from] io::Error),
}

/// A to-do list.
#[http_handler(
    protocol_version = "HTTP/1.1",
    server_version = "todo_api/1.0",
    openapi(title = "To-dos", version = "1.0", problems)
)]
impl TodoApi {
    /// Lists the to-dos, page by page.
    #[route("GET /todos")]
    fn list(
        &self,
        #[query] done: Option<bool>,
        /// The number after which the page begins.
        #[query(default = 0)]
        after: u64,
        #[query(default = 100)] limit: usize,
    ) -> Json<Vec<Todo>> {
        Json(self.store.list(done, after, limit.min(1000)))
    }

    /// Adds a to-do.
    #[route("POST /todos")]
    fn create(
        &self,
        http: &mut Exchange,
        #[json] NewTodo { title }: NewTodo,
    ) -> Result<Status<201, Json<Todo>>, Failed> {
        let todo = self.store.add(checked(title)?)?;
        http.add_header("Location", http.link(TodoApi::show_path(todo.id)));
        Ok(Status(Json(todo)))
    }

    /// Shows one to-do.
    #[route("GET /todos/{id}")]
    fn show(&self, id: u64) -> Result<Json<Todo>, Failed> {
        self.store.get(id).map(Json).ok_or(Failed::Missing(id))
    }

    /// Changes the title, or whether it is done.
    #[route("PATCH /todos/{id}")]
    fn change(&self, id: u64, #[json] to: Change) -> Result<Json<Todo>, Failed> {
        let title = to.title.map(checked).transpose()?;
        let update = |todo: &mut Todo| {
            todo.title = title.unwrap_or_else(|| std::mem::take(&mut todo.title));
            todo.done = to.done.unwrap_or(todo.done);
        };
        self.store.update(id, update)?.map(Json).ok_or(Failed::Missing(id))
    }

    /// Deletes a to-do.
    #[route("DELETE /todos/{id}")]
    fn delete(&self, id: u64) -> Result<NoContent, Failed> {
        self.store.remove(id)?.then_some(NoContent).ok_or(Failed::Missing(id))
    }

    #[doc(hidden)]
    #[route("GET /openapi.json")]
    fn document(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply_openapi(self)
    }

    #[doc(hidden)]
    #[route("GET /docs")]
    fn docs(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply_openapi_docs(self)
    }

    /// Errors are JSON, too, also those of the runtime.
    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        negotiate::send_problem(http, code, message, explain)
    }
}

fn checked(title: String) -> Result<String, Failed> {
    let title = title.trim();
    match title.chars().count() {
        1..=LONGEST_TITLE => Ok(title.to_owned()),
        _ => Err(Failed::Title),
    }
}
