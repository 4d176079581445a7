//! What depends on the machine: classes of the bytes of a block, and asking for memory ahead. The only module with `unsafe`.

/// Which bytes of a block of 64 are ASCII letters, ASCII digits, or not ASCII: bit `i` is byte `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) letters: u64,
    pub(crate) digits: u64,
    pub(crate) non_ascii: u64,
}

/// Classifies a block, eight bytes at a time in a plain register.
#[inline]
pub(crate) fn classify(block: &[u8; 64]) -> Block {
    let mut out = Block::default();
    for (k, chunk) in block.chunks_exact(8).enumerate() {
        let w = u64::from_le_bytes(chunk.try_into().expect("chunks_exact(8) gives 8 bytes"));
        let shift = 8 * k as u32;
        out.letters |= in_range(w | 0x2020_2020_2020_2020, b'a', b'z') << shift;
        out.digits |= in_range(w, b'0', b'9') << shift;
        out.non_ascii |= gather(w & HIGH) << shift;
    }
    out
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

/// Asks for the memory of an element that will be read soon; nothing happens if there is none, or on machines that can't.
#[inline(always)]
#[allow(
    unsafe_code,
    reason = "the intrinsic takes a pointer; a prefetch of an address that a reference gave reads and changes nothing"
)]
pub(crate) fn prefetch<T>(slice: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = slice.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of every x86-64, and the address is that of a live element.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, at);
}

/// Maps a file into memory: its pages are read when they are needed and shared by all processes that map it.
#[allow(
    unsafe_code,
    reason = "the bytes of a mapping change if somebody writes to the file; what reads them checks every load and every string, so \
              that gives wrong names at worst, and cutting the file short ends the process as it ends every one that maps files"
)]
pub(crate) fn map(file: &std::fs::File) -> std::io::Result<Box<dyn AsRef<[u8]> + Send + Sync>> {
    // SAFETY: the mapping is only read, through checked loads of plain bytes; see the reason above for what remains.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Box::new(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_in_every_place_is_classified_as_its_definition_says() {
        for place in 0..64 {
            for b in 0..=255u8 {
                for other in [b' ', b'z', b'9', 0xff] {
                    let mut block = [other; 64];
                    block[place] = b;
                    let got = classify(&block);
                    assert_eq!(
                        got.letters >> place & 1 == 1,
                        b.is_ascii_alphabetic(),
                        "{b} at {place}"
                    );
                    assert_eq!(
                        got.digits >> place & 1 == 1,
                        b.is_ascii_digit(),
                        "{b} at {place}"
                    );
                    assert_eq!(got.non_ascii >> place & 1 == 1, b >= 0x80, "{b} at {place}");
                    let rest = (place + 1) % 64;
                    assert_eq!(got.letters >> rest & 1 == 1, other.is_ascii_alphabetic());
                }
            }
        }
    }
}
