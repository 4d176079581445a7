//! What depends on the machine: classes of the bytes of a text, asking for memory ahead, mapping files. The only module with `unsafe`.
//!
//! A text is classified in blocks of 64 bytes, with vectors where the machine has them: AVX-512 and AVX2 (asked for when the program
//! runs) and NEON (part of every aarch64). [`scalar`] does the same in plain registers; tests hold the others against it.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg_attr(
    target_arch = "aarch64",
    allow(dead_code, reason = "NEON is always there: only tests ask for it")
)]
mod scalar;

/// Which bytes of a block of 64 belong to a class: bit `i` is byte `i`. Classes that a visitor does not read are not computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// ASCII letters.
    pub(crate) letters: u64,
    /// ASCII digits.
    pub(crate) digits: u64,
    pub(crate) non_ascii: u64,
    /// [`Visitor::SETS`].
    pub(crate) sets: [u64; 3],
}

/// What reads the blocks of a text, one after another.
pub(crate) trait Visitor {
    /// Sets of ASCII bytes that it asks for besides letters and digits.
    const SETS: [Set; 3] = [Set::of(b""); 3];

    /// Takes the block that starts at byte `at`. Implementations are `#[inline(always)]`: then they are compiled into the loop over
    /// the blocks, with the instructions of the machine that it runs on.
    fn block(&mut self, at: usize, block: Block, tools: &impl Tools);

    /// What is to be done behind the last block with the instructions of the machine.
    #[inline(always)]
    fn end(&mut self) {}
}

/// Masks of a block, each with the bit of a byte that stands for it.
pub(crate) type Marks = [(u8, u64); 2];

/// The machine's ways to write what masks say. All write more than is asked for, up to [`ROOM`] elements, and panic without room.
pub(crate) trait Tools {
    /// Gathers what several masks have at the same places: for each bit of `places`, in order, a byte is written that has the bits
    /// of the masks that have this place.
    fn gather(&self, places: u64, marks: Marks, out: &mut [u8]);

    /// Writes the places of the bits of a mask, in order, each plus `base`.
    fn places(&self, bits: u64, base: u32, out: &mut [u32]);

    /// The bits that a mask has at some places, side by side.
    fn compress(&self, mask: u64, places: u64) -> u64;
}

/// More than [`Tools`] write of a block.
pub(crate) const ROOM: usize = 64;

/// [`Tools`] of three functions: closures are compiled with the instructions of the function that they stand in.
#[cfg(target_arch = "x86_64")]
struct Toolbox<G, P, C> {
    gather: G,
    places: P,
    compress: C,
}

#[cfg(target_arch = "x86_64")]
impl<G, P, C> Tools for Toolbox<G, P, C>
where
    G: Fn(u64, Marks, &mut [u8]),
    P: Fn(u64, u32, &mut [u32]),
    C: Fn(u64, u64) -> u64,
{
    #[inline(always)]
    fn gather(&self, places: u64, marks: Marks, out: &mut [u8]) {
        (self.gather)(places, marks, out);
    }

    #[inline(always)]
    fn places(&self, bits: u64, base: u32, out: &mut [u32]) {
        (self.places)(bits, base, out);
    }

    #[inline(always)]
    fn compress(&self, mask: u64, places: u64) -> u64 {
        (self.compress)(mask, places)
    }
}

/// [`Tools`] for machines without instructions for them.
struct PlainTools;

impl Tools for PlainTools {
    #[inline(always)]
    fn gather(&self, mut places: u64, marks: Marks, out: &mut [u8]) {
        for byte in &mut out[..places.count_ones() as usize] {
            let place = places.trailing_zeros();
            *byte = marks.iter().fold(0, |byte, (bit, mask)| {
                byte | (bit * (mask >> place & 1) as u8)
            });
            places &= places.wrapping_sub(1);
        }
    }

    #[inline(always)]
    fn places(&self, bits: u64, base: u32, out: &mut [u32]) {
        places_by_eights(bits, base, out);
    }

    #[inline(always)]
    fn compress(&self, mask: u64, mut places: u64) -> u64 {
        let (mut compressed, mut to) = (0, 0);
        while places != 0 {
            compressed |= (mask >> places.trailing_zeros() & 1) << to;
            to += 1;
            places &= places - 1;
        }
        compressed
    }
}

/// [`Tools::places`] eight at once, whether there are so many or not: how many there are, nobody could predict.
#[inline(always)]
fn places_by_eights(mut bits: u64, base: u32, out: &mut [u32]) {
    let chunks = (bits.count_ones() as usize).div_ceil(8);
    for chunk in &mut out.as_chunks_mut::<8>().0[..chunks] {
        for place in chunk {
            *place = base.wrapping_add(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
        }
    }
}

/// A set of ASCII bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set {
    /// For each low half of a byte the high halves with which it is in the set, a bit each.
    high_halves: [u8; 16],
}

impl Set {
    /// The set of these bytes, all ASCII.
    pub(crate) const fn of(bytes: &[u8]) -> Set {
        let mut high_halves = [0; 16];
        let mut i = 0;
        while i < bytes.len() {
            assert!(bytes[i].is_ascii());
            high_halves[(bytes[i] & 15) as usize] |= 1 << (bytes[i] >> 4);
            i += 1;
        }
        Set { high_halves }
    }

    /// The first and the last byte of a set of bytes that follow each other.
    #[cfg(any(test, target_arch = "x86_64"))]
    const fn range(&self) -> Option<(u8, u8)> {
        let (mut first, mut count, mut last) = (0, 0, 0);
        let mut b = 0;
        while b < 128 {
            if self.has(b) {
                if count == 0 {
                    first = b;
                }
                count += 1;
                last = b;
            }
            b += 1;
        }
        if count > 0 && last - first + 1 == count {
            Some((first, last))
        } else {
            None
        }
    }

    /// Is a byte in the set?
    #[inline]
    pub(crate) const fn has(&self, b: u8) -> bool {
        b.is_ascii() && self.high_halves[(b & 15) as usize] >> (b >> 4) & 1 != 0
    }
}

/// Shows a text to a visitor, block by block, with zeros behind its end. The last block starts at or before the end and reaches behind
/// it, so that the position behind the last byte is in a block too.
#[inline]
#[allow(
    unsafe_code,
    reason = "functions for machines that have certain instructions are called where the machine has been asked for them"
)]
pub(crate) fn visit<V: Visitor>(bytes: &[u8], visitor: V) -> V {
    // Once a text: the answer is kept, so asking is a load.
    #[cfg(target_arch = "x86_64")]
    if avx512::is_there() {
        // SAFETY: `is_there` has asked for every feature that the function is compiled with.
        return unsafe { avx512::visit(bytes, visitor) };
    }
    #[cfg(target_arch = "x86_64")]
    if avx2::is_there() {
        // SAFETY: as above.
        return unsafe { avx2::visit(bytes, visitor) };
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: NEON is part of the aarch64 targets of Rust.
    return unsafe { neon::visit(bytes, visitor) };
    #[cfg(not(target_arch = "aarch64"))]
    scalar::visit(bytes, visitor)
}

/// The number of the first whole block of 64 bytes that holds a byte of some kind. `is` is `#[inline(always)]`: then it is asked of many
/// bytes at once, with the instructions of the machine.
#[inline]
#[allow(
    unsafe_code,
    reason = "as for `visit`: the machine has been asked for the instructions"
)]
pub(crate) fn first_block(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if bytes.len() >= 64 && avx2::is_there() {
        // SAFETY: `is_there` has asked for every feature that the function is compiled with.
        return unsafe { avx2::first_block(bytes, is) };
    }
    first_block_with(bytes, is)
}

#[inline(always)]
fn first_block_with(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    let blocks = bytes.as_chunks::<64>().0;
    // Without a branch for each byte, so that the compiler takes many at once.
    let holds = |block: &[u8; 64]| block.iter().fold(false, |any, &b| any | is(b));
    blocks.iter().position(holds)
}

/// The loop over the blocks, for whatever classifies one.
#[inline(always)]
fn visit_with<V: Visitor>(
    bytes: &[u8],
    mut visitor: V,
    classify: impl Fn(&[u8; 64]) -> Block,
    tools: impl Tools,
) -> V {
    let mut padded = [0; 64];
    let mut at = 0;
    while at <= bytes.len() {
        let block = bytes[at..].first_chunk::<64>().unwrap_or_else(|| {
            padded[..bytes.len() - at].copy_from_slice(&bytes[at..]);
            &padded
        });
        visitor.block(at, classify(block), &tools);
        at += 64;
    }
    visitor.end();
    visitor
}

/// The place of the first of eight numbers, little-endian, that is the one that is wanted.
#[inline(always)]
#[allow(unsafe_code, reason = "the load takes a pointer")]
pub(crate) fn position(numbers: &[u8; 32], wanted: u32) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    let same = {
        use std::arch::x86_64::*;
        let (low, high) = numbers.split_at(16);
        // SAFETY: SSE2 is part of every x86-64; each load reads 16 bytes of a live array and needs no alignment.
        unsafe {
            let wanted = _mm_set1_epi32(wanted as i32);
            let low = _mm_cmpeq_epi32(_mm_loadu_si128(low.as_ptr().cast()), wanted);
            let high = _mm_cmpeq_epi32(_mm_loadu_si128(high.as_ptr().cast()), wanted);
            let both = _mm_packs_epi32(low, high);
            _mm_movemask_epi8(_mm_packs_epi16(both, both)) as u32 & 0xff
        }
    };
    #[cfg(not(target_arch = "x86_64"))]
    let same = {
        let (numbers, _) = numbers.as_chunks::<4>();
        let numbers = numbers.iter().enumerate();
        numbers.fold(0, |same, (i, n)| {
            same | u32::from(u32::from_le_bytes(*n) == wanted) << i
        })
    };
    (same != 0).then(|| same.trailing_zeros() as usize)
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

    /// Keeps every block, all classes.
    #[derive(Default)]
    struct Keep(Vec<(usize, Block)>);

    const SETS: [&[u8]; 3] = [
        b"\0\t\n @Z[az{\x7f",
        b".:",
        b"0123456789abcdefghijklmnopqrstuvwxyz",
    ];

    impl Visitor for Keep {
        const SETS: [Set; 3] = [Set::of(SETS[0]), Set::of(SETS[1]), Set::of(SETS[2])];

        #[inline(always)]
        fn block(&mut self, at: usize, block: Block, _: &impl Tools) {
            self.0.push((at, block));
        }
    }

    /// What a block is by the definition of its classes.
    fn defined(bytes: &[u8]) -> Block {
        let bits = |is_in: &dyn Fn(u8) -> bool| {
            let places = bytes.iter().enumerate();
            places.fold(0, |bits, (i, &b)| bits | u64::from(is_in(b)) << i)
        };
        // Behind the end there are zeros.
        let zeros = !bits(&|_| true);
        Block {
            letters: bits(&|b| b.is_ascii_alphabetic()),
            digits: bits(&|b| b.is_ascii_digit()),
            non_ascii: bits(&|b| b >= 0x80),
            sets: SETS.map(|set| {
                let behind = if set.contains(&0) { zeros } else { 0 };
                bits(&|b| set.contains(&b)) | behind
            }),
        }
    }

    /// The blocks of a text, the same on all ways that this machine has.
    fn check(bytes: &[u8]) {
        let mut expected: Vec<(usize, Block)> = bytes
            .chunks(64)
            .enumerate()
            .map(|(k, block)| (64 * k, defined(block)))
            .collect();
        if bytes.len().is_multiple_of(64) {
            expected.push((bytes.len(), defined(b"")));
        }
        for (way, Keep(found)) in every_way(bytes, Keep::default) {
            assert_eq!(found, expected, "{way}: {bytes:?}");
        }
    }

    /// What a visitor comes to, on all ways that this machine has.
    #[allow(unsafe_code, reason = "as in `visit`")]
    fn every_way<V: Visitor>(bytes: &[u8], visitor: impl Fn() -> V) -> Vec<(&'static str, V)> {
        let mut all = vec![
            ("any", visit(bytes, visitor())),
            ("scalar", scalar::visit(bytes, visitor())),
        ];
        #[cfg(target_arch = "x86_64")]
        if avx2::is_there() {
            // SAFETY: as in `visit`.
            all.push(("AVX2", unsafe { avx2::visit(bytes, visitor()) }));
        }
        #[cfg(target_arch = "x86_64")]
        if avx512::is_there() {
            // SAFETY: as in `visit`.
            all.push(("AVX-512", unsafe { avx512::visit(bytes, visitor()) }));
        }
        all
    }

    #[test]
    fn every_byte_in_every_place_is_classified_as_its_definition_says() {
        for place in 0..64 {
            for b in 0..=255u8 {
                for other in [b' ', b'z', b'9', 0xff] {
                    let mut block = [other; 64];
                    block[place] = b;
                    check(&block);
                }
            }
        }
    }

    #[test]
    fn random_texts_of_every_length_are_classified_as_the_definition_says() {
        let mut rng = fastrand::Rng::with_seed(64);
        for len in 0..400 {
            for any in [0..=255, 0..=127, b'0'..=b'z'] {
                let bytes: Vec<u8> = (0..len).map(|_| rng.u8(any.clone())).collect();
                check(&bytes);
            }
        }
    }

    /// What the tools write for masks that depend on the block, held against their definitions.
    #[derive(Default)]
    struct Written(usize);

    impl Visitor for Written {
        #[inline(always)]
        fn block(&mut self, at: usize, block: Block, tools: &impl Tools) {
            let places = block.letters;
            let bits = [4, 128];
            let marks: Marks =
                std::array::from_fn(|k| (bits[k], block.digits.rotate_left(7 * k as u32)));
            let (mut gathered, mut numbers) = ([0; ROOM], [0; ROOM]);
            tools.gather(places, marks, &mut gathered);
            tools.places(places, at as u32, &mut numbers);
            let compressed = tools.compress(block.digits, places);
            let all = (0..64).filter(|place| places >> place & 1 != 0);
            for (i, place) in all.clone().enumerate() {
                let here = marks.iter().filter(|(_, mask)| mask >> place & 1 != 0);
                let expected = here.map(|(bit, _)| bit).sum::<u8>();
                assert_eq!(gathered[i], expected, "{places:x} {marks:x?}");
                assert_eq!(numbers[i], at as u32 + place, "{places:x}");
                let digit = block.digits >> place & 1;
                assert_eq!(compressed >> i & 1, digit, "{places:x}");
            }
            let count = all.count();
            assert_eq!(u128::from(compressed) >> count, 0, "{places:x}");
            self.0 += count;
        }
    }

    #[test]
    fn what_masks_say_is_written_as_the_definition_says() {
        let mut rng = fastrand::Rng::with_seed(8);
        for letters in 0..=10 {
            for _ in 0..50 {
                let bytes: Vec<u8> = (0..640)
                    .map(|_| match rng.u8(..10) < letters {
                        true => b'a',
                        false => *rng.choice(b"1 ").expect("there are two"),
                    })
                    .collect();
                let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
                for (way, Written(count)) in every_way(&bytes, Written::default) {
                    assert_eq!(count, letters, "{way}");
                }
            }
        }
    }

    #[test]
    fn the_first_of_equal_numbers_is_found() {
        let mut rng = fastrand::Rng::with_seed(32);
        for _ in 0..10_000 {
            let numbers: [u32; 8] = std::array::from_fn(|_| rng.u32(..9) << (8 * rng.u32(..4)));
            let wanted = rng.u32(..9) << (8 * rng.u32(..4));
            let mut bytes = [0; 32];
            for (bytes, n) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(numbers) {
                *bytes = n.to_le_bytes();
            }
            let expected = numbers.iter().position(|n| *n == wanted);
            assert_eq!(position(&bytes, wanted), expected, "{numbers:?} {wanted}");
        }
    }

    #[test]
    fn sets_of_bytes_that_follow_each_other_are_ranges() {
        assert_eq!(Set::of(b"BAC").range(), Some((b'A', b'C')));
        assert_eq!(Set::of(b" ").range(), Some((b' ', b' ')));
        assert_eq!(Set::of(b"AC").range(), None);
        assert_eq!(Set::of(b"").range(), None);
    }

    #[test]
    fn a_set_has_its_bytes_and_no_other() {
        for (set, bytes) in Keep::SETS.iter().zip(SETS) {
            for b in 0..=255 {
                assert_eq!(set.has(b), bytes.contains(&b), "{b}");
            }
        }
    }
}
