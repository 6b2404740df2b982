impl Site {
    #[route("GET /users/{id}")]
    #[route("GET /me")]
    fn user(&self, http: &mut Exchange, id: Option<u64>, #[query(default = 1)] page: u32) -> io::Result<()> {
        self.send(http, id, page)
    }

    #[cfg(feature = "upload")]
    #[route("PUT /users/{id}/files/{path...}")]
    fn upload(&self, http: &mut Exchange, id: u64, path: &str) {}

    fn do_POST(&self, http: &mut Exchange) {}
}
