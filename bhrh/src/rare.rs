//! A place for something that few have.

/// A place for something that few requests have. Empty, it is a word, and dropping it is a look at
/// that word: what there is to do for a full one stands apart from the code that every request
/// runs.
#[derive(Debug)]
pub(crate) struct Rare<T>(Option<Box<T>>);

impl<T> Rare<T> {
    /// An empty one.
    pub(crate) const NONE: Rare<T> = Rare(None);

    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    /// What it holds; first its default, if it was empty.
    pub(crate) fn get_or_default(&mut self) -> &mut T
    where
        T: Default,
    {
        self.0.get_or_insert_default()
    }

    /// Takes out what it holds.
    pub(crate) fn take(&mut self) -> Rare<T> {
        Rare(self.0.take())
    }

    /// What it holds.
    pub(crate) fn into_inner(mut self) -> Option<T> {
        self.0.take().map(|value| *value)
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Rare<T> {
        Rare::NONE
    }
}

impl<T> From<T> for Rare<T> {
    fn from(value: T) -> Rare<T> {
        Rare(Some(Box::new(value)))
    }
}

impl<T> Drop for Rare<T> {
    #[inline(always)] // It is empty for nearly every request.
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            discard(value);
        }
    }
}

#[cold]
fn discard<T>(value: Box<T>) {
    drop(value);
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn what_it_holds_is_dropped_once() {
        let value = Rc::new(());
        let mut full = Rare::from(Rc::clone(&value));
        let taken = full.take();
        assert!(!full.is_some() && taken.is_some());
        drop(full);
        assert_eq!(Rc::strong_count(&value), 2);
        drop(taken);
        assert_eq!(Rc::strong_count(&value), 1);
        assert!(Rare::from(Rc::clone(&value)).into_inner().is_some());
        assert_eq!(Rc::strong_count(&value), 1);
    }
}
