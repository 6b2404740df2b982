//! What the fields of a head say about the message itself: where its body ends, whether the
//! client wants the connection kept, what it expects first.
//!
//! One pass over the fields; nothing else in the core looks at them.

use super::framing::{self, BodyLength};
use super::head::RequestHead;
use super::request_target;
use crate::grammar::{list_elements, same_name};
use crate::headers::{FieldSpan, Fields, bytes_of};
use crate::protocol_error::ProtocolError;
use crate::settings::Profile;

/// What the client says about the connection after this exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Persistence {
    /// `close`: the connection ends.
    Close,
    /// `keep-alive`: the connection stays, if the server's version allows it.
    KeepAlive,
    /// Neither: the version decides.
    Unsaid,
}

/// What the client wants to hear before it sends its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expectation {
    /// Nothing, or nothing that this request's version can express.
    None,
    /// `100-continue`.
    Continue,
}

/// What a head means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) body: BodyLength,
    pub(crate) persistence: Persistence,
    pub(crate) expectation: Expectation,
}

#[derive(Default)]
struct FieldNotes<'h> {
    host: Option<&'h [u8]>,
    hosts: usize,
    has_type: bool,
    connection: bool,
    close: bool,
    keep_alive: bool,
    expectation: Option<&'h str>,
    lengths: framing::Lengths<'h>,
}

/// Reads the meaning out of a head, or says why it has none.
#[inline(always)]
pub(crate) fn of(head: &mut RequestHead, profile: &Profile) -> Result<Meaning, ProtocolError> {
    let mut notes = FieldNotes::default();
    let fields = &head.fields;
    let bytes = &fields.text;
    for field in &fields.spans {
        // Most fields are told from those that matter by the length and the initial of their name.
        let length = field.name.end - field.name.start;
        let Some(initial) = bytes.get(field.name.start as usize) else { continue };
        if INITIALS.get(length as usize) != Some(&(initial | 0x20)) {
            continue;
        }
        if same_name(bytes_of(bytes, &field.name), "Host") {
            notes.hosts += 1;
            notes.host = Some(bytes_of(bytes, &field.value));
        } else {
            note(field, fields, profile, &mut notes)?;
        }
    }
    if !profile.missing_host {
        host(&notes, head.is_11(), &mut head.known_host)?;
    }
    Ok(Meaning {
        body: notes.lengths.of_request(head.is_11())?,
        persistence: match (notes.close, notes.keep_alive) {
            (true, _) => Persistence::Close,
            (_, true) => Persistence::KeepAlive,
            _ => Persistence::Unsaid,
        },
        expectation: expectation(&notes, head, profile)?,
    })
}

/// The initial of the fields that matter whose names have this length, in lower case; 0 for none.
const INITIALS: [u8; 18] = {
    let mut initials = [0; 18];
    initials["host".len()] = b'h';
    initials["expect".len()] = b'e';
    initials["connection".len()] = b'c';
    initials["content-type".len()] = b'c';
    initials["content-length".len()] = b'c';
    initials["transfer-encoding".len()] = b't';
    initials
};

/// Takes note of a field, if it is one that matters: but for `Host`, few requests have one.
#[inline(never)]
fn note<'h>(
    field: &FieldSpan,
    fields: &'h Fields,
    profile: &Profile,
    notes: &mut FieldNotes<'h>,
) -> Result<(), ProtocolError> {
    let is = |name: &str| same_name(bytes_of(&fields.text, &field.name), name);
    let value = || fields.text_of(&field.value);
    match field.name.end - field.name.start {
        // Python looks at the first. Strictly, one that cannot be met is enough.
        6 if is("Expect") => match profile.lax_expect {
            true => notes.expectation = notes.expectation.or(Some(value())),
            false => expected(value(), notes),
        },
        12 if is("Content-Type") => {
            if notes.has_type && !profile.lax_type {
                return Err(ProtocolError::ContentTypeRepeated);
            }
            notes.has_type = true;
        }
        10 if is("Connection") => connection(value(), profile, notes),
        14 if is("Content-Length") => {
            notes.lengths.content_length(value(), profile.lax_length)?;
        }
        17 if is("Transfer-Encoding") => notes.lengths.transfer_encoding(value())?,
        14 | 17
            if !profile.underscored_framing
                && (is("Content_Length") || is("Transfer_Encoding")) =>
        {
            let name = fields.text_of(&field.name).to_owned();
            return Err(ProtocolError::UnderscoredFraming(name));
        }
        _ => {}
    }
    Ok(())
}

/// RFC 9112 section 9.6: options in a list, in all fields of the name. Python: the first field,
/// compared as a whole.
fn connection(value: &str, profile: &Profile, notes: &mut FieldNotes<'_>) {
    if profile.rfc_persistence {
        for option in list_elements(value) {
            notes.close |= option.eq_ignore_ascii_case("close");
            notes.keep_alive |= option.eq_ignore_ascii_case("keep-alive");
        }
    } else if !notes.connection {
        notes.connection = true;
        notes.close = value.eq_ignore_ascii_case("close");
        notes.keep_alive = value.eq_ignore_ascii_case("keep-alive");
    }
}

/// RFC 9112 section 3.2: exactly one in HTTP/1.1, at most one before, and well-formed.
#[inline(always)]
fn host(notes: &FieldNotes<'_>, is_11: bool, known: &mut Vec<u8>) -> Result<(), ProtocolError> {
    match notes.host {
        None if is_11 => Err(ProtocolError::HostMissing),
        None => Ok(()),
        Some(_) if notes.hosts > 1 => Err(ProtocolError::HostRepeated),
        Some(value) if *value == **known && !value.is_empty() => Ok(()),
        Some(value) => check_host(value, known),
    }
}

/// Checks a `Host` that is not the last one's, and remembers it if it is good.
#[inline(never)]
fn check_host(value: &[u8], known: &mut Vec<u8>) -> Result<(), ProtocolError> {
    /// The longest that is worth memory: that of a domain name and a port.
    const LONGEST: usize = 255 + 6;
    if !request_target::is_host(value) {
        let value = std::str::from_utf8(value).unwrap_or_default();
        return Err(ProtocolError::BadHost(value.to_owned()));
    }
    if value.len() <= LONGEST {
        known.clear();
        known.extend_from_slice(value);
    }
    Ok(())
}

/// RFC 9110 section 10.1.1. An HTTP/1.0 client cannot expect anything.
#[inline(always)]
fn expectation(
    notes: &FieldNotes<'_>,
    head: &RequestHead,
    profile: &Profile,
) -> Result<Expectation, ProtocolError> {
    let Some(value) = notes.expectation else { return Ok(Expectation::None) };
    // Python compares versions as text, so `HTTP/1.10` may expect and `HTTP/01.1` may not.
    if profile.lax_expect {
        let expects = value.eq_ignore_ascii_case("100-continue") && head.version() >= "HTTP/1.1";
        return Ok(if expects { Expectation::Continue } else { Expectation::None });
    }
    match head.is_11() {
        false => Ok(Expectation::None),
        true if is_continue(value) => Ok(Expectation::Continue),
        true => Err(ProtocolError::UnmetExpectation(value.to_owned())),
    }
}

/// The members of an `Expect` field: of all, the first that cannot be met counts, or else any.
fn expected<'h>(value: &'h str, notes: &mut FieldNotes<'h>) {
    for member in list_elements(value) {
        if notes.expectation.is_none_or(is_continue) {
            notes.expectation = Some(member);
        }
    }
}

fn is_continue(member: &str) -> bool {
    member.eq_ignore_ascii_case("100-continue")
}
