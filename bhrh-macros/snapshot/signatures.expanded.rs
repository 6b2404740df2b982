impl Site {
    fn change(
        &self,
        id: u64,
        if_match: Option<&str>,
        session: String,
        user: User,
    ) -> Result<Json<User>, Failed> {
        self.store.change(id, user)
    }
    fn do_PUT(
        &self,
        http: &mut Exchange<'_>,
        name: &str,
        user: User,
        text: &str,
    ) -> Status<201, ()> {
        Status(())
    }
}
#[automatically_derived]
impl ::bhrh::Handler for Site {
    fn dispatch(&self, __http: &mut ::bhrh::Exchange<'_>) -> ::bhrh::Dispatch {
        let __decoded = ::bhrh::__private::decoded_path::DecodedPath::of(__http.path);
        let __command = __http.command;
        let __r0 = __decoded.path();
        if let ::core::option::Option::Some(__r1) = __r0.strip_prefix("/api/users/") {
            if let ::core::option::Option::Some((__s0, __r2)) = ::bhrh::__private::decoded_path::segment(
                __r1,
            ) {
                if __r2.is_empty() {
                    match __command {
                        "POST" => {
                            let ::core::option::Option::Some(__a0) = <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                u64,
                            >>::read(&__decoded.text(__s0)) else {
                                return ::bhrh::Dispatch::NotFound;
                            };
                            {
                                let __returned = self.counted(__http);
                                let __error_of = ::bhrh::__private::ErrorOf::value(
                                    &__returned,
                                );
                                if let ::core::option::Option::Some(__stop) = ::bhrh::__private::input::guard::stops(
                                    <::bhrh::__private::input::guard::Guards as ::bhrh::__private::input::guard::Pass<
                                        _,
                                    >>::passes(__returned),
                                    __http,
                                    |__e| __error_of.status(__e),
                                ) {
                                    return ::bhrh::Dispatch::Handled(__stop);
                                }
                            }
                            {
                                let __returned = self.authorised(__http);
                                let __error_of = ::bhrh::__private::ErrorOf::value(
                                    &__returned,
                                );
                                if let ::core::option::Option::Some(__stop) = ::bhrh::__private::input::guard::stops(
                                    <::bhrh::__private::input::guard::Guards as ::bhrh::__private::input::guard::Pass<
                                        _,
                                    >>::passes(__returned),
                                    __http,
                                    |__e| __error_of.status(__e),
                                ) {
                                    return ::bhrh::Dispatch::Handled(__stop);
                                }
                            }
                            let __a1 = match ::bhrh::__private::input::header::text(
                                &__http.headers,
                                "If-Match",
                            ) {
                                ::core::result::Result::Ok(__v) => __v,
                                ::core::result::Result::Err(__e) => {
                                    return ::bhrh::Dispatch::Handled(
                                        ::core::result::Result::Err(__e),
                                    );
                                }
                            };
                            let __a1 = __a1.as_deref();
                            let __a2 = match ::bhrh::__private::input::cookie::parsed(
                                &*__http,
                                "sid",
                                |__v: &str| <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                    String,
                                >>::read(__v),
                            ) {
                                ::core::result::Result::Ok(__v) => __v,
                                ::core::result::Result::Err(__e) => {
                                    return ::bhrh::Dispatch::Handled(
                                        ::core::result::Result::Err(__e),
                                    );
                                }
                            };
                            let __a2 = match __a2 {
                                ::core::option::Option::Some(__v) => __v,
                                ::core::option::Option::None => {
                                    return ::bhrh::Dispatch::Handled(
                                        ::core::result::Result::Err(
                                            ::bhrh::__private::input::cookie::missing("sid"),
                                        ),
                                    );
                                }
                            };
                            let __a3 = match <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesJson<
                                User,
                            >>::from_content(
                                __http,
                                ::core::option::Option::Some({
                                    let __limit: u64 = 1 << 10;
                                    __limit
                                }),
                            ) {
                                ::core::result::Result::Ok(__v) => __v,
                                ::core::result::Result::Err(__e) => {
                                    return ::bhrh::Dispatch::Handled(
                                        ::core::result::Result::Err(__e),
                                    );
                                }
                            };
                            return ::bhrh::Dispatch::Handled({
                                let __returned = self.change(__a0, __a1, __a2, __a3);
                                let __error_of = ::bhrh::__private::ErrorOf::value(
                                    &__returned,
                                );
                                ::core::result::Result::map_err(
                                    <::bhrh::__private::Answering as ::bhrh::__private::GivesAnswer<
                                        Result<Json<User>, Failed>,
                                    >>::reply(__returned, __http),
                                    |__e| __error_of.status(__e),
                                )
                            });
                        }
                        _ => {}
                    }
                }
            }
        }
        match __http.command {
            _ if __decoded.is_malformed() => ::bhrh::__private::malformed(),
            "PUT" => {
                {
                    let __returned = self.counted(__http);
                    let __error_of = ::bhrh::__private::ErrorOf::value(&__returned);
                    if let ::core::option::Option::Some(__stop) = ::bhrh::__private::input::guard::stops(
                        <::bhrh::__private::input::guard::Guards as ::bhrh::__private::input::guard::Pass<
                            _,
                        >>::passes(__returned),
                        __http,
                        |__e| __error_of.status(__e),
                    ) {
                        return ::bhrh::Dispatch::Handled(__stop);
                    }
                }
                let __a1: User = {
                    let __returned = self.user(__http);
                    let __error_of = ::bhrh::__private::ErrorOf::value(&__returned);
                    match ::bhrh::__private::input::guard::given::<
                        User,
                    >(
                        <::bhrh::__private::input::guard::Guards as ::bhrh::__private::input::guard::Give<
                            User,
                            _,
                        >>::given(__returned),
                        __http,
                        |__e| __error_of.status(__e),
                    ) {
                        ::core::result::Result::Ok(__v) => __v,
                        ::core::result::Result::Err(__stop) => {
                            return ::bhrh::Dispatch::Handled(__stop);
                        }
                    }
                };
                let __a0 = match ::bhrh::__private::query::text(
                    ::bhrh::__private::query::of(__http.path),
                    "name",
                ) {
                    ::core::result::Result::Ok(__v) => __v,
                    ::core::result::Result::Err(__e) => {
                        return ::bhrh::Dispatch::Handled(
                            ::core::result::Result::Err(__e),
                        );
                    }
                };
                let __a0 = match &__a0 {
                    ::core::option::Option::Some(__v) => &**__v,
                    ::core::option::Option::None => {
                        return ::bhrh::Dispatch::Handled(
                            ::core::result::Result::Err(
                                ::bhrh::__private::query::missing("name"),
                            ),
                        );
                    }
                };
                let __a2 = match <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesBody<
                    ::std::string::String,
                >>::from_content(__http, ::core::option::Option::None) {
                    ::core::result::Result::Ok(__v) => __v,
                    ::core::result::Result::Err(__e) => {
                        return ::bhrh::Dispatch::Handled(
                            ::core::result::Result::Err(__e),
                        );
                    }
                };
                let __a2 = &*__a2;
                ::bhrh::Dispatch::Handled({
                    let __returned = self.do_PUT(__http, __a0, __a1, __a2);
                    let __error_of = ::bhrh::__private::ErrorOf::value(&__returned);
                    ::core::result::Result::map_err(
                        <::bhrh::__private::Answering as ::bhrh::__private::GivesAnswer<
                            Status<201, ()>,
                        >>::reply(__returned, __http),
                        |__e| __error_of.status(__e),
                    )
                })
            }
            _ => {
                ::bhrh::__private::unanswered(
                    __http,
                    &__decoded,
                    ::bhrh::__private::Table {
                        routes: {
                            const __TABLE: &[::bhrh::RouteInfo] = &[
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("POST"),
                                    "/api/users/{id}",
                                    "change",
                                ),
                            ];
                            __TABLE
                        },
                        commands: &["PUT"],
                        has_mounts: false,
                    },
                    ::core::option::Option::None,
                )
            }
        }
    }
    fn routes(&self) -> ::std::vec::Vec<::bhrh::RouteInfo> {
        let __routes = <[::bhrh::RouteInfo]>::to_vec({
            const __TABLE: &[::bhrh::RouteInfo] = &[
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("POST"),
                    "/api/users/{id}",
                    "change",
                ),
            ];
            __TABLE
        });
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
            ::core::option::Option::Some("POST"),
            "/api/users/{id}",
            "change",
        ),
    ];
    /// A path to `change`: `/api/users/{id}`, its parameters percent-encoded.
    #[must_use]
    fn change_path(id: impl ::core::fmt::Display) -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/api/users/");
        ::bhrh::__private::link::push_segment(&mut __path, &id);
        __path
    }
}
#[automatically_derived]
impl Site {
    #[doc(hidden)]
    const ONE_BLOCK_PER_TYPE_SO_MOUNT_A_HANDLER_OF_ANOTHER_TYPE: () = ();
}
