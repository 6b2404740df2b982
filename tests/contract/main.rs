//! The OpenAPI document of a handler with every kind of input and answer; and, with the feature
//! `contract`, what the tools of others say of it and of the example `todo_api`.

#[cfg(feature = "contract")]
#[path = "../../examples/todo_api/app.rs"]
mod app;
mod document;
mod every;
#[cfg(feature = "contract")]
#[path = "../../examples/todo_api/store.rs"]
#[allow(dead_code)] // The list is in memory here.
mod store;
#[cfg(feature = "contract")]
mod tools;
