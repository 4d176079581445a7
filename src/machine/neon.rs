//! Classes of the bytes of a block with NEON, 16 bytes at a time.

use super::{Block, PlainTools, Set, Visitor, visit_with};
use std::arch::aarch64::*;

#[target_feature(enable = "neon")]
pub(super) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    visit_with(bytes, visitor, |block| classify::<V>(block), PlainTools)
}

#[inline]
#[target_feature(enable = "neon")]
fn classify<V: Visitor>(block: &[u8; 64]) -> Block {
    let (a, b) = (load(block, 0), load(block, 16));
    let (c, d) = (load(block, 32), load(block, 48));
    let [first, second, third] = &V::SETS;
    Block {
        letters: bits(is_letter(a), is_letter(b), is_letter(c), is_letter(d)),
        digits: bits(is_digit(a), is_digit(b), is_digit(c), is_digit(d)),
        non_ascii: bits(is_wide(a), is_wide(b), is_wide(c), is_wide(d)),
        sets: [
            bits(
                is_in(a, first),
                is_in(b, first),
                is_in(c, first),
                is_in(d, first),
            ),
            bits(
                is_in(a, second),
                is_in(b, second),
                is_in(c, second),
                is_in(d, second),
            ),
            bits(
                is_in(a, third),
                is_in(b, third),
                is_in(c, third),
                is_in(d, third),
            ),
        ],
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

#[inline]
#[target_feature(enable = "neon")]
fn is_letter(v: uint8x16_t) -> uint8x16_t {
    is_between(vorrq_u8(v, vdupq_n_u8(0x20)), b'a', b'z')
}

#[inline]
#[target_feature(enable = "neon")]
fn is_digit(v: uint8x16_t) -> uint8x16_t {
    is_between(v, b'0', b'9')
}

#[inline]
#[target_feature(enable = "neon")]
fn is_wide(v: uint8x16_t) -> uint8x16_t {
    vcgeq_u8(v, vdupq_n_u8(0x80))
}

/// All ones for bytes in `first..=last`, else zero.
#[inline]
#[target_feature(enable = "neon")]
fn is_between(v: uint8x16_t, first: u8, last: u8) -> uint8x16_t {
    vcleq_u8(vsubq_u8(v, vdupq_n_u8(first)), vdupq_n_u8(last - first))
}

/// All ones for bytes in the set, else zero.
#[inline]
#[target_feature(enable = "neon")]
fn is_in(v: uint8x16_t, set: &Set) -> uint8x16_t {
    let low_half = vandq_u8(v, vdupq_n_u8(15));
    let high_halves = vqtbl1q_u8(load(&set.high_halves, 0), low_half);
    // The bit of the high half; shifted out for bytes that are not ASCII.
    let high_half = vreinterpretq_s8_u8(vshrq_n_u8::<4>(v));
    vtstq_u8(high_halves, vshlq_u8(vdupq_n_u8(1), high_half))
}

/// One bit for each byte of four vectors whose bytes are all ones or all zeros.
#[inline]
#[target_feature(enable = "neon")]
fn bits(a: uint8x16_t, b: uint8x16_t, c: uint8x16_t, d: uint8x16_t) -> u64 {
    const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    let weights = load(&WEIGHTS, 0);
    // Sums of neighbours, three times, gather the weights of eight bytes in one.
    let low = vpaddq_u8(vandq_u8(a, weights), vandq_u8(b, weights));
    let high = vpaddq_u8(vandq_u8(c, weights), vandq_u8(d, weights));
    let all = vpaddq_u8(low, high);
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(all, all)))
}
