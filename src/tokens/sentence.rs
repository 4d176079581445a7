//! Where sentences end: abbreviations and initials have periods too.

use super::{Gap, Word};

/// What stands where sentences end; besides, they may end behind dotted acronyms.
pub(super) const MAY_END_SENTENCE: Gap = Gap::PARAGRAPH.or(Gap::PERIOD).or(Gap::END);

/// Does a sentence end in the gap between two tokens?
pub(super) fn ends_sentence(text: &str, last: Word, gap: Gap, next: Word) -> bool {
    if gap.has(Gap::PARAGRAPH) {
        return true;
    }
    let lower = !next.shape.starts_upper() && next.shape.has_lower();
    if lower || !gap.has(Gap::SPACE | Gap::LINE) {
        // `end.Next` without its space still ends a sentence; `3.5`, `example.com` and `U.S.-led` do not.
        return !lower
            && gap.has(Gap::PERIOD | Gap::END)
            && gap.within(Gap::PERIOD | Gap::END | Gap::QUOTE)
            && last.shape.has_lower()
            && !next.shape.is_digits();
    }
    if gap.has(Gap::END) {
        return true;
    }
    let dotted = last.shape.is_dotted();
    let period = gap.has(Gap::PERIOD) || dotted && text.as_bytes()[last.end - 1] == b'.';
    if !period {
        return false;
    }
    let word = &text[last.start..last.end];
    let abbreviated =
        dotted || word.chars().count() == 1 && !last.shape.is_digits() || is_abbreviation(word);
    !abbreviated || is_sentence_starter(&text[next.start..next.end])
}

/// Words that a period belongs to, so that it ends no sentence by itself.
pub(crate) fn is_abbreviation(word: &str) -> bool {
    const ABBREVIATIONS: [&str; 89] = [
        "adm", "apr", "ariz", "ark", "assn", "assoc", "aug", "ave", "blvd", "brig", "bros",
        "calif", "capt", "cf", "cmdr", "co", "col", "colo", "conn", "corp", "cpl", "cpt", "dec",
        "del", "dept", "dist", "dr", "eq", "est", "etc", "feb", "fig", "fla", "fr", "ft", "ga",
        "gen", "gov", "hon", "ill", "inc", "ind", "jan", "jr", "jul", "jun", "kan", "ky", "lt",
        "ltd", "maj", "mar", "mass", "md", "messrs", "mich", "minn", "miss", "mo", "mont", "mr",
        "mrs", "ms", "mt", "neb", "nev", "no", "nov", "oct", "okla", "ore", "pa", "ph", "pres",
        "prof", "pvt", "rep", "rev", "sen", "sept", "sgt", "sr", "st", "supt", "tenn", "tex",
        "univ", "va", "vs",
    ];
    static PACKED: [u64; ABBREVIATIONS.len()] = {
        let mut packed = [0; ABBREVIATIONS.len()];
        let mut i = 0;
        while i < packed.len() {
            packed[i] = pack(ABBREVIATIONS[i].as_bytes());
            i += 1;
        }
        packed
    };
    word.len() <= 6 && word.is_ascii() && PACKED.binary_search(&pack(word.as_bytes())).is_ok()
}

/// Up to eight ASCII bytes in lower case as a number, ordered as words are.
const fn pack(word: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let mut i = 0;
    while i < word.len() {
        bytes[i] = word[i].to_ascii_lowercase();
        i += 1;
    }
    u64::from_be_bytes(bytes)
}

/// Words that rarely stand capitalised inside a sentence: behind an abbreviation they start the next one.
pub(crate) fn is_sentence_starter(word: &str) -> bool {
    const STARTERS: [&str; 42] = [
        "A",
        "After",
        "Although",
        "An",
        "And",
        "As",
        "At",
        "Before",
        "Both",
        "But",
        "By",
        "For",
        "From",
        "He",
        "Her",
        "His",
        "How",
        "However",
        "If",
        "In",
        "It",
        "Its",
        "Meanwhile",
        "No",
        "On",
        "Our",
        "She",
        "So",
        "That",
        "The",
        "Their",
        "There",
        "These",
        "They",
        "This",
        "We",
        "What",
        "When",
        "While",
        "Who",
        "With",
        "You",
    ];
    STARTERS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_lists_are_sorted() {
        assert!(is_abbreviation("Gen") && is_abbreviation("adm") && is_abbreviation("VS"));
        assert!(!is_abbreviation("Gent") && !is_abbreviation("") && !is_abbreviation("Gén"));
        assert!(
            is_sentence_starter("A")
                && is_sentence_starter("You")
                && is_sentence_starter("However")
        );
    }
}
