//! Where a body ends: RFC 9112 section 6, in both directions.

use crate::grammar::{list_elements, trim_ows};
use crate::protocol_error::ProtocolError;

/// The length of a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyLength {
    /// This number of bytes; zero for a request without a body.
    Bytes(u64),
    /// As the chunked coding says.
    Chunked,
}

/// The framing fields of one message, as they are met.
#[derive(Debug, Default)]
pub(crate) struct Lengths<'h> {
    content_length: Option<u64>,
    coding: Option<&'h str>,
    /// The last coding was `chunked`, and so none may follow.
    chunked: bool,
}

impl<'h> Lengths<'h> {
    /// Takes in a Content-Length field. A list of equal numbers is refused in any case, though
    /// RFC 9112 section 6.3 would allow to repair it: an honest client sends no such thing. `lax`:
    /// several fields may say the same, and zeros may stand before the number.
    pub(crate) fn content_length(&mut self, value: &str, lax: bool) -> Result<(), ProtocolError> {
        let bad = || ProtocolError::BadContentLength(value.to_owned());
        let length = content_length(value).ok_or_else(bad)?;
        if !lax && matches!(trim_ows(value).as_bytes(), [b'0', _, ..]) {
            return Err(bad());
        }
        match self.content_length.replace(length) {
            Some(earlier) if earlier != length => Err(ProtocolError::LengthsDiffer),
            Some(_) if !lax => Err(ProtocolError::LengthRepeated),
            _ => Ok(()),
        }
    }

    /// Takes in a Transfer-Encoding field (RFC 9112 section 6.1).
    pub(crate) fn transfer_encoding(&mut self, value: &'h str) -> Result<(), ProtocolError> {
        self.coding = Some(value);
        let mut empty = true;
        for coding in list_elements(value) {
            empty = false;
            if self.chunked {
                return Err(ProtocolError::ChunkedNotLast(value.to_owned()));
            }
            if coding.eq_ignore_ascii_case("chunked") {
                self.chunked = true;
            } else if coding.bytes().all(crate::grammar::is_token_byte) {
                return Err(ProtocolError::UnknownTransferCoding(coding.to_owned()));
            } else {
                return Err(ProtocolError::ChunkedNotLast(value.to_owned()));
            }
        }
        if empty { Err(ProtocolError::ChunkedNotLast(value.to_owned())) } else { Ok(()) }
    }

    /// The length of a request's body, by the steps of RFC 9112 section 6.3 that concern requests.
    pub(crate) fn of_request(&self, is_11: bool) -> Result<BodyLength, ProtocolError> {
        match (self.coding, self.content_length) {
            // Step 3. The RFC lets a server go by Transfer-Encoding and close. But a client that
            // sends both is mistaken or attacking, and a proxy in front may go by Content-Length.
            (Some(_), Some(_)) => Err(ProtocolError::LengthAndTransferEncoding),
            // Section 6.1: an HTTP/1.0 recipient in front would not have known the coding.
            (Some(_), None) if !is_11 => Err(ProtocolError::TransferEncodingBefore11),
            // Step 4.
            (Some(_), None) => Ok(BodyLength::Chunked),
            // Steps 5 and 6.
            (None, Some(length)) => Ok(BodyLength::Bytes(length)),
            // Step 7.
            (None, None) => Ok(BodyLength::Bytes(0)),
        }
    }
}

/// `1*DIGIT` that fits a `u64`. (`str::parse` would take a plus sign.)
pub(crate) fn content_length(value: &str) -> Option<u64> {
    let digits = trim_ows(value).as_bytes();
    let number = digits.iter().try_fold(0_u64, |number, byte| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    });
    number.filter(|_| !digits.is_empty())
}

/// How the body of a response is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseFraming {
    /// No body, whatever the handler writes: HEAD, 1xx, 204, 304 (RFC 9112 section 6.3,
    /// step 1), and 205 (RFC 9110 section 15.3.6).
    None,
    /// Exactly this number of bytes.
    Length(u64),
    /// The handler writes the chunked coding itself, as Python's scripts do; it is checked.
    OwnChunks,
    /// Chunks made by the runtime.
    Chunked,
    /// Until the connection closes.
    UntilClose,
    /// Not decided yet: the handler has said nothing, so what it does next decides.
    Open,
}

/// Whether a response of this status to this kind of request has no body at all.
pub(crate) fn is_bodiless(head_request: bool, status: u16) -> bool {
    head_request || status < 200 || matches!(status, 204 | 205 | 304)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_length_is_digits_only() {
        for (value, expected) in [
            ("0", Some(0)),
            ("5", Some(5)),
            (" 5\t", Some(5)),
            ("005", Some(5)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("+5", None),
            ("-5", None),
            ("5,5", None),
            ("5 5", None),
            ("0x5", None),
            ("", None),
        ] {
            assert_eq!(content_length(value), expected, "{value:?}");
        }
    }

    #[test]
    fn zeros_and_repetitions_pass_a_lax_reader_only() {
        for value in ["00", "005", " 010"] {
            let bad = ProtocolError::BadContentLength(value.to_owned());
            assert_eq!(Lengths::default().content_length(value, false), Err(bad));
            assert_eq!(Lengths::default().content_length(value, true), Ok(()));
        }
        for (lax, second) in [(false, Err(ProtocolError::LengthRepeated)), (true, Ok(()))] {
            let mut lengths = Lengths::default();
            lengths.content_length("0", lax).unwrap();
            assert_eq!(lengths.content_length("0", lax), second);
            assert_eq!(lengths.content_length("1", lax), Err(ProtocolError::LengthsDiffer));
        }
    }

    #[test]
    fn both_length_fields_are_refused() {
        let mut lengths = Lengths::default();
        lengths.content_length("5", false).unwrap();
        lengths.transfer_encoding("chunked").unwrap();
        assert_eq!(lengths.of_request(true), Err(ProtocolError::LengthAndTransferEncoding));
    }

    #[test]
    fn transfer_codings_other_than_one_last_chunked_are_refused() {
        for (value, status) in [
            ("chunked", None),
            ("Chunked", None),
            (", chunked ,", None),
            ("gzip, chunked", Some(501)),
            ("identity", Some(501)),
            ("xchunked", Some(501)),
            ("chunked, chunked", Some(400)),
            ("chunked, gzip", Some(400)),
            ("\"chunked\"", Some(400)),
            ("chunked;q=1", Some(400)),
            ("", Some(400)),
        ] {
            let found = Lengths::default().transfer_encoding(value).err().map(|e| e.status());
            assert_eq!(found, status, "{value:?}");
        }
        let mut lengths = Lengths::default();
        lengths.transfer_encoding("chunked").unwrap();
        assert!(lengths.transfer_encoding("chunked").is_err());
        assert_eq!(lengths.of_request(false), Err(ProtocolError::TransferEncodingBefore11));
    }
}
