//! The command line: Python's options under Python's names, and more.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};

use lexopt::{Arg, Error, Parser, ValueExt};

use crate::certificate::{Certificate, Wishes};

const HELP: &str = "\
Serves the files of a directory.

usage: serve [options] [port]

  port                      listen on this port (default: 8000; 0 lets the system choose)
  -b, --bind ADDRESS        listen on this address (default: 127.0.0.1; 0.0.0.0 and :: are
                            all that the machine has), or on a Unix socket: unix:PATH
  -d, --directory DIRECTORY serve this directory (default: the current one)
  -p, --protocol VERSION    speak HTTP/1.0 or HTTP/1.1 (default: HTTP/1.1)
  -H, --header NAME=VALUE   send this header with each file and listing; may be repeated
      --fallback PATH       serve this file where there is none, with 200: /index.html of a
                            single-page application
      --hidden              serve names that begin with a dot as well
      --upload              let PUT make new files
      --overwrite           let PUT replace files as well
      --max-upload BYTES    the size of an upload at most (default: 1073741824)
      --tls-cert FILE       speak HTTPS with the certificates in this PEM file
      --tls-key FILE        their private key (default: it is in the same file)
      --tls-password-file FILE
                            a file with the password of the key, in PKCS #8
      --tls-self-signed     speak HTTPS with a certificate that is made now, and that clients
                            do not trust
  -h, --help                say this
";

#[derive(Debug)]
pub(crate) struct Options {
    /// `unix:` and a path; then there is no host and no port.
    pub(crate) unix: Option<String>,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) directory: OsString,
    pub(crate) protocol: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) fallback: Option<String>,
    pub(crate) hidden: bool,
    pub(crate) upload: bool,
    pub(crate) overwrite: bool,
    pub(crate) max_upload: u64,
    /// With one, the server speaks HTTPS.
    pub(crate) certificate: Option<Certificate>,
}

impl Options {
    /// Reads the command line. A wrong one ends the program, and so does `--help`.
    pub(crate) fn from_command_line() -> Options {
        Options::read(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error))
    }

    fn read(mut parser: Parser) -> Result<Options, Error> {
        let mut options = Options {
            unix: None,
            host: "127.0.0.1".to_owned(),
            port: 8000,
            directory: ".".into(),
            protocol: "HTTP/1.1".to_owned(),
            headers: Vec::new(),
            fallback: None,
            hidden: false,
            upload: false,
            overwrite: false,
            max_upload: 1 << 30,
            certificate: None,
        };
        let mut tls = Wishes::default();
        let mut has_port = false;
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Value(port) => {
                    options.port = port.parse()?;
                    has_port = true;
                }
                Arg::Short('b') | Arg::Long("bind") => options.bind(parser.value()?.string()?),
                Arg::Short('d') | Arg::Long("directory") => options.directory = parser.value()?,
                Arg::Short('p') | Arg::Long("protocol") => {
                    options.protocol = parser.value()?.parse_with(protocol)?;
                }
                Arg::Short('H') | Arg::Long("header") => {
                    options.headers.push(parser.value()?.parse_with(header)?);
                }
                Arg::Long("fallback") => options.fallback = Some(parser.value()?.string()?),
                Arg::Long("hidden") => options.hidden = true,
                Arg::Long("upload") => options.upload = true,
                Arg::Long("overwrite") => (options.upload, options.overwrite) = (true, true),
                Arg::Long("max-upload") => options.max_upload = parser.value()?.parse()?,
                Arg::Long("tls-cert") => tls.chain = Some(parser.value()?.into()),
                Arg::Long("tls-key") => tls.key = Some(parser.value()?.into()),
                Arg::Long("tls-password-file") => tls.password = Some(parser.value()?.into()),
                Arg::Long("tls-self-signed") => tls.self_signed = true,
                Arg::Short('h') | Arg::Long("help") => {
                    // If stdout fails, there is no place for the error.
                    let _ = io::stdout().write_all(HELP.as_bytes());
                    std::process::exit(0);
                }
                other => return Err(other.unexpected()),
            }
        }
        options.certificate = tls.certificate()?;
        match options.unix {
            Some(_) if has_port => Err("a Unix socket has no port".into()),
            _ => Ok(options),
        }
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

fn protocol(text: &str) -> Result<String, String> {
    match text {
        "HTTP/1.0" | "HTTP/1.1" => Ok(text.to_owned()),
        _ => Err("write HTTP/1.0 or HTTP/1.1".to_owned()),
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
