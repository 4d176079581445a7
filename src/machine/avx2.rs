//! Classes of the bytes of a block with AVX2, 32 bytes at a time.

use super::{Block, Set, Visitor, visit_with};
use std::arch::x86_64::*;

/// Does this machine have what [`visit`] is compiled with? AVX2, and the instructions on single bits that came along with it.
#[inline]
pub(super) fn is_there() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    visit_with(bytes, visitor, |block| classify::<V>(block))
}

#[inline]
#[target_feature(enable = "avx2")]
fn classify<V: Visitor>(block: &[u8; 64]) -> Block {
    let halves = [load(block, 0), load(block, 32)];
    Block {
        letters: bits(
            halves.map(|v| in_range(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', b'z')),
        ),
        digits: bits(halves.map(|v| in_range(v, b'0', b'9'))),
        non_ascii: bits(halves),
        sets: V::SETS.map(|set| !bits(halves.map(|v| outside(v, &set)))),
    }
}

/// The high bits of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(halves: [__m256i; 2]) -> u64 {
    let [low, high] = halves.map(|half| _mm256_movemask_epi8(half) as u32);
    u64::from(low) | u64::from(high) << 32
}

#[inline]
#[target_feature(enable = "avx2")]
#[allow(unsafe_code, reason = "the load takes a pointer")]
fn load(block: &[u8; 64], from: usize) -> __m256i {
    let half: &[u8; 32] = block[from..]
        .first_chunk()
        .expect("a block has two halves of 32 bytes");
    // SAFETY: 32 bytes of a live array, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(half.as_ptr().cast()) }
}

/// Every bit of the bytes in `first..=last`.
#[inline]
#[target_feature(enable = "avx2")]
fn in_range(v: __m256i, first: u8, last: u8) -> __m256i {
    let above_first = _mm256_sub_epi8(v, _mm256_set1_epi8(first as i8));
    let most = _mm256_set1_epi8((last - first) as i8);
    _mm256_cmpeq_epi8(_mm256_min_epu8(above_first, most), above_first)
}

/// Every bit of the bytes that are not in the set.
#[inline]
#[target_feature(enable = "avx2")]
fn outside(v: __m256i, set: &Set) -> __m256i {
    let table = |table: [u8; 16]| {
        let [low, high] = table.as_chunks::<8>().0 else {
            unreachable!("16 bytes are two words")
        };
        let (low, high) = (i64::from_le_bytes(*low), i64::from_le_bytes(*high));
        _mm256_set_epi64x(high, low, high, low)
    };
    // A look-up by a byte that is not ASCII gives zero, else it is by the low half of the byte.
    let high_halves = _mm256_shuffle_epi8(table(set.high_halves), v);
    let high_half = _mm256_and_si256(_mm256_srli_epi16::<4>(v), _mm256_set1_epi8(15));
    let bit = _mm256_shuffle_epi8(
        table([1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0]),
        high_half,
    );
    _mm256_cmpeq_epi8(_mm256_and_si256(high_halves, bit), _mm256_setzero_si256())
}
