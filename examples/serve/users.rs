//! Who may ask: names, and passwords as they are or as hashes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use argon2::{Argon2, PasswordVerifier};
use bhrh::{Credentials, Exchange};

#[derive(Debug, Default)]
pub(crate) struct Users {
    users: Vec<User>,
    /// The last right password of each user with a hash. A hash takes a tenth of a second to check,
    /// and a browser sends the password with every request.
    right: Mutex<HashMap<String, String>>,
}

#[derive(Debug)]
struct User {
    name: String,
    secret: Secret,
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
        let secret = if secret.starts_with("$argon2") {
            let hash = argon2::password_hash::phc::PasswordHash::new(secret);
            hash.map_err(|error| format!("the hash of {name} is not one: {error}"))?;
            Secret::Argon2(owned)
        } else if ["$2a$", "$2b$", "$2y$"].iter().any(|start| secret.starts_with(start)) {
            let parts = secret.parse::<bcrypt::HashParts>();
            parts.map_err(|error| format!("the hash of {name} is not one: {error}"))?;
            Secret::Bcrypt(owned)
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
    pub(crate) fn admit(&self, http: &Exchange) -> bool {
        self.users.is_empty() || http.basic_auth().is_some_and(|sent| self.knows(&sent))
    }

    fn knows(&self, sent: &Credentials) -> bool {
        let (name, password) = (sent.user(), sent.password());
        // One hash at a time: clients that guess take no more than one processor.
        let mut right = self.right.lock().unwrap_or_else(PoisonError::into_inner);
        if right.get(&name).is_some_and(|right| sent.matches(&name, right)) {
            return true;
        }
        let is_right = self.users.iter().any(|user| match &user.secret {
            Secret::Password(password) => sent.matches(&user.name, password),
            _ if user.name != name => false,
            Secret::Argon2(hash) => {
                let argon2 = Argon2::default();
                argon2.verify_password(password.as_bytes(), hash.as_str()).is_ok()
            }
            Secret::Bcrypt(hash) => bcrypt::verify(&password, hash).unwrap_or(false),
        });
        if is_right {
            right.insert(name, password);
        }
        is_right
    }
}
