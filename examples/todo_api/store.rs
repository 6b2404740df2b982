//! The store of the to-dos: in memory, and optionally in a file. It knows nothing about HTTP.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One to-do, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Todo {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) done: bool,
}

/// All to-dos, by number. A number is never used twice.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Todos {
    last: u64,
    items: BTreeMap<u64, Todo>,
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    todos: Mutex<Todos>,
    file: Option<PathBuf>,
}

impl Store {
    /// A store that outlives the program. If the file does not exist yet, the list is empty.
    pub(crate) fn in_file(path: PathBuf) -> io::Result<Store> {
        let todos = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Todos::default(),
            Err(error) => return Err(error),
        };
        Ok(Store { todos: Mutex::new(todos), file: Some(path) })
    }

    /// The to-dos that are `done` or not, or all; at most `limit`, beginning after the number
    /// `after`.
    pub(crate) fn list(&self, done: Option<bool>, after: u64, limit: usize) -> Vec<Todo> {
        let todos = self.lock();
        let rest = todos.items.range(after.saturating_add(1)..).map(|(_, todo)| todo);
        let wanted = rest.filter(|todo| done.is_none_or(|done| todo.done == done));
        wanted.take(limit).cloned().collect()
    }

    pub(crate) fn get(&self, id: u64) -> Option<Todo> {
        self.lock().items.get(&id).cloned()
    }

    pub(crate) fn add(&self, title: String) -> io::Result<Todo> {
        self.change(|todos| {
            todos.last += 1;
            let todo = Todo { id: todos.last, title, done: false };
            todos.items.insert(todo.id, todo.clone());
            todo
        })
    }

    /// Changes a to-do, if it exists, and returns its new state.
    pub(crate) fn update(
        &self,
        id: u64,
        update: impl FnOnce(&mut Todo),
    ) -> io::Result<Option<Todo>> {
        self.change(|todos| {
            let todo = todos.items.get_mut(&id)?;
            update(todo);
            Some(todo.clone())
        })
    }

    /// Deletes a to-do; `false` if it does not exist.
    pub(crate) fn remove(&self, id: u64) -> io::Result<bool> {
        self.change(|todos| todos.items.remove(&id).is_some())
    }

    /// A change takes effect when it has been written. If the write fails, nothing changes.
    fn change<T>(&self, change: impl FnOnce(&mut Todos) -> T) -> io::Result<T> {
        let mut todos = self.lock();
        let mut changed = todos.clone();
        let result = change(&mut changed);
        if let Some(path) = &self.file {
            write(path, &changed)?;
        }
        *todos = changed;
        Ok(result)
    }

    /// Changes are made on a copy, so a panic leaves the old list intact.
    fn lock(&self) -> MutexGuard<'_, Todos> {
        self.todos.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a new file beside the old one, then renames it: after a crash, one of the two is there.
fn write(path: &Path, todos: &Todos) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = File::create(&beside)?;
    serde_json::to_writer(&mut file, todos)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
