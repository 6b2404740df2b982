//! The `%` language of `error_message_format`, checked while compiling.
//!
//! Python fills the page in with `%`, and an oversight there shows only when the first error page
//! is sent. The runtime knows four fields and `%%`; this module finds everything else in a text.
//! Plain strings: it knows nothing of Rust syntax, nor of where the text stands.

/// The fields that an error page may have.
pub(crate) const FIELDS: [&str; 4] = ["%(code)d", "%(code)s", "%(message)s", "%(explain)s"];

/// A piece of a format that the runtime cannot fill in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault<'a> {
    /// A `%` that begins no field: `100% of`, or the last character.
    Lone { piece: &'a str },
    /// `%(` without its `)`.
    Unclosed { piece: &'a str },
    /// A name that error pages do not have.
    UnknownName { piece: &'a str, name: &'a str },
    /// A known name in a form that is not understood: a width, a flag, another letter, or none.
    UnknownForm { piece: &'a str, name: &'a str },
}

/// All pieces of a format that are not understood, in order.
pub(crate) fn faults(format: &str) -> Vec<Fault<'_>> {
    let mut faults = Vec::new();
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        let (length, fault) = field(&rest[start..]);
        faults.extend(fault);
        rest = &rest[start + length..];
    }
    faults
}

/// The field at the start of `text`, which begins with `%`: its length, and what is wrong with it.
fn field(text: &str) -> (usize, Option<Fault<'_>>) {
    if text.starts_with("%%") {
        return (2, None);
    }
    if let Some(known) = FIELDS.iter().find(|known| text.starts_with(**known)) {
        return (known.len(), None);
    }
    let Some(inside) = text.strip_prefix("%(") else {
        let length = 1 + form_length(&text[1..]);
        return (length, Some(Fault::Lone { piece: &text[..length] }));
    };
    let Some(closing) = inside.find(')') else {
        return (text.len(), Some(Fault::Unclosed { piece: text }));
    };
    let name = &inside[..closing];
    let after = 2 + closing + 1;
    let length = after + form_length(&text[after..]);
    let piece = &text[..length];
    let fault = if FIELDS.iter().any(|known| known[2..].split(')').next() == Some(name)) {
        Fault::UnknownForm { piece, name }
    } else {
        Fault::UnknownName { piece, name }
    };
    (length, Some(fault))
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
        assert_eq!(faults(page), []);
        assert_eq!(faults(""), []);
    }

    #[test]
    fn every_other_piece_is_named() {
        for (format, fault) in [
            ("100% of", Fault::Lone { piece: "%" }),
            ("100%", Fault::Lone { piece: "%" }),
            ("é%é", Fault::Lone { piece: "%" }),
            ("%d", Fault::Lone { piece: "%d" }),
            ("%5.1f", Fault::Lone { piece: "%5.1f" }),
            ("<b>%(code", Fault::Unclosed { piece: "%(code" }),
            ("%(body)s", Fault::UnknownName { piece: "%(body)s", name: "body" }),
            ("%()s", Fault::UnknownName { piece: "%()s", name: "" }),
            ("%(Code)d", Fault::UnknownName { piece: "%(Code)d", name: "Code" }),
            ("%(code)5d", Fault::UnknownForm { piece: "%(code)5d", name: "code" }),
            ("%(code)-05d", Fault::UnknownForm { piece: "%(code)-05d", name: "code" }),
            ("%(code)x", Fault::UnknownForm { piece: "%(code)x", name: "code" }),
            ("%(message)d", Fault::UnknownForm { piece: "%(message)d", name: "message" }),
            ("%(explain)", Fault::UnknownForm { piece: "%(explain)", name: "explain" }),
            ("%(explain)é", Fault::UnknownForm { piece: "%(explain)", name: "explain" }),
        ] {
            assert_eq!(faults(format), [fault], "{format}");
        }
    }

    #[test]
    fn all_faults_are_found_in_order() {
        assert_eq!(
            faults("%(code)5d %(message)s %(x)s %"),
            [
                Fault::UnknownForm { piece: "%(code)5d", name: "code" },
                Fault::UnknownName { piece: "%(x)s", name: "x" },
                Fault::Lone { piece: "%" },
            ]
        );
    }
}
