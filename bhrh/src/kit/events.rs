//! Server-sent events: the sending half of the HTML standard's section 9.2, `text/event-stream`.
//!
//! A method that sends events runs for as long as the client listens. That costs one thread.
//! Nothing else waits for the method: its event loop goes on in another thread, and the method
//! waits only for its own client.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use crate::exchange::Exchange;
use crate::grammar::latin1_bytes;

/// # Answering: server-sent events
impl<'a> Exchange<'a> {
    /// Answers with a stream of events, which `run` sends. The head goes out before `run` is
    /// called, so that the client knows that it is connected before the first event.
    ///
    /// HEAD gets the head; `run` is not called then.
    ///
    /// ```
    /// use bhrh::{Event, Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Count;
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl Count {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         // A browser that comes back says what it has seen.
    ///         let last = http.last_event_id().and_then(|id| id.parse().ok()).unwrap_or(0);
    ///         http.send_events(|events| {
    ///             for number in last + 1..=3 {
    ///                 let text = format!("number\n{number}");
    ///                 events.send(Event::new(text).id(number.to_string()))?;
    ///             }
    ///             Ok(())
    ///         })
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::client(&Count).get("/").header("Last-Event-ID", "2").send();
    /// assert_eq!(response.header("Content-Type"), Some("text/event-stream"));
    /// assert_eq!(response.text(), "id: 3\ndata: number\ndata: 3\n\n");
    /// ```
    ///
    /// # Errors
    ///
    /// As [`end_headers`](Exchange::end_headers), and what `run` returns.
    pub fn send_events<E: From<io::Error>>(
        &mut self,
        run: impl FnOnce(&mut EventStream<'_, 'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.send_response(200);
        self.send_header("Content-Type", "text/event-stream");
        self.send_header("Cache-Control", "no-store");
        // Tells nginx to pass events on as they come.
        self.send_header("X-Accel-Buffering", "no");
        self.end_headers()?;
        if self.command == "HEAD" {
            return Ok(());
        }
        self.wfile.flush()?;
        run(&mut EventStream { http: self, text: String::new() })
    }

    /// The id of the last event that the client saw before its connection broke: its
    /// `Last-Event-ID`.
    #[must_use]
    pub fn last_event_id(&self) -> Option<String> {
        let bytes = latin1_bytes(self.headers.get("Last-Event-ID")?);
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Where events are sent to: the argument of [`Exchange::send_events`].
///
/// ```
/// use bhrh::Event;
///
/// let app = bhrh::from_fn(|http| {
///     http.send_events(|events| {
///         events.send("plain text")?;
///         events.send(Event::new("42").event("progress").id("7"))?;
///         events.comment("still here")
///     })
/// });
/// let text = "data: plain text\n\nevent: progress\nid: 7\ndata: 42\n\n: still here\n\n";
/// assert_eq!(bhrh::testing::get(&app, "/").text(), text);
/// ```
#[derive(Debug)]
pub struct EventStream<'s, 'a> {
    http: &'s mut Exchange<'a>,
    text: String,
}

impl<'a> EventStream<'_, 'a> {
    /// Sends an event: an [`Event`], or text as an event's data. It leaves at once.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if a name or an id has a line end in it, or an id NUL; and
    /// what the connection reports once the client is gone, or does not take anything for as long
    /// as [`Timeouts::write`](crate::Timeouts::write). Passed on with `?`, that ends the stream.
    pub fn send<'e>(&mut self, event: impl Into<Event<'e>>) -> io::Result<()> {
        self.text.clear();
        event.into().write_to(&mut self.text)?;
        self.leave()
    }

    /// Sends a comment, which clients skip: a note for people, or, as `comment("")`, a sign of
    /// life.
    ///
    /// Proxies close connections on which nothing comes for a minute or so, and only a write
    /// tells that a client has vanished without a word. So a stream that may be silent for long
    /// should send one every 15 seconds.
    ///
    /// # Errors
    ///
    /// What the connection reports.
    pub fn comment(&mut self, text: &str) -> io::Result<()> {
        self.text.clear();
        field(&mut self.text, "", text);
        self.leave()
    }

    /// Whether it makes sense to go on: the client has not been seen to leave, and the server is
    /// not shutting down. A method that waits for something to send should call this now and then,
    /// since a shutdown waits for the method.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.http.client_gone() && !self.http.server.is_shutting_down()
    }

    /// The exchange that these events answer, for its log and its fields.
    #[must_use]
    pub fn http(&self) -> &Exchange<'a> {
        self.http
    }

    fn leave(&mut self) -> io::Result<()> {
        self.text.push('\n');
        self.http.wfile.write_all(self.text.as_bytes())?;
        self.http.wfile.flush()
    }
}

/// An event. A browser's `EventSource` tells it by its name to those who listen for that name,
/// and without one to `onmessage`.
///
/// ```
/// use bhrh::Event;
/// use std::time::Duration;
///
/// let app = bhrh::from_fn(|http| {
///     http.send_events(|events| {
///         let event = Event::new("96").event("degrees").id("7");
///         events.send(event.retry(Duration::from_secs(2)))
///     })
/// });
/// let response = bhrh::testing::get(&app, "/");
/// assert_eq!(response.text(), "event: degrees\nid: 7\nretry: 2000\ndata: 96\n\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event<'e> {
    data: Option<Cow<'e, str>>,
    event: Option<Cow<'e, str>>,
    id: Option<Cow<'e, str>>,
    retry: Option<Duration>,
}

impl<'e> Event<'e> {
    /// An event with this text, of any number of lines. CR, LF and CR LF all end one; the client
    /// sees LF.
    #[must_use]
    pub fn new(data: impl Into<Cow<'e, str>>) -> Event<'e> {
        Event { data: Some(data.into()), ..Event::default() }
    }

    /// Sets the event's name.
    #[must_use]
    pub fn event(self, name: impl Into<Cow<'e, str>>) -> Event<'e> {
        Event { event: Some(name.into()), ..self }
    }

    /// Sets the event's id. A client that has to reconnect sends the id of the last event that it
    /// saw.
    #[must_use]
    pub fn id(self, id: impl Into<Cow<'e, str>>) -> Event<'e> {
        Event { id: Some(id.into()), ..self }
    }

    /// Sets how long the client waits before it reconnects, in whole milliseconds.
    #[must_use]
    pub fn retry(self, time: Duration) -> Event<'e> {
        Event { retry: Some(time), ..self }
    }

    fn write_to(&self, text: &mut String) -> io::Result<()> {
        let has_line_end = |text: &str| text.contains(['\r', '\n']);
        if self.event.as_deref().is_some_and(has_line_end) {
            return Err(invalid("the name of the event has a line end in it"));
        }
        if self.id.as_deref().is_some_and(|id| has_line_end(id) || id.contains('\0')) {
            return Err(invalid("the id of the event has a line end or NUL in it"));
        }
        if let Some(name) = &self.event {
            field(text, "event", name);
        }
        if let Some(id) = &self.id {
            field(text, "id", id);
        }
        if let Some(time) = self.retry {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "retry: {}", time.as_millis());
        }
        if let Some(data) = &self.data {
            field(text, "data", data);
        }
        Ok(())
    }
}

impl<'e, T: Into<Cow<'e, str>>> From<T> for Event<'e> {
    fn from(data: T) -> Event<'e> {
        Event::new(data)
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("send: {what}"))
}

/// A line of this field for each line of the text. The space after the colon keeps a space at the
/// beginning of the text from being lost.
fn field(to: &mut String, name: &str, text: &str) {
    let mut rest = Some(text);
    while let Some(text) = rest {
        let end = text.find(['\r', '\n']);
        let line = &text[..end.unwrap_or(text.len())];
        rest = end.map(|end| match text[end..].strip_prefix("\r\n") {
            Some(after) => after,
            None => &text[end + 1..],
        });
        to.push_str(name);
        to.push_str(": ");
        to.push_str(line);
        to.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: Event<'_>) -> String {
        let mut text = String::new();
        event.write_to(&mut text).unwrap();
        text
    }

    #[test]
    fn every_line_is_a_field() {
        for (data, expected) in [
            ("", "data: \n"),
            ("a", "data: a\n"),
            (" a", "data:  a\n"),
            ("a\nb", "data: a\ndata: b\n"),
            ("a\r\nb\rc\n", "data: a\ndata: b\ndata: c\ndata: \n"),
            ("\n\ndata: x", "data: \ndata: \ndata: data: x\n"),
            ("\n\r", "data: \ndata: \ndata: \n"),
            ("\u{2028}\u{85}", "data: \u{2028}\u{85}\n"),
        ] {
            assert_eq!(written(data.into()), expected, "{data:?}");
        }
        let event = Event::new("d").event("tick").id("7").retry(Duration::from_secs(2));
        assert_eq!(written(event), "event: tick\nid: 7\nretry: 2000\ndata: d\n");
        assert_eq!(written(Event::default().retry(Duration::ZERO)), "retry: 0\n");
    }

    #[test]
    fn nothing_else_gets_into_a_stream() {
        for event in [
            Event::new("d").event("a\nb"),
            Event::new("d").event("a\rdata: x"),
            Event::new("d").id("1\n"),
            Event::new("d").id("1\0"),
        ] {
            let mut text = String::new();
            let error = event.write_to(&mut text).unwrap_err();
            assert_eq!((error.kind(), &*text), (io::ErrorKind::InvalidInput, ""));
        }
    }
}
