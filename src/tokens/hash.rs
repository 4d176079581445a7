//! Hashes of folded tokens, and of the names that they make.

pub(super) const K0: u64 = 0x9e37_79b9_7f4a_7c15;
pub(super) const K1: u64 = 0xc2b2_ae3d_27d4_eb4f;

#[inline(always)]
pub(super) fn multiply(a: u64, b: u64) -> u64 {
    let m = u128::from(a) * u128::from(b);
    m as u64 ^ (m >> 64) as u64
}

/// The key of a name from the key of its first tokens and the hash of the next one.
#[inline(always)]
pub(crate) fn extend_key(key: u64, hash: u64) -> u64 {
    multiply(key ^ K1, hash ^ K0)
}

/// The longest token that [`quick_hash`] is for.
pub(super) const QUICK: usize = 16;

/// By the length of a token, the bytes of two words of eight that are part of it.
static MASKS: [(u64, u64); QUICK + 1] = {
    let mut masks = [(!0, !0); QUICK + 1];
    let mut n = 0;
    while n < 8 {
        let mask = (1 << (8 * n)) - 1;
        masks[n].0 = mask;
        masks[n].1 = 0;
        masks[n + 8].1 = mask;
        n += 1;
    }
    masks
};

/// The 16 bytes from `start` as two words, zeros behind the end.
#[inline(always)]
pub(super) fn load16(bytes: &[u8], start: usize) -> (u64, u64) {
    let chunk = match bytes.get(start..start + 16) {
        Some(chunk) => *chunk.first_chunk().expect("it has 16 bytes"),
        None => load_last(&bytes[start..]),
    };
    let w = u128::from_le_bytes(chunk);
    (w as u64, (w >> 64) as u64)
}

#[cold]
pub(super) fn load_last(bytes: &[u8]) -> [u8; 16] {
    let mut chunk = [0; 16];
    chunk[..bytes.len()].copy_from_slice(bytes);
    chunk
}

#[inline(always)]
pub(super) fn hash_words(a: u64, b: u64, len: usize, seed: u64) -> u64 {
    multiply(a ^ K0 ^ seed, b ^ K1 ^ (len as u64) << 56)
}

/// The hash of a folded form; [`Tokens`] has the same for every token.
pub(crate) fn hash_bytes(folded: &[u8], seed: u64) -> u64 {
    if folded.len() <= QUICK {
        let (a, b) = load16(folded, 0);
        return hash_words(a, b, folded.len(), seed);
    }
    let mut hash = folded.len() as u64 ^ K0 ^ seed;
    for chunk in folded.chunks(8) {
        let (w, _) = load16(chunk, 0);
        hash = multiply(hash ^ w, K1);
    }
    hash
}

/// The hash of the folded form of a token that is ASCII and not longer than [`QUICK`].
#[inline(always)]
pub(super) fn quick_hash(bytes: &[u8], start: usize, len: usize, seed: u64) -> u64 {
    const CASE: u64 = 0x2020_2020_2020_2020;
    let (mask_a, mask_b) = MASKS[len.min(QUICK)];
    let (a, b) = load16(bytes, start);
    hash_words((a | CASE) & mask_a, (b | CASE) & mask_b, len, seed)
}
