//! The `%` language of `error_message_format`, checked while compiling.
//!
//! Python fills the page in with `%`, and there a mistake shows only when the first error page is
//! sent. The runtime knows four fields and `%%`; this module finds every other piece that begins
//! with `%`. (`tests/macros/agreement.rs` feeds the same texts to the runtime.)

/// The fields that an error page may have.
pub(crate) const FIELDS: [&str; 4] = ["%(code)d", "%(code)s", "%(message)s", "%(explain)s"];

/// A piece of a format that the runtime cannot fill in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadPiece<'a> {
    /// A `%` that does not begin a field: `100% of`, or the last character.
    Lone { piece: &'a str },
    /// `%(` without its `)`.
    Unclosed { piece: &'a str },
    /// A name that error pages do not have.
    UnknownName { piece: &'a str, name: &'a str },
    /// A known name in an unknown form: with a width, a flag, another letter or no letter.
    UnknownForm { piece: &'a str, name: &'a str },
}

/// All pieces of a format that the runtime cannot fill in, in order.
pub(crate) fn bad_pieces(format: &str) -> Vec<BadPiece<'_>> {
    let mut bad = Vec::new();
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        let (length, piece) = field(&rest[start..]);
        bad.extend(piece);
        rest = &rest[start + length..];
    }
    bad
}

/// The field at the start of `text`, which begins with `%`: its length, and what is wrong with it.
fn field(text: &str) -> (usize, Option<BadPiece<'_>>) {
    if text.starts_with("%%") {
        return (2, None);
    }
    if let Some(known) = FIELDS.iter().find(|known| text.starts_with(**known)) {
        return (known.len(), None);
    }
    let Some(inside) = text.strip_prefix("%(") else {
        let length = 1 + form_length(&text[1..]);
        return (length, Some(BadPiece::Lone { piece: &text[..length] }));
    };
    let Some(closing) = inside.find(')') else {
        return (text.len(), Some(BadPiece::Unclosed { piece: text }));
    };
    let name = &inside[..closing];
    let after = 2 + closing + 1;
    let length = after + form_length(&text[after..]);
    let piece = &text[..length];
    let bad = if FIELDS.iter().any(|known| known[2..].split(')').next() == Some(name)) {
        BadPiece::UnknownForm { piece, name }
    } else {
        BadPiece::UnknownName { piece, name }
    };
    (length, Some(bad))
}

/// The length of what Python would read as flags, width, precision and letter.
fn form_length(text: &str) -> usize {
    let modifiers = text.len()
        - text.trim_start_matches(|c: char| c.is_ascii_digit() || "#-+.*".contains(c)).len();
    match text[modifiers..].chars().next() {
        Some(letter) if letter.is_ascii_alphabetic() => modifiers + 1,
        // Not a field after all: `100% of` is about the `%` alone. (Python reads `% o` here.)
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pythons_own_page_is_understood() {
        let page = "<p>Error code: %(code)d</p><p>%(code)s - %(message)s</p>%(explain)s 100%%";
        assert_eq!(bad_pieces(page), []);
        assert_eq!(bad_pieces(""), []);
    }

    #[test]
    fn every_other_piece_is_named() {
        for (format, piece) in [
            ("100% of", BadPiece::Lone { piece: "%" }),
            ("100%", BadPiece::Lone { piece: "%" }),
            ("é%é", BadPiece::Lone { piece: "%" }),
            ("%d", BadPiece::Lone { piece: "%d" }),
            ("%5.1f", BadPiece::Lone { piece: "%5.1f" }),
            ("<b>%(code", BadPiece::Unclosed { piece: "%(code" }),
            ("%(body)s", BadPiece::UnknownName { piece: "%(body)s", name: "body" }),
            ("%()s", BadPiece::UnknownName { piece: "%()s", name: "" }),
            ("%(Code)d", BadPiece::UnknownName { piece: "%(Code)d", name: "Code" }),
            ("%(code)5d", BadPiece::UnknownForm { piece: "%(code)5d", name: "code" }),
            ("%(code)-05d", BadPiece::UnknownForm { piece: "%(code)-05d", name: "code" }),
            ("%(code)x", BadPiece::UnknownForm { piece: "%(code)x", name: "code" }),
            ("%(message)d", BadPiece::UnknownForm { piece: "%(message)d", name: "message" }),
            ("%(explain)", BadPiece::UnknownForm { piece: "%(explain)", name: "explain" }),
            ("%(explain)é", BadPiece::UnknownForm { piece: "%(explain)", name: "explain" }),
        ] {
            assert_eq!(bad_pieces(format), [piece], "{format}");
        }
    }

    #[test]
    fn all_bad_pieces_are_found_in_order() {
        assert_eq!(
            bad_pieces("%(code)5d %(message)s %(x)s %"),
            [
                BadPiece::UnknownForm { piece: "%(code)5d", name: "code" },
                BadPiece::UnknownName { piece: "%(x)s", name: "x" },
                BadPiece::Lone { piece: "%" },
            ]
        );
    }
}
