//! Cookies, read and set: RFC 6265, without a jar, signatures or sessions.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use crate::date;
use crate::exchange::Exchange;
use crate::grammar::{is_token, latin1_bytes, trim_ows};

/// # Reading and answering: cookies
impl<'a> Exchange<'a> {
    /// The value of a cookie that the client sent, without quotes around it. Of several of one
    /// name it is the first, which by RFC 6265 section 5.4 is the one for the longest path.
    ///
    /// It is read as UTF-8, as queries and forms are, since that is what scripts set; if the bytes
    /// are not UTF-8, each byte is one character (ISO-8859-1). `http.headers.get("Cookie")` has all
    /// of them as ISO-8859-1, like any field.
    ///
    /// A client can send any cookie that it wants: do not trust the value.
    ///
    /// ```
    /// use bhrh::{Cookie, Exchange, http_handler};
    /// use std::io;
    /// use std::time::Duration;
    ///
    /// struct Counter;
    ///
    /// #[http_handler]
    /// impl Counter {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let visits = http.cookie("visits").and_then(|text| text.parse().ok()).unwrap_or(0u32);
    ///         let visits = visits.saturating_add(1);
    ///         let day = Duration::from_secs(24 * 60 * 60);
    ///         http.set_cookie(&Cookie::new("visits", visits.to_string()).max_age(day))?;
    ///         http.reply(200, "text/plain", format!("visit {visits}"))
    ///     }
    /// }
    ///
    /// let cookies = "theme=dark; visits=6";
    /// let response = bhrh::testing::client(&Counter).get("/").header("Cookie", cookies).send();
    /// assert_eq!(response.text(), "visit 7");
    /// let set = "visits=7; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax";
    /// assert_eq!(response.header("Set-Cookie"), Some(set));
    /// ```
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<Cow<'a, str>> {
        self.cookies().find(|cookie| cookie.0 == name).map(|cookie| cookie.1)
    }

    /// Names and values of the cookies that the client sent, in order, duplicates kept. Names are
    /// case-sensitive, and any that a browser sends is taken: `cart[1]` too, which
    /// [`set_cookie`](Exchange::set_cookie) would refuse. A cookie without a name, or with control
    /// characters in it, is left out.
    pub fn cookies(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> + use<'a> {
        let pairs = self.headers.get_all("Cookie").flat_map(|value| value.split(';'));
        pairs.filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (trim_ows(name), trim_ows(value));
            let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let is_name = !name.is_empty() && !name.contains(char::is_control);
            is_name.then(|| (utf8(name), utf8(inner.unwrap_or(value))))
        })
    }

    /// Sets a cookie with the response to come, or with the one that was begun: it may be called
    /// before [`send_response`](Exchange::send_response), [`reply`](Exchange::reply) or
    /// [`redirect`](Exchange::redirect), and up to [`end_headers`](Exchange::end_headers).
    ///
    /// ```
    /// # use bhrh::{Cookie, Exchange, http_handler};
    /// # use std::io;
    /// # struct App;
    /// # #[http_handler]
    /// # impl App {
    /// fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
    ///     http.set_cookie(&Cookie::removal("sid"))?;
    ///     http.redirect(303, "/goodbye")
    /// }
    /// # }
    /// # let response = bhrh::testing::client(&App).post("/").send();
    /// # assert!(response.header("Set-Cookie").unwrap().starts_with("sid=; Path=/; Max-Age=0;"));
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if no browser would take the cookie; the message says why,
    /// and no cookie is set then.
    pub fn set_cookie(&mut self, cookie: &Cookie<'_>) -> io::Result<()> {
        if let Some(fault) = cookie.fault() {
            let what = format!("set_cookie: {:?}: {fault}", cookie.name);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        self.add_header("Set-Cookie", cookie);
        Ok(())
    }
}

/// A cookie to be set, with defaults that are safe: for the whole site and no other, out of
/// scripts' reach, not sent along with requests that other sites make (links excepted), and gone
/// when the browser closes.
///
/// ```
/// use bhrh::{Cookie, SameSite};
/// use std::time::Duration;
///
/// let cookie = Cookie::new("sid", "31d4d96e407aad42");
/// assert_eq!(cookie.to_string(), "sid=31d4d96e407aad42; Path=/; HttpOnly; SameSite=Lax");
///
/// let cookie = Cookie::new("__Host-sid", "31d4d96e407aad42")
///     .secure(true)
///     .same_site(SameSite::Strict)
///     .max_age(Duration::from_secs(3600));
/// assert!(cookie.to_string().ends_with("; Max-Age=3600; Secure; HttpOnly; SameSite=Strict"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie<'c> {
    name: Cow<'c, str>,
    value: Cow<'c, str>,
    path: Cow<'c, str>,
    domain: Option<Cow<'c, str>>,
    max_age: Option<Duration>,
    expires: Option<SystemTime>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

/// With which requests from other sites a cookie is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// With none.
    Strict,
    /// With links that are followed.
    Lax,
    /// With all; browsers want [`secure`](Cookie::secure) then.
    None,
}

impl<'c> Cookie<'c> {
    /// A cookie with `Path=/`, `HttpOnly` and `SameSite=Lax`.
    ///
    /// Its name has to be a token, its value of visible ASCII without space, quote, comma,
    /// semicolon and backslash: encode anything else (hexadecimal, base64, percent).
    #[must_use]
    pub fn new(name: impl Into<Cow<'c, str>>, value: impl Into<Cow<'c, str>>) -> Cookie<'c> {
        Cookie {
            name: name.into(),
            value: value.into(),
            path: "/".into(),
            domain: None,
            max_age: None,
            expires: None,
            secure: false,
            http_only: true,
            same_site: SameSite::Lax,
        }
    }

    /// A cookie that makes the client forget the cookie of this name. Path and domain have to be
    /// those that the cookie was set with.
    #[must_use]
    pub fn removal(name: impl Into<Cow<'c, str>>) -> Cookie<'c> {
        Cookie::new(name, "").max_age(Duration::ZERO).expires(SystemTime::UNIX_EPOCH)
    }

    /// Sets the path: the cookie is sent with requests for this path and all paths below it.
    /// Default: `/`.
    #[must_use]
    pub fn path(self, path: impl Into<Cow<'c, str>>) -> Cookie<'c> {
        Cookie { path: path.into(), ..self }
    }

    /// Sets the domain: the cookie is sent to this domain and all of its subdomains. Default: only
    /// to the host that set it.
    #[must_use]
    pub fn domain(self, domain: impl Into<Cow<'c, str>>) -> Cookie<'c> {
        Cookie { domain: Some(domain.into()), ..self }
    }

    /// Sets how long the client keeps the cookie, rounded up to seconds. Zero makes the client
    /// forget it.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Cookie<'c> {
        Cookie { max_age: Some(max_age), ..self }
    }

    /// Sets until when the client keeps the cookie. [`max_age`](Cookie::max_age) takes precedence,
    /// and does not depend on the client's clock.
    #[must_use]
    pub fn expires(self, expires: SystemTime) -> Cookie<'c> {
        Cookie { expires: Some(expires), ..self }
    }

    /// Sets whether the cookie is sent over TLS only. Default: off, since TLS ends in front of this
    /// server. Turn it on wherever the site is https.
    #[must_use]
    pub fn secure(self, secure: bool) -> Cookie<'c> {
        Cookie { secure, ..self }
    }

    /// Sets whether scripts in the browser cannot read the cookie. Default: on.
    #[must_use]
    pub fn http_only(self, http_only: bool) -> Cookie<'c> {
        Cookie { http_only, ..self }
    }

    /// Sets with which requests from other sites the cookie is sent. Default: [`SameSite::Lax`].
    #[must_use]
    pub fn same_site(self, same_site: SameSite) -> Cookie<'c> {
        Cookie { same_site, ..self }
    }

    /// Why a browser would not take the cookie.
    fn fault(&self) -> Option<&'static str> {
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if !is_token(&self.name) {
            return Some("the name is no token");
        }
        if !self.value.bytes().all(is_cookie_octet) {
            return Some("the value has characters that have to be encoded");
        }
        if !self.path.starts_with('/') || !self.path.bytes().all(is_path_octet) {
            return Some("the path does not begin with a slash, or has characters of no path");
        }
        if self.domain.as_ref().is_some_and(|it| it.is_empty() || !it.bytes().all(is_host)) {
            return Some("the domain is none");
        }
        if self.same_site == SameSite::None && !self.secure {
            return Some("SameSite=None without Secure");
        }
        // RFC 6265bis section 4.1.3; browsers compare the prefixes without regard to case.
        let begins = |prefix: &str| {
            let start = self.name.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        if (begins("__Secure-") || begins("__Host-")) && !self.secure {
            return Some("the prefix of its name demands Secure");
        }
        if begins("__Host-") && (self.path != "/" || self.domain.is_some()) {
            return Some("the prefix __Host- demands Path=/ and no Domain");
        }
        None
    }
}

/// The value of its `Set-Cookie` field.
impl fmt::Display for Cookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}; Path={}", self.name, self.value, self.path)?;
        if let Some(domain) = &self.domain {
            write!(f, "; Domain={domain}")?;
        }
        if let Some(age) = self.max_age {
            let seconds = age.as_secs().saturating_add(u64::from(age.subsec_nanos() > 0));
            write!(f, "; Max-Age={seconds}")?;
        }
        if let Some(expires) = self.expires {
            write!(f, "; Expires={}", date::http::shown(expires))?;
        }
        if self.secure {
            f.write_str("; Secure")?;
        }
        if self.http_only {
            f.write_str("; HttpOnly")?;
        }
        f.write_str(match self.same_site {
            SameSite::Strict => "; SameSite=Strict",
            SameSite::Lax => "; SameSite=Lax",
            SameSite::None => "; SameSite=None",
        })
    }
}

/// Decodes text again as UTF-8, if it was read as ISO-8859-1 and its bytes are UTF-8.
fn utf8(text: &str) -> Cow<'_, str> {
    match latin1_bytes(text) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// `cookie-octet` of RFC 6265 section 4.1.1.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

/// `path-value` of the same section, less what is not ASCII.
fn is_path_octet(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b';'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_attributes() {
        let cookie = Cookie::new("a", "b")
            .path("/x")
            .domain("example.org")
            .max_age(Duration::from_millis(1500))
            .expires(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
            .secure(true)
            .http_only(false)
            .same_site(SameSite::None);
        assert_eq!(cookie.fault(), None);
        let expected = "a=b; Path=/x; Domain=example.org; Max-Age=2; \
                        Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure; SameSite=None";
        assert_eq!(cookie.to_string(), expected);
        let expected = "a=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; \
                        HttpOnly; SameSite=Lax";
        assert_eq!(Cookie::removal("a").to_string(), expected);
    }

    #[test]
    fn an_expiry_that_no_date_can_tell_is_the_nearest() {
        let epoch = SystemTime::UNIX_EPOCH;
        for (expires, shown) in [
            (epoch - Duration::from_secs(1), "Thu, 01 Jan 1970 00:00:00 GMT"),
            (epoch + Duration::from_secs(253_402_300_800), "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            let cookie = Cookie::new("a", "b").expires(expires).to_string();
            assert!(cookie.contains(&format!("; Expires={shown};")), "{cookie}");
        }
    }

    #[test]
    fn what_a_browser_would_not_take() {
        let cookie = |name: &'static str| Cookie::new(name, "v");
        for (bad, what) in [
            (cookie(""), "token"),
            (cookie("a b"), "token"),
            (cookie("a=b"), "token"),
            (cookie("caf\u{e9}"), "token"),
            (Cookie::new("a", "b c"), "encoded"),
            (Cookie::new("a", "b;c"), "encoded"),
            (Cookie::new("a", "\"b\""), "encoded"),
            (Cookie::new("a", "b\r\nX: y"), "encoded"),
            (Cookie::new("a", "\u{e9}"), "encoded"),
            (cookie("a").path(""), "path"),
            (cookie("a").path("x"), "path"),
            (cookie("a").path("/;x"), "path"),
            (cookie("a").path("/\n"), "path"),
            (cookie("a").domain(""), "domain"),
            (cookie("a").domain("a;b"), "domain"),
            (cookie("a").same_site(SameSite::None), "Secure"),
            (cookie("__Secure-a"), "Secure"),
            (cookie("__host-a"), "Secure"),
            (cookie("__Host-a").secure(true).path("/x"), "__Host-"),
            (cookie("__Host-a").secure(true).domain("a.b"), "__Host-"),
        ] {
            let fault = bad.fault().unwrap_or_else(|| panic!("taken: {bad:?}"));
            assert!(fault.contains(what), "{bad:?}: {fault}");
        }
    }
}
