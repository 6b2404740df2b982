impl<S: Store> Shop<S> {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.send(http, self.store.page(http.path))
    }

    #[cfg(feature = "upload")]
    #[command("PUT")]
    #[command("M-UPLOAD")]
    fn upload(&self, http: &mut Exchange) {
        self.store.receive(&mut http.rfile);
    }

    fn send(&self, http: &mut Exchange, page: &str) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(page.as_bytes())
    }

    fn address_string(&self, http: &Exchange) -> String {
        http.client_address.to_string()
    }

    fn log_access(&self, http: &Exchange, code: u16, size: u64, duration: Duration) {
        self.log.line(http.path, code, size, duration);
    }

    fn handle_one_request(&self, http: &mut Exchange) -> Result<(), Denied> {
        self.allow(&http.client_address)?;
        Ok(http.dispatch()?)
    }
}
