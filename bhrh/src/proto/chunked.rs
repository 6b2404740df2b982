//! The chunked transfer coding (RFC 9112 section 7.1): a decoder that is fed bytes as they come,
//! and the pieces of an encoder.

use super::header_value::is_control;
use crate::grammar::{is_token, trim_ows};
use crate::headers::Fields;
use crate::protocol_error::ProtocolError;

/// The longest chunk-size line, extensions included. Go refuses extensions beyond 16 KiB a body;
/// nobody who means well sends them.
const SIZE_LINE: usize = 256;
/// All extensions of one body together.
const EXTENSIONS: usize = 16 << 10;
/// The trailer section, in bytes.
const TRAILERS: usize = 16 << 10;
/// What a decoder may hold of its input, however long that is: a line, and trailers as text.
#[cfg(feature = "__internals")]
pub(crate) const HELD: usize = SIZE_LINE + 3 * TRAILERS;

/// What the decoder made of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// Bytes of input used up.
    pub(crate) used: usize,
    /// Bytes of content put into the output.
    pub(crate) written: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a chunk-size line.
    Size,
    /// Inside a chunk; the number of bytes to its end.
    Data(u64),
    /// At the CR LF that ends a chunk.
    DataEnd,
    /// In the trailer section.
    Trailers,
    Done,
}

/// Takes the chunked coding off a body.
#[derive(Debug)]
pub(crate) struct ChunkedDecoder {
    state: State,
    /// The line that is being gathered; it may come in pieces.
    line: Vec<u8>,
    extensions: usize,
    trailer_bytes: usize,
    trailers: Fields,
}

impl ChunkedDecoder {
    pub(crate) fn new() -> ChunkedDecoder {
        ChunkedDecoder {
            state: State::Size,
            line: Vec::new(),
            extensions: 0,
            trailer_bytes: 0,
            trailers: Fields::default(),
        }
    }

    /// Whether the body, trailers included, has been read to its end.
    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// The trailer fields; complete once [`is_done`](ChunkedDecoder::is_done).
    pub(crate) fn trailers(&self) -> &Fields {
        &self.trailers
    }

    /// How many bytes of its input it holds.
    #[cfg(feature = "__internals")]
    pub(crate) fn held(&self) -> usize {
        self.line.len() + self.trailers.text.len()
    }

    /// How many of the next bytes are content, and may so be read past the decoder with
    /// [`skip_content`](ChunkedDecoder::skip_content).
    pub(crate) fn content_ahead(&self) -> u64 {
        match self.state {
            State::Data(left) => left,
            _ => 0,
        }
    }

    /// Says that `count` bytes of content went past the decoder.
    pub(crate) fn skip_content(&mut self, count: u64) {
        if let State::Data(left) = self.state {
            let left = left.saturating_sub(count);
            self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
        }
    }

    /// Decodes input into output until one of them or the body ends.
    pub(crate) fn decode(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Decoded, ProtocolError> {
        let (mut used, mut written) = (0, 0);
        loop {
            let rest = &input[used..];
            match self.state {
                State::Done => break,
                State::Data(left) => {
                    let room = output.len() - written;
                    let count = rest.len().min(room).min(usize::try_from(left).unwrap_or(room));
                    if count == 0 {
                        break;
                    }
                    output[written..written + count].copy_from_slice(&rest[..count]);
                    used += count;
                    written += count;
                    self.skip_content(count as u64);
                }
                State::Size | State::DataEnd | State::Trailers => {
                    let (count, complete) = self.gather(rest)?;
                    used += count;
                    if !complete {
                        break;
                    }
                    self.line_complete()?;
                }
            }
        }
        Ok(Decoded { used, written })
    }

    /// Checks bytes that a handler has put into chunks itself; `false` once they break the coding.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            let content = usize::try_from(self.content_ahead()).unwrap_or(usize::MAX);
            let content = content.min(rest.len());
            self.skip_content(content as u64);
            rest = &rest[content..];
            match self.decode(rest, &mut []) {
                Ok(decoded) if decoded.used == 0 && content == 0 => break,
                Ok(decoded) => rest = &rest[decoded.used..],
                Err(_) => break,
            }
        }
        rest.is_empty()
    }

    /// Takes bytes into the line up to its CR LF; says how many, and whether that was reached.
    fn gather(&mut self, input: &[u8]) -> Result<(usize, bool), ProtocolError> {
        let limit = match self.state {
            State::DataEnd => 2,
            State::Trailers => TRAILERS - self.trailer_bytes.min(TRAILERS),
            _ => SIZE_LINE,
        };
        for (at, byte) in input.iter().enumerate() {
            let after_cr = self.line.last() == Some(&b'\r');
            if after_cr && *byte != b'\n' {
                return Err(ProtocolError::BadChunk("CR without LF"));
            }
            if *byte == b'\n' {
                if !after_cr {
                    return Err(ProtocolError::BadChunk("line ends in LF without CR"));
                }
                self.line.pop();
                return Ok((at + 1, true));
            }
            if self.line.len() >= limit {
                return Err(ProtocolError::BadChunk(match self.state {
                    State::DataEnd => "chunk longer than its size",
                    State::Trailers => "trailer section too long",
                    _ => "chunk size line too long",
                }));
            }
            self.line.push(*byte);
        }
        Ok((input.len(), false))
    }

    /// Acts on the line that has just been completed, and leaves an empty one.
    fn line_complete(&mut self) -> Result<(), ProtocolError> {
        let mut line = std::mem::take(&mut self.line);
        self.state = match self.state {
            State::DataEnd if !line.is_empty() => {
                return Err(ProtocolError::BadChunk("chunk longer than its size"));
            }
            State::DataEnd => State::Size,
            State::Trailers if line.is_empty() => State::Done,
            State::Trailers => {
                self.trailer_bytes += line.len() + 2;
                self.trailer(&line)?;
                State::Trailers
            }
            _ => match self.chunk_size(&line)? {
                0 => State::Trailers,
                size => State::Data(size),
            },
        };
        line.clear();
        self.line = line;
        Ok(())
    }

    /// `chunk-size [ chunk-ext ]`: hexadecimal digits, no white space, no sign, no prefix.
    fn chunk_size(&mut self, line: &[u8]) -> Result<u64, ProtocolError> {
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (number, extension) = line.split_at(digits);
        let text = std::str::from_utf8(number).unwrap_or_default();
        let size = u64::from_str_radix(text, 16)
            .map_err(|_| ProtocolError::BadChunk("chunk size is no hexadecimal number"))?;
        // A length that no storage holds is an attempt at overflow somewhere else.
        if size > i64::MAX as u64 || digits > 16 {
            return Err(ProtocolError::BadChunk("chunk size out of range"));
        }
        self.extensions += extension.len();
        if !is_extension(extension) || self.extensions > EXTENSIONS {
            return Err(ProtocolError::BadChunk("bad chunk extension"));
        }
        Ok(size)
    }

    /// A trailer field, read as strictly as a field line of the head.
    fn trailer(&mut self, line: &[u8]) -> Result<(), ProtocolError> {
        let bad = ProtocolError::BadChunk("malformed trailer field");
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return Err(bad) };
        let name = std::str::from_utf8(&line[..colon]).ok().filter(|name| is_token(name));
        let value: String = line[colon + 1..].iter().copied().map(char::from).collect();
        let control = line[colon + 1..].iter().any(|byte| is_control(*byte));
        let Some(name) = name.filter(|_| !control) else { return Err(bad) };
        if is_forbidden_trailer(name) {
            return Err(ProtocolError::BadChunk("field not allowed in trailers"));
        }
        self.trailers.push(name, trim_ows(&value));
        Ok(())
    }
}

/// Fields that say where a message ends, whom it is for, who sends it and what becomes of the
/// connection: a client must not send them after the content (RFC 9110 section 6.5.1). This server
/// would not act on them, but a handler or a server behind it might. The other fields that section
/// 6.5.1 has in mind cannot do that harm, so they stay in the trailers.
fn is_forbidden_trailer(name: &str) -> bool {
    const FORBIDDEN: [&str; 10] = [
        "Authorization",
        "Connection",
        "Content-Length",
        "Cookie",
        "Expect",
        "Host",
        "Proxy-Authorization",
        "TE",
        "Transfer-Encoding",
        "Upgrade",
    ];
    FORBIDDEN.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden))
}

/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`, empty included. White space
/// has to be taken where the grammar calls it bad (RFC 9110 section 5.6.3), and nowhere else: after
/// a size alone, or at the end of the line, it is refused.
fn is_extension(mut text: &[u8]) -> bool {
    let token =
        |text: &[u8]| text.iter().take_while(|byte| crate::grammar::is_token_byte(**byte)).count();
    while let Some(rest) = after_white_space(text).strip_prefix(b";") {
        let rest = after_white_space(rest);
        let name = token(rest);
        if name == 0 {
            return false;
        }
        text = &rest[name..];
        if let Some(value) = after_white_space(text).strip_prefix(b"=") {
            let value = after_white_space(value);
            let length =
                if value.first() == Some(&b'"') { quoted_string(value) } else { token(value) };
            if length == 0 {
                return false;
            }
            text = &value[length..];
        }
    }
    text.is_empty()
}

fn after_white_space(text: &[u8]) -> &[u8] {
    let white = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[white..]
}

/// The length of the quoted string at the beginning of the text; zero if the text begins otherwise.
fn quoted_string(text: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if is_control(*byte) => return 0,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    0
}

/// Appends the line that goes before a chunk of `size` bytes.
pub(crate) fn push_size_line(output: &mut Vec<u8>, size: usize) {
    let digits = (usize::BITS - size.leading_zeros()).div_ceil(4).max(1);
    for digit in (0..digits).rev() {
        output.push(b"0123456789abcdef"[(size >> (digit * 4)) & 0xf]);
    }
    output.extend_from_slice(b"\r\n");
}

/// What goes behind a chunk.
pub(crate) const CHUNK_END: &[u8] = b"\r\n";

/// What ends a chunked body without trailers.
pub(crate) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes in pieces of `step` bytes: content, trailers and bytes used, or the error.
    fn decode(input: &[u8], step: usize) -> Result<(Vec<u8>, usize, usize), ProtocolError> {
        let mut decoder = ChunkedDecoder::new();
        let (mut content, mut used) = (Vec::new(), 0);
        let mut output = [0; 7];
        while used < input.len() && !decoder.is_done() {
            let end = (used + step).min(input.len());
            let decoded = decoder.decode(&input[used..end], &mut output)?;
            content.extend_from_slice(&output[..decoded.written]);
            used += decoded.used;
        }
        if !decoder.is_done() {
            return Err(ProtocolError::BodyEndsEarly);
        }
        Ok((content, decoder.trailers().headers().len(), used))
    }

    #[test]
    fn bodies_decode_alike_in_any_pieces() {
        for (body, content, trailers) in [
            (&b"0\r\n\r\n"[..], &b""[..], 0),
            (b"5\r\nhello\r\n0\r\n\r\n", b"hello", 0),
            (
                b"A\r\nhelloworld\r\n0005;a=b;c=\"d;\\\"e\";f\r\nagain\r\n000\r\n\r\n",
                b"helloworldagain",
                0,
            ),
            (b"5 ;\ta = b\t; c=\"d\" ;e\r\nhello\r\n0\r\n\r\n", b"hello", 0),
            (b"1\r\nx\r\n0\r\nDigest: abc \r\nX: \r\n\r\n", b"x", 2),
        ] {
            let mut trailing = body.to_vec();
            trailing.extend_from_slice(b"GET / HTTP/1.1\r\n");
            for step in [1, 2, 3, 1000] {
                let expected = Ok((content.to_vec(), trailers, body.len()));
                assert_eq!(decode(body, step), expected, "{step}");
                assert_eq!(decode(&trailing, step), expected, "{step}");
            }
        }
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        for body in [
            &b"5\nhello\r\n0\r\n\r\n"[..],
            b"5\r\nhello\n0\r\n\r\n",
            b"5\r\nhelloX\r\n0\r\n\r\n",
            b"5\r\nhello0\r\n\r\n",
            b" 5\r\nhello\r\n0\r\n\r\n",
            b"5 \r\nhello\r\n0\r\n\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"0x5\r\nhello\r\n0\r\n\r\n",
            b"5_\r\nhello\r\n0\r\n\r\n",
            b"\r\nhello\r\n0\r\n\r\n",
            b";x\r\nhello\r\n0\r\n\r\n",
            b"5;\r\nhello\r\n0\r\n\r\n",
            b"5;x \r\nhello\r\n0\r\n\r\n",
            b"5; \r\nhello\r\n0\r\n\r\n",
            b"5;x= \r\nhello\r\n0\r\n\r\n",
            b"5\x0b;x\r\nhello\r\n0\r\n\r\n",
            b"5;x\rhello\r\n0\r\n\r\n",
            b"5;x=\"\r\nhello\r\n0\r\n\r\n",
            b"ffffffffffffffff\r\nx",
            b"10000000000000005\r\nhello\r\n0\r\n\r\n",
            b"00000000000000005\r\nhello\r\n0\r\n\r\n",
            b"0\r\nno colon\r\n\r\n",
            b"0\r\n X: folded\r\n\r\n",
            b"0\r\nX : y\r\n\r\n",
            b"0\r\nX: a\0b\r\n\r\n",
            b"0\r\nX: a\x0c\r\n\r\n",
            b"0\r\ncontent-LENGTH: 5\r\n\r\n",
        ] {
            for step in [1, 1000] {
                let found = decode(body, step);
                assert!(
                    matches!(found, Err(ProtocolError::BadChunk(_))),
                    "{:?}: {found:?}",
                    String::from_utf8_lossy(body)
                );
            }
        }
    }

    #[test]
    fn lines_have_bounds() {
        let mut line = b"5;".to_vec();
        line.resize(SIZE_LINE + 10, b'x');
        assert!(matches!(decode(&line, 1000), Err(ProtocolError::BadChunk(_))));

        let mut trailers = b"0\r\n".to_vec();
        while trailers.len() < TRAILERS + 100 {
            trailers.extend_from_slice(b"X: yyyyyyyyyyyyyyyyyyyyyyyy\r\n");
        }
        assert!(matches!(decode(&trailers, 1000), Err(ProtocolError::BadChunk(_))));
    }

    #[test]
    fn size_lines_are_hexadecimal() {
        for size in [0, 1, 9, 10, 15, 16, 255, 256, 65_536, usize::MAX] {
            let mut line = Vec::new();
            push_size_line(&mut line, size);
            assert_eq!(String::from_utf8(line).unwrap(), format!("{size:x}\r\n"));
        }
    }
}
