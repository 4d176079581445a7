//! Classes of the bytes of a block with NEON, 16 bytes at a time.

use super::{Block, Set, Visitor, visit_with};
use std::arch::aarch64::*;

#[target_feature(enable = "neon")]
pub(super) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    visit_with(bytes, visitor, |block| classify::<V>(block))
}

#[inline]
#[target_feature(enable = "neon")]
fn classify<V: Visitor>(block: &[u8; 64]) -> Block {
    let quarters = [0, 16, 32, 48].map(|from| load(block, from));
    Block {
        letters: bits(quarters.map(|v| in_range(vorrq_u8(v, vdupq_n_u8(0x20)), b'a', b'z'))),
        digits: bits(quarters.map(|v| in_range(v, b'0', b'9'))),
        non_ascii: bits(quarters.map(|v| vcgeq_u8(v, vdupq_n_u8(0x80)))),
        sets: V::SETS.map(|set| bits(quarters.map(|v| inside(v, &set)))),
    }
}

#[inline]
#[target_feature(enable = "neon")]
#[allow(unsafe_code, reason = "the load takes a pointer")]
fn load(bytes: &[u8], from: usize) -> uint8x16_t {
    let part: &[u8; 16] = bytes[from..]
        .first_chunk()
        .expect("all loads lie inside their array");
    // SAFETY: 16 bytes of a live array, and the load needs no alignment.
    unsafe { vld1q_u8(part.as_ptr()) }
}

/// Every bit of the bytes in `first..=last`.
#[inline]
#[target_feature(enable = "neon")]
fn in_range(v: uint8x16_t, first: u8, last: u8) -> uint8x16_t {
    vcleq_u8(vsubq_u8(v, vdupq_n_u8(first)), vdupq_n_u8(last - first))
}

/// Every bit of the bytes that are in the set.
#[inline]
#[target_feature(enable = "neon")]
fn inside(v: uint8x16_t, set: &Set) -> uint8x16_t {
    let high_halves = vqtbl1q_u8(load(&set.high_halves, 0), vandq_u8(v, vdupq_n_u8(15)));
    // The bit of the high half; shifted out for bytes that are not ASCII.
    let bit = vshlq_u8(vdupq_n_u8(1), vreinterpretq_s8_u8(vshrq_n_u8::<4>(v)));
    vtstq_u8(high_halves, bit)
}

/// One bit for each byte of four vectors whose bytes are all ones or all zeros.
#[inline]
#[target_feature(enable = "neon")]
fn bits(quarters: [uint8x16_t; 4]) -> u64 {
    const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    let [a, b, c, d] = quarters.map(|v| vandq_u8(v, load(&WEIGHTS, 0)));
    // Three sums of neighbours gather the weights of eight bytes in one.
    let halves = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(halves, halves)))
}
