impl Site {
    fn user(
        &self,
        http: &mut Exchange<'_>,
        id: Option<u64>,
        page: u32,
    ) -> io::Result<()> {
        self.send(http, id, page)
    }
    #[cfg(feature = "upload")]
    fn upload(&self, http: &mut Exchange<'_>, id: u64, path: &str) {}
    fn do_POST(&self, http: &mut Exchange<'_>) {}
}
#[automatically_derived]
impl ::bhrh::Handler for Site {
    fn dispatch(&self, __http: &mut ::bhrh::Exchange<'_>) -> ::bhrh::Dispatch {
        let mut __missed = ::core::option::Option::None;
        if let ::core::option::Option::Some(__answered) = ::bhrh::__private::mounted(
            __http,
            "/api",
            &self.api,
            &mut __missed,
        ) {
            return __answered;
        }
        let __decoded = ::bhrh::__private::decoded_path::DecodedPath::of(__http.path);
        let __command = __http.command;
        let __r0 = __decoded.path();
        if let ::core::option::Option::Some(__r1) = __r0.strip_prefix("/") {
            match __r1.as_bytes() {
                [b'u', ..] => {
                    if let ::core::option::Option::Some(__r2) = __r1
                        .strip_prefix("users/")
                    {
                        if let ::core::option::Option::Some((__s0, __r3)) = ::bhrh::__private::decoded_path::segment(
                            __r2,
                        ) {
                            if __r3.is_empty() {
                                match __command {
                                    "GET" | "HEAD" => {
                                        let ::core::option::Option::Some(__a0) = <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                            u64,
                                        >>::read(&__decoded.text(__s0)) else {
                                            return ::bhrh::Dispatch::NotFound;
                                        };
                                        let __a0 = ::core::option::Option::Some(__a0);
                                        let __a1 = match ::bhrh::__private::query::parsed(
                                            __decoded.query(),
                                            "page",
                                            |__v: &str| <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                                u32,
                                            >>::read(__v),
                                        ) {
                                            ::core::result::Result::Ok(__v) => __v,
                                            ::core::result::Result::Err(__e) => {
                                                return ::bhrh::Dispatch::Handled(
                                                    ::core::result::Result::Err(__e),
                                                );
                                            }
                                        };
                                        let __a1 = match __a1 {
                                            ::core::option::Option::Some(__v) => __v,
                                            ::core::option::Option::None => {
                                                let __default: u32 = 1;
                                                __default
                                            }
                                        };
                                        return ::bhrh::Dispatch::Handled(
                                            <io::Result<
                                                (),
                                            > as ::bhrh::IntoOutcome>::into_outcome(
                                                self.user(__http, __a0, __a1),
                                            ),
                                        );
                                    }
                                    _ => {}
                                }
                            }
                            if let ::core::option::Option::Some(__r4) = __r3
                                .strip_prefix("/files/")
                            {
                                if let ::core::option::Option::Some(__s1) = ::bhrh::__private::decoded_path::rest(
                                    __r4,
                                ) {
                                    match __command {
                                        #[cfg(feature = "upload")]
                                        "PUT" => {
                                            let ::core::option::Option::Some(__a0) = <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                                u64,
                                            >>::read(&__decoded.text(__s0)) else {
                                                return ::bhrh::Dispatch::NotFound;
                                            };
                                            let __a1 = __decoded.rest_text(__s1);
                                            let __a1 = &*__a1;
                                            return ::bhrh::Dispatch::Handled(
                                                ::bhrh::IntoOutcome::into_outcome(
                                                    self.upload(__http, __a0, __a1),
                                                ),
                                            );
                                        }
                                        _ => {}
                                    }
                                }
                            }
                        }
                    }
                }
                [b'm', ..] => {
                    if let ::core::option::Option::Some(__r2) = __r1.strip_prefix("me") {
                        if __r2.is_empty() {
                            match __command {
                                "GET" | "HEAD" => {
                                    let __a0 = ::core::option::Option::None;
                                    let __a1 = match ::bhrh::__private::query::parsed(
                                        __decoded.query(),
                                        "page",
                                        |__v: &str| <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                            u32,
                                        >>::read(__v),
                                    ) {
                                        ::core::result::Result::Ok(__v) => __v,
                                        ::core::result::Result::Err(__e) => {
                                            return ::bhrh::Dispatch::Handled(
                                                ::core::result::Result::Err(__e),
                                            );
                                        }
                                    };
                                    let __a1 = match __a1 {
                                        ::core::option::Option::Some(__v) => __v,
                                        ::core::option::Option::None => {
                                            let __default: u32 = 1;
                                            __default
                                        }
                                    };
                                    return ::bhrh::Dispatch::Handled(
                                        <io::Result<
                                            (),
                                        > as ::bhrh::IntoOutcome>::into_outcome(
                                            self.user(__http, __a0, __a1),
                                        ),
                                    );
                                }
                                _ => {}
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        match __http.command {
            _ if __decoded.is_malformed() => ::bhrh::__private::malformed(),
            "POST" => {
                ::bhrh::Dispatch::Handled(
                    ::bhrh::IntoOutcome::into_outcome(self.do_POST(__http)),
                )
            }
            _ => {
                ::bhrh::__private::unanswered(
                    __http,
                    &__decoded,
                    ::bhrh::__private::Table {
                        routes: {
                            const __TABLE: &[::bhrh::RouteInfo] = &[
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("GET"),
                                    "/users/{id}",
                                    "user",
                                ),
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("GET"),
                                    "/me",
                                    "user",
                                ),
                                #[cfg(feature = "upload")]
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("PUT"),
                                    "/users/{id}/files/{path...}",
                                    "upload",
                                ),
                            ];
                            __TABLE
                        },
                        commands: &["POST"],
                        has_mounts: true,
                    },
                    __missed,
                )
            }
        }
    }
    fn routes(&self) -> ::std::vec::Vec<::bhrh::RouteInfo> {
        let mut __routes = <[::bhrh::RouteInfo]>::to_vec({
            const __TABLE: &[::bhrh::RouteInfo] = &[
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("GET"),
                    "/users/{id}",
                    "user",
                ),
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("GET"),
                    "/me",
                    "user",
                ),
                #[cfg(feature = "upload")]
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("PUT"),
                    "/users/{id}/files/{path...}",
                    "upload",
                ),
            ];
            __TABLE
        });
        let __inner: &dyn ::bhrh::Handler = &self.api;
        for __route in __inner.routes() {
            __routes.push(__route.below("/api"));
        }
        __routes
    }
    fn version_string<'s>(
        &'s self,
        __http: &'s ::bhrh::Exchange<'_>,
    ) -> ::std::borrow::Cow<'s, str> {
        ::std::borrow::Cow::Borrowed(::core::concat!("BaseHTTP/0.6", " ", "Rust"))
    }
}
#[automatically_derived]
impl Site {
    /// The routes of this handler, in the order in which they are written.
    pub const ROUTES: &'static [::bhrh::RouteInfo] = &[
        ::bhrh::RouteInfo::new(
            ::core::option::Option::Some("GET"),
            "/users/{id}",
            "user",
        ),
        ::bhrh::RouteInfo::new(::core::option::Option::Some("GET"), "/me", "user"),
        #[cfg(feature = "upload")]
        ::bhrh::RouteInfo::new(
            ::core::option::Option::Some("PUT"),
            "/users/{id}/files/{path...}",
            "upload",
        ),
    ];
    /// A path to `user`: `/users/{id}`, its parameters percent-encoded.
    #[must_use]
    fn user_path(id: impl ::core::fmt::Display) -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/users/");
        ::bhrh::__private::link::push_segment(&mut __path, &id);
        __path
    }
    #[cfg(feature = "upload")]
    /// A path to `upload`: `/users/{id}/files/{path...}`, its parameters percent-encoded.
    #[must_use]
    fn upload_path(
        id: impl ::core::fmt::Display,
        path: impl ::core::fmt::Display,
    ) -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/users/");
        ::bhrh::__private::link::push_segment(&mut __path, &id);
        __path.push_str("/files/");
        ::bhrh::__private::link::push_rest(&mut __path, &path);
        __path
    }
    /// A path to `user`: `/users/{id}`, with parameters of the query. `None` leaves one out.
    #[must_use]
    fn user_path_with_query(
        id: impl ::core::fmt::Display,
        page: ::core::option::Option<&dyn ::core::fmt::Display>,
    ) -> ::std::string::String {
        let mut __path = Self::user_path(id);
        if let ::core::option::Option::Some(__value) = page {
            ::bhrh::__private::link::push_query(&mut __path, "page=", __value);
        }
        __path
    }
}
#[automatically_derived]
impl Site {
    #[doc(hidden)]
    const ONE_BLOCK_PER_TYPE_SO_MOUNT_A_HANDLER_OF_ANOTHER_TYPE: () = ();
}
