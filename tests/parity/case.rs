//! What a case is: a server's options, the bytes that go to it, and how its connection ends.

/// The options both servers are started with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Options {
    pub(crate) handler: &'static str,
    pub(crate) protocol: &'static str,
    /// Further options, as they stand on a command line.
    pub(crate) more: &'static [&'static str],
}

impl Options {
    pub(crate) const fn new(handler: &'static str, protocol: &'static str) -> Self {
        Self { handler, protocol, more: &[] }
    }

    /// Short and unique, for the names of cases: `page/1.0`.
    pub(crate) fn name(&self) -> String {
        let mut name = format!("{}/{}", self.handler, &self.protocol["HTTP/".len()..]);
        for option in self.more {
            name.push(' ');
            name.push_str(option);
        }
        name
    }
}

pub(crate) const FULL: Options = Options::new("full", "HTTP/1.1");
pub(crate) const FULL_10: Options = Options::new("full", "HTTP/1.0");
pub(crate) const BASE: Options = Options::new("base", "HTTP/1.1");
pub(crate) const BASE_10: Options = Options::new("base", "HTTP/1.0");
pub(crate) const PAGE: Options = Options::new("page", "HTTP/1.1");
pub(crate) const PAGE_10: Options = Options::new("page", "HTTP/1.0");
pub(crate) const REFUSE: Options = Options::new("refuse", "HTTP/1.1");
pub(crate) const LOG: Options = Options::new("log", "HTTP/1.1");
pub(crate) const HTTP09: Options = Options::new("http09", "HTTP/1.1");

/// One thing the client does.
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Long enough for a server to read what was sent so far on its own.
    Pause,
    /// Goes on once the reply contains this.
    Await(&'static [u8]),
}

/// How the connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The server closes it without being asked.
    Closed,
    /// The server keeps it: a last request, `END`, gets its 501 over it.
    Open,
    /// The client sends no more and says so; the server answers what it has, then closes.
    HalfClosed,
}

pub(crate) struct Case {
    /// Unique among the cases with the same options.
    pub(crate) title: String,
    pub(crate) options: Options,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

impl Case {
    /// A case whose connection the server closes; see [`open`](Case::open).
    pub(crate) fn new(options: Options, title: &str) -> Self {
        Self { title: title.to_owned(), options, steps: Vec::new(), end: End::Closed }
    }

    /// Unique among all cases.
    pub(crate) fn name(&self) -> String {
        format!("{}: {}", self.options.name(), self.title)
    }

    pub(crate) fn send(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push(Step::Send(bytes.as_ref().to_vec()));
        self
    }

    pub(crate) fn pause(mut self) -> Self {
        self.steps.push(Step::Pause);
        self
    }

    pub(crate) fn wait_for(mut self, part_of_reply: &'static [u8]) -> Self {
        self.steps.push(Step::Await(part_of_reply));
        self
    }

    pub(crate) fn open(self) -> Self {
        self.end(End::Open)
    }

    pub(crate) fn half_closed(self) -> Self {
        self.end(End::HalfClosed)
    }

    pub(crate) fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// [`End::Open`] if `open`, else [`End::Closed`].
    pub(crate) fn open_if(self, open: bool) -> Self {
        self.end(if open { End::Open } else { End::Closed })
    }
}
