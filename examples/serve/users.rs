//! Who may ask: names, and passwords as they are or as hashes.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use argon2::{Argon2, PasswordVerifier};
use bhrh::{Credentials, Exchange};

use crate::turns::Turns;

/// How many requests wait for the check of a hash, and how many of one client. A check takes a
/// tenth of a second, and they are made one after the other.
const WAITING: (usize, usize) = (16, 4);

#[derive(Debug)]
pub(crate) struct Users {
    users: Vec<User>,
    /// The last right password of each user with a hash, because a browser sends the password with
    /// every request.
    right: Mutex<HashMap<String, String>>,
    waiting: Turns,
    /// One hash at a time: clients that guess take no more than one processor.
    hashing: Mutex<()>,
}

#[derive(Debug)]
struct User {
    name: String,
    secret: Secret,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Granted,
    Refused,
    /// Too many passwords are being checked.
    Later,
}

impl Default for Users {
    fn default() -> Users {
        let (at_once, of_each) = WAITING;
        Users {
            users: Vec::new(),
            right: Mutex::default(),
            waiting: Turns::new(at_once, of_each),
            hashing: Mutex::default(),
        }
    }
}

enum Secret {
    Password(String),
    Argon2(String),
    Bcrypt(String),
}

/// Leaves the secret out, since debug output may end up in a log.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Whether this password fits this hash.
    fn is_hash_of(&self, password: &str) -> bool {
        match self {
            Secret::Password(_) => false,
            Secret::Argon2(hash) => {
                Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok()
            }
            Secret::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
        }
    }

    /// How a hash was made. Hashes that were made in the same way take the same time to check.
    fn way(&self) -> Option<&str> {
        match self {
            Secret::Password(_) => None,
            // `$2b$12$`, and then salt and hash.
            Secret::Bcrypt(hash) => hash.get(3..7),
            // `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`
            Secret::Argon2(hash) => hash.rsplitn(3, '$').nth(2),
        }
    }
}

impl Users {
    /// Adds a user from `NAME:PASSWORD` or from `NAME:HASH`.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), String> {
        let Some((name, secret)) = text.split_once(':').filter(|(name, _)| !name.is_empty()) else {
            return Err("write USER:PASSWORD".to_owned());
        };
        // A variable of the shell that is not set must not become a password.
        if secret.is_empty() {
            return Err(format!("the password of {name} is empty"));
        }
        let owned = secret.to_owned();
        let begins = |starts: &[&str]| starts.iter().any(|start| secret.starts_with(start));
        let secret = if begins(&["$argon2id$", "$argon2i$", "$argon2d$"]) {
            let hash = argon2::password_hash::phc::PasswordHash::new(secret);
            hash.map_err(|error| format!("the hash of {name} is not one: {error}"))?;
            Secret::Argon2(owned)
        } else if begins(&["$2a$", "$2b$", "$2y$"]) {
            let parts = secret.parse::<bcrypt::HashParts>();
            parts.map_err(|error| format!("the hash of {name} is not one: {error}"))?;
            Secret::Bcrypt(owned)
        } else if looks_like_a_hash(secret) {
            return Err(format!(
                "the hash of {name} is of an unknown kind; known are those that begin with \
                 $argon2id$ or $2y$, and `htpasswd -nB {name}` makes one"
            ));
        } else {
            Secret::Password(owned)
        };
        self.users.push(User { name: name.to_owned(), secret });
        Ok(())
    }

    /// Adds a user for each line. Empty lines and lines that begin with `#` say nothing.
    pub(crate) fn add_lines(&mut self, text: &str) -> Result<(), String> {
        let lines = text.lines().map(str::trim_end).enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            self.add(line).map_err(|error| format!("line {}: {error}", at + 1))?;
        }
        // A file that lost its lines must not open the server to everybody.
        if self.users.is_empty() { Err("there is no user".to_owned()) } else { Ok(()) }
    }

    /// Whether the request may be answered: whether it has a right name and password, or whether
    /// none is asked for.
    pub(crate) fn admit(&self, http: &Exchange) -> Admission {
        if self.users.is_empty() {
            return Admission::Granted;
        }
        let Some(sent) = http.basic_auth() else { return Admission::Refused };
        let (name, password) = (sent.user(), sent.password());
        if self.has_password(&sent) || self.was_right(&sent, &name) {
            return Admission::Granted;
        }
        if self.users.iter().all(|user| user.secret.way().is_none()) {
            return Admission::Refused;
        }
        let Some(_turn) = self.waiting.take(http.client_ip()) else { return Admission::Later };
        let _one_at_a_time = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        // The same client has sent the same password several times at once.
        if self.was_right(&sent, &name) {
            return Admission::Granted;
        }
        if !self.fits_hash(&name, &password) {
            return Admission::Refused;
        }
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.insert(name, password);
        Admission::Granted
    }

    /// Whether the name and the password are those of a user without a hash.
    fn has_password(&self, sent: &Credentials) -> bool {
        self.users.iter().any(|user| match &user.secret {
            Secret::Password(password) => sent.matches(&user.name, password),
            _ => false,
        })
    }

    /// Whether the password is one that fitted this user's hash before.
    fn was_right(&self, sent: &Credentials, name: &str) -> bool {
        let right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        right.get(name).is_some_and(|right| sent.matches(name, right))
    }

    /// Whether the password fits a hash of this user. A check of a user who does not exist takes as
    /// long: it checks one hash for each way in which hashes were made, if need be another user's.
    fn fits_hash(&self, name: &str, password: &str) -> bool {
        let mut is_right = false;
        let mut ways = HashSet::new();
        // Those of this user first.
        let (own, others): (Vec<&User>, Vec<&User>) =
            self.users.iter().partition(|user| user.name == name);
        for user in own.iter().filter(|user| user.secret.way().is_some()) {
            is_right |= user.secret.is_hash_of(password);
            ways.extend(user.secret.way());
        }
        for user in others {
            if user.secret.way().is_some_and(|way| ways.insert(way)) {
                // The answer says nothing about this user.
                std::hint::black_box(user.secret.is_hash_of(password));
            }
        }
        is_right
    }
}

/// Whether a secret has the form of a hash: `$1$…`, `$apr1$…`, `{SHA}…`. As a password, it would be
/// what the file's readers have to know, and not what the user knows.
fn looks_like_a_hash(secret: &str) -> bool {
    let kind = match (secret.strip_prefix('$'), secret.strip_prefix('{')) {
        (Some(rest), _) => rest.split_once('$'),
        (_, Some(rest)) => rest.split_once('}'),
        _ => None,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    kind.is_some_and(|(kind, _)| !kind.is_empty() && kind.chars().all(is_plain))
}
