//! Who is signed in: a cookie that only this server can make.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bhrh::{Cookie, Exchange};
use cookie::{CookieJar, Key};

const NAME: &str = "session";
const LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub struct Sessions {
    key: Key,
}

impl Sessions {
    /// The file has the key that signs: 64 random bytes.
    pub fn by_key(path: &Path) -> io::Result<Sessions> {
        let key = fs::read(path).map_err(|error| {
            io::Error::new(error.kind(), format!("the key {}: {error}", path.display()))
        })?;
        Ok(Sessions { key: Key::try_from(&*key).map_err(io::Error::other)? })
    }

    /// The cookie that signs a visitor in.
    pub fn begin(&self, name: &str) -> Cookie<'static> {
        let ends = now() + LIFE.as_secs();
        // Written like a form, so that any name fits into a cookie.
        let session = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", name)
            .append_pair("ends", &ends.to_string())
            .finish();
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key).add((NAME, session));
        let signed = jar.get(NAME).expect("it was just added").value().to_owned();
        Cookie::new(NAME, signed).max_age(LIFE)
    }

    /// The cookie that signs a visitor out.
    pub fn end() -> Cookie<'static> {
        Cookie::removal(NAME)
    }

    /// The visitor who is signed in.
    pub fn visitor(&self, http: &Exchange<'_>) -> Option<String> {
        let sent = http.cookie(NAME)?.into_owned();
        let session = CookieJar::new().signed(&self.key).verify((NAME, sent).into())?;
        let field = |wanted: &str| {
            let mut fields = form_urlencoded::parse(session.value().as_bytes());
            fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let ends: u64 = field("ends")?.parse().ok()?;
        if ends < now() { None } else { field("name") }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
