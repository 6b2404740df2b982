//! The helpers on top of an exchange, over memory: what a client gets.

mod app;

mod auth;
mod conditions;
mod cookies;
mod error_pages;
mod events;
mod forms;
mod gzip;
mod json;
mod replies;
mod uploads;
mod websocket;
