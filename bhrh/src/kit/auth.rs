//! Basic authentication (RFC 7617): the client's credentials, compared in constant time, and the
//! challenge.
//!
//! The crate `constant_time_eq` compares. It is maintained, has no dependency and is one function.
//! `subtle`, the other crate of this kind, brings types that nothing here uses.

use std::fmt;
use std::io;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use constant_time_eq::constant_time_eq;

use crate::exchange::Exchange;
use crate::grammar::trim_ows;

/// RFC 7617 wants padding. Some clients leave it out, and there is only one way to understand them.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// # Reading: who asks (feature `auth`)
impl Exchange<'_> {
    /// The name and the password in the field `Authorization: Basic`; `None` if the field is
    /// missing or cannot be read.
    ///
    /// Anybody on the way can read them too, unless TLS ends in front of this server.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Admin {
    ///     password: String,
    /// }
    ///
    /// #[http_handler]
    /// impl Admin {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         if !http.basic_auth().is_some_and(|it| it.matches("admin", &self.password)) {
    ///             return http.demand_basic_auth("admin pages");
    ///         }
    ///         http.reply(200, "text/plain", "secrets\n")
    ///     }
    /// }
    ///
    /// let admin = Admin { password: "open sesame".into() };
    /// let response = bhrh::testing::get(&admin, "/");
    /// assert_eq!(response.status(), 401);
    /// let challenge = "Basic realm=\"admin pages\", charset=\"UTF-8\"";
    /// assert_eq!(response.header("WWW-Authenticate"), Some(challenge));
    ///
    /// let credentials = "Basic YWRtaW46b3BlbiBzZXNhbWU=";
    /// let request = bhrh::testing::client(&admin).get("/").header("Authorization", credentials);
    /// let response = request.send();
    /// assert_eq!(response.text(), "secrets\n");
    /// ```
    ///
    /// Feature `auth`.
    #[must_use]
    pub fn basic_auth(&self) -> Option<Credentials> {
        let mut fields = self.headers.get_all("Authorization");
        let value = fields.next()?;
        // Two such fields contradict each other, so neither counts.
        if fields.next().is_some() {
            return None;
        }
        let (scheme, encoded) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("Basic") {
            return None;
        }
        Credentials::read(trim_ows(encoded))
    }

    /// Answers 401 with the challenge that has browsers ask for a name and a password, by the
    /// handler's error page. The realm tells people, and browsers, what the password is for.
    ///
    /// Feature `auth`.
    ///
    /// # Errors
    ///
    /// As [`send_error`](Exchange::send_error). A realm with control characters or characters
    /// outside ISO-8859-1 is refused as [`send_header`](Exchange::send_header) refuses it.
    pub fn demand_basic_auth(&mut self, realm: &str) -> io::Result<()> {
        let quoted = realm.replace('\\', "\\\\").replace('"', "\\\"");
        let challenge = format!("Basic realm=\"{quoted}\", charset=\"UTF-8\"");
        self.add_header("WWW-Authenticate", challenge);
        self.send_error(401)
    }
}

/// A name and a password that a client sent.
#[derive(Clone)]
pub struct Credentials {
    user: Vec<u8>,
    password: Vec<u8>,
}

impl Credentials {
    fn read(encoded: &str) -> Option<Credentials> {
        let decoded = BASE64.decode(encoded).ok()?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let (user, password) = decoded.split_at(colon);
        let password = &password[1..];
        // RFC 7617 section 2: neither holds control characters.
        if decoded.iter().any(u8::is_ascii_control) {
            return None;
        }
        Some(Credentials { user: user.to_owned(), password: password.to_owned() })
    }

    /// The name, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn user(&self) -> String {
        String::from_utf8_lossy(&self.user).into_owned()
    }

    /// The password, with U+FFFD for bytes that are not UTF-8. It is for a check of your own, for
    /// instance against a hash.
    ///
    /// ```
    /// # fn hash(password: &str) -> String { password.chars().rev().collect() }
    /// # let stored = "terces";
    /// let app = bhrh::from_fn(|http| match http.basic_auth() {
    ///     // `hash` is yours: argon2, for instance.
    ///     Some(given) if hash(&given.password()) == stored => {
    ///         http.reply(200, "text/plain", format!("hello, {}", given.user()))
    ///     }
    ///     _ => http.demand_basic_auth("this place"),
    /// });
    /// let ask = bhrh::testing::client(&app).get("/").header("Authorization", "Basic YWRhOnNlY3JldA==");
    /// assert_eq!(ask.send().text(), "hello, ada");
    /// ```
    #[must_use]
    pub fn password(&self) -> String {
        String::from_utf8_lossy(&self.password).into_owned()
    }

    /// Whether the client sent this name and this password. How long the comparison takes depends
    /// only on the lengths.
    #[must_use]
    pub fn matches(&self, user: &str, password: &str) -> bool {
        // `&` and not `&&`: a wrong name must not be quicker than a wrong password.
        constant_time_eq(&self.user, user.as_bytes())
            & constant_time_eq(&self.password, password.as_bytes())
    }
}

/// Leaves the password out, since debug output may end up in a log.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_rfc_7617() {
        for (encoded, user, password) in [
            ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
            ("QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Aladdin", "open sesame"),
            ("dGVzdDoxMjPCow==", "test", "123\u{a3}"),
            ("YTpiOmM=", "a", "b:c"),
            ("Og==", "", ""),
        ] {
            let read = Credentials::read(encoded).expect(encoded);
            assert_eq!((&*read.user(), &*read.password()), (user, password));
            assert!(read.matches(user, password));
            assert!(!read.matches(user, "wrong") && !read.matches("wrong", password));
            assert!(!format!("{read:?}").contains("sesame"));
        }
    }

    #[test]
    fn what_is_none() {
        // No base64, no colon, a control character, a stray bit in the last character.
        for encoded in ["", "!", "YWJj", "YTpiCg==", "YTpi Yw==", "YTr="] {
            assert!(Credentials::read(encoded).is_none(), "{encoded}");
        }
    }
}
