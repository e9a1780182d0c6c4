//! A short digest of a request, the same for ever: it is part of what a log means.

/// Sixty-four bits of some bytes: words are folded by a wide product, as wyhash does (Wang Yi, 2019), with constants
/// that never change. It tells apart two requests sent under one key; it does not withstand someone who searches for two
/// that agree, who could only fool himself.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    const ODD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
    // Folded in first: a length that met the bytes could make up for a difference in them.
    let mut state = fold(ODD[0] ^ (bytes.len() as u64), ODD[2]);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(<[u8; 8]>::try_from(chunk).unwrap_or_default());
        state = fold(state ^ word, ODD[1]);
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    fold(fold(state ^ u64::from_le_bytes(last), ODD[2]), ODD[1])
}

fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    // The sum keeps a factor of zero from swallowing what came before.
    (product as u64 ^ (product >> 64) as u64).wrapping_add(one.rotate_left(23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_never_changes() {
        assert_eq!(digest(b""), 0xcee4_7a1a_dbf9_b764);
        assert_eq!(digest(b"hold 1 pen"), 0xe89c_990e_5892_b52b);
    }

    #[test]
    fn short_requests_differ() {
        // The length once met the bytes and made these two agree.
        assert_ne!(digest(&[15]), digest(&[13, 0, 0]));
        let mut seen: Vec<u64> = (0..=u16::MAX).map(|pair| digest(&pair.to_le_bytes())).collect();
        seen.extend((0..=u8::MAX).map(|byte| digest(&[byte])));
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }

    #[test]
    fn one_bit_makes_another_digest() {
        let text = *b"sixteen bytes !!and some";
        let mut seen = vec![digest(&text)];
        for bit in 0..text.len() * 8 {
            let mut other = text;
            other[bit / 8] ^= 1 << (bit % 8);
            seen.push(digest(&other));
        }
        seen.extend((0..text.len()).map(|end| digest(&text[..end])));
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }
}
