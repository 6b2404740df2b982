//! [`Content`], and the answers that are made of one: with a status, with fields.

use std::fmt;
use std::io;

use crate::error::IntoStatus;
use crate::exchange::Exchange;
use crate::handler::outcome::Outcome;
use crate::handler::reply::Reply;

/// The content of an answer: bytes of one media type.
///
/// Every content is an answer with status 200. Implement it for a type of your own:
///
/// ```
/// use bhrh::{Content, Status, http_handler};
/// use std::io;
///
/// struct Csv(Vec<[u32; 2]>);
///
/// impl Content for Csv {
///     const TYPE: &'static str = "text/csv";
///     type Bytes = String;
///
///     fn into_bytes(self) -> io::Result<String> {
///         Ok(self.0.iter().map(|[a, b]| format!("{a},{b}\r\n")).collect())
///     }
/// }
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> Csv {
///         Csv(vec![[1, 2], [3, 4]])
///     }
///
///     fn do_POST(&self) -> Status<201, Csv> {
///         Status(Csv(vec![[5, 6]]))
///     }
/// }
///
/// let response = bhrh::testing::get(&App, "/");
/// assert_eq!(response.header("Content-Type"), Some("text/csv"));
/// assert_eq!(response.text(), "1,2\r\n3,4\r\n");
/// assert_eq!(bhrh::testing::client(&App).post("/").send().status(), 201);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the content of an answer",
    label = "not `Html<T>`, `Json<T>` of a `T: serde::Serialize`, a text, bytes, or a type that implements `bhrh::Content`"
)]
pub trait Content {
    /// The value of `Content-Type`.
    const TYPE: &'static str;

    /// What holds the bytes.
    type Bytes: AsRef<[u8]>;

    /// The bytes. They are asked for before the head is sent, also if the request is HEAD.
    ///
    /// # Errors
    ///
    /// If the content cannot be written down; the client gets a 500 then.
    fn into_bytes(self) -> io::Result<Self::Bytes>;
}

#[diagnostic::do_not_recommend]
impl<C: Content> Reply for C {
    #[inline]
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send(http, 200, &[], self)
    }
}

/// A content with a status that its type says: `fn create(…) -> Status<201, Json<Item>>`.
///
/// `()` stands for no content: `Status<202, ()>`. A code outside of 200 to 599 does not
/// compile.
///
/// ```
/// use bhrh::{Status, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_PUT(&self) -> Status<201, &'static str> {
///         Status("created\n")
///     }
/// }
///
/// let response = bhrh::testing::client(&App).put("/").send();
/// assert_eq!((response.status(), response.text()), (201, "created\n"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<const CODE: u16, C>(pub C);

impl<const CODE: u16, C> Status<CODE, C> {
    /// The code, which has to be that of a final answer.
    const CHECKED: u16 = {
        assert!(CODE >= 200 && CODE < 600, "the status of an answer is between 200 and 599");
        CODE
    };
}

#[diagnostic::do_not_recommend]
impl<const CODE: u16, C: Content> Reply for Status<CODE, C> {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send(http, Self::CHECKED, &[], self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<const CODE: u16> Reply for Status<CODE, ()> {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send_empty(http, Self::CHECKED, &[])
    }
}

/// The answer 204: done, and there is nothing to show.
///
/// ```
/// use bhrh::{NoContent, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_DELETE(&self) -> NoContent {
///         NoContent
///     }
/// }
///
/// let response = bhrh::testing::client(&App).delete("/").send();
/// assert_eq!((response.status(), response.header("Content-Length")), (204, None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoContent;

#[diagnostic::do_not_recommend]
impl Reply for NoContent {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send_empty(http, 204, &[])
    }
}

/// `(201, content)`, `((201, "Made"), content)`
#[diagnostic::do_not_recommend]
impl<S: IntoStatus<'static>, C: Content> Reply for (S, C) {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send(http, self.0, &[], self.1)
    }
}

/// `(202, ())`
#[diagnostic::do_not_recommend]
impl<S: IntoStatus<'static>> Reply for (S, ()) {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send_empty(http, self.0, &[])
    }
}

/// `([("Location", link)], content)`
#[diagnostic::do_not_recommend]
impl<N, V, C, const COUNT: usize> Reply for ([(N, V); COUNT], C)
where
    N: AsRef<str>,
    V: fmt::Display,
    C: Content,
{
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send(http, 200, &fields(&self.0), self.1)
    }
}

/// `(201, [("Location", link)], content)`
#[diagnostic::do_not_recommend]
impl<S, N, V, C, const COUNT: usize> Reply for (S, [(N, V); COUNT], C)
where
    S: IntoStatus<'static>,
    N: AsRef<str>,
    V: fmt::Display,
    C: Content,
{
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send(http, self.0, &fields(&self.1), self.2)
    }
}

/// `(202, [("Location", link)], ())`
#[diagnostic::do_not_recommend]
impl<S, N, V, const COUNT: usize> Reply for (S, [(N, V); COUNT], ())
where
    S: IntoStatus<'static>,
    N: AsRef<str>,
    V: fmt::Display,
{
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        send_empty(http, self.0, &fields(&self.1))
    }
}

/// A field of an answer.
type Field<'f> = (&'f str, &'f dyn fmt::Display);

fn fields<N: AsRef<str>, V: fmt::Display>(given: &[(N, V)]) -> Vec<Field<'_>> {
    given.iter().map(|(name, value)| (name.as_ref(), value as &dyn fmt::Display)).collect()
}

/// Answers with a content, unless the method has answered already.
fn send<C: Content>(
    http: &mut Exchange<'_>,
    status: impl IntoStatus<'static>,
    fields: &[Field<'_>],
    content: C,
) -> Outcome {
    if http.has_begun() {
        return http.drop_second_answer();
    }
    // Before the head: if this fails, nothing has been sent.
    let bytes = content.into_bytes()?;
    let is_type = |field: &&Field<'_>| field.0.eq_ignore_ascii_case("Content-Type");
    let own_type = fields.iter().find(is_type).map(|(_, value)| value.to_string());
    let others: Vec<Field<'_>> = fields.iter().filter(|field| !is_type(field)).copied().collect();
    begin(http, status, &others);
    Ok(http.send_body(own_type.as_deref().unwrap_or(C::TYPE), bytes)?)
}

/// Answers without a content, unless the method has answered already.
fn send_empty(
    http: &mut Exchange<'_>,
    status: impl IntoStatus<'static>,
    fields: &[Field<'_>],
) -> Outcome {
    if http.has_begun() {
        return http.drop_second_answer();
    }
    begin(http, status, fields);
    if !http.is_bodiless() {
        http.send_header("Content-Length", 0);
    }
    Ok(http.end_headers()?)
}

fn begin(http: &mut Exchange<'_>, status: impl IntoStatus<'static>, fields: &[Field<'_>]) {
    http.send_response(status);
    for (name, value) in fields {
        http.send_header(name, value.to_string());
    }
}
