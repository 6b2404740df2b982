//! What middleware wants to tell the handlers inside it, by type.

use std::any::{Any, TypeId};
use std::fmt;

use crate::rare::Rare;

/// At most one value of each type; an empty one owns no memory.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// struct User(String);
///
/// let mut extensions = bhrh::Extensions::default();
/// extensions.insert(User("ada".into()));
/// assert_eq!(extensions.get::<User>(), Some(&User("ada".into())));
/// ```
#[derive(Default)]
pub struct Extensions {
    /// Few at a time, so a list is searched faster than a map.
    values: Rare<Vec<(TypeId, Box<dyn Any + Send>)>>,
}

impl Extensions {
    /// Puts a value in; gives back the one of the same type that was there.
    pub fn insert<T: Send + 'static>(&mut self, value: T) -> Option<T> {
        let earlier = self.remove();
        self.values.get_or_default().push((TypeId::of::<T>(), Box::new(value)));
        earlier
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    fn values(&self) -> &[(TypeId, Box<dyn Any + Send>)] {
        self.values.get().map_or(&[], Vec::as_slice)
    }

    /// The value of this type.
    #[must_use]
    pub fn get<T: Send + 'static>(&self) -> Option<&T> {
        self.values().iter().find_map(|(_, value)| value.downcast_ref())
    }

    /// The value of this type, to be changed.
    pub fn get_mut<T: Send + 'static>(&mut self) -> Option<&mut T> {
        self.values.get_mut()?.iter_mut().find_map(|(_, value)| value.downcast_mut())
    }

    /// Takes the value of this type out.
    pub fn remove<T: Send + 'static>(&mut self) -> Option<T> {
        let values = self.values.get_mut()?;
        let at = values.iter().position(|(id, _)| *id == TypeId::of::<T>())?;
        values.swap_remove(at).1.downcast().ok().map(|value| *value)
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extensions({})", self.values().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_of_each_type() {
        let mut extensions = Extensions::default();
        assert_eq!(extensions.insert(1u8), None);
        assert_eq!(extensions.insert(2u8), Some(1));
        extensions.insert("text");
        *extensions.get_mut::<u8>().unwrap() += 1;
        assert_eq!(extensions.remove::<u8>(), Some(3));
        assert_eq!(extensions.get::<u8>(), None);
        assert_eq!(extensions.get::<&str>(), Some(&"text"));
    }
}
