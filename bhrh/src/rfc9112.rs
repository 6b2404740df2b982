//! Every place where the RFCs leave a choice or force one, and what is done there.
//!
//! Numbers are of RFC and section: `9112 2.2` is RFC 9112, section 2.2. What is said of refusals
//! holds for [`Profile::STRICT`](crate::Profile::STRICT); each field of [`Profile`](crate::Profile)
//! names what it forgives. The rule behind most rows: where two readers could understand a message
//! differently, it is refused, and nothing that comes after it on the connection is read as a
//! request. The last column names the test that fails when the row is no longer true; tests are in
//! `tests/wire/` and `tests/net/` of the repository.
//!
#![doc = include_str!("rfc9112.md")]
