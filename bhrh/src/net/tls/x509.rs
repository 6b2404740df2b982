//! The two things that are read from a certificate beside what rustls reads: for which names it is,
//! and until when (RFC 5280 section 4.1). The files are the operator's own, not a client's.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

/// For which names a certificate is, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// DNS names and IP addresses of the extension `subjectAltName`.
    pub(super) names: Vec<String>,
    pub(super) expires: SystemTime,
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[3]`: the extensions.
const EXTENSIONS: u8 = 0xA3;
/// `[0]`: the version.
const VERSION: u8 = 0xA0;
/// In a `GeneralName`.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// 2.5.29.17, `subjectAltName`.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1D, 0x11];

/// DER's values, one after another.
struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    /// The next value: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag, first, rest @ ..] = self.0 else { return None };
        let (length, rest) = match *first {
            short @ 0..=0x7F => (usize::from(short), rest),
            long @ 0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7F))?;
                let length =
                    digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The next value, which has this tag.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().and_then(|(found, content)| (found == tag).then_some(content))
    }
}

/// Reads a certificate in DER. `None`: it is not one.
pub(super) fn read(certificate: &[u8]) -> Option<Facts> {
    let certificate = Values(certificate).expect(SEQUENCE)?;
    let mut signed = Values(Values(certificate).expect(SEQUENCE)?);
    if signed.0.first() == Some(&VERSION) {
        signed.next()?;
    }
    let _serial_number = signed.next()?;
    let _algorithm = signed.next()?;
    let _issuer = signed.next()?;
    let mut validity = Values(signed.expect(SEQUENCE)?);
    let _not_before = validity.next()?;
    let (tag, not_after) = validity.next()?;
    let expires = time(tag, not_after)?;
    let _subject = signed.next()?;
    let _public_key = signed.next()?;
    let mut names = Vec::new();
    while let Some((tag, content)) = signed.next() {
        if tag == EXTENSIONS {
            names = alternative_names(Values(content).expect(SEQUENCE)?)?;
        }
    }
    Some(Facts { names, expires })
}

fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let mut extensions = Values(extensions);
    let mut names = Vec::new();
    while let Some((SEQUENCE, extension)) = extensions.next() {
        let mut extension = Values(extension);
        if extension.expect(OBJECT_IDENTIFIER)? != ALTERNATIVE_NAMES {
            continue;
        }
        // Whether it is critical comes before the value, or is left out.
        let value = loop {
            match extension.next()? {
                (OCTET_STRING, value) => break value,
                _ => continue,
            }
        };
        let mut general_names = Values(Values(value).expect(SEQUENCE)?);
        while let Some((tag, content)) = general_names.next() {
            match (tag, content.len()) {
                (DNS_NAME, _) => names.push(String::from_utf8_lossy(content).into_owned()),
                (IP_ADDRESS, 4) => {
                    names.extend(
                        <[u8; 4]>::try_from(content).map(|ip| IpAddr::from(ip).to_string()),
                    );
                }
                (IP_ADDRESS, 16) => {
                    names.extend(
                        <[u8; 16]>::try_from(content).map(|ip| IpAddr::from(ip).to_string()),
                    );
                }
                _ => {}
            }
        }
    }
    Some(names)
}

/// Reads `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &[u8]) -> Option<SystemTime> {
    let digits = text.strip_suffix(b"Z")?;
    let number = |digits: &[u8]| -> Option<i64> {
        digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
        })
    };
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            // RFC 5280 section 4.1.2.5.1.
            let year = number(&digits[..2])?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4])?, &digits[4..]),
        _ => return None,
    };
    let part = |at: usize| number(&rest[at..at + 2]);
    let (month, day) = (part(0)?, part(2)?);
    if !(1..=12).contains(&month) {
        return None;
    }
    let seconds =
        days_since_1970(year, month, day) * 86_400 + part(4)? * 3600 + part(6)? * 60 + part(8)?;
    let seconds = u64::try_from(seconds).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Counts from March, so that the day that leap years add is a year's last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(tag: u8, text: &str) -> Option<u64> {
        let time = time(tag, text.as_bytes())?;
        Some(time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
    }

    #[test]
    fn a_time_is_read_in_both_forms() {
        assert_eq!(seconds(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(seconds(UTC_TIME, "240229123456Z"), Some(1_709_210_096));
        assert_eq!(seconds(GENERALIZED_TIME, "20000301000000Z"), Some(951_868_800));
        assert_eq!(seconds(GENERALIZED_TIME, "40960101000000Z"), Some(67_090_118_400));
        for wrong in
            ["", "Z", "240229123456", "24022912345xZ", "241329123456Z", "490101000000+0100"]
        {
            assert_eq!(seconds(UTC_TIME, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_cut_off_anywhere_is_not_a_certificate() {
        for text in [&b""[..], b"\x30", b"\x30\x82\x01", b"\x30\x03\x30\x01\xA0", b"\x30\xFF\xFF"] {
            assert_eq!(read(text), None);
        }
    }
}
