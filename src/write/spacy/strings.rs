//! How spaCy numbers strings: by their hash, but for a few hundred that have numbers of their own.

use std::{collections::HashMap, sync::LazyLock};

/// The strings with numbers of their own (`spacy.symbols`), as ranges: the first number, and the strings parted by spaces. The words
/// `agent`, `number` and `root` are among them, and what headlines have in capitals: a file that has their hash instead can't be read.
const SYMBOLS: [(u64, &str); 3] = [
    (
        1,
        "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM LIKE_EMAIL IS_STOP \
         IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY",
    ),
    (
        64,
        "ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE HEAD SENT_START SPACY \
         PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X EOL SPACE",
    ),
    (
        380,
        "PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY QUANTITY \
         ORDINAL CARDINAL acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj csubjpass \
         dep det dobj expl hmod hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num number oprd \
         obj obl parataxis partmod pcomp pobj poss possessive preconj prep prt punct quantmod relcl rcmod root xcomp \
         acl ENT_KB_ID MORPH ENT_ID IDX _",
    ),
];

/// `FLAG19` to `FLAG63` are 19 to 63; `DEPRECATED001` to `DEPRECATED276` are 104 to 379.
const NUMBERED: [(&str, usize, u64, u64); 2] = [("FLAG", 2, 19, 63), ("DEPRECATED", 3, 104, 379)];

static NUMBERS: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| {
    let ranges = SYMBOLS.iter();
    let named = ranges.flat_map(|(first, names)| names.split(' ').zip(*first..));
    named.collect()
});

/// The number of a string; 0 for the empty one.
pub(crate) fn id(string: &str) -> u64 {
    if string.is_empty() {
        return 0;
    }
    let symbol = NUMBERS.get(string).copied().or_else(|| {
        let mut numbered = NUMBERED.iter();
        numbered.find_map(|&(prefix, digits, first, last)| {
            let number = string.strip_prefix(prefix)?;
            let is_number = number.len() == digits && number.bytes().all(|b| b.is_ascii_digit());
            let number: u64 = number.parse().ok().filter(|_| is_number)?;
            let id = if prefix == "FLAG" {
                number
            } else {
                number + 103
            };
            (first..=last).contains(&id).then_some(id)
        })
    });
    symbol.unwrap_or_else(|| murmur64a(string.as_bytes()))
}

/// The string that has a number of its own.
pub(crate) fn symbol(id: u64) -> Option<String> {
    for (first, names) in SYMBOLS {
        let place = id.checked_sub(first);
        if let Some(name) = place.and_then(|n| names.split(' ').nth(usize::try_from(n).ok()?)) {
            return Some(name.to_owned());
        }
    }
    match id {
        0 => Some(String::new()),
        19..=63 => Some(format!("FLAG{id}")),
        104..=379 => Some(format!("DEPRECATED{:03}", id - 103)),
        _ => None,
    }
}

/// MurmurHash64A with the seed 1, as spaCy's `StringStore` takes it of UTF-8.
fn murmur64a(bytes: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    const SEED: u64 = 1;
    let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(M);
    let (blocks, tail) = bytes.as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k ^= k >> R;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    if !tail.is_empty() {
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> R)).wrapping_mul(M);
    hash ^ (hash >> R)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_the_numbers_that_spacy_gives_them() {
        for (string, number) in [
            ("", 0),
            ("a", 11901859001352538922),
            ("Iran", 8078667757680196312),
            ("Köln", 17690917044763056997),
            ("🚀", 1450545737412984427),
            ("1234567", 11906548768923648808),
            ("12345678", 9871996032675327904),
            ("123456789", 2056675840866671865),
            ("B-COUNTRY and more text, long", 4354853113037631409),
            ("\n", 962983613142996970),
            // Symbols.
            ("IS_ALPHA", 1),
            ("FLAG19", 19),
            ("FLAG63", 63),
            ("ID", 64),
            ("SPACE", 103),
            ("DEPRECATED001", 104),
            ("DEPRECATED276", 379),
            ("PERSON", 380),
            ("agent", 401),
            ("mark", 423),
            ("number", 432),
            ("_", 456),
        ] {
            assert_eq!(id(string), number, "{string}");
            if number < 457 {
                assert_eq!(symbol(number).as_deref(), Some(string));
            }
        }
        for number in 0..457 {
            assert_eq!(id(&symbol(number).unwrap()), number);
        }
        assert_eq!(symbol(457), None);
        for string in [
            "FLAG18",
            "FLAG64",
            "FLAG+1",
            "DEPRECATED000",
            "DEPRECATED277",
            "FLAG019",
        ] {
            assert!(id(string) > 456, "{string}");
        }
    }
}
