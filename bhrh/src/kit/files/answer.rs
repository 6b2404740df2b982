//! What a request gets: from its path to a file, a redirect, a listing or an error.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::Path;

use super::coding::Coding;
use super::listing::{self, Listing};
use super::locate::{self, Found, Place};
use super::path::{self, Names};
use super::send::{self, Content};
use super::validators::{Form, Validators};
use super::{Files, lookup, types};
use crate::exchange::Exchange;
use crate::handler::Handler;
use crate::handler::outcome::{Dispatch, Outcome};
use crate::kit::conditions::names_tag;

impl Files {
    /// Answers GET and HEAD with what the path names.
    pub(super) fn answer(&self, http: &mut Exchange<'_>, path: &str) -> io::Result<()> {
        if !matches!(http.command, "GET" | "HEAD") {
            http.add_header("Allow", "GET, HEAD");
            return http.send_error(405);
        }
        let root = locate::root(&self.directory)?;
        if self.answer_with(http, &root, path, path == http.path, true)? {
            return Ok(());
        }
        match &self.fallback {
            Some(fallback) if self.answer_with(http, &root, fallback, false, false)? => Ok(()),
            _ => lookup::not_found(http),
        }
    }

    /// Answers with what a path names. `false`: the path names nothing that is served, and nothing
    /// was sent. `is_asked`: the path is the request's own. `redirects`: a directory without the
    /// slash at the end is redirected to its path with the slash.
    fn answer_with(
        &self,
        http: &mut Exchange<'_>,
        root: &Path,
        path: &str,
        is_asked: bool,
        redirects: bool,
    ) -> io::Result<bool> {
        let Some(names) = path::names(path, self.rules.hidden) else { return Ok(false) };
        match lookup::found(http, locate::find(root, &names.segments, self.rules))? {
            Some(Found::File(real)) if !names.slash => {
                self.send_file(http, root, &names.segments, &real)
            }
            Some(Found::Directory(real)) => {
                // What the client asked for, which is not `path` where the files are mounted.
                let target = http.requestline.split(' ').nth(1).unwrap_or(http.path);
                // Links on a page are relative to it, so its path has to end with a slash.
                let lacks_slash = redirects && (!names.slash || is_asked);
                if let Some(location) = path::with_slash(target).filter(|_| lacks_slash) {
                    self.redirect(http, &location)?;
                    return Ok(true);
                }
                self.directory(http, root, &real, target, &names)
            }
            _ => Ok(false),
        }
    }

    fn redirect(&self, http: &mut Exchange<'_>, location: &str) -> io::Result<()> {
        http.send_response(301);
        self.send_fields(http, None);
        http.send_header("Location", location);
        http.send_header("Content-Length", 0);
        http.end_headers()
    }

    /// Answers with the index file of a directory, or with the page that lists it.
    fn directory(
        &self,
        http: &mut Exchange<'_>,
        root: &Path,
        real: &Path,
        target: &str,
        names: &Names,
    ) -> io::Result<bool> {
        for index in &self.index {
            let mut segments = names.segments.clone();
            segments.push(OsString::from(index));
            let found = lookup::found(http, locate::find(root, &segments, self.rules))?;
            if let Some(Found::File(real)) = found {
                return self.send_file(http, root, &segments, &real);
            }
        }
        if !self.listing {
            return Ok(false);
        }
        // A method may serve a directory under a path without the slash.
        if let Some(location) = path::with_slash(target) {
            self.redirect(http, &location)?;
            return Ok(true);
        }
        let (names, controls) = (&names.segments, http.profile.lax_target);
        let place = Place { root, real, names, rules: self.rules, controls };
        let listing = listing::of(http, place, target, &self.types);
        let Some(listing) = lookup::found(http, listing.map(Some))? else {
            http.send_error((404, "No permission to list directory"))?;
            return Ok(true);
        };
        self.send_listing(http, &listing)?;
        Ok(true)
    }

    /// As JSON to clients that prefer it, else as a page.
    fn send_listing(&self, http: &mut Exchange<'_>, listing: &Listing) -> io::Result<()> {
        const JSON: &str = "application/json";
        let is_json = http.best_match(&["text/html", JSON]) == Some(JSON);
        let (media_type, content, policy) = if is_json {
            (JSON, listing::json(listing), None)
        } else {
            let page = match &self.listing_page {
                Some(listing::Maker(make)) => make(http, listing),
                None => listing.page(),
            };
            ("text/html; charset=utf-8", page.html(), page.content_security_policy())
        };
        http.send_response(200);
        http.send_header("Content-Type", media_type);
        http.send_header("Content-Length", content.len());
        if let Some(policy) = policy {
            http.send_header("Content-Security-Policy", policy);
        }
        http.send_header("Vary", "Accept");
        self.send_fields(http, Some("no-cache"));
        http.end_headers()?;
        http.wfile.write_all(content.as_bytes())
    }

    fn send_file(
        &self,
        http: &mut Exchange<'_>,
        root: &Path,
        names: &[OsString],
        real: &Path,
    ) -> io::Result<bool> {
        let Some(mut content) = self.chosen(http, root, names, real)? else { return Ok(false) };
        let cache_control = self.cache_control.iter().cloned();
        let mut fields: Vec<_> =
            cache_control.map(|value| ("Cache-Control".into(), value)).collect();
        fields.extend_from_slice(&self.fields);
        content.fields = &fields;
        send::send(http, content)?;
        Ok(true)
    }

    /// The form of a file that is for this request, without fields; `None` if it is gone or may not
    /// be read.
    fn chosen(
        &self,
        http: &Exchange<'_>,
        root: &Path,
        names: &[OsString],
        real: &Path,
    ) -> io::Result<Option<Content<'_>>> {
        let plain = lookup::found(http, locate::open(real))?;
        let Some((mut file, mut metadata)) = plain else { return Ok(None) };
        // The type is that of the name asked for, not of what a link leads to.
        let name = names.last().map_or(real, Path::new);
        let media_type = self.types.of(name);
        let mut form = Form::Only;
        if types::is_gzipped(name, &media_type) {
            form = Form::OnlyGzipped;
        } else if self.precompressed {
            // A date in `If-Range` is good only where there is no compressed form.
            let asks_part = http.headers.contains("Range");
            for (coding, wanted) in by_preference(http) {
                // `Vary` is true without a look for forms that this client does not take.
                if !wanted && !asks_part {
                    form = Form::Plain;
                    break;
                }
                let Some(coded) = self.coded(http, root, names, &metadata, coding)? else {
                    continue;
                };
                form = Form::Plain;
                if !wanted {
                    break;
                }
                if may_be_coded(http, &coded.1, coding) {
                    form = Form::Coded(coding);
                    (file, metadata) = coded;
                    break;
                }
            }
        }
        Ok(Some(Content { file, metadata, media_type, form, fields: &[] }))
    }

    /// Evaluates the request's conditions (RFC 9110 section 13) for the file that
    /// [`serve`](Files::serve) sends for this path, for a method that changes it. `true`: they
    /// hold. `false`: they do not, and the answer was sent, a 412. As `serve` does, this follows
    /// links, and takes the compressed form if the client accepts it: so the tag that a client got
    /// is the tag that counts. The [`fallback`](Files::fallback) is not the file of this path.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("a.txt"), "tea")?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    /// use bhrh::{Exchange, http_handler};
    ///
    /// struct Notes(Files);
    ///
    /// #[http_handler]
    /// impl Notes {
    ///     fn do_PUT(&self, http: &mut Exchange) -> std::io::Result<()> {
    ///         if !self.0.check_conditions(http)? {
    ///             return Ok(());
    ///         }
    ///         http.reply(200, "text/plain", "stored\n")
    ///     }
    /// }
    ///
    /// let notes = Notes(Files::new(path));
    /// let put = |path| {
    ///     let request = bhrh::testing::client(&notes).put(path).header("If-None-Match", "*");
    ///     request.send().status()
    /// };
    /// assert_eq!((put("/a.txt"), put("/new.txt")), (412, 200));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`serve`](Files::serve).
    pub fn check_conditions(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
        let root = locate::root(&self.directory)?;
        let names = path::names(http.path, self.rules.hidden).filter(|names| !names.slash);
        let mut chosen = None;
        if let Some(names) = names {
            let found = locate::find(&root, &names.segments, self.rules);
            if let Some(Found::File(real)) = lookup::found(http, found)? {
                chosen = self.chosen(http, &root, &names.segments, &real)?;
            }
        }
        let Some(Content { metadata, form, .. }) = chosen else {
            return http.check_conditions(None, None);
        };
        let validators = Validators::of(&metadata, form);
        http.check_conditions(validators.tag.as_deref(), Some(metadata.modified()?))
    }

    /// A compressed form of a file, if there is one that is as new as the file.
    fn coded(
        &self,
        http: &Exchange<'_>,
        root: &Path,
        names: &[OsString],
        plain: &Metadata,
        coding: Coding,
    ) -> io::Result<Option<(File, Metadata)>> {
        let Some((name, directory)) = names.split_last() else { return Ok(None) };
        let mut name = name.clone();
        name.push(".");
        name.push(coding.ending());
        // Most files have no such form, and `find` asks the system for each directory of the path.
        let names = directory.iter().chain([&name]);
        let asked = names.clone().fold(root.to_owned(), |path, name| path.join(name));
        let there = locate::present(fs::symlink_metadata(asked));
        if lookup::found(http, there)?.is_none() {
            return Ok(None);
        }
        let place = locate::find(root, names, self.rules);
        let Some(Found::File(real)) = lookup::found(http, place)? else { return Ok(None) };
        let Some((file, metadata)) = lookup::found(http, locate::open(&real))? else {
            return Ok(None);
        };
        let is_new = match (metadata.modified(), plain.modified()) {
            (Ok(coded), Ok(plain)) => coded >= plain,
            _ => false,
        };
        Ok(is_new.then_some((file, metadata)))
    }

    fn send_fields(&self, http: &mut Exchange<'_>, cache_control: Option<&str>) {
        let says = |field: &(String, String)| field.0.eq_ignore_ascii_case("Cache-Control");
        if let Some(value) = cache_control.filter(|_| !self.fields.iter().any(says)) {
            http.send_header("Cache-Control", value);
        }
        for (name, value) in &self.fields {
            http.send_header(name, value);
        }
    }
}

/// GET and HEAD are answered by [`Files::serve`], OPTIONS with `Allow`, others of RFC 9110 with
/// 405.
///
/// Its settings are the defaults of any handler, but for `protocol_version`, which is `HTTP/1.1`.
impl Handler for Files {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        const ALLOWED: &str = "GET, HEAD, OPTIONS";
        match http.command {
            "GET" | "HEAD" => Dispatch::Handled(self.serve(http).map_err(Into::into)),
            "OPTIONS" => Dispatch::Handled(self.options(http, ALLOWED)),
            "POST" | "PUT" | "DELETE" | "PATCH" | "TRACE" | "CONNECT" => {
                Dispatch::MethodNotAllowed { allow: ALLOWED.to_owned() }
            }
            _ => Dispatch::Unsupported,
        }
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }
}

impl Files {
    fn options(&self, http: &mut Exchange<'_>, allowed: &str) -> Outcome {
        http.send_response(204);
        http.send_header("Allow", allowed);
        self.send_fields(http, None);
        Ok(http.end_headers()?)
    }
}

/// All codings, and whether the client accepts them: the most wanted first, and those that it does
/// not accept at the end.
fn by_preference(http: &Exchange<'_>) -> [(Coding, bool); 3] {
    let mut codings = Coding::ALL.map(|coding| (coding, http.encoding_weight(coding.name())));
    codings.sort_by_key(|(_, weight)| Reverse(*weight));
    codings.map(|(coding, weight)| (coding, weight > 0))
}

/// Whether a client that accepts a coding gets the form in it. A client that asks for a range means
/// a range of the plain file: a part of compressed bytes cannot be decoded. Only a client that
/// names the tag of the compressed form wants to complete that form.
fn may_be_coded(http: &Exchange<'_>, coded: &Metadata, coding: Coding) -> bool {
    let knows = || {
        let validators = Validators::of(coded, Form::Coded(coding));
        validators.tag().is_some_and(|tag| names_tag(http.headers, tag))
    };
    http.command != "GET" || !http.headers.contains("Range") || knows()
}
