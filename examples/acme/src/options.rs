//! The command line.

use std::io::{self, Write};
use std::path::PathBuf;

use instant_acme::LetsEncrypt;
use lexopt::{Arg, Error, Parser, ValueExt};

const HELP: &str = "\
Serves HTTPS with a certificate from an authority that speaks ACME.

usage: acme --domain NAME --agree-tos [options]

      --domain NAME         a name of this server in the DNS; may be repeated
      --agree-tos           you agree to the authority's terms of service
      --email ADDRESS       where the authority may write to
      --production          Let's Encrypt's real authority. Without it, certificates come
                            from its staging one, which no browser trusts, and which
                            allows many attempts
      --directory URL       another authority
      --authority-root FILE the certificate (PEM) to verify the authority's own server by
      --http ADDRESS:PORT   where the authority's challenges come (default: 0.0.0.0:80; the
                            authority always asks at port 80)
      --https ADDRESS:PORT  where to serve (default: 0.0.0.0:443)
      --state DIRECTORY     where the account and the certificate are kept (default: acme)
";

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) domains: Vec<String>,
    pub(crate) email: Option<String>,
    /// The URL of the authority's directory.
    pub(crate) directory: String,
    pub(crate) authority_root: Option<PathBuf>,
    pub(crate) http: String,
    pub(crate) https: String,
    pub(crate) state: PathBuf,
}

impl Options {
    /// Reads the command line. A wrong one ends the program, and so does `--help`.
    pub(crate) fn from_command_line() -> Options {
        Options::read(Parser::from_env()).unwrap_or_else(|error| {
            crate::say(format_args!("error: {error}"));
            std::process::exit(2)
        })
    }

    fn read(mut parser: Parser) -> Result<Options, Error> {
        let mut options = Options {
            domains: Vec::new(),
            email: None,
            directory: LetsEncrypt::Staging.url().to_owned(),
            authority_root: None,
            http: "0.0.0.0:80".to_owned(),
            https: "0.0.0.0:443".to_owned(),
            state: "acme".into(),
        };
        let mut agrees = false;
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("domain") => options.domains.push(parser.value()?.string()?),
                Arg::Long("agree-tos") => agrees = true,
                Arg::Long("email") => options.email = Some(parser.value()?.string()?),
                Arg::Long("production") => {
                    options.directory = LetsEncrypt::Production.url().to_owned()
                }
                Arg::Long("directory") => options.directory = parser.value()?.string()?,
                Arg::Long("authority-root") => {
                    options.authority_root = Some(parser.value()?.into())
                }
                Arg::Long("http") => options.http = parser.value()?.string()?,
                Arg::Long("https") => options.https = parser.value()?.string()?,
                Arg::Long("state") => options.state = parser.value()?.into(),
                Arg::Short('h') | Arg::Long("help") => {
                    // If stdout fails, there is no place for the error.
                    let _ = io::stdout().write_all(HELP.as_bytes());
                    std::process::exit(0);
                }
                other => return Err(other.unexpected()),
            }
        }
        match (options.domains.is_empty(), agrees) {
            (true, _) => Err("give the name of this server by --domain".into()),
            (_, false) => Err("read the authority's terms of service, and give --agree-tos".into()),
            (false, true) => Ok(options),
        }
    }
}
