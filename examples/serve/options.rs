//! The command line: Python's options under Python's names, and more.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;

use bhrh::LogFormat;
use lexopt::{Arg, Error, Parser, ValueExt};

use crate::certificate::{Certificate, Wishes};
use crate::users::Users;

const HELP: &str = include_str!("help.txt");

#[derive(Debug)]
pub(crate) struct Options {
    /// `unix:` and a path; then there is no host and no port.
    pub(crate) unix: Option<String>,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) protocol: String,
    pub(crate) qr: bool,
    pub(crate) open: bool,
    pub(crate) directory: OsString,
    /// The first that is there is sent.
    pub(crate) index: Vec<String>,
    pub(crate) fallback: Option<String>,
    pub(crate) spa: Option<String>,
    /// With the dot.
    pub(crate) fallback_extension: Option<String>,
    pub(crate) hidden: bool,
    pub(crate) follow_links: bool,
    pub(crate) archive: bool,
    pub(crate) max_archive: u64,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_types: Vec<(String, String)>,
    /// In seconds.
    pub(crate) cache: Option<u32>,
    pub(crate) cors: bool,
    pub(crate) upload: bool,
    pub(crate) overwrite: bool,
    pub(crate) max_upload: u64,
    /// What browsers call the server.
    pub(crate) host_names: Vec<String>,
    pub(crate) users: Users,
    pub(crate) rate_limit: Option<NonZeroU32>,
    /// With one, the server speaks HTTPS.
    pub(crate) certificate: Option<Certificate>,
    pub(crate) log_format: LogFormat,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            unix: None,
            host: "127.0.0.1".to_owned(),
            port: 8000,
            protocol: "HTTP/1.1".to_owned(),
            qr: false,
            open: false,
            directory: ".".into(),
            index: Vec::new(),
            fallback: None,
            spa: None,
            fallback_extension: None,
            hidden: false,
            follow_links: false,
            archive: false,
            max_archive: 1 << 32,
            headers: Vec::new(),
            content_types: Vec::new(),
            cache: None,
            cors: false,
            upload: false,
            overwrite: false,
            max_upload: 1 << 30,
            host_names: Vec::new(),
            users: Users::default(),
            rate_limit: None,
            certificate: None,
            log_format: LogFormat::Python,
        }
    }
}

impl Options {
    /// Reads the command line. A wrong one ends the program, and so does `--help`.
    pub(crate) fn from_command_line() -> Options {
        Options::read(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error))
    }

    fn read(mut parser: Parser) -> Result<Options, Error> {
        let mut options = Options::default();
        let mut tls = Wishes::default();
        let mut has_port = false;
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Value(_) if has_port => return Err("give one port".into()),
                Arg::Value(port) => {
                    let no_port = || format!("{port:?} is not a port, which is from 0 to 65535");
                    options.port = port.parse().map_err(|_| no_port())?;
                    has_port = true;
                }
                Arg::Short('h') | Arg::Long("help") => {
                    // If stdout fails, there is no place for the error.
                    let _ = io::stdout().write_all(HELP.as_bytes());
                    std::process::exit(0);
                }
                Arg::Short(letter) => {
                    let name = long(letter).ok_or_else(|| Arg::Short(letter).unexpected())?;
                    options.named(name, &mut parser, &mut tls)?;
                }
                Arg::Long(name) => {
                    let name = name.to_owned();
                    options.named(&name, &mut parser, &mut tls)?;
                }
            }
        }
        options.certificate = tls.certificate()?;
        if options.index.is_empty() {
            options.index = ["index.html", "index.htm"].map(str::to_owned).into();
        }
        match options.unix {
            Some(_) if has_port => Err("a Unix socket has no port".into()),
            Some(_) if options.qr || options.open => Err("a Unix socket has no address".into()),
            Some(_) if options.rate_limit.is_some() => {
                Err("--rate-limit counts by addresses, and clients of a Unix socket have none"
                    .into())
            }
            _ => Ok(options),
        }
    }

    /// As `option`, with an error that names the option.
    fn named(&mut self, name: &str, parser: &mut Parser, tls: &mut Wishes) -> Result<(), Error> {
        self.option(name, parser, tls).map_err(|error| match error {
            Error::ParsingFailed { value, error } => {
                format!("--{name} does not take {value:?}: {error}").into()
            }
            error => error,
        })
    }

    /// Reads the value of one option, if it has one.
    fn option(&mut self, name: &str, parser: &mut Parser, tls: &mut Wishes) -> Result<(), Error> {
        match name {
            "bind" => self.bind(parser.value()?.string()?),
            "protocol" => self.protocol = parser.value()?.parse_with(protocol)?,
            "qr" => self.qr = true,
            "open" => self.open = true,
            "directory" => self.directory = parser.value()?,
            "index" => self.index.push(parser.value()?.string()?),
            "fallback" => self.fallback = Some(parser.value()?.string()?),
            "spa" => self.spa = Some(absolute(&parser.value()?.string()?)),
            "fallback-extension" => {
                self.fallback_extension = Some(parser.value()?.parse_with(extension)?);
            }
            "hidden" => self.hidden = true,
            "follow-links" => self.follow_links = true,
            "archive" => self.archive = true,
            "max-archive" => self.max_archive = parser.value()?.parse_with(bytes)?,
            "header" => self.headers.push(parser.value()?.parse_with(header)?),
            "content-type" => self.content_types.push(parser.value()?.parse_with(content_type)?),
            "cache" => self.cache = Some(parser.value()?.parse_with(number)?),
            "cors" => self.cors = true,
            "upload" => self.upload = true,
            "overwrite" => (self.upload, self.overwrite) = (true, true),
            "max-upload" => self.max_upload = parser.value()?.parse_with(bytes)?,
            "host-name" => self.host_names.push(parser.value()?.string()?),
            "auth" => {
                let user = parser.value()?.string()?;
                self.users.add(&user).map_err(|error| format!("--auth: {error}"))?;
            }
            "auth-file" => {
                let file = parser.value()?.string()?;
                let lines =
                    fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
                self.users.add_lines(&lines).map_err(|error| format!("{file}: {error}"))?;
            }
            "rate-limit" => self.rate_limit = Some(parser.value()?.parse_with(number)?),
            "tls-cert" => tls.chain = Some(parser.value()?.into()),
            "tls-key" => tls.key = Some(parser.value()?.into()),
            "tls-password-file" => tls.password = Some(parser.value()?.into()),
            "tls-self-signed" => tls.self_signed = true,
            "quiet" => self.log_format = LogFormat::Quiet,
            "log-format" => self.log_format = parser.value()?.parse_with(log_format)?,
            other => return Err(unknown(other).into()),
        }
        Ok(())
    }

    /// An address or a name as in Python, or with a port as in the other examples.
    fn bind(&mut self, value: String) {
        self.unix = value.starts_with("unix:").then(|| value.clone());
        if self.unix.is_some() {
            return;
        }
        let host_and_port = value.rsplit_once(':').filter(|_| value.parse::<IpAddr>().is_err());
        let with_port = host_and_port.and_then(|(host, port)| Some((host, port.parse().ok()?)));
        (self.host, self.port) = match (value.parse::<SocketAddr>(), with_port) {
            (Ok(address), _) => (address.ip().to_string(), address.port()),
            (_, Some((host, port))) => (host.to_owned(), port),
            (_, None) => (value.trim_matches(['[', ']']).to_owned(), self.port),
        };
    }
}

/// The long name of an option with a short one.
fn long(letter: char) -> Option<&'static str> {
    Some(match letter {
        'b' => "bind",
        'd' => "directory",
        'p' => "protocol",
        'H' => "header",
        'q' => "quiet",
        _ => return None,
    })
}

/// Names the option that was probably meant. `--help` has all of them.
fn unknown(name: &str) -> String {
    // What other servers call it.
    let meant = match name {
        "port" => "the port needs no option",
        "host" | "address" => "did you mean '--bind'?",
        "root" | "dir" => "did you mean '--directory'?",
        _ => "",
    };
    if !meant.is_empty() {
        return format!("invalid option '--{name}'; {meant}");
    }
    let known = HELP.split_whitespace().filter_map(|word| word.strip_prefix("--"));
    let near = known.map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match near {
        Some((distance, known)) if distance <= known.len().div_ceil(4) => {
            format!("invalid option '--{name}'; did you mean '--{known}'?")
        }
        _ => format!("invalid option '--{name}'; --help says which there are"),
    }
}

fn protocol(text: &str) -> Result<String, String> {
    match text {
        "HTTP/1.0" | "HTTP/1.1" => Ok(text.to_owned()),
        _ => Err("write HTTP/1.0 or HTTP/1.1".to_owned()),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "python" => Ok(LogFormat::Python),
        "timed" => Ok(LogFormat::Timed),
        "combined" => Ok(LogFormat::Combined),
        _ => Err("write python, timed or combined".to_owned()),
    }
}

/// A whole number of a type that may have bounds.
fn number<N: FromStr>(text: &str) -> Result<N, String> {
    let bounded = || match text.parse::<u64>() {
        Ok(0) => "write a number from 1",
        Ok(_) => "that is too much",
        Err(_) => "write a whole number",
    };
    text.parse().map_err(|_| bounded().to_owned())
}

/// A number of bytes, or of KiB, MiB, GiB or TiB by a letter at its end.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let units = [("", 0), ("K", 10), ("M", 20), ("G", 30), ("T", 40)];
    let unit = units.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(&text[digits.len()..]));
    let count = digits.parse::<u64>().ok().zip(unit);
    let bytes = count.and_then(|(count, (_, power))| count.checked_mul(1 << power));
    bytes.ok_or_else(|| "write a number of bytes, such as 65536 or 10M".to_owned())
}

/// With the dot.
fn extension(text: &str) -> Result<String, String> {
    match text.trim_start_matches('.') {
        "" => Err("write an extension, such as .html".to_owned()),
        extension => Ok(format!(".{extension}")),
    }
}

/// A name and a value, with `=` between them or, as in a message, with `:`.
fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(['=', ':']) {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.trim().to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn content_type(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((extension, media_type)) if !extension.is_empty() => {
            Ok((extension.to_owned(), media_type.to_owned()))
        }
        _ => Err("write EXT=TYPE".to_owned()),
    }
}

/// The path of a file that may be given without the slash.
fn absolute(file: &str) -> String {
    format!("/{}", file.trim_start_matches("./").trim_start_matches('/'))
}
