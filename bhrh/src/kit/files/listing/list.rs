//! What a listing has, without a form.

use super::entry::Entry;
use super::order::Order;

/// A directory's entries, as [`Files::listing_page`](crate::files::Files::listing_page) gets them.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The server's name as the client has it, if it said one.
    pub(super) host: Option<String>,
    pub(super) path: String,
    /// What leads to this directory from the one that is served, as far as the client's path says
    /// it too.
    pub(super) names: Vec<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) order: Order,
    pub(super) search: Option<String>,
    pub(super) complete: bool,
}

impl Listing {
    /// The path that the client asked for, decoded and without dots. It ends with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Directories first, in the order that the client asked for. Only what can be asked for is
    /// here: no hidden file, no link that leads out.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether `../` leads to another directory of these files.
    #[must_use]
    pub fn has_parent(&self) -> bool {
        !self.names.is_empty()
    }

    /// The order, as `?sort=` says it: `name`, `size` or `time`, with a `-` in front if it is
    /// descending. `name` if the client did not ask for another one.
    #[must_use]
    pub fn sort(&self) -> &'static str {
        self.order.word()
    }

    /// What `?q=` says. Then the entries are those of this directory and of all below it whose
    /// names have each of these words in them.
    #[must_use]
    pub fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }

    /// `false` if a search ended at one of its bounds: a thousand results, 50,000 entries that were
    /// looked at, or a second.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}
