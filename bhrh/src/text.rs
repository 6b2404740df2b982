//! What counts as a text in an argument of `#[http_handler]` and in a hook that returns one.

use std::borrow::Cow;
use std::sync::Arc;

/// `&str`, `String`, `Cow<str>`, or a reference to one of them. For the macro's output only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a text",
    label = "expected `&str`, `String` or `Cow<str>`"
)]
pub trait IntoText<'t> {
    /// Borrows where it can.
    fn into_text(self) -> Cow<'t, str>;
}

impl<'t> IntoText<'t> for Cow<'t, str> {
    fn into_text(self) -> Cow<'t, str> {
        self
    }
}

impl<'t> IntoText<'t> for String {
    fn into_text(self) -> Cow<'t, str> {
        Cow::Owned(self)
    }
}

impl<'t> IntoText<'t> for &'t str {
    fn into_text(self) -> Cow<'t, str> {
        Cow::Borrowed(self)
    }
}

macro_rules! borrowed {
    ($($ty:ty),*) => {$(
        impl<'t> IntoText<'t> for &'t $ty {
            fn into_text(self) -> Cow<'t, str> {
                Cow::Borrowed(self)
            }
        }
    )*};
}

borrowed!(String, Cow<'_, str>, &str, Box<str>, Arc<str>);
