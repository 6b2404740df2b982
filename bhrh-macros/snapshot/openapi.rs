/// A shop.
impl Shop {
    /// Changes an item.
    ///
    /// The price stays.
    #[deprecated]
    #[route("PUT /items/{id}")]
    fn change(&self, #[before(self.user)] user: User, id: u64, /** A note. */ #[query(default = "none")] note: &str, #[json] item: Item) -> Result<Json<Item>, Failed> {
        self.store.change(id, user, note, item)
    }

    #[doc(hidden)]
    #[route("GET /hidden")]
    fn hidden(&self) -> &'static str {
        "hidden"
    }
}
