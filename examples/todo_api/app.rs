//! The API: one method per request.

use bhrh::{Error, Exchange, http_handler, negotiate};
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTodo {
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    title: Option<String>,
    done: Option<bool>,
}

#[http_handler(protocol_version = "HTTP/1.1", server_version = "todo_api/1.0")]
impl TodoApi {
    #[route("GET /todos")]
    fn list(
        &self,
        http: &mut Exchange,
        #[query] done: Option<bool>,
        #[query(default = 0)] after: u64,
        #[query(default = 100)] limit: usize,
    ) -> io::Result<()> {
        let todos = self.store.list(done, after, limit.min(1000));
        http.reply_json(200, &todos)
    }

    #[route("POST /todos")]
    fn create(&self, http: &mut Exchange) -> io::Result<()> {
        let NewTodo { title } = http.read_json()?;
        let todo = self.store.add(checked(title)?)?;
        http.add_header("Location", http.link(TodoApi::show_path(todo.id)));
        http.reply_json(201, &todo)
    }

    #[route("GET /todos/{id}")]
    fn show(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        let todo = self.store.get(id).ok_or_else(|| missing(id))?;
        http.reply_json(200, &todo)
    }

    #[route("PATCH /todos/{id}")]
    fn change(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        let Change { title, done } = http.read_json()?;
        let title = title.map(checked).transpose()?;
        let update = |todo: &mut Todo| {
            todo.title = title.unwrap_or_else(|| std::mem::take(&mut todo.title));
            todo.done = done.unwrap_or(todo.done);
        };
        let todo = self.store.update(id, update)?.ok_or_else(|| missing(id))?;
        http.reply_json(200, &todo)
    }

    #[route("DELETE /todos/{id}")]
    fn delete(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
        if !self.store.remove(id)? {
            return Err(missing(id).into());
        }
        http.send_response(204);
        http.end_headers()
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

fn missing(id: u64) -> Error {
    Error::status((404, "No such to-do", format!("There is no to-do with the number {id}.")))
}

fn checked(title: String) -> Result<String, Error> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > LONGEST_TITLE {
        let explanation = format!("A title has 1 to {LONGEST_TITLE} characters.");
        return Err(Error::status((422, "Bad title", explanation)));
    }
    Ok(title.to_owned())
}
