//! The API: one method per request. What a method takes and answers is in its signature.

use bhrh::{Exchange, HttpError, Json, NoContent, Status, http_handler};
use schemars::JsonSchema;
use serde::Deserialize;
use std::io;

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

#[derive(Debug, thiserror::Error, HttpError)]
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

type Answer<R> = Result<R, Failed>;

/// A to-do list.
#[http_handler(
    protocol_version = "HTTP/1.1",
    server_version = "todo_api/1.0",
    openapi(title = "To-dos", document = "/openapi.json", docs = "/docs", problems)
)]
impl TodoApi {
    /// Lists the to-dos, page by page.
    #[route("GET /todos")]
    fn list(
        &self,
        #[query] done: Option<bool>,
        #[query(default = 0)] after: u64,
        #[query(default = 100)] limit: usize,
    ) -> Json<Vec<Todo>> {
        Json(self.store.list(done, after, limit.min(1000)))
    }

    /// Adds a to-do.
    #[route("POST /todos")]
    fn create(&self, http: &mut Exchange, #[json] new: NewTodo) -> Answer<Status<201, Json<Todo>>> {
        let todo = self.store.add(checked(new.title)?)?;
        http.add_header("Location", http.link(TodoApi::show_path(todo.id)));
        Ok(Status(Json(todo)))
    }

    /// Shows one to-do.
    #[route("GET /todos/{id}")]
    fn show(&self, id: u64) -> Answer<Json<Todo>> {
        self.store.get(id).map(Json).ok_or(Failed::Missing(id))
    }

    /// Changes the title, or whether it is done.
    #[route("PATCH /todos/{id}")]
    fn change(&self, id: u64, #[json] to: Change) -> Answer<Json<Todo>> {
        let title = to.title.map(checked).transpose()?;
        let update = |todo: &mut Todo| {
            todo.title = title.unwrap_or_else(|| std::mem::take(&mut todo.title));
            todo.done = to.done.unwrap_or(todo.done);
        };
        self.store.update(id, update)?.map(Json).ok_or(Failed::Missing(id))
    }

    /// Deletes a to-do.
    #[route("DELETE /todos/{id}")]
    fn delete(&self, id: u64) -> Answer<NoContent> {
        self.store.remove(id)?.then_some(NoContent).ok_or(Failed::Missing(id))
    }
}

fn checked(title: String) -> Result<String, Failed> {
    let title = title.trim();
    match title.chars().count() {
        1..=LONGEST_TITLE => Ok(title.to_owned()),
        _ => Err(Failed::Title),
    }
}
