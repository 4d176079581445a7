//! Classes of the bytes of a block with AVX2, 32 bytes at a time.

use super::{
    Block, Marks, PlainTools, Set, Toolbox, Visitor, first_block_with, places_by_eights, visit_with,
};
use std::{arch::x86_64::*, sync::LazyLock};

/// Does this machine have what [`visit`] is compiled with? AVX2, and the instructions on single bits that came along with it.
#[inline]
pub(super) fn is_there() -> bool {
    static IS_THERE: LazyLock<bool> = LazyLock::new(|| {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    });
    *IS_THERE
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    let classify = |block: &_| classify::<V>(block);
    if has_slow_gather() {
        return visit_with(bytes, visitor, classify, PlainTools);
    }
    let tools = Toolbox {
        gather: |places, marks, out: &mut [u8]| gather(places, marks, out),
        places: |bits, base, out: &mut [u32]| places_by_eights(bits, base, out),
        compress: |mask, places| _pext_u64(mask, places),
    };
    visit_with(bytes, visitor, classify, tools)
}

/// [`super::first_block`].
#[target_feature(enable = "avx2")]
pub(super) fn first_block(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    first_block_with(bytes, is)
}

/// Are the instructions that [`gather`] is made of slow? Before Zen 3, AMD's processors (and Hygon's, which are like them) took some
/// hundred cycles for each.
#[inline]
#[allow(
    unsafe_code,
    unused_unsafe,
    reason = "asking a processor for its name is unsafe in some versions of Rust"
)]
fn has_slow_gather() -> bool {
    static IS_SLOW: LazyLock<bool> = LazyLock::new(|| {
        // SAFETY: every x86-64 can be asked.
        let (vendor, version) = unsafe { (__cpuid(0), __cpuid(1)) };
        let made_by = |name: &[u8; 12]| {
            let parts = [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes);
            parts.as_flattened() == name
        };
        let family = (version.eax >> 8 & 15) + (version.eax >> 20 & 255);
        made_by(b"HygonGenuine") || made_by(b"AuthenticAMD") && family < 0x19
    });
    *IS_SLOW
}

/// [`super::Tools::gather`], eight places at a time.
#[inline]
#[target_feature(enable = "bmi2,popcnt")]
fn gather(places: u64, mut marks: Marks, out: &mut [u8]) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // A loop: the closure of a `map` would not be compiled into this function.
    for (_, mask) in &mut marks {
        *mask = _pext_u64(*mask, places);
    }
    for chunk in out[..(places.count_ones() as usize).next_multiple_of(8)]
        .as_chunks_mut::<8>()
        .0
    {
        let mut bytes = 0;
        for (bit, mask) in &mut marks {
            // The lowest eight, one in each byte.
            bytes |= _pdep_u64(*mask, ONES * u64::from(*bit));
            *mask >>= 8;
        }
        *chunk = bytes.to_le_bytes();
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn classify<V: Visitor>(block: &[u8; 64]) -> Block {
    let (low, high) = (load(block, 0), load(block, 32));
    let [first, second, third] = &V::SETS;
    let [first_range, second_range, third_range] = const {
        let [first, second, third] = &V::SETS;
        [first.range(), second.range(), third.range()]
    };
    Block {
        letters: bits(is_letter(low), is_letter(high)),
        digits: bits(is_digit(low), is_digit(high)),
        non_ascii: bits(low, high),
        sets: [
            members(low, high, first, first_range),
            members(low, high, second, second_range),
            members(low, high, third, third_range),
        ],
    }
}

/// The high bits of 64 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(low: __m256i, high: __m256i) -> u64 {
    let (low, high) = (_mm256_movemask_epi8(low), _mm256_movemask_epi8(high));
    u64::from(low as u32) | u64::from(high as u32) << 32
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

#[inline]
#[target_feature(enable = "avx2")]
fn is_letter(v: __m256i) -> __m256i {
    is_between(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', b'z')
}

#[inline]
#[target_feature(enable = "avx2")]
fn is_digit(v: __m256i) -> __m256i {
    is_between(v, b'0', b'9')
}

/// All ones for bytes in `first..=last`, else zero.
#[inline]
#[target_feature(enable = "avx2")]
fn is_between(v: __m256i, first: u8, last: u8) -> __m256i {
    let above_first = _mm256_sub_epi8(v, _mm256_set1_epi8(first as i8));
    let most = _mm256_set1_epi8((last - first) as i8);
    _mm256_cmpeq_epi8(_mm256_min_epu8(above_first, most), above_first)
}

/// The bytes of two vectors that are in a set, which is `range` if that is anything.
#[inline]
#[target_feature(enable = "avx2")]
fn members(low: __m256i, high: __m256i, set: &Set, range: Option<(u8, u8)>) -> u64 {
    match range {
        Some((first, last)) => bits(is_between(low, first, last), is_between(high, first, last)),
        None => !bits(is_outside(low, set), is_outside(high, set)),
    }
}

/// All ones for bytes outside the set, else zero.
#[inline]
#[target_feature(enable = "avx2")]
fn is_outside(v: __m256i, set: &Set) -> __m256i {
    const HIGH_HALVES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
    // A look-up by a byte that is not ASCII gives zero, else it is by the low half of the byte.
    let high_halves = _mm256_shuffle_epi8(twice(&set.high_halves), v);
    let high_half = _mm256_and_si256(_mm256_srli_epi16::<4>(v), _mm256_set1_epi8(15));
    let high_half = _mm256_shuffle_epi8(twice(&HIGH_HALVES), high_half);
    // Of a byte that is in the set its high half is among those of its low half.
    let both = _mm256_and_si256(high_halves, high_half);
    _mm256_cmpeq_epi8(both, _mm256_setzero_si256())
}

/// A table of 16 bytes in both halves of a vector: look-ups go to the half that they are in.
#[inline]
#[target_feature(enable = "avx2")]
fn twice(table: &[u8; 16]) -> __m256i {
    let table = u128::from_le_bytes(*table);
    let (low, high) = (table as i64, (table >> 64) as i64);
    _mm256_set_epi64x(high, low, high, low)
}
