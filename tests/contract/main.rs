//! The OpenAPI document of a handler with every kind of input and answer.

mod document;
mod every;
