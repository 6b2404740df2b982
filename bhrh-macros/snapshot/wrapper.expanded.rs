impl<H: Handler> Site<H> {
    fn health(&self, http: &mut Exchange<'_>) {}
    fn date_time_string(&self, timestamp: Option<SystemTime>) -> String {
        self.clock.text(timestamp)
    }
}
#[automatically_derived]
impl<H: Handler> ::bhrh::Handler for Site<H> {
    fn dispatch(&self, __http: &mut ::bhrh::Exchange<'_>) -> ::bhrh::Dispatch {
        let mut __missed = ::core::option::Option::None;
        let __decoded = ::bhrh::__private::decoded_path::DecodedPath::of(__http.path);
        let __command = __http.command;
        let __r0 = __decoded.path();
        if let ::core::option::Option::Some(__r1) = __r0.strip_prefix("/health") {
            if __r1.is_empty() {
                match __command {
                    "GET" | "HEAD" => {
                        return ::bhrh::Dispatch::Handled(
                            ::bhrh::IntoOutcome::into_outcome(self.health(__http)),
                        );
                    }
                    _ => {}
                }
            }
        }
        match __http.command {
            _ if __decoded.is_malformed() => ::bhrh::__private::malformed(),
            _ => {
                match ::bhrh::__private::wrapped_below(
                    __http,
                    ::bhrh::Handler::wraps(self),
                    &mut __missed,
                ) {
                    ::core::option::Option::Some(__answered) => __answered,
                    ::core::option::Option::None => {
                        ::bhrh::__private::unanswered(
                            __http,
                            &__decoded,
                            ::bhrh::__private::Table {
                                routes: {
                                    const __TABLE: &[::bhrh::RouteInfo] = &[
                                        ::bhrh::RouteInfo::new(
                                            ::core::option::Option::Some("GET"),
                                            "/health",
                                            "health",
                                        ),
                                    ];
                                    __TABLE
                                },
                                commands: &[],
                                has_mounts: true,
                            },
                            __missed,
                        )
                    }
                }
            }
        }
    }
    fn routes(&self) -> ::std::vec::Vec<::bhrh::RouteInfo> {
        let mut __routes = <[::bhrh::RouteInfo]>::to_vec({
            const __TABLE: &[::bhrh::RouteInfo] = &[
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("GET"),
                    "/health",
                    "health",
                ),
            ];
            __TABLE
        });
        if let ::core::option::Option::Some(__inner) = ::bhrh::Handler::wraps(self) {
            __routes.extend(__inner.routes());
        }
        __routes
    }
    fn wraps(&self) -> ::core::option::Option<&dyn ::bhrh::Handler> {
        let __inner: &dyn ::bhrh::Handler = &self.0;
        ::core::option::Option::Some(__inner)
    }
    fn server_version(&self) -> ::std::borrow::Cow<'_, str> {
        ::std::borrow::Cow::Borrowed("Shop/1.0")
    }
    fn version_string<'s>(
        &'s self,
        __http: &'s ::bhrh::Exchange<'_>,
    ) -> ::std::borrow::Cow<'s, str> {
        ::bhrh::base::version_string(__http)
    }
    fn date_time_string(
        &self,
        __timestamp: ::core::option::Option<::std::time::SystemTime>,
    ) -> ::std::borrow::Cow<'_, str> {
        ::bhrh::IntoText::into_text(self.date_time_string(__timestamp))
    }
    fn date(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
        ::core::option::Option::Some(
            ::bhrh::Handler::date_time_string(self, ::core::option::Option::None),
        )
    }
}
#[automatically_derived]
impl<H: Handler> Site<H> {
    /// The routes of this handler, in the order in which they are written.
    pub const ROUTES: &'static [::bhrh::RouteInfo] = &[
        ::bhrh::RouteInfo::new(::core::option::Option::Some("GET"), "/health", "health"),
    ];
    /// A path to `health`: `/health`, its parameters percent-encoded.
    #[must_use]
    fn health_path() -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/health");
        __path
    }
}
#[automatically_derived]
impl<H: Handler> Site<H> {
    #[doc(hidden)]
    const ONE_BLOCK_PER_TYPE_SO_MOUNT_A_HANDLER_OF_ANOTHER_TYPE: () = ();
}
