//! What may be the value of a field, and how it gets into a head.

use std::fmt;

use self::sealed::WriteValue;
use crate::scan::printable;

/// What a field value is written into: Latin-1, as Python encodes it.
#[derive(Debug)]
pub struct ValueSink<'a> {
    bytes: &'a mut Vec<u8>,
    /// Where the field line begins in them.
    line: usize,
    /// It is printable ASCII so far.
    pub(super) plain: bool,
    pub(super) outside_latin1: bool,
    /// The value's `Display` has failed.
    pub(super) failed: bool,
    /// The value, where it is a number and nothing else.
    pub(super) number: Option<u64>,
}

impl<'a> ValueSink<'a> {
    /// A sink behind the name of a field whose line begins at `line`.
    pub(super) fn new(bytes: &'a mut Vec<u8>, line: usize) -> ValueSink<'a> {
        ValueSink { bytes, line, plain: true, outside_latin1: false, failed: false, number: None }
    }

    #[inline(always)] // Most values are one text, and then no sink is made in memory.
    fn push(&mut self, text: &str) {
        if printable(text.as_bytes()) == text.len() {
            self.bytes.extend_from_slice(text.as_bytes());
        } else {
            self.write_latin1(text);
        }
    }

    #[cold]
    fn write_latin1(&mut self, text: &str) {
        self.plain = false;
        for c in text.chars() {
            match u8::try_from(c) {
                Ok(byte) => self.bytes.push(byte),
                Err(_) => self.outside_latin1 = true,
            }
        }
    }
}

/// A `Display` that writes a value. If it panics, the line that it was to end is taken out again:
/// the method may catch the panic, and go on with the head.
struct Displaying<'d, 's> {
    sink: &'d mut ValueSink<'s>,
    ended: bool,
}

impl Drop for Displaying<'_, '_> {
    fn drop(&mut self) {
        if !self.ended {
            self.sink.bytes.truncate(self.sink.line);
        }
    }
}

impl fmt::Write for ValueSink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// What may be the value of a field: text (`&str`, `String`, `Cow<str>`, `format_args!`), integers,
/// floating-point numbers, `bool`, `char`, and a reference to anything that displays itself.
/// Sealed.
///
/// ```
/// # struct App;
/// # #[bhrh::http_handler]
/// # impl App {
/// #     fn do_GET(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
/// http.send_response(200);
/// http.send_header("Content-Type", "text/plain");
/// http.send_header("Content-Length", 0);
/// http.send_header("X-Client", &http.client_address.host()); // any `Display`, by reference
/// http.send_header("X-Ratio", format_args!("{:.2}", 0.5));
/// http.end_headers()
/// #     }
/// # }
/// # let response = bhrh::testing::get(&App, "/");
/// # assert_eq!(response.header("X-Client"), Some("127.0.0.1"));
/// # assert_eq!(response.header("X-Ratio"), Some("0.50"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a header as it stands",
    label = "not text, not a number",
    note = "anything that implements `Display` can be, by reference: write `&value`"
)]
pub trait HeaderValue: sealed::WriteValue {}

/// What keeps [`HeaderValue`] the crate's own: how a value is written may change.
mod sealed {
    pub trait WriteValue {
        fn write_to(self, sink: &mut super::ValueSink<'_>);
    }
}

#[diagnostic::do_not_recommend]
impl<T: WriteValue> HeaderValue for T {}

impl WriteValue for &str {
    #[inline(always)]
    fn write_to(self, sink: &mut ValueSink<'_>) {
        sink.push(self);
    }
}

impl WriteValue for String {
    fn write_to(self, sink: &mut ValueSink<'_>) {
        self.as_str().write_to(sink);
    }
}

impl WriteValue for std::borrow::Cow<'_, str> {
    fn write_to(self, sink: &mut ValueSink<'_>) {
        self.as_ref().write_to(sink);
    }
}

impl WriteValue for fmt::Arguments<'_> {
    fn write_to(self, sink: &mut ValueSink<'_>) {
        let displaying = &mut Displaying { sink, ended: false };
        let written = fmt::Write::write_fmt(displaying.sink, self);
        displaying.ended = true;
        if written.is_err() {
            displaying.sink.plain = false;
            displaying.sink.failed = true;
        }
    }
}

impl<T: fmt::Display> WriteValue for &T {
    fn write_to(self, sink: &mut ValueSink<'_>) {
        format_args!("{self}").write_to(sink);
    }
}

macro_rules! unsigned_values {
    ($($type:ty)*) => {$(
        impl WriteValue for $type {
            #[inline(always)]
            fn write_to(self, sink: &mut ValueSink<'_>) {
                // Content-Length is in nearly every response: digits without the formatter.
                sink.number = u64::try_from(self).ok();
                let mut digits = [0; <$type>::MAX.ilog10() as usize + 1];
                let mut at = digits.len();
                let mut rest = self;
                loop {
                    at -= 1;
                    digits[at] = b'0' + (rest % 10) as u8;
                    rest /= 10;
                    if rest == 0 {
                        break;
                    }
                }
                sink.bytes.extend_from_slice(&digits[at..]);
            }
        }
    )*};
}

unsigned_values!(u8 u16 u32 u64 u128 usize);

macro_rules! displayed_values {
    ($($type:ty)*) => {$(
        impl WriteValue for $type {
            fn write_to(self, sink: &mut ValueSink<'_>) {
                (&self).write_to(sink);
            }
        }
    )*};
}

displayed_values!(i8 i16 i32 i64 i128 isize f32 f64 bool char);

/// Whether a byte is a control character that a field value cannot hold, and neither can a quoted
/// string or a reason phrase: all of ASCII's but the tab (RFC 9110 section 5.5).
pub(crate) fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}
