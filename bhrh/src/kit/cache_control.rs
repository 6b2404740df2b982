//! The field `Cache-Control` of a response (RFC 9111 section 5.2.2), put together by type.

use std::fmt;
use std::time::Duration;

/// The largest time that caches have to tell apart (RFC 9111 section 1.2.2), in seconds.
const LONGEST: u64 = 1 << 31;

/// The value of a `Cache-Control` field: how long caches may keep a response, and which ones
/// (RFC 9111 section 5.2.2).
///
/// Times are sent in whole seconds, a part of a second is dropped. A time above 2,147,483,648
/// seconds (68 years) is sent as that number, which caches read as "for ever".
///
/// ```
/// use bhrh::{CacheControl, Exchange, http_handler};
/// use std::io;
/// use std::time::Duration;
///
/// /// A file whose name changes with its content.
/// const FOR_EVER: CacheControl =
///     CacheControl::new().public().max_age(Duration::from_secs(365 * 86_400)).immutable();
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     #[route("GET /app.5f2a.js")]
///     fn script(&self, http: &mut Exchange) -> io::Result<()> {
///         http.add_header("Cache-Control", FOR_EVER);
///         http.reply(200, "text/javascript", "start();\n")
///     }
///
///     #[route("GET /account")]
///     fn account(&self, http: &mut Exchange) -> io::Result<()> {
///         http.add_header("Cache-Control", CacheControl::new().no_store());
///         http.reply(200, "text/plain", "42 euros\n")
///     }
/// }
///
/// let field = |path| bhrh::testing::get(&App, path).header("Cache-Control").map(str::to_owned);
/// let script = field("/app.5f2a.js");
/// assert_eq!(script.as_deref(), Some("public, max-age=31536000, immutable"));
/// assert_eq!(field("/account").as_deref(), Some("no-store"));
/// ```
///
/// `files::Files::cache_control` takes one as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[must_use = "it says something only in a field: `http.add_header(\"Cache-Control\", value)`"]
pub struct CacheControl {
    scope: Option<Scope>,
    no_store: bool,
    no_cache: bool,
    max_age: Option<u64>,
    s_maxage: Option<u64>,
    stale_while_revalidate: Option<u64>,
    stale_if_error: Option<u64>,
    must_revalidate: bool,
    proxy_revalidate: bool,
    must_understand: bool,
    no_transform: bool,
    immutable: bool,
}

/// Which caches may keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    Public,
    Private,
}

impl CacheControl {
    /// Without a directive. It has to get one: an empty field says nothing.
    pub const fn new() -> CacheControl {
        CacheControl {
            scope: None,
            no_store: false,
            no_cache: false,
            max_age: None,
            s_maxage: None,
            stale_while_revalidate: None,
            stale_if_error: None,
            must_revalidate: false,
            proxy_revalidate: false,
            must_understand: false,
            no_transform: false,
            immutable: false,
        }
    }

    /// `public`: any cache may keep the response, also where it would not otherwise, as after a
    /// request with `Authorization`. It replaces [`private`](CacheControl::private).
    pub const fn public(mut self) -> CacheControl {
        self.scope = Some(Scope::Public);
        self
    }

    /// `private`: the user's own cache may keep it, and none that several users share. It replaces
    /// [`public`](CacheControl::public).
    pub const fn private(mut self) -> CacheControl {
        self.scope = Some(Scope::Private);
        self
    }

    /// `no-store`: no cache keeps it.
    pub const fn no_store(mut self) -> CacheControl {
        self.no_store = true;
        self
    }

    /// `no-cache`: a cache may keep it, and asks the server before each use. With an `ETag`, and
    /// [`check_conditions`](crate::Exchange::check_conditions), the answer is a short 304.
    pub const fn no_cache(mut self) -> CacheControl {
        self.no_cache = true;
        self
    }

    /// `max-age`: for so long, caches use it without asking.
    pub const fn max_age(mut self, time: Duration) -> CacheControl {
        self.max_age = Some(seconds(time));
        self
    }

    /// `s-maxage`: instead of `max-age`, for caches that several users share.
    pub const fn s_maxage(mut self, time: Duration) -> CacheControl {
        self.s_maxage = Some(seconds(time));
        self
    }

    /// `stale-while-revalidate` (RFC 5861 section 3): for so long after `max-age`, a cache may use
    /// it while it asks for a new one.
    pub const fn stale_while_revalidate(mut self, time: Duration) -> CacheControl {
        self.stale_while_revalidate = Some(seconds(time));
        self
    }

    /// `stale-if-error` (RFC 5861 section 4): for so long after `max-age`, a cache may use it if
    /// the server fails.
    pub const fn stale_if_error(mut self, time: Duration) -> CacheControl {
        self.stale_if_error = Some(seconds(time));
        self
    }

    /// `must-revalidate`: after `max-age`, no cache uses it without asking, even if the server
    /// cannot be reached.
    pub const fn must_revalidate(mut self) -> CacheControl {
        self.must_revalidate = true;
        self
    }

    /// `proxy-revalidate`: as [`must_revalidate`](CacheControl::must_revalidate), for caches that
    /// several users share.
    pub const fn proxy_revalidate(mut self) -> CacheControl {
        self.proxy_revalidate = true;
        self
    }

    /// `must-understand`: only a cache that knows what the status means may keep it. Set
    /// [`no_store`](CacheControl::no_store) as well, for caches that do not know this directive.
    pub const fn must_understand(mut self) -> CacheControl {
        self.must_understand = true;
        self
    }

    /// `no-transform`: nobody on the way may change the content.
    /// `Exchange::compress` keeps to it, too.
    pub const fn no_transform(mut self) -> CacheControl {
        self.no_transform = true;
        self
    }

    /// `immutable` (RFC 8246): what is behind this path never changes. A browser does not ask even
    /// if the user reloads the page.
    pub const fn immutable(mut self) -> CacheControl {
        self.immutable = true;
        self
    }
}

/// Whole seconds, as far as caches count.
const fn seconds(time: Duration) -> u64 {
    if time.as_secs() > LONGEST { LONGEST } else { time.as_secs() }
}

/// The directives, separated by commas, in the order of the table below.
impl fmt::Display for CacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        let words = [
            ("public", self.scope == Some(Scope::Public)),
            ("private", self.scope == Some(Scope::Private)),
            ("no-store", self.no_store),
            ("no-cache", self.no_cache),
            ("must-revalidate", self.must_revalidate),
            ("proxy-revalidate", self.proxy_revalidate),
            ("must-understand", self.must_understand),
            ("no-transform", self.no_transform),
        ];
        for (word, _) in words.iter().filter(|(_, is_set)| *is_set) {
            write!(f, "{between}{word}")?;
            between = ", ";
        }
        let times = [
            ("max-age", self.max_age),
            ("s-maxage", self.s_maxage),
            ("stale-while-revalidate", self.stale_while_revalidate),
            ("stale-if-error", self.stale_if_error),
        ];
        for (word, time) in times {
            if let Some(time) = time {
                write!(f, "{between}{word}={time}")?;
                between = ", ";
            }
        }
        if self.immutable {
            write!(f, "{between}immutable")?;
        }
        Ok(())
    }
}

impl From<CacheControl> for String {
    fn from(value: CacheControl) -> String {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_directive_is_written_by_its_name() {
        let new = CacheControl::new;
        let minute = Duration::from_millis(60_999);
        for (value, expected) in [
            (new(), ""),
            (new().public(), "public"),
            (new().private(), "private"),
            (new().no_store(), "no-store"),
            (new().no_cache(), "no-cache"),
            (new().max_age(minute), "max-age=60"),
            (new().s_maxage(minute), "s-maxage=60"),
            (new().stale_while_revalidate(minute), "stale-while-revalidate=60"),
            (new().stale_if_error(minute), "stale-if-error=60"),
            (new().must_revalidate(), "must-revalidate"),
            (new().proxy_revalidate(), "proxy-revalidate"),
            (new().must_understand(), "must-understand"),
            (new().no_transform(), "no-transform"),
            (new().immutable(), "immutable"),
        ] {
            assert_eq!(value.to_string(), expected);
            assert_eq!(String::from(value), expected);
        }
    }

    #[test]
    fn several_directives_are_a_list() {
        let value = CacheControl::new()
            .immutable()
            .stale_if_error(Duration::from_secs(7))
            .max_age(Duration::ZERO)
            .private()
            .public()
            .must_revalidate();
        let expected = "public, must-revalidate, max-age=0, stale-if-error=7, immutable";
        assert_eq!(value.to_string(), expected);
        assert_eq!(CacheControl::new().public().private().to_string(), "private");
    }

    #[test]
    fn a_time_that_caches_cannot_count_is_for_ever() {
        let longest = CacheControl::new().max_age(Duration::MAX);
        assert_eq!(longest.to_string(), "max-age=2147483648");
        let shorter = CacheControl::new().max_age(Duration::from_secs(LONGEST - 1));
        assert_eq!(shorter.to_string(), "max-age=2147483647");
    }
}
