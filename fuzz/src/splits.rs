//! Ways to cut an input into pieces. They follow from its bytes, so that an input is a whole case.

/// The input whole, byte by byte, in two pieces and in several.
pub(crate) fn splits(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut ways = vec![vec![bytes], bytes.chunks(1).collect()];
    // FNV-1a, and a step of xorshift for each further place.
    let mut state = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    for places in [1, 5] {
        let mut at: Vec<usize> = (0..places)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state % (bytes.len() as u64 + 1)) as usize
            })
            .collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        at.dedup();
        ways.push(at.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect());
    }
    for way in &mut ways {
        way.retain(|piece| !piece.is_empty());
    }
    ways
}
