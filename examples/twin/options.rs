//! The command line: the options of `reference.py`, and `--profile`.

use bhrh::Profile;
use lexopt::{Arg, Error, Parser, ValueExt};

/// Which of the six handlers is served.
pub(crate) enum HandlerName {
    Full,
    Base,
    Page,
    Refuse,
    Log,
    Http09,
}

/// The options on the command line.
pub(crate) struct Options {
    pub(crate) bind: String,
    pub(crate) handler: HandlerName,
    pub(crate) profile: Profile,
    protocol: String,
    server_version: String,
    sys_version: String,
    default_request_version: Option<String>,
}

/// The class attributes that every handler takes from the command line.
pub(crate) struct Names {
    pub(crate) protocol: String,
    pub(crate) server: String,
    pub(crate) sys: String,
    pub(crate) default_request: String,
}

impl Options {
    pub(crate) fn from_command_line() -> Result<Self, Error> {
        let mut options = Self {
            bind: ready_line::DEFAULT_ADDRESS.to_owned(),
            handler: HandlerName::Full,
            profile: Profile::PYTHON,
            protocol: "HTTP/1.1".to_owned(),
            server_version: "twin/1.0".to_owned(),
            sys_version: "fixed/1.0".to_owned(),
            default_request_version: None,
        };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            let Arg::Long(name) = argument else { return Err(argument.unexpected()) };
            let name = name.to_owned();
            let value = parser.value()?;
            match &*name {
                "bind" => options.bind = value.string()?,
                "handler" => options.handler = value.parse_with(handler)?,
                "profile" => options.profile = value.parse_with(profile)?,
                "protocol" => options.protocol = value.string()?,
                "server-version" => options.server_version = value.string()?,
                "sys-version" => options.sys_version = value.string()?,
                "default-request-version" => {
                    options.default_request_version = Some(value.string()?);
                }
                _ => return Err(Arg::Long(&name).unexpected()),
            }
        }
        Ok(options)
    }

    /// What a handler is made with; `default_request` is its own default request version.
    pub(crate) fn names(&self, default_request: &str) -> Names {
        let default_request = self.default_request_version.as_deref().unwrap_or(default_request);
        Names {
            protocol: self.protocol.clone(),
            server: self.server_version.clone(),
            sys: self.sys_version.clone(),
            default_request: default_request.to_owned(),
        }
    }
}

fn handler(name: &str) -> Result<HandlerName, &'static str> {
    Ok(match name {
        "full" => HandlerName::Full,
        "base" => HandlerName::Base,
        "page" => HandlerName::Page,
        "refuse" => HandlerName::Refuse,
        "log" => HandlerName::Log,
        "http09" => HandlerName::Http09,
        _ => return Err("choose from full, base, page, refuse, log, http09"),
    })
}

fn profile(name: &str) -> Result<Profile, &'static str> {
    match name {
        "python" => Ok(Profile::PYTHON),
        "strict" => Ok(Profile::STRICT),
        _ => Err("choose from python, strict"),
    }
}
