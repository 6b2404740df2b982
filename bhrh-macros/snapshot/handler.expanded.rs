impl<S: Store> Shop<S> {
    fn do_GET(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        self.send(http, self.store.page(http.path))
    }
    #[cfg(feature = "upload")]
    fn upload(&self, http: &mut Exchange<'_>) {
        self.store.receive(&mut http.rfile);
    }
    fn send(&self, http: &mut Exchange, page: &str) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(page.as_bytes())
    }
    fn address_string(&self, http: &Exchange<'_>) -> String {
        http.client_address.to_string()
    }
    fn log_access(&self, http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
        self.log.line(http.path, code, size, duration);
    }
    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Result<(), Denied> {
        self.allow(&http.client_address)?;
        Ok(http.dispatch()?)
    }
}
#[automatically_derived]
impl<S: Store> ::bhrh::Handler for Shop<S> {
    fn dispatch(&self, __http: &mut ::bhrh::Exchange<'_>) -> ::bhrh::Dispatch {
        match __http.command {
            "GET" => {
                ::bhrh::Dispatch::Handled(
                    <io::Result<
                        (),
                    > as ::bhrh::IntoOutcome>::into_outcome(self.do_GET(__http)),
                )
            }
            #[cfg(feature = "upload")]
            "PUT" => {
                ::bhrh::Dispatch::Handled(
                    ::bhrh::IntoOutcome::into_outcome(self.upload(__http)),
                )
            }
            #[cfg(feature = "upload")]
            "M-UPLOAD" => {
                ::bhrh::Dispatch::Handled(
                    ::bhrh::IntoOutcome::into_outcome(self.upload(__http)),
                )
            }
            _ => ::bhrh::Dispatch::Unsupported,
        }
    }
    fn server_version(&self) -> ::std::borrow::Cow<'_, str> {
        ::std::borrow::Cow::Borrowed("Shop/1.0")
    }
    fn protocol_version(&self) -> ::std::borrow::Cow<'_, str> {
        ::bhrh::IntoText::into_text(&self.protocol)
    }
    fn responses(&self) -> ::bhrh::Responses<'_> {
        ::core::convert::Into::into(&self.responses)
    }
    fn version_string<'s>(
        &'s self,
        __http: &'s ::bhrh::Exchange<'_>,
    ) -> ::std::borrow::Cow<'s, str> {
        ::std::borrow::Cow::Borrowed(::core::concat!("Shop/1.0", " ", "Rust"))
    }
    fn address_string<'s>(
        &'s self,
        __http: &'s ::bhrh::Exchange<'_>,
    ) -> ::std::borrow::Cow<'s, str> {
        ::bhrh::IntoText::into_text(self.address_string(__http))
    }
    fn log_access(
        &self,
        __http: &::bhrh::Exchange<'_>,
        __code: u16,
        __size: u64,
        __duration: ::core::time::Duration,
    ) {
        self.log_access(__http, __code, __size, __duration)
    }
    fn handle_one_request(
        &self,
        __http: &mut ::bhrh::Exchange<'_>,
    ) -> ::core::result::Result<(), ::bhrh::Error> {
        <Result<
            (),
            Denied,
        > as ::bhrh::IntoOutcome>::into_outcome(self.handle_one_request(__http))
    }
    fn wants_log_access(&self) -> bool {
        true
    }
}
#[automatically_derived]
impl<S: Store> Shop<S> {
    #[doc(hidden)]
    const ONE_BLOCK_PER_TYPE_SO_MOUNT_A_HANDLER_OF_ANOTHER_TYPE: () = ();
}
