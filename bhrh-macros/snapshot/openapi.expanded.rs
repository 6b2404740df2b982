/// A shop.
impl Shop {
    /// Changes an item.
    ///
    /// The price stays.
    fn change(
        &self,
        user: User,
        id: u64,
        note: &str,
        item: Item,
    ) -> Result<Json<Item>, Failed> {
        self.store.change(id, user, note, item)
    }
    #[doc(hidden)]
    fn hidden(&self) -> &'static str {
        "hidden"
    }
    #[doc(hidden)]
    fn openapi_document(
        &self,
        http: &mut ::bhrh::Exchange<'_>,
    ) -> ::std::io::Result<()> {
        http.reply_openapi(self)
    }
    fn send_error(
        &self,
        http: &mut ::bhrh::Exchange<'_>,
        code: u16,
        message: ::core::option::Option<&str>,
        explain: ::core::option::Option<&str>,
    ) -> ::std::io::Result<()> {
        ::bhrh::negotiate::send_problem(http, code, message, explain)
    }
}
#[automatically_derived]
impl ::bhrh::Handler for Shop {
    fn dispatch(&self, __http: &mut ::bhrh::Exchange<'_>) -> ::bhrh::Dispatch {
        let mut __missed = ::core::option::Option::None;
        if let ::core::option::Option::Some(__answered) = ::bhrh::__private::mounted(
            __http,
            "/tea",
            &self.tea,
            &mut __missed,
        ) {
            return __answered;
        }
        let __decoded = ::bhrh::__private::decoded_path::DecodedPath::of(__http.path);
        let __command = __http.command;
        let __r0 = __decoded.path();
        if let ::core::option::Option::Some(__r1) = __r0.strip_prefix("/") {
            match __r1.as_bytes() {
                [b'i', ..] => {
                    if let ::core::option::Option::Some(__r2) = __r1
                        .strip_prefix("items/")
                    {
                        if let ::core::option::Option::Some((__s0, __r3)) = ::bhrh::__private::decoded_path::segment(
                            __r2,
                        ) {
                            if __r3.is_empty() {
                                match __command {
                                    "PUT" => {
                                        let ::core::option::Option::Some(__a1) = <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesParameter<
                                            u64,
                                        >>::read(&__decoded.text(__s0)) else {
                                            return ::bhrh::Dispatch::NotFound;
                                        };
                                        let __a0: User = {
                                            let __returned = self.user(__http);
                                            let __error_of = ::bhrh::__private::ErrorOf::value(
                                                &__returned,
                                            );
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
                                        let __a2 = match ::bhrh::__private::query::text(
                                            __decoded.query(),
                                            "note",
                                        ) {
                                            ::core::result::Result::Ok(__v) => __v,
                                            ::core::result::Result::Err(__e) => {
                                                return ::bhrh::Dispatch::Handled(
                                                    ::core::result::Result::Err(__e),
                                                );
                                            }
                                        };
                                        let __a2 = match &__a2 {
                                            ::core::option::Option::Some(__v) => &**__v,
                                            ::core::option::Option::None => {
                                                let __default: &str = "none";
                                                __default
                                            }
                                        };
                                        let __a3 = match <::bhrh::__private::input::Request as ::bhrh::__private::input::GivesJson<
                                            Item,
                                        >>::from_content(__http, ::core::option::Option::None) {
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
                                                    Result<Json<Item>, Failed>,
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
                }
                [b'h', ..] => {
                    if let ::core::option::Option::Some(__r2) = __r1
                        .strip_prefix("hidden")
                    {
                        if __r2.is_empty() {
                            match __command {
                                "GET" | "HEAD" => {
                                    return ::bhrh::Dispatch::Handled({
                                        let __returned = self.hidden();
                                        let __error_of = ::bhrh::__private::ErrorOf::value(
                                            &__returned,
                                        );
                                        ::core::result::Result::map_err(
                                            <::bhrh::__private::Answering as ::bhrh::__private::GivesAnswer<
                                                &'static str,
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
                [b'o', ..] => {
                    if let ::core::option::Option::Some(__r2) = __r1
                        .strip_prefix("openapi.json")
                    {
                        if __r2.is_empty() {
                            match __command {
                                "GET" | "HEAD" => {
                                    return ::bhrh::Dispatch::Handled(
                                        <::std::io::Result<
                                            (),
                                        > as ::bhrh::IntoOutcome>::into_outcome(
                                            self.openapi_document(__http),
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
            _ => {
                ::bhrh::__private::unanswered(
                    __http,
                    &__decoded,
                    ::bhrh::__private::Table {
                        routes: {
                            const __TABLE: &[::bhrh::RouteInfo] = &[
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("PUT"),
                                    "/items/{id}",
                                    "change",
                                ),
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("GET"),
                                    "/hidden",
                                    "hidden",
                                ),
                                ::bhrh::RouteInfo::new(
                                    ::core::option::Option::Some("GET"),
                                    "/openapi.json",
                                    "openapi_document",
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
    fn routes(&self) -> ::std::vec::Vec<::bhrh::RouteInfo> {
        let mut __routes = <[::bhrh::RouteInfo]>::to_vec({
            const __TABLE: &[::bhrh::RouteInfo] = &[
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("PUT"),
                    "/items/{id}",
                    "change",
                ),
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("GET"),
                    "/hidden",
                    "hidden",
                ),
                ::bhrh::RouteInfo::new(
                    ::core::option::Option::Some("GET"),
                    "/openapi.json",
                    "openapi_document",
                ),
            ];
            __TABLE
        });
        let __inner: &dyn ::bhrh::Handler = &self.tea;
        for __route in __inner.routes() {
            __routes.push(__route.below("/tea"));
        }
        __routes
    }
    fn describe(&self, __api: &mut ::bhrh::openapi::Api) {
        __api
            .about(::bhrh::__private::openapi::About {
                title: "Shop",
                version: ::core::option_env!("CARGO_PKG_VERSION").unwrap_or("0"),
                docs: " A shop.",
                has_problems: true,
            });
        __api.security("user", Security::bearer());
        __api
            .operation(
                ::bhrh::__private::openapi::Route {
                    method: ::core::option::Option::Some("PUT"),
                    pattern: "/items/{id}",
                    function: "change",
                    docs: ::core::concat!(
                        " Changes an item.", "\n", "", "\n", " The price stays.", "\n"
                    ),
                    deprecated: true,
                },
                &mut |__operation| {
                    __operation
                        .path(
                            "id",
                            "",
                            false,
                            ::bhrh::__private::openapi::SchemaOf::<u64>::new().text(),
                        );
                    __operation
                        .parameter(
                            ::bhrh::__private::openapi::Parameter {
                                place: "query",
                                name: "note",
                                required: false,
                                default: ::core::option::Option::Some("\"none\""),
                                is_list: false,
                                docs: " A note. ",
                            },
                            ::bhrh::__private::openapi::SchemaOf::<
                                ::std::string::String,
                            >::new()
                                .text(),
                        );
                    __operation
                        .content(
                            ::bhrh::__private::openapi::Content::Json,
                            true,
                            false,
                            "",
                            <::bhrh::__private::openapi::Schemas as ::bhrh::__private::openapi::HasSchema<
                                Item,
                            >>::schema,
                        );
                    let _: ::bhrh::__private::openapi::SchemaFn = <::bhrh::__private::openapi::Schemas as ::bhrh::__private::openapi::HasSchema<
                        Item,
                    >>::schema;
                    ::bhrh::__private::openapi::AnswersOf::<
                        Result<Json<Item>, Failed>,
                    >::new()
                        .describe(&mut __operation.answers());
                    ::bhrh::__private::openapi::ErrorsOf::<
                        Result<Json<Item>, Failed>,
                    >::new()
                        .describe(&mut __operation.answers());
                    {
                        let mut __guard = ::core::option::Option::None;
                        if let ::core::option::Option::Some(__http) = ::bhrh::__private::openapi::no_exchange() {
                            __guard = ::core::option::Option::Some(
                                ::bhrh::__private::openapi::GuardOf::value(
                                    &self.user(__http),
                                ),
                            );
                        }
                        let (__errors, __refusals) = ::bhrh::__private::openapi::GuardOf::of(
                            __guard,
                        );
                        __errors.describe(&mut __operation.answers());
                        __refusals.describe(&mut __operation.answers());
                    }
                    __operation.requires("user");
                },
            );
        let __inner: &dyn ::bhrh::Handler = &self.tea;
        __api.below("/tea", &mut |__api| __inner.describe(__api));
    }
    fn version_string<'s>(
        &'s self,
        __http: &'s ::bhrh::Exchange<'_>,
    ) -> ::std::borrow::Cow<'s, str> {
        ::std::borrow::Cow::Borrowed(::core::concat!("BaseHTTP/0.6", " ", "Rust"))
    }
    fn send_error(
        &self,
        __http: &mut ::bhrh::Exchange<'_>,
        __code: u16,
        __message: ::core::option::Option<&str>,
        __explain: ::core::option::Option<&str>,
    ) -> ::std::io::Result<()> {
        self.send_error(__http, __code, __message, __explain)
    }
}
#[automatically_derived]
impl Shop {
    /// The routes of this handler, in the order in which they are written.
    pub const ROUTES: &'static [::bhrh::RouteInfo] = &[
        ::bhrh::RouteInfo::new(
            ::core::option::Option::Some("PUT"),
            "/items/{id}",
            "change",
        ),
        ::bhrh::RouteInfo::new(::core::option::Option::Some("GET"), "/hidden", "hidden"),
        ::bhrh::RouteInfo::new(
            ::core::option::Option::Some("GET"),
            "/openapi.json",
            "openapi_document",
        ),
    ];
    /// What the routes take and answer, as an OpenAPI document.
    pub fn openapi(&self) -> ::bhrh::openapi::Document {
        ::bhrh::openapi::Document::of(self)
    }
    /// A path to `change`: `/items/{id}`, its parameters percent-encoded.
    #[must_use]
    fn change_path(id: impl ::core::fmt::Display) -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/items/");
        ::bhrh::__private::link::push_segment(&mut __path, &id);
        __path
    }
    /// A path to `hidden`: `/hidden`, its parameters percent-encoded.
    #[must_use]
    fn hidden_path() -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/hidden");
        __path
    }
    /// A path to `openapi_document`: `/openapi.json`, its parameters percent-encoded.
    #[must_use]
    fn openapi_document_path() -> ::std::string::String {
        let mut __path = ::std::string::String::new();
        __path.push_str("/openapi.json");
        __path
    }
    /// A path to `change`: `/items/{id}`, with parameters of the query. `None` leaves one out.
    #[must_use]
    fn change_path_with_query(
        id: impl ::core::fmt::Display,
        note: ::core::option::Option<&dyn ::core::fmt::Display>,
    ) -> ::std::string::String {
        let mut __path = Self::change_path(id);
        if let ::core::option::Option::Some(__value) = note {
            ::bhrh::__private::link::push_query(&mut __path, "note=", __value);
        }
        __path
    }
}
#[automatically_derived]
impl Shop {
    #[doc(hidden)]
    const ONE_BLOCK_PER_TYPE_SO_MOUNT_A_HANDLER_OF_ANOTHER_TYPE: () = ();
}
