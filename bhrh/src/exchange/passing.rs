//! Handing a request to a handler: to the one that the exchange is for, or to another, and what
//! goes along then and comes back.

use super::mount::{Missed, Mount};
use super::{BodyWriter, Exchange, version_keeps};
use crate::handler::Handler;
use crate::handler::outcome::{Dispatch, Outcome};
use crate::rare::Rare;

/// # Handing the request on
impl<'a> Exchange<'a> {
    /// Runs the method for this request. If the handler has no method for it, answers 501, 405 or
    /// 404. `handle_one_request` does this when it is not overridden. (If the handler is mounted in
    /// another one, that one gets the request back and answers.)
    ///
    /// ```
    /// use bhrh::{Exchange, Outcome, http_handler};
    ///
    /// struct App;
    ///
    /// #[http_handler]
    /// impl App {
    ///     fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
    ///         if http.headers.contains("X-Blocked") {
    ///             return Ok(http.send_error(403)?);
    ///         }
    ///         http.dispatch()
    ///     }
    ///
    ///     fn do_GET(&self) -> &'static str {
    ///         "hello"
    ///     }
    /// }
    ///
    /// assert_eq!(bhrh::testing::get(&App, "/").text(), "hello");
    /// let request = bhrh::testing::client(&App).get("/").header("X-Blocked", "yes");
    /// assert_eq!(request.send().status(), 403);
    /// ```
    ///
    /// # Errors
    ///
    /// What the method returned.
    pub fn dispatch(&mut self) -> Outcome {
        let handler = self.dispatcher;
        match handler.dispatch(self) {
            Dispatch::Handled(outcome) => outcome,
            missed => self.answer_missed(missed),
        }
    }

    /// Lets another handler answer this request, with the hooks and settings of that handler: for a
    /// program that chooses between handlers. Each of them could be a server of its own.
    ///
    /// ```
    /// use bhrh::{Exchange, Handler, Outcome, http_handler};
    ///
    /// struct ByHost {
    ///     shop: Box<dyn Handler>,
    ///     blog: Box<dyn Handler>,
    /// }
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl ByHost {
    ///     fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
    ///         match http.headers.get("Host") {
    ///             Some("shop.example") => http.pass_to(&self.shop),
    ///             _ => http.pass_to(&self.blog),
    ///         }
    ///     }
    /// }
    ///
    /// let shop = bhrh::from_fn(|http| http.reply(200, "text/plain", "Cheese"));
    /// let blog = bhrh::from_fn(|http| http.reply(200, "text/plain", "On cheese"));
    /// let site = ByHost { shop: Box::new(shop), blog: Box::new(blog) };
    /// let request = bhrh::testing::client(&site).get("/").header("Host", "shop.example");
    /// assert_eq!(request.send().text(), "Cheese");
    /// ```
    ///
    /// Whether connections are kept, what early errors look like and how lines are logged late is
    /// this handler's. For middleware around one handler see [`dispatch_to`](Exchange::dispatch_to)
    /// and the argument `wraps` of [`http_handler`](macro@crate::http_handler).
    ///
    /// # Errors
    ///
    /// What the other handler's method returned.
    pub fn pass_to(&mut self, inner: &dyn Handler) -> Outcome {
        let (outcome, missed) = self.pass(Some(inner), inner, self.path, self.mount.lend());
        self.mount.note_missed(missed);
        outcome
    }

    /// Lets another handler's methods answer this request, with the hooks and settings of this one:
    /// what `wraps` does with the commands that a block has no method for.
    ///
    /// ```
    /// use bhrh::{Exchange, Handler, Outcome, http_handler};
    ///
    /// struct Site<H>(H);
    ///
    /// #[http_handler(wraps = self.0)]
    /// impl<H: Handler> Site<H> {
    ///     fn do_GET(&self, http: &mut Exchange) -> Outcome {
    ///         match http.path {
    ///             "/health" => Ok(http.reply(200, "text/plain", "up")?),
    ///             _ => http.dispatch_to(&self.0),
    ///         }
    ///     }
    /// }
    ///
    /// let site = Site(bhrh::from_fn(|http| http.send_error(404)));
    /// assert_eq!(bhrh::testing::get(&site, "/health").text(), "up");
    /// assert_eq!(bhrh::testing::get(&site, "/").status(), 404);
    /// ```
    ///
    /// # Errors
    ///
    /// What the other handler's method returned.
    pub fn dispatch_to(&mut self, inner: &dyn Handler) -> Outcome {
        let (outcome, missed) = self.pass(None, inner, self.path, self.mount.lend());
        self.mount.note_missed(missed);
        outcome
    }

    /// Lets `dispatcher` answer this request under this path, with the hooks of another handler or
    /// with this one's. If it had no answer and an outer handler may answer, the second value says
    /// what it had instead.
    pub(super) fn pass<'i>(
        &mut self,
        hooks: Option<&'i dyn Handler>,
        dispatcher: &'i dyn Handler,
        path: &'i str,
        mount: Mount<'i>,
    ) -> (Outcome, Rare<Missed>)
    where
        'a: 'i,
    {
        let handler = hooks.unwrap_or(self.handler);
        let inner = Exchange {
            client_address: self.client_address.clone(),
            server: self.server,
            close_connection: self.close_connection || !version_keeps(&handler.protocol_version()),
            requestline: self.requestline,
            command: self.command,
            path,
            request_version: self.request_version,
            headers: self.headers,
            rfile: self.rfile.take(),
            wfile: BodyWriter::new(self.live),
            error_message_format: self.error_message_format.take(),
            error_content_type: self.error_content_type.take(),
            extensions: std::mem::take(&mut self.extensions),
            handler,
            dispatcher,
            live: self.live,
            profile: self.profile,
            limits: self.limits,
            scheduling: self.scheduling,
            added_fields: self.added_fields.take(),
            client_closes: self.client_closes,
            logged_late: self.logged_late,
            request_id: self.request_id.take(),
            mount,
        };
        let mut passed = Passed { outer: self, inner };
        let http = &mut passed.inner;
        if http.request_id.is_none() && hooks.is_some() {
            http.assign_id();
        }
        let outcome = dispatcher.handle_one_request(http);
        (outcome, http.mount.take_missed())
    }
}

/// An exchange that is lent to another handler. What went along comes back in every case: after a
/// panic, the error page is the outer exchange's, and has its fields and its name.
struct Passed<'o, 'a, 'i> {
    outer: &'o mut Exchange<'a>,
    inner: Exchange<'i>,
}

impl Drop for Passed<'_, '_, '_> {
    fn drop(&mut self) {
        let Passed { outer, inner } = self;
        outer.close_connection = inner.close_connection;
        outer.error_message_format = inner.error_message_format.take();
        outer.error_content_type = inner.error_content_type.take();
        outer.extensions = std::mem::take(&mut inner.extensions);
        outer.added_fields = inner.added_fields.take();
        outer.request_id = inner.request_id.take();
        outer.rfile.put_back(inner.rfile.take());
    }
}
