impl Site {
    #[route("POST /users/{id}")]
    #[before(self.authorised)]
    fn change(&self, id: u64, #[header] if_match: Option<&str>, #[cookie("sid")] session: String, #[json(limit = 1 << 10)] user: User) -> Result<Json<User>, Failed> {
        self.store.change(id, user)
    }

    fn do_PUT(&self, http: &mut Exchange, #[query] name: &str, #[before(self.user)] user: User, #[body] text: &str) -> Status<201, ()> {
        Status(())
    }
}
