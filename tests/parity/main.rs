//! The same bytes to `examples/twin` and to Python's own `http.server` (`reference.py`), whose
//! replies and log lines must be equal once their dates are blanked.
//!
//! The requests are data, in `cases`. The only differences allowed are the rows of `safer`, each
//! with the clause that asks for it and with what bhrh does instead; a row that turns out equal
//! fails, so the table stays honest.
//!
//! CPython's own suite and ordinary Python clients are played against the twin as well.

mod case;
mod cases;
mod compare;
mod flushing;
mod guestbook;
mod log_time;
mod normal;
mod play;
mod python_clients;
mod safer;
mod server;
