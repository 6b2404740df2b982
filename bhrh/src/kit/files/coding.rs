//! The content codings that a file may lie there in, beside its plain form (RFC 9110 section
//! 8.4.1).

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 8878; RFC 9659 bounds its window.
    Zstd,
    Gzip,
}

impl Coding {
    /// The one first that most often makes a text the smallest: it is taken where a client likes
    /// several of them equally, as browsers do.
    pub(super) const ALL: [Coding; 3] = [Coding::Brotli, Coding::Zstd, Coding::Gzip];

    /// What it is called in `Content-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
            Coding::Gzip => "gzip",
        }
    }

    /// What the name of a file in this coding has at its end, after a dot.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Zstd => "zst",
            Coding::Gzip => "gz",
        }
    }
}
