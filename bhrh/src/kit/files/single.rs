//! One file, for handlers that choose their files themselves.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use super::types::{self, media_type};
use super::validators::{Form, Validators};
use super::{locate, lookup, send};
use crate::exchange::Exchange;
use crate::handler::outcome::Outcome;
use crate::handler::reply::Reply;

/// The entity tag of a file's present state, as the `ETag` of the file has it where it is served
/// plain: for a method that changes files on a condition, with
/// [`check_conditions`](Exchange::check_conditions).
///
/// The tag is made of size and time of modification. It is weak until two seconds have passed
/// without a change; a weak tag never satisfies `If-Match`. `None` for a time that says nothing:
/// the epoch, the second after it, and any time before.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("a.txt");
/// # std::fs::write(&path, "hello")?;
/// let etag = bhrh::files::etag(&std::fs::metadata(path)?).expect("it was just written");
/// assert!(etag.starts_with("W/\""));
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn etag(metadata: &Metadata) -> Option<String> {
    Validators::of(metadata, Form::Only).tag
}

/// Answers a GET or HEAD request with one file that the application has chosen: `path` is a path of
/// the file system, and is not checked. Type, conditions and ranges are as with
/// [`Files`](super::Files).
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let report = directory.path().join("report.csv");
/// # std::fs::write(&report, "a,b\n1,2\n")?;
/// use bhrh::{Exchange, files, http_handler};
///
/// struct App { report: std::path::PathBuf }
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
///         files::serve_file(http, &self.report)
///     }
/// }
///
/// let app = App { report };
/// let response = bhrh::testing::client(&app).get("/").header("Range", "bytes=4-").send();
/// assert_eq!((response.status(), response.text()), (206, "1,2\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// As [`Files::serve`](super::Files::serve). A path that does not lead to a file is a 404.
pub fn serve_file(http: &mut Exchange<'_>, path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref();
    if !matches!(http.command, "GET" | "HEAD") {
        http.add_header("Allow", "GET, HEAD");
        return http.send_error(405);
    }
    // A pipe must not even be opened.
    let metadata = lookup::found(http, locate::present(fs::metadata(path)))?;
    if !metadata.is_some_and(|metadata| metadata.is_file()) {
        return lookup::not_found(http);
    }
    let opened = lookup::found(http, locate::open(path))?;
    let Some((file, metadata)) = opened else { return lookup::not_found(http) };
    let media_type = media_type(path);
    let form = match types::is_gzipped(path, media_type) {
        true => Form::OnlyGzipped,
        false => Form::Only,
    };
    let media_type = media_type.into();
    send::send(http, send::Content { file, metadata, media_type, form, fields: &[] })
}

/// The answer of a method that chooses a file, as [`serve_file`] sends it: `SendFile(path)`.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let report = directory.path().join("report.csv");
/// # std::fs::write(&report, "a,b\n1,2\n")?;
/// use bhrh::{files::SendFile, http_handler};
/// use std::path::{Path, PathBuf};
///
/// struct App { report: PathBuf }
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> SendFile<&Path> {
///         SendFile(&self.report)
///     }
/// }
///
/// assert_eq!(bhrh::testing::get(&App { report }, "/").text(), "a,b\n1,2\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendFile<P>(pub P);

#[diagnostic::do_not_recommend]
impl<P: AsRef<Path>> Reply for SendFile<P> {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        if http.has_begun() {
            return http.drop_second_answer();
        }
        Ok(serve_file(http, self.0)?)
    }
}
