//! What a client prefers: well-formed `Accept` and `Accept-Encoding` mean what RFC 9110 section
//! 12.5 says, and malformed ones choose among what is offered.

use super::asked::{seen, values};
use super::reference::{is_token, trim};

const OFFERS: [&str; 4] = ["text/html", "application/json", "text/plain", "image/png"];

/// The first line is an `Accept`, the second an `Accept-Encoding`.
pub fn check(bytes: &[u8]) {
    let values = values(bytes);
    let value = |at: usize| values.get(at).map_or("", |value| value);
    let fields = [("Accept", value(0)), ("Accept-Encoding", value(1))];
    let found = seen("/", &fields, |http| {
        let forward = http.best_match(&OFFERS).map(str::to_owned);
        let alone = OFFERS.map(|offer| http.best_match(&[offer]).is_some());
        (forward, alone, http.accepts_encoding("gzip"), http.accepts_encoding("identity"))
    });
    let Some((best, alone, gzip, _)) = found else { return };
    // What is best is acceptable, and something is best if anything is acceptable.
    let at = best.as_ref().map(|best| OFFERS.iter().position(|offer| offer == best));
    assert_eq!(at.is_some(), alone.contains(&true), "{values:?}");
    assert!(at.is_none_or(|at| at.is_some_and(|at| alone[at])), "{values:?}");
    if let Some(ranges) = weights(value(0)).filter(|ranges| !ranges.is_empty()) {
        let weight = |offer: &str| {
            let (kind, _) = offer.split_once('/').expect("an offer");
            let by = |range: &str| ranges.iter().find(|(name, _)| name == range);
            let of_kind = by(&format!("{kind}/*"));
            by(offer).or(of_kind).or(by("*/*")).map_or(0, |(_, weight)| *weight)
        };
        let highest = OFFERS.map(weight).into_iter().max().unwrap_or(0);
        let expected = OFFERS.into_iter().find(|offer| highest > 0 && weight(offer) == highest);
        if ranges.iter().all(|(name, _)| name.contains('/')) {
            assert_eq!(best.as_deref(), expected, "{values:?}");
        }
    }
    if let Some(codings) = weights(value(1)) {
        let by = |names: &[&str]| codings.iter().find(|(name, _)| names.contains(&&**name));
        let own = by(&["gzip", "x-gzip"]).or(by(&["*"])).map_or(0, |(_, weight)| *weight);
        let plain = by(&["identity"]).map_or(0, |(_, weight)| *weight);
        assert_eq!(gzip, own > 0 && own >= plain, "{values:?}");
    }
}

/// Names in small letters, and their weights in thousandths, of a list that is well-formed and has
/// no parameters beside weights.
fn weights(value: &str) -> Option<Vec<(String, u32)>> {
    let mut found = Vec::new();
    for element in value.split(',') {
        let element = trim(element.as_bytes());
        if element.is_empty() {
            continue;
        }
        let mut pieces = element.split(|byte| *byte == b';').map(trim);
        let name = pieces.next()?;
        let mut words = name.split(|byte| *byte == b'/');
        if !words.all(is_token) || name.iter().filter(|byte| **byte == b'/').count() > 1 {
            return None;
        }
        let weight = match (pieces.next(), pieces.next()) {
            (None, _) => 1000,
            (Some(weight), None) => thousandths(weight)?,
            _ => return None,
        };
        found.push((String::from_utf8_lossy(name).to_ascii_lowercase(), weight));
    }
    Some(found)
}

/// `weight = "q=" qvalue` (RFC 9110 section 12.4.2).
fn thousandths(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?.to_ascii_lowercase();
    let (whole, digits) = match text.strip_prefix("q=")?.split_once('.') {
        Some((whole, digits)) => (whole.to_owned(), digits.to_owned()),
        None => (text[2..].to_owned(), String::new()),
    };
    let all_digits = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = format!("{digits:0<3}").parse().ok().filter(|_| all_digits)?;
    match &*whole {
        "0" => Some(number),
        "1" if number == 0 => Some(1000),
        _ => None,
    }
}
