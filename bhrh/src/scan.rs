//! Where runs of bytes of a kind end: what reading a head mostly is.

/// How many bytes at the beginning are of a kind.
pub(crate) fn run(bytes: &[u8], kind: impl Fn(u8) -> bool) -> usize {
    let (mut at, mut rest) = (0, bytes);
    // In pieces of a known length: the compiler turns them into code without a counter.
    while let Some((eight, more)) = rest.split_first_chunk::<8>() {
        match eight.iter().position(|byte| !kind(*byte)) {
            Some(other) => return at + other,
            None => (at, rest) = (at + 8, more),
        }
    }
    at + rest.iter().take_while(|byte| kind(**byte)).count()
}

/// How many bytes at the beginning are ASCII.
pub(crate) fn ascii(bytes: &[u8]) -> usize {
    // By vectors, up to the first with another byte; then by words, whose lowest set bit finds it.
    let mut at = 32 * bytes.chunks_exact(32).take_while(|piece| piece.is_ascii()).count();
    let mut rest = &bytes[at..];
    while let Some((eight, more)) = rest.split_first_chunk() {
        match u64::from_le_bytes(*eight) & u64::from_le_bytes([0x80; 8]) {
            0 => (at, rest) = (at + 8, more),
            others => return at + others.trailing_zeros() as usize / 8,
        }
    }
    at + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

/// How many of eight bytes, from the first on, are printable ASCII.
fn first_unprintable(eight: [u8; 8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let piece = u64::from_le_bytes(eight);
    // The highest bit of a byte is set in what is not ASCII, by adding 1 to 0x7F, and by
    // taking 0x20 from less; what is carried from there only disturbs later bytes.
    let others = piece | piece.wrapping_add(ONES) | piece.wrapping_sub(0x20 * ONES);
    (others & (0x80 * ONES)).trailing_zeros() as usize / 8
}

/// How many bytes at the beginning are printable ASCII, spaces counted.
#[inline(always)] // In few places, and mostly over after a step or two.
pub(crate) fn printable(bytes: &[u8]) -> usize {
    let is_printable = |byte| matches!(byte, b' '..=b'~');
    let (mut at, mut rest) = (0, bytes);
    // Most runs are short, and vectors are for the others.
    for _ in 0..2 {
        let Some((piece, more)) = rest.split_first_chunk::<8>() else { break };
        match first_unprintable(*piece) {
            8 => (at, rest) = (at + 8, more),
            other => return at + other,
        }
    }
    while let Some((piece, more)) = rest.split_first_chunk::<16>() {
        // Without an early end, this becomes a handful of vector instructions.
        if !piece.iter().fold(true, |all, byte| all & is_printable(*byte)) {
            break;
        }
        (at, rest) = (at + 16, more);
    }
    while let Some((piece, more)) = rest.split_first_chunk::<8>() {
        match first_unprintable(*piece) {
            8 => (at, rest) = (at + 8, more),
            other => return at + other,
        }
    }
    // What is left of a longer run is seen with what stands before it, which is known to fit.
    if let Some(last) = bytes.last_chunk::<8>().filter(|_| !rest.is_empty()) {
        return bytes.len() - 8 + first_unprintable(*last);
    }
    at + rest.iter().take_while(|byte| is_printable(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ascii_ends_before_the_first_byte_that_is_not() {
        for length in 0..100 {
            let mut bytes = vec![0x7f; length];
            assert_eq!(ascii(&bytes), length);
            for at in (0..length).rev() {
                bytes[at] = 0x80;
                assert_eq!(ascii(&bytes), at, "of {length}");
            }
        }
    }

    #[test]
    fn a_run_ends_before_the_first_byte_that_is_not_printable_wherever_it_stands() {
        for length in 0..70 {
            let mut bytes = vec![b'~'; length];
            assert_eq!(printable(&bytes), length);
            for at in 0..length {
                for odd in [0, b'\t', 0x1f, 0x7f, 0x80, 0xff] {
                    bytes[at] = odd;
                    assert_eq!(printable(&bytes), at, "{odd} of {length}");
                }
                bytes[at] = b' ';
            }
        }
    }
}
