//! The faults found in one handler. They are kept until the whole handler has been read, so that
//! one compilation shows all of them.
//!
//! This file knows how a message is laid out, but not what can be wrong.

use std::fmt::Display;

use quote::ToTokens;

/// A list of faults. `finish` must be called: dropping the list would accept a faulty handler.
pub(crate) struct Diagnostics {
    faults: Vec<syn::Error>,
    /// Whether the compiler has reported a fault itself.
    is_told: bool,
    finished: bool,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self { faults: Vec::new(), is_told: false, finished: false }
    }

    /// Adds a fault: where it stands, what is wrong, and what to write instead.
    pub(crate) fn fault(&mut self, place: impl ToTokens, wrong: impl Display, help: impl Display) {
        self.push(syn::Error::new_spanned(place, message(wrong, help)));
    }

    /// Adds a fault that two places cause together. The message is shown at both.
    pub(crate) fn fault_at_both(
        &mut self,
        places: [&dyn ToTokens; 2],
        wrong: impl Display,
        help: impl Display,
    ) {
        for place in places {
            self.fault(place, &wrong, &help);
        }
    }

    pub(crate) fn push(&mut self, fault: syn::Error) {
        self.faults.push(fault);
    }

    /// Adds a fault that the compiler has reported before the macro was called. The handler counts
    /// as faulty, but nothing is said a second time.
    pub(crate) fn push_told(&mut self) {
        self.is_told = true;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.faults.is_empty() && !self.is_told
    }

    /// `Err` if there were faults: those that are to be reported, in the order in which they were
    /// found.
    pub(crate) fn finish(mut self) -> Result<(), Vec<syn::Error>> {
        self.finished = true;
        match self.is_empty() {
            true => Ok(()),
            false => Err(std::mem::take(&mut self.faults)),
        }
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        if cfg!(debug_assertions) && !self.finished && !std::thread::panicking() {
            panic!("diagnostics were dropped without `finish`");
        }
    }
}

/// What is wrong, a blank line, and what to write instead.
pub(crate) fn message(wrong: impl Display, help: impl Display) -> String {
    format!("{wrong}\n\nhelp: {help}")
}

/// A list as it reads in a sentence: "`a`, `b` and `c`".
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_come_out() {
        let mut diagnostics = Diagnostics::new();
        assert!(diagnostics.is_empty());
        diagnostics.fault(quote::quote!(a), "first", "one");
        diagnostics.fault(quote::quote!(b), "second", "two");
        let shown: Vec<String> =
            diagnostics.finish().unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["first\n\nhelp: one", "second\n\nhelp: two"]);
    }

    #[test]
    fn no_fault_is_no_error() {
        assert!(Diagnostics::new().finish().is_ok());
    }

    #[test]
    fn a_fault_that_the_compiler_has_reported_is_not_repeated() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.push_told();
        assert!(!diagnostics.is_empty());
        assert!(diagnostics.finish().unwrap_err().is_empty());
    }

    #[test]
    #[cfg_attr(not(debug_assertions), ignore = "checked in debug builds only")]
    #[should_panic(expected = "without `finish`")]
    fn dropping_it_unasked_panics() {
        drop(Diagnostics::new());
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(listed([]), "");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
