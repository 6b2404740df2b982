//! [`Redirect`]: an answer that sends the client elsewhere.

use std::borrow::Cow;

use crate::exchange::Exchange;
use crate::handler::outcome::Outcome;
use crate::handler::reply::Reply;

/// Sends the client elsewhere, as [`Exchange::redirect`] does.
///
/// ```
/// use bhrh::{Redirect, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_POST(&self) -> Redirect<'static> {
///         Redirect::to("/thanks")
///     }
///
///     fn do_GET(&self) -> Redirect<'static> {
///         Redirect::to("https://example.org/").status(308)
///     }
/// }
///
/// let response = bhrh::testing::client(&App).post("/").send();
/// assert_eq!((response.status(), response.header("Location")), (303, Some("/thanks")));
/// assert_eq!(bhrh::testing::get(&App, "/").status(), 308);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect<'l> {
    status: u16,
    location: Cow<'l, str>,
}

impl<'l> Redirect<'l> {
    /// With status 303: the client asks for the location by GET.
    #[must_use]
    pub fn to(location: impl Into<Cow<'l, str>>) -> Redirect<'l> {
        Redirect { status: 303, location: location.into() }
    }

    /// With another status: 301, 302, 307 or 308. Any other status makes the answer a 500.
    #[must_use]
    pub fn status(self, status: u16) -> Redirect<'l> {
        Redirect { status, ..self }
    }
}

#[diagnostic::do_not_recommend]
impl Reply for Redirect<'_> {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        if http.has_begun() {
            return http.drop_second_answer();
        }
        Ok(http.redirect(self.status, &self.location)?)
    }
}
