impl<H: Handler> Site<H> {
    #[route("GET /health")]
    fn health(&self, http: &mut Exchange) {}

    fn date_time_string(&self, timestamp: Option<SystemTime>) -> String {
        self.clock.text(timestamp)
    }
}
