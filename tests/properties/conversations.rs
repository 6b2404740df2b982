//! Playing bytes to a handler, and noticing every panic inside the runtime, even if it is caught.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use bhrh::{__internals as internals, Dispatch, Exchange, Handler, IntoOutcome, Limits, Profile};

/// A handler that is one function and always says the same for `Server` and `Date`.
pub(crate) struct Answer<F>(pub(crate) F);

impl<F, R> Handler for Answer<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled((self.0)(http).into_outcome())
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn version_string<'s>(&'s self, _: &'s Exchange<'_>) -> Cow<'s, str> {
        "S".into()
    }

    fn date_time_string(&self, _: Option<SystemTime>) -> Cow<'_, str> {
        "D".into()
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some(self.date_time_string(None))
    }
}

/// What comes back, and the log without times.
pub(crate) type Played = (Vec<u8>, Vec<String>);

/// Plays these pieces, one a read.
pub(crate) fn play(profile: Profile, handler: &dyn Handler, pieces: &[&[u8]]) -> Played {
    let before = panics();
    let mut stream = Pieces::new(pieces);
    let serve = || internals::serve(handler, &mut stream, profile, Limits::default());
    let (result, log) = internals::collect_log(serve);
    // Memory does not fail, but a method may in the middle of a response.
    let cut = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionAborted;
    assert!(result.as_ref().err().is_none_or(cut), "{result:?}");
    assert_eq!(panics(), before, "the runtime panicked");
    let messages = log.iter().filter_map(|line| line.split_once("] "));
    (stream.output, messages.map(|(_, message)| message.to_owned()).collect())
}

/// How many panics there have been in the runtime's own files.
fn panics() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or("", |location| location.file());
            // Of handlers it is expected. Code of the standard library is the runtime's, too, when
            // it panics on the runtime's behalf.
            if !place.contains("tests/properties") && !place.contains("proptest") {
                COUNT.fetch_add(1, Ordering::Relaxed);
            }
            usual(panic);
        }));
    });
    COUNT.load(Ordering::Relaxed)
}

/// How much had come back each time that the runtime asked for the next of these pieces.
pub(crate) fn progress(handler: &dyn Handler, pieces: &[&[u8]]) -> Vec<usize> {
    let mut stream = Pieces::new(pieces);
    let serve = || internals::serve(handler, &mut stream, Profile::STRICT, Limits::default());
    internals::collect_log(serve).0.expect("memory does not fail");
    stream.progress
}

struct Pieces<'a> {
    pieces: VecDeque<&'a [u8]>,
    output: Vec<u8>,
    progress: Vec<usize>,
}

impl Pieces<'_> {
    fn new<'a>(pieces: &[&'a [u8]]) -> Pieces<'a> {
        let pieces = pieces.iter().copied().collect();
        Pieces { pieces, output: Vec::new(), progress: Vec::new() }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.progress.push(self.output.len());
        let Some(piece) = self.pieces.front_mut() else { return Ok(0) };
        let count = piece.read(buffer)?;
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        Ok(count)
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
