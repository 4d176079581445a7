//! Classes of the bytes of a block with AVX-512, all 64 at a time: its comparisons give masks, and it writes what masks choose side
//! by side.

use super::{Block, Marks, Set, Toolbox, Visitor, visit_with};
use std::{arch::x86_64::*, sync::LazyLock};

/// Does this machine have what [`visit`] is compiled with? (Since Ice Lake and Zen 4, where the processor does not get slower by it.)
#[inline]
pub(super) fn is_there() -> bool {
    static IS_THERE: LazyLock<bool> = LazyLock::new(|| {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    });
    *IS_THERE
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    let tools = Toolbox {
        gather: |places, marks, out: &mut [u8]| gather(places, marks, out),
        places: |bits, base, out: &mut [u32]| places(bits, base, out),
        compress: |mask, places| _pext_u64(mask, places),
    };
    visit_with(bytes, visitor, |block| classify::<V>(block), tools)
}

/// [`super::Tools::gather`], all at once.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
#[allow(unsafe_code, reason = "the store takes a pointer")]
fn gather(places: u64, marks: Marks, out: &mut [u8]) {
    let out: &mut [u8; 64] = out.first_chunk_mut().expect("there is room for a block");
    let mut all = _mm512_setzero_si512();
    for (bit, mask) in marks {
        all = _mm512_mask_add_epi8(all, mask, all, _mm512_set1_epi8(bit as i8));
    }
    let all = _mm512_maskz_compress_epi8(places, all);
    // SAFETY: 64 bytes of a live array, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), all) };
}

/// [`super::Tools::places`], sixteen at once.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
#[allow(unsafe_code, reason = "the store takes a pointer")]
fn places(bits: u64, base: u32, out: &mut [u32]) {
    const ALL: [u8; 64] = {
        let mut all = [0; 64];
        let mut i = 0;
        while i < 64 {
            all[i] = i as u8;
            i += 1;
        }
        all
    };
    let base = _mm512_set1_epi32(base as i32);
    let mut places = _mm512_maskz_compress_epi8(bits, load(&ALL));
    let chunks = (bits.count_ones() as usize).div_ceil(16);
    for chunk in &mut out.as_chunks_mut::<16>().0[..chunks] {
        let some = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
        let some = _mm512_add_epi32(some, base);
        // SAFETY: 64 bytes of a live array, and the store needs no alignment.
        unsafe { _mm512_storeu_si512(chunk.as_mut_ptr().cast(), some) };
        // The next sixteen bytes move to the front.
        places = _mm512_shuffle_i64x2::<0b00_11_10_01>(places, places);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn classify<V: Visitor>(block: &[u8; 64]) -> Block {
    let v = load(block);
    let [first, second, third] = &V::SETS;
    let [first_range, second_range, third_range] = const {
        let [first, second, third] = &V::SETS;
        [first.range(), second.range(), third.range()]
    };
    Block {
        letters: between(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), b'a', b'z'),
        digits: between(v, b'0', b'9'),
        non_ascii: _mm512_movepi8_mask(v),
        sets: [
            members(v, first, first_range),
            members(v, second, second_range),
            members(v, third, third_range),
        ],
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
#[allow(unsafe_code, reason = "the load takes a pointer")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: 64 bytes of a live array, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The bytes in `first..=last`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn between(v: __m512i, first: u8, last: u8) -> u64 {
    if first == last {
        return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(first as i8));
    }
    let above_first = _mm512_sub_epi8(v, _mm512_set1_epi8(first as i8));
    _mm512_cmple_epu8_mask(above_first, _mm512_set1_epi8((last - first) as i8))
}

/// The bytes in a set, which is `range` if that is anything.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn members(v: __m512i, set: &Set, range: Option<(u8, u8)>) -> u64 {
    const HIGH_HALVES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
    if let Some((first, last)) = range {
        return between(v, first, last);
    }
    // A look-up by a byte that is not ASCII gives zero, else it is by the low half of the byte.
    let high_halves = _mm512_shuffle_epi8(four_times(&set.high_halves), v);
    let high_half = _mm512_and_si512(_mm512_srli_epi16::<4>(v), _mm512_set1_epi8(15));
    let high_half = _mm512_shuffle_epi8(four_times(&HIGH_HALVES), high_half);
    // Of a byte that is in the set its high half is among those of its low half.
    _mm512_test_epi8_mask(high_halves, high_half)
}

/// A table of 16 bytes in all quarters of a vector: look-ups go to the quarter that they are in.
#[inline]
#[target_feature(enable = "avx512f")]
fn four_times(table: &[u8; 16]) -> __m512i {
    let table = u128::from_le_bytes(*table);
    let (low, high) = (table as i64, (table >> 64) as i64);
    _mm512_set_epi64(high, low, high, low, high, low, high, low)
}
