//! Syllables of Chinese (Pinyin) and Korean (Revised Romanization, McCune-Reischauer) names.

/// Is the word one or two syllables of a given name: `Jinping`, `jong`, `Un`?
pub(super) fn is_name(word: &str) -> bool {
    let word = word.to_lowercase();
    word.is_ascii()
        && (1..=12).contains(&word.len())
        && (is_syllable(&word)
            || (1..word.len()).any(|at| {
                let (first, second) = word.split_at(at);
                is_syllable(first) && is_syllable(second)
            }))
}

/// An initial, vowels, a final: what both systems write.
fn is_syllable(syllable: &str) -> bool {
    const INITIALS: [&str; 36] = [
        "zh", "ch", "sh", "ts", "hs", "kk", "tt", "pp", "ss", "jj", "ph", "th", "kh", "hy", "gy",
        "my", "ny", "by", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
        "r", "z", "c", "s",
    ];
    const FINALS: [&str; 70] = [
        "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang",
        "iao", "ie", "in", "ing", "iong", "iu", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang",
        "ue", "ui", "un", "uo", "ya", "yan", "yang", "yao", "ye", "yi", "yin", "ying", "yo",
        "yong", "you", "yu", "yuan", "yue", "yun", "wa", "wai", "wan", "wang", "wei", "wen", "wo",
        "wu", "ae", "eo", "eok", "eol", "eon", "eong", "eui", "eun", "ik", "il", "ok", "on", "uk",
        "yeon", "yeong",
    ];
    const KOREAN: [&str; 60] = [
        "ak", "al", "am", "eom", "eop", "eul", "eum", "ib", "im", "ip", "ol", "om", "ook", "oon",
        "oh", "oo", "op", "ul", "um", "up", "wan", "won", "woo", "wook", "woon", "yeo", "yeob",
        "yeol", "yeom", "yol", "yoo", "yoon", "yop", "yul", "young", "oung", "ung", "ee", "aek",
        "aem", "aeng", "eob", "eog", "yup", "yuk", "yub", "yon", "ab", "ap", "iel", "ielle", "uh",
        "ick", "ock", "uck", "ack", "ean", "ey", "oi", "ho",
    ];
    let is_final = |rest: &str| FINALS.contains(&rest) || KOREAN.contains(&rest);
    is_final(syllable)
        || INITIALS
            .iter()
            .filter_map(|initial| syllable.strip_prefix(initial))
            .any(is_final)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_are_told_from_english_words() {
        for name in [
            "Jinping", "jong", "Un", "Yo", "Keqiang", "Yi", "Xiaoping", "jae", "myung", "Seok",
            "yeol", "Lijian", "Wenbin", "Zedong", "Hyun", "Moo",
        ] {
            assert!(is_name(name), "{name}");
        }
        for word in [
            "Street",
            "Dynasty",
            "Bridge",
            "Avenue",
            "River",
            "Market",
            "Republic",
            "Smith",
            "Kissinger",
            "March",
            "Council",
        ] {
            assert!(!is_name(word), "{word}");
        }
    }
}
