//! Classes of the bytes of a block, eight bytes at a time in a plain register: for machines without vectors that we know, and what the
//! tests hold the others against.

use super::{Block, PlainTools, Set, Visitor, visit_with};

pub(super) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    visit_with(bytes, visitor, classify::<V>, PlainTools)
}

#[inline(always)]
fn classify<V: Visitor>(block: &[u8; 64]) -> Block {
    let mut out = Block::default();
    for (k, chunk) in block.as_chunks::<8>().0.iter().enumerate() {
        let w = u64::from_le_bytes(*chunk);
        let shift = 8 * k as u32;
        out.letters |= in_range(w | 0x2020_2020_2020_2020, b'a', b'z') << shift;
        out.digits |= in_range(w, b'0', b'9') << shift;
        out.non_ascii |= gather(w & HIGH) << shift;
        let sets = u64::from_le_bytes(chunk.map(|b| const { set_bits(&V::SETS) }[b as usize]));
        for (i, set) in out.sets.iter_mut().enumerate() {
            *set |= gather(sets << (7 - i) & HIGH) << shift;
        }
    }
    out
}

/// For each byte the sets that it is in: bit `i` is set `i`.
const fn set_bits(sets: &[Set; 3]) -> [u8; 256] {
    let mut bits = [0; 256];
    let mut b = 0;
    while b < 256 {
        let mut i = 0;
        while i < 3 {
            bits[b] |= (sets[i].has(b as u8) as u8) << i;
            i += 1;
        }
        b += 1;
    }
    bits
}

const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

/// Bits of the bytes in `first..=last` (both below 0x80) of a word of eight.
#[inline(always)]
fn in_range(w: u64, first: u8, last: u8) -> u64 {
    // Adding to the low seven bits carries into the high bit just when the byte is large enough, and never into its neighbour.
    let low = w & !HIGH;
    let at_least = low + ONES * (0x80 - first as u64);
    let above = low + ONES * (0x7f - last as u64);
    gather(at_least & !above & !w & HIGH)
}

/// The high bits of eight bytes as the low eight bits of a word.
#[inline(always)]
fn gather(high: u64) -> u64 {
    // Byte i holds bit 8i; times 2^(56-7i) it lands on bit 56+i, and no two sums meet.
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
