//! CRC-32C (RFC 4960 appendix B), the checksum that a header of version 2 may have.

/// The polynomial of Castagnoli, its bits in reverse.
const POLYNOMIAL: u32 = 0x82F6_3B78;

/// What each value of a byte comes to.
const STEPS: [u32; 256] = {
    let mut steps = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ POLYNOMIAL } else { value >> 1 };
            bit += 1;
        }
        steps[byte] = value;
        byte += 1;
    }
    steps
};

/// The checksum of these pieces, one after another.
pub(super) fn crc32c(pieces: &[&[u8]]) -> u32 {
    let bytes = pieces.iter().flat_map(|piece| *piece);
    !bytes.fold(u32::MAX, |value, byte| STEPS[(value as u8 ^ byte) as usize] ^ value >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3720 section B.4.
    #[test]
    fn it_agrees_with_the_examples_of_iscsi() {
        let ascending: Vec<u8> = (0..32).collect();
        for (bytes, sum) in [
            (&[0; 32][..], 0x8A91_36AA),
            (&[0xFF; 32], 0x62A8_AB43),
            (&ascending, 0x46DD_794E),
            (b"123456789", 0xE306_9283),
            (b"", 0),
        ] {
            assert_eq!(crc32c(&[bytes]), sum);
            let (first, second) = bytes.split_at(bytes.len() / 3);
            assert_eq!(crc32c(&[first, second]), sum);
        }
    }
}
