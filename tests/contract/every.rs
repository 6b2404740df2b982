//! A handler with every kind of input and of answer.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::num::NonZeroU16;
use std::str::FromStr;

use bhrh::openapi::{Document, Security};
use bhrh::{
    Error, Exchange, Form, Html, HttpError, Json, NoContent, Redirect, Status, http_handler,
    negotiate,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text that is an enum, for people and machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Colour {
    Red,
    Green,
}

impl FromStr for Colour {
    type Err = ();

    fn from_str(text: &str) -> Result<Colour, ()> {
        match text {
            "red" => Ok(Colour::Red),
            "green" => Ok(Colour::Green),
            _ => Err(()),
        }
    }
}

/// A thing that is kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thing {
    name: String,
    /// How many there are.
    #[serde(default)]
    count: u32,
    price: Option<i64>,
    colour: Colour,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Part {
    Screw { length: u8 },
    Plate { width: u16, height: u16 },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    colour: Option<Colour>,
    least: Option<u8>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Order {
    amount: u16,
    note: Option<String>,
    #[serde(default)]
    gift: bool,
}

#[derive(Debug, HttpError)]
pub(crate) enum Failed {
    #[status(404, "No such thing")]
    Missing,
    #[status(409)]
    Taken,
    #[status(400, "Not a thing")]
    Unfit,
    #[status(transparent)]
    Inner(Closed),
}

#[derive(Debug, HttpError)]
#[status(403, "Closed")]
pub(crate) struct Closed;

#[derive(Debug, HttpError)]
#[status(401, "Say who you are")]
pub(crate) struct Unknown;

macro_rules! told {
    ($($error:ty),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self:?}")
            }
        }

        impl std::error::Error for $error {}
    )*};
}

told!(Failed, Closed, Unknown);

pub(crate) struct User(String);

/// What is mounted below.
pub(crate) struct Shop;

#[http_handler(openapi)]
impl Shop {
    #[route("GET /items/{number}")]
    fn item(&self, number: NonZeroU16) -> Option<String> {
        (number.get() < 9).then(|| format!("{number}\n"))
    }

    fn log_message(&self, _: &Exchange, _: fmt::Arguments) {}

    /// Here so that the method is known, and a 405 elsewhere.
    #[doc(hidden)]
    #[route("TRACE /known")]
    #[route("QUERY /known")]
    #[route("PUT /known")]
    #[route("POST /known")]
    #[route("PATCH /known")]
    #[route("DELETE /known")]
    fn known(&self) -> NoContent {
        NoContent
    }
}

pub(crate) struct Every {
    pub(crate) shop: Shop,
}

impl Every {
    fn user(&self, http: &mut Exchange<'_>) -> Result<User, Unknown> {
        let value = http.headers.get("Authorization").ok_or(Unknown)?;
        let token = value.strip_prefix("Bearer ").ok_or(Unknown)?;
        match token {
            "secret" => Ok(User("ada".to_owned())),
            _ => Err(Unknown),
        }
    }

    fn writable(&self, http: &Exchange<'_>) -> bool {
        !http.headers.contains("X-Read-Only")
    }
}

/// Every kind of input,
/// and of answer.
#[http_handler(
    protocol_version = "HTTP/1.1",
    openapi(
        title = "Every",
        version = "1.0",
        problems,
        security(self.user = Security::bearer().description("The token is `secret`.")),
    ),
    mount("/shop" = self.shop),
)]
impl Every {
    /// Numbers of the path.
    ///
    /// Their product is
    /// not kept.
    #[route("GET /numbers/{a}/{b}/{c}")]
    fn numbers(&self, a: u8, b: i64, c: u64) -> String {
        format!("{a} {b} {c}\n")
    }

    #[route("GET /texts/{text}/{colour}/{rest...}")]
    fn texts(&self, text: &str, colour: Colour, rest: String) -> Html<String> {
        Html(format!("<p>{} {colour:?} {}", text.len(), rest.len()))
    }

    /// What a query can have.
    #[route("GET /query")]
    fn query(
        &self,
        /// A number that is needed.
        #[query]
        needed: u16,
        #[query] text: Option<Cow<'_, str>>,
        #[query(default = 20)] limit: u32,
        #[query(default = "up")] order: &str,
        #[query("tag-of")] tags: Vec<String>,
    ) -> Json<Vec<String>> {
        Json([vec![format!("{needed} {text:?} {limit} {order}")], tags].concat())
    }

    #[route("GET /more")]
    fn more(
        &self,
        #[query] sizes: Vec<u8>,
        #[query] flag: bool,
        #[query] colour: Option<Colour>,
        #[query] host: Option<Ipv4Addr>,
        #[query] factor: Option<f64>,
    ) -> String {
        format!("{sizes:?} {flag} {colour:?} {host:?} {factor:?}\n")
    }

    #[route("GET /filter")]
    fn filter(&self, #[query(struct)] filter: Filter) -> Json<Filter> {
        Json(filter)
    }

    #[route("GET /fields")]
    fn fields(
        &self,
        #[header("X-Number")] number: u32,
        #[header] x_colours: Vec<Colour>,
        #[header] user_agent: Option<&str>,
        #[cookie] session: Option<&str>,
        #[cookie("theme")] colour: Option<Colour>,
    ) -> String {
        format!("{number} {x_colours:?} {user_agent:?} {session:?} {colour:?}\n")
    }

    #[route("POST /things")]
    fn create(&self, #[json] thing: Thing) -> Result<Status<201, Json<Thing>>, Failed> {
        match &*thing.name {
            "thing" => Err(Failed::Taken),
            "door" => Err(Failed::Inner(Closed)),
            _ => Ok(Status(Json(thing))),
        }
    }

    #[route("PUT /things/{id}")]
    fn replace(
        &self,
        id: u32,
        /// A thing, or nothing.
        #[json(limit = 4 << 10)]
        thing: Option<Thing>,
    ) -> Result<Json<Thing>, Failed> {
        thing.filter(|_| id < 1000).map(Json).ok_or(Failed::Missing)
    }

    #[route("PATCH /things/{id}")]
    fn patch(&self, id: u32, #[json] thing: Result<Thing, Error>) -> Result<String, Failed> {
        let thing = thing.map_err(|_| Failed::Unfit)?;
        Ok(format!("{id} {}\n", thing.name))
    }

    #[deprecated]
    #[route("DELETE /things/{id}")]
    fn delete(&self, id: u32) -> Option<NoContent> {
        (id < 1000).then_some(NoContent)
    }

    #[route("POST /orders")]
    fn order(&self, #[form] order: Order) -> (u16, Json<Order>) {
        (201, Json(order))
    }

    #[route("POST /form")]
    fn form(&self, #[form] form: Form<'static>) -> String {
        format!("{}\n", form.iter().count())
    }

    #[route("PUT /text")]
    fn text(&self, #[body] text: &str) -> String {
        format!("{}\n", text.len())
    }

    #[route("PUT /bytes")]
    #[before(self.writable)]
    fn bytes(&self, #[body] bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    #[route("GET /me")]
    fn me(&self, #[before(self.user)] user: User) -> ([(&'static str, &'static str); 1], String) {
        ([("Cache-Control", "no-store")], user.0)
    }

    #[route("POST /elsewhere")]
    fn elsewhere(&self) -> Redirect<'static> {
        Redirect::to("/query")
    }

    #[route("GET /stream")]
    fn stream(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "by hand\n")
    }

    #[route("GET /openapi.json")]
    fn document(&self) -> Document {
        self.openapi()
    }

    #[doc(hidden)]
    #[route("GET /docs")]
    fn docs(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply_openapi_docs(self)
    }

    #[doc(hidden)]
    #[route("TRACE /hidden")]
    #[route("QUERY /hidden")]
    #[route("GET /hidden")]
    fn hidden(&self) -> &'static str {
        "hidden\n"
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        negotiate::send_problem(http, code, message, explain)
    }
}
