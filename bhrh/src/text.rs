//! What counts as a text in an argument of `#[http_handler]` and in a hook that returns one.

use std::borrow::Cow;
use std::sync::Arc;

/// What an argument of `#[http_handler]` may be, and what a hook may return that gives a text:
/// `&str`, `String`, `Cow<str>`, or a reference to one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a text",
    label = "expected `&str`, `String` or `Cow<str>`"
)]
pub trait IntoText<'t> {
    /// Borrows where it can.
    fn into_text(self) -> Cow<'t, str>;
}

#[diagnostic::do_not_recommend]
impl<'t> IntoText<'t> for Cow<'t, str> {
    fn into_text(self) -> Cow<'t, str> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<'t> IntoText<'t> for String {
    fn into_text(self) -> Cow<'t, str> {
        Cow::Owned(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'t> IntoText<'t> for &'t str {
    fn into_text(self) -> Cow<'t, str> {
        Cow::Borrowed(self)
    }
}

macro_rules! borrowed {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<'t> IntoText<'t> for &'t $ty {
            fn into_text(self) -> Cow<'t, str> {
                Cow::Borrowed(self)
            }
        }
    )*};
}

borrowed!(String, Cow<'_, str>, &str, Box<str>, Arc<str>);
