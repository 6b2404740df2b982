//! The head of a response while a method composes it.
//!
//! Only the method's own thread sees it: nothing of it is output before it has ended, so no clock
//! has to reach it.

use std::io;

use super::response_rules::{ResponseRules, version_keeps};
use crate::proto::response::{HeadFault, ResponseHead};

/// A head under construction, and how far the response has come.
#[derive(Debug, Default)]
pub(crate) struct Composing {
    pub(super) head: ResponseHead,
    pub(super) rules: ResponseRules,
    /// The head of the final response has ended: no field can be added.
    pub(super) ended: bool,
    /// A part of the final response's head was sent before the head had ended.
    pub(super) left: bool,
    /// An interim response counts as the answer (Python's profile only).
    pub(super) interim_answer: bool,
}

impl Composing {
    /// Turns to the response to another request.
    #[inline(always)]
    pub(super) fn begin(&mut self, rules: ResponseRules) {
        self.rules = rules;
        self.head.allow_controls(rules.profile.control_in_value);
        self.begin_again();
    }

    /// Forgets what there was of the response.
    #[inline(always)]
    pub(super) fn begin_again(&mut self) {
        self.head.clear();
        self.ended = false;
        self.left = false;
        self.interim_answer = false;
    }

    /// Whether the client speaks HTTP/1.1.
    pub(super) fn is_to_11(&self) -> bool {
        self.rules.client_11
    }

    /// Lets a head through that ends HTTP on this connection, or no longer.
    pub(super) fn leave_http(&mut self, leaves: bool) {
        self.rules.leaves = leaves;
    }

    /// Whether the head of the final response has been ended.
    pub(crate) fn is_head_ended(&self) -> bool {
        self.ended
    }

    /// The head under construction. It cannot be begun twice.
    pub(crate) fn head(&mut self) -> &mut ResponseHead {
        &mut self.head
    }

    /// Whether the request has HTTP/0.9's form, so that head fields go nowhere.
    pub(crate) fn is_simple(&self) -> bool {
        self.rules.simple
    }

    /// Whether the request has been answered, as far as the head goes.
    pub(crate) fn is_answered(&self) -> bool {
        self.ended || self.interim_answer
    }

    /// Whether a head with this status cannot be begun. The reason is kept, and ending the head
    /// then fails with it.
    #[inline(always)]
    pub(super) fn forbids(&mut self, code: u16) -> bool {
        if self.rules.simple {
            return false;
        }
        let fault = if self.ended || self.left {
            HeadFault::AnsweredTwice(code)
        } else {
            let Some(fault) = self.rules.fault_of_status(code) else { return false };
            self.head.clear();
            fault
        };
        self.head.note_fault(fault);
        true
    }

    /// Begins a head with a status line; with `Server` and `Date`, if there are any.
    #[inline(always)]
    pub(crate) fn begin_head(
        &mut self,
        version: &str,
        code: u16,
        phrase: &str,
        automatic: Option<(&str, &str)>,
    ) {
        // A handler that was passed the request may speak another version than the first.
        self.rules.server_11 = version_keeps(version);
        match automatic {
            Some((server, date)) => self.head.open(version, code, phrase, server, date),
            None => self.head.status_line(version, code, phrase),
        }
    }

    /// Why the head cannot be ended.
    #[cold]
    pub(super) fn why_it_cannot_end(&mut self) -> io::Error {
        let Some(fault) = self.head.take_fault() else {
            let what = "end_headers: there is no response to end; call send_response first";
            return io::Error::new(io::ErrorKind::InvalidInput, what);
        };
        if !self.ended {
            self.head.clear();
        }
        io::Error::new(io::ErrorKind::InvalidInput, fault)
    }

    /// RFC 9110 section 15.2: no interim response to an HTTP/1.0 client.
    pub(super) fn is_unwanted_interim(&self) -> bool {
        let interim = self.head.status().is_some_and(|status| status < 200);
        interim && self.rules.profile.frame_body && !self.rules.client_11
    }
}
