//! HTTPS with a certificate that the program gets itself, from an authority that speaks ACME (RFC
//! 8555), such as Let's Encrypt. It renews the certificate while it serves.
//!
//! `cargo run -p acme -- --domain example.org --agree-tos --production`, as a user who may listen
//! on ports 80 and 443.

mod authority;
mod challenges;
mod options;
mod store;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use authority::Authority;
use bhrh::{Exchange, HttpServer, Tls, http_handler};
use challenges::{Challenges, PlainPort};
use options::Options;
use store::Store;

/// What is served over HTTPS.
struct Site;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Site {
    #[route("GET /")]
    fn home(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "hello\n")
    }
}

fn main() -> ExitCode {
    match serve(Options::from_command_line()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    // Both ports first: an order for a program that cannot listen would count at the authority.
    let plain = HttpServer::bind(&*options.http)?;
    let secure = HttpServer::bind(&*options.https)?;
    let challenges = Challenges::default();
    let https_port = secure.local_addr().socket_addr().map_or(443, |address| address.port());
    let domains = options.domains.clone();
    // The authority asks here, so this port is served before there is a certificate.
    let plain = plain.spawn(PlainPort { challenges: challenges.clone(), domains, https_port })?;
    say(format_args!("serving at {}", plain.url()));
    let outcome = serve_securely(secure, &options, challenges);
    plain.shutdown();
    plain.join()?;
    outcome
}

fn serve_securely(
    server: HttpServer,
    options: &Options,
    challenges: Challenges,
) -> Result<(), Box<dyn Error>> {
    let store = Store::open(&options.state, &options.directory)?;
    let authority = Authority::new(options, challenges)?;
    let renewal = Renewal { authority, store };
    let tls = renewal.begin()?;
    let renewed = tls.clone();
    let thread = thread::Builder::new().name("renewal".to_owned());
    thread.spawn(move || renewal.keep_on(&renewed))?;
    say(format_args!("serving at https://{}/", server.local_addr()));
    Ok(server.tls(tls).stop_on_signals().serve_forever(Site)?)
}

/// Gets certificates, and puts them where the server finds them.
struct Renewal {
    authority: Authority,
    store: Store,
}

impl Renewal {
    /// The certificate of an earlier run, or a new one.
    fn begin(&self) -> Result<Tls, Box<dyn Error>> {
        if !self.store.has_certificate_for(self.authority.domains()) {
            self.store.keep_certificate(&self.authority.order(&self.store)?)?;
        }
        let tls = self.store.certificate()?;
        say_until_when(&tls);
        Ok(tls)
    }

    /// Renews the certificate when a third of its time is left. Let's Encrypt asks for that; it
    /// fits certificates for 90 days and those for six. The server goes on meanwhile, and uses the
    /// new certificate for the handshakes after it.
    fn keep_on(&self, tls: &Tls) {
        loop {
            thread::sleep(self.store.time_to_renewal(tls));
            let renewed = self.authority.order(&self.store);
            let renewed = renewed.and_then(|pem| Ok(self.store.keep_certificate(&pem)?));
            match renewed.and_then(|()| Ok(tls.reload()?)) {
                Ok(()) => say_until_when(tls),
                Err(error) => {
                    // An authority counts attempts that fail, so the next one is not soon.
                    let pause = self.store.time_to_next_attempt(tls);
                    let minutes = pause.as_secs() / 60;
                    say(format_args!("not renewed: {error}; again in {minutes} minutes"));
                    thread::sleep(pause);
                }
            }
        }
    }
}

fn say_until_when(tls: &Tls) {
    for certificate in tls.certificates() {
        let left = certificate.expires.duration_since(std::time::SystemTime::now());
        let hours = left.unwrap_or_default().as_secs() / 3600;
        let (names, print) = (certificate.names.join(", "), &certificate.fingerprint);
        say(format_args!("certificate for {names}, good for {hours} hours, SHA-256 {print}"));
    }
}

fn say(what: std::fmt::Arguments<'_>) {
    // If stderr fails, serving is more important.
    let _ = writeln!(io::stderr(), "{what}");
}
