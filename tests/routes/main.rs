//! What handlers with routes do: which request finds which method, and what the others get.

mod matching;
