//! A client that shares no line with the runtime: httparse reads the heads, [`reference`] the
//! chunks.

use super::reference;

/// A response as it stood on the wire.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) reason: Vec<u8>,
    pub(crate) fields: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) content: Vec<u8>,
    /// It was delimited by the end of the connection.
    pub(crate) until_close: bool,
}

impl Received {
    /// The values of all fields of this name.
    pub(crate) fn values(&self, name: &str) -> Vec<&[u8]> {
        let fields = self.fields.iter();
        let fields = fields.filter(|field| field.0.eq_ignore_ascii_case(name.as_bytes()));
        fields.map(|field| &field.1[..]).collect()
    }
}

/// Takes one response off the input, interim ones too; `to` is the method of its request. An error
/// is a response that is malformed or cut off.
pub(crate) fn next(input: &mut &[u8], to: &[u8]) -> Result<Received, String> {
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut head = httparse::Response::new(&mut fields);
    let length = match head.parse(input) {
        Ok(httparse::Status::Complete(length)) => length,
        other => return Err(format!("{other:?}")),
    };
    let bytes = &input[..length];
    // httparse lets bare LF pass.
    if bytes.split(|byte| *byte == b'\n').any(|line| !line.is_empty() && !line.ends_with(b"\r")) {
        return Err("a line ends in LF alone".to_owned());
    }
    *input = &input[length..];
    let mut received = Received {
        status: head.code.ok_or("no status")?,
        reason: head.reason.unwrap_or_default().as_bytes().to_vec(),
        fields: head
            .headers
            .iter()
            .map(|field| (field.name.as_bytes().to_vec(), field.value.to_vec()))
            .collect(),
        content: Vec::new(),
        until_close: false,
    };
    let lengths = received.values("Content-Length");
    let codings = received.values("Transfer-Encoding");
    // RFC 9112 section 6.3, for a recipient that trusts nobody.
    let bodiless = to == b"HEAD" || matches!(received.status, 100..200 | 204 | 304);
    let content = match (&lengths[..], &codings[..]) {
        ([_, ..], [_, ..]) => return Err("two framings".to_owned()),
        ([_, _, ..], _) | (_, [_, _, ..]) => return Err("a framing twice".to_owned()),
        _ if bodiless => Vec::new(),
        ([length], []) => {
            let length = std::str::from_utf8(length).ok().and_then(|text| text.parse().ok());
            let length: usize = length.ok_or("a length that is no number")?;
            let (content, rest) = input.split_at_checked(length).ok_or("cut off")?;
            *input = rest;
            content.to_vec()
        }
        ([], [coding]) if coding.eq_ignore_ascii_case(b"chunked") => {
            reference::unchunked(input).ok_or("bad chunks")?
        }
        ([], [_]) => return Err("an unknown coding".to_owned()),
        ([], []) => {
            received.until_close = true;
            std::mem::take(input).to_vec()
        }
    };
    received.content = content;
    Ok(received)
}
