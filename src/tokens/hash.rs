//! Hashes of folded tokens, and of the names that they make.

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xc2b2_ae3d_27d4_eb4f;

#[inline(always)]
fn multiply(a: u64, b: u64) -> u64 {
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

/// Sixteen bytes as two words.
#[inline(always)]
fn words(bytes: &[u8; QUICK]) -> (u64, u64) {
    let w = u128::from_le_bytes(*bytes);
    (w as u64, (w >> 64) as u64)
}

/// The first sixteen bytes, zeros behind the end.
pub(super) fn load_last(bytes: &[u8]) -> [u8; QUICK] {
    let mut chunk = [0; QUICK];
    let len = bytes.len().min(QUICK);
    chunk[..len].copy_from_slice(&bytes[..len]);
    chunk
}

#[inline(always)]
fn hash_words(a: u64, b: u64, len: usize, seed: u64) -> u64 {
    multiply(a ^ K0 ^ seed, b ^ K1 ^ (len as u64) << 56)
}

/// The hash of a folded form; [`Tokens`] has the same for every token.
pub(crate) fn hash_bytes(folded: &[u8], seed: u64) -> u64 {
    if folded.len() <= QUICK {
        let (a, b) = words(&load_last(folded));
        return hash_words(a, b, folded.len(), seed);
    }
    let mut hash = folded.len() as u64 ^ K0 ^ seed;
    for chunk in folded.chunks(8) {
        let (w, _) = words(&load_last(chunk));
        hash = multiply(hash ^ w, K1);
    }
    hash
}

/// The hash of the folded form of a token that is ASCII and not longer than [`QUICK`]; it starts these bytes.
#[inline(always)]
pub(super) fn quick_hash(bytes: &[u8; QUICK], len: usize, seed: u64) -> u64 {
    const CASE: u64 = 0x2020_2020_2020_2020;
    let (mask_a, mask_b) = MASKS[len.min(QUICK)];
    let (a, b) = words(bytes);
    hash_words((a | CASE) & mask_a, (b | CASE) & mask_b, len, seed)
}
