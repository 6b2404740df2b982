//! The table of hooks: their names, what they take and what they return. One row serves the check
//! of a signature, the help text and the generated method.
//!
//! It repeats what the trait `bhrh::Handler` says.

/// A method of `bhrh::Handler` that a handler overrides by writing a method of the same name.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) name: &'static str,
    /// The parameters after `&self`.
    pub(crate) parameters: &'static [Parameter],
    pub(crate) returns: Returns,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// The exchange, to read.
    Exchange,
    /// The exchange, to answer through.
    ExchangeMut,
    Message,
    Code,
    OptionalSize,
    Size,
    Duration,
    Timestamp,
    /// An optional text. The parameter has this name.
    Text(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returns {
    Nothing,
    /// `&str`, `String` or `Cow<str>`, borrowed from the handler.
    Text,
    /// As `Text`, but it may also be borrowed from the exchange.
    TextOfBoth,
    /// As `TextOfBoth`, but the trait's method returns an `Option` of it.
    SomeTextOfBoth,
    /// Anything that a `do_*` method may return.
    Outcome,
    IoUnit,
    IoBool,
}

use Parameter::{
    Code, Duration, Exchange, ExchangeMut, Message, OptionalSize, Size, Text, Timestamp,
};

const fn hook(name: &'static str, parameters: &'static [Parameter], returns: Returns) -> Hook {
    Hook { name, parameters, returns }
}

pub(crate) static HOOKS: [Hook; 14] = [
    hook("version_string", &[Exchange], Returns::TextOfBoth),
    hook("address_string", &[Exchange], Returns::TextOfBoth),
    hook("log_date_time_string", &[Exchange], Returns::TextOfBoth),
    hook("date_time_string", &[Timestamp], Returns::Text),
    hook("log_message", &[Exchange, Message], Returns::Nothing),
    hook("log_request", &[Exchange, Code, OptionalSize], Returns::Nothing),
    hook("log_error", &[Exchange, Message], Returns::Nothing),
    hook("log_debug", &[Exchange, Message], Returns::Nothing),
    hook("log_access", &[Exchange, Code, Size, Duration], Returns::Nothing),
    hook("request_id", &[Exchange], Returns::SomeTextOfBoth),
    hook("handle_expect_100", &[ExchangeMut], Returns::IoBool),
    hook("handle_one_request", &[ExchangeMut], Returns::Outcome),
    hook("send_error", &[ExchangeMut, Code, Text("message"), Text("explain")], Returns::IoUnit),
    hook("end_headers", &[ExchangeMut], Returns::IoUnit),
];

impl Hook {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        HOOKS.iter().find(|hook| hook.name == name)
    }

    /// The signature to write, as help texts show it.
    pub(crate) fn signature(&self) -> String {
        signature(self.name, self.parameters, self.returns)
    }
}

/// A signature as help texts show it.
pub(crate) fn signature(name: &str, parameters: &[Parameter], returns: Returns) -> String {
    let mut text = format!("fn {name}(&self");
    for parameter in parameters {
        text.push_str(&format!(", {}: {}", parameter.name(), parameter.ty()));
    }
    text.push(')');
    text.push_str(returns.arrow());
    text
}

impl Parameter {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Exchange | ExchangeMut => "http",
            Message => "message",
            Code => "code",
            OptionalSize | Size => "size",
            Duration => "duration",
            Timestamp => "timestamp",
            Text(name) => name,
        }
    }

    /// The type as a user would write it.
    pub(crate) fn ty(self) -> &'static str {
        match self {
            Exchange => "&Exchange",
            ExchangeMut => "&mut Exchange",
            Message => "fmt::Arguments<'_>",
            Code => "u16",
            OptionalSize => "Option<u64>",
            Size => "u64",
            Duration => "Duration",
            Timestamp => "Option<SystemTime>",
            Text(_) => "Option<&str>",
        }
    }
}

impl Returns {
    fn arrow(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Text | Self::TextOfBoth | Self::SomeTextOfBoth => " -> String",
            Self::Outcome | Self::IoUnit => " -> io::Result<()>",
            Self::IoBool => " -> io::Result<bool>",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_read_as_a_user_writes_them() {
        for (name, text) in [
            ("version_string", "fn version_string(&self, http: &Exchange) -> String"),
            (
                "date_time_string",
                "fn date_time_string(&self, timestamp: Option<SystemTime>) -> String",
            ),
            (
                "log_access",
                "fn log_access(&self, http: &Exchange, code: u16, size: u64, duration: Duration)",
            ),
            (
                "send_error",
                "fn send_error(&self, http: &mut Exchange, code: u16, message: Option<&str>, \
                 explain: Option<&str>) -> io::Result<()>",
            ),
        ] {
            assert_eq!(Hook::named(name).map(Hook::signature).as_deref(), Some(text));
        }
    }
}
