//! What an exchange has to do with routes: requests that no method answers, handlers that are
//! mounted at a prefix, links.

use std::borrow::Cow;

use super::Exchange;
use super::mount::{Missed, Mount, both, either};
use crate::error::Error;
use crate::handler::Handler;
use crate::handler::outcome::{Dispatch, Outcome};
use crate::quote::Repr;
use crate::rare::Rare;
use crate::routing::decoded_path::{DecodedPath, below};
use crate::routing::table::Table;

/// # Links
impl<'a> Exchange<'a> {
    /// A link to a path of this handler: the path behind the prefix at which the handler is
    /// mounted, if it is.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Site { shop: Shop }
    /// struct Shop;
    ///
    /// #[http_handler(mount("/shop" = self.shop))]
    /// impl Site {}
    ///
    /// #[http_handler]
    /// impl Shop {
    ///     #[route("GET /items/{id}")]
    ///     fn item(&self, http: &mut Exchange, id: u64) -> io::Result<()> {
    ///         http.send_response(303);
    ///         http.send_header("Location", http.link(Shop::item_path(id + 1)));
    ///         http.end_headers()
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::get(&Site { shop: Shop }, "/shop/items/7");
    /// assert_eq!(response.header("Location"), Some("/shop/items/8"));
    /// ```
    #[must_use]
    pub fn link(&self, path: impl AsRef<str>) -> String {
        format!("{}{}", self.mount.prefix, path.as_ref())
    }

    /// Adds `Allow` to a 405.
    #[cold]
    pub(super) fn send_allow(&mut self) {
        let status = self.live.wire.composing.borrow_mut().head().status();
        if status == Some(405) {
            if let Some(allow) = self.mount.allow.take().into_inner() {
                self.send_header("Allow", allow);
            }
        }
    }

    /// Answers a request that no method answered, or leaves it to the handler around this one.
    pub(super) fn answer_missed(&mut self, missed: Dispatch) -> Outcome {
        if self.mount.has_fallback {
            self.mount.missed.get_or_default().instead = Some(missed);
            return Ok(());
        }
        match missed {
            Dispatch::Handled(outcome) => outcome,
            Dispatch::Unsupported => {
                let message = format!("Unsupported method ({})", Repr(self.command));
                Ok(self.send_error((501, message))?)
            }
            Dispatch::NotFound => Ok(self.send_error(404)?),
            Dispatch::MethodNotAllowed { allow } => {
                self.mount.allow = allow.into();
                Ok(self.send_error(405)?)
            }
        }
    }

    /// Lets a mounted handler answer, if the path begins with its prefix.
    fn pass_below(&mut self, prefix: &str, inner: &dyn Handler) -> Option<Dispatch> {
        let (above, path) = below(self.path, prefix)?;
        let prefix = match &*self.mount.prefix {
            "" => Cow::Borrowed(above),
            outer => Cow::Owned(format!("{outer}{above}")),
        };
        let mount = Mount { prefix, has_fallback: true, ..Mount::default() };
        let passed = self.pass(Some(inner), inner, path, mount);
        Some(self.found(passed))
    }

    /// Lets the wrapped handler answer. If it has no answer, the caller goes on.
    fn dispatch_below(&mut self, inner: &dyn Handler) -> Dispatch {
        let prefix = self.mount.prefix.clone();
        let mount = Mount { prefix, has_fallback: true, has_options: true, ..Mount::default() };
        let passed = self.pass(None, inner, self.path, mount);
        self.found(passed)
    }

    /// What an inner handler came to. If it sent no response, the answer is left to this handler.
    fn found(&mut self, (outcome, missed): (Outcome, Rare<Missed>)) -> Dispatch {
        match missed.into_inner() {
            Some(Missed { instead: Some(instead), allow })
                if outcome.is_ok() && !self.is_answered() =>
            {
                self.mount.allow_for_others(allow);
                instead
            }
            _ => Dispatch::Handled(outcome),
        }
    }
}

/// Lets a handler that is mounted at `prefix` answer, and returns its answer. If it has no answer,
/// what it had instead is added to `missed`.
pub fn mounted(
    http: &mut Exchange<'_>,
    prefix: &str,
    inner: &dyn Handler,
    missed: &mut Option<Dispatch>,
) -> Option<Dispatch> {
    let found = http.pass_below(prefix, inner)?;
    answered(found, missed)
}

/// Lets the handler that a handler with routes wraps answer, as [`mounted`] does.
pub fn wrapped_below(
    http: &mut Exchange<'_>,
    inner: Option<&dyn Handler>,
    missed: &mut Option<Dispatch>,
) -> Option<Dispatch> {
    let found = http.dispatch_below(inner?);
    answered(found, missed)
}

/// Lets the handler that a handler without routes wraps answer.
pub fn wrapped(http: &mut Exchange<'_>, inner: Option<&dyn Handler>) -> Dispatch {
    inner.map_or(Dispatch::Unsupported, |inner| Dispatch::Handled(http.dispatch_to(inner)))
}

/// Returns an answer. What a handler had instead of one is added to `missed`.
fn answered(found: Dispatch, missed: &mut Option<Dispatch>) -> Option<Dispatch> {
    match found {
        Dispatch::Handled(outcome) => Some(Dispatch::Handled(outcome)),
        other => {
            *missed = Some(match missed.take() {
                None => other,
                Some(first) => joined(first, other),
            });
            None
        }
    }
}

/// What two handlers know of one request that neither answers.
fn joined(first: Dispatch, second: Dispatch) -> Dispatch {
    use Dispatch::{MethodNotAllowed, Unsupported};
    match (first, second) {
        (MethodNotAllowed { allow: first }, MethodNotAllowed { allow: second }) => {
            MethodNotAllowed { allow: both(&first, &second) }
        }
        (found @ MethodNotAllowed { .. }, _) | (_, found @ MethodNotAllowed { .. }) => found,
        (Unsupported, other) => other,
        (other, _) => other,
    }
}

/// The answer to a path that cannot be decoded.
#[cold]
#[must_use]
pub fn malformed() -> Dispatch {
    Dispatch::Handled(Err(Error::status((400, "Bad escape in the path"))))
}

/// What to make of a request that no method of a handler with routes answers: an answer to OPTIONS,
/// 501, 405 or 404. `missed` is what the handlers mounted
/// below it had to say.
#[cold]
pub fn unanswered(
    http: &mut Exchange<'_>,
    target: &DecodedPath<'_>,
    table: Table<'_>,
    missed: Option<Dispatch>,
) -> Dispatch {
    let of_all = http.command == "OPTIONS" && http.path == "*";
    let commands = table.commands_for((!of_all).then(|| target.path()));
    let allow = (of_all || !commands.is_empty()).then(|| allow(commands));
    let allow = either(allow, http.mount.take_allow_for_others());
    if http.command == "OPTIONS" {
        match allow {
            Some(allow) if http.mount.has_options => {
                http.mount.allow_for_others(Some(allow.clone()));
                return Dispatch::MethodNotAllowed { allow };
            }
            Some(allow) => return options(http, &allow),
            None => {}
        }
    }
    let known = table.knows(http.command)
        || table.has_mounts && !matches!(missed, Some(Dispatch::Unsupported));
    if !known {
        http.mount.allow_for_others(allow);
        return Dispatch::Unsupported;
    }
    let own = allow.map_or(Dispatch::NotFound, |allow| Dispatch::MethodNotAllowed { allow });
    match missed {
        Some(missed) => joined(own, missed),
        None => own,
    }
}

/// RFC 9110 section 9.3.7.
fn options(http: &mut Exchange<'_>, allow: &str) -> Dispatch {
    http.send_response(204);
    http.send_header("Allow", allow);
    Dispatch::Handled(http.end_headers().map_err(Into::into))
}

fn allow(mut commands: Vec<&'static str>) -> String {
    commands.retain(|command| *command != "OPTIONS");
    commands.push("OPTIONS");
    commands.join(", ")
}
