//! What stands between two tokens, as a set of bits, so that nothing later reads those bytes again.

use super::fold::{is_apostrophe, is_invisible};
use std::ops::BitOr;

/// The set of what stands in the gap before a token. The empty set: the two tokens touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Gap(u32);

impl Gap {
    /// Nothing at all: letters meet digits, or the neighbours are characters of a script without spaces.
    pub const NONE: Gap = Gap(0);
    /// Spaces of any kind.
    pub const SPACE: Gap = Gap(1);
    /// One line break.
    pub const LINE: Gap = Gap(1 << 1);
    /// An end of paragraph: a blank line, or a line break in a text whose lines are paragraphs.
    pub const PARAGRAPH: Gap = Gap(1 << 2);
    /// Hyphen, minus or en dash.
    pub const HYPHEN: Gap = Gap(1 << 3);
    /// Em dash, horizontal bar, two hyphens.
    pub const DASH: Gap = Gap(1 << 4);
    /// `/` or `\`.
    pub const SLASH: Gap = Gap(1 << 5);
    /// One apostrophe of any kind.
    pub const APOSTROPHE: Gap = Gap(1 << 6);
    /// A period.
    pub const PERIOD: Gap = Gap(1 << 7);
    /// `,`
    pub const COMMA: Gap = Gap(1 << 8);
    /// `:` or `;`
    pub const COLON: Gap = Gap(1 << 9);
    /// An opening bracket of any kind.
    pub const OPEN: Gap = Gap(1 << 10);
    /// A closing bracket of any kind.
    pub const CLOSE: Gap = Gap(1 << 11);
    /// A quotation mark, two apostrophes included.
    pub const QUOTE: Gap = Gap(1 << 12);
    /// `&`
    pub const AMPERSAND: Gap = Gap(1 << 13);
    /// `@`
    pub const AT: Gap = Gap(1 << 14);
    /// `#`
    pub const HASH: Gap = Gap(1 << 15);
    /// A sign of a currency.
    pub const CURRENCY: Gap = Gap(1 << 16);
    /// `_`
    pub const UNDERSCORE: Gap = Gap(1 << 17);
    /// A border of a table's cell: `|`, or a tab inside a line.
    pub const CELL: Gap = Gap(1 << 18);
    /// `*`
    pub const STAR: Gap = Gap(1 << 19);
    /// `!`, `?`, `…` and their kin in other scripts.
    pub const END: Gap = Gap(1 << 20);
    /// Anything else.
    pub const OTHER: Gap = Gap(1 << 21);
    /// A sentence ends in this gap. Set besides the bits of what stands there.
    pub const SENTENCE: Gap = Gap(1 << 22);

    /// The bits of both, in constants.
    pub(crate) const fn or(self, other: Gap) -> Gap {
        Gap(self.0 | other.0)
    }

    /// Do the two sets share a bit?
    #[inline]
    pub fn has(self, any: Gap) -> bool {
        self.0 & any.0 != 0
    }

    /// Is every bit of this set in `all` too?
    #[inline]
    pub fn within(self, all: Gap) -> bool {
        self.0 & !all.0 == 0
    }

    #[inline(always)]
    pub(super) fn of_bits(bits: u32) -> Gap {
        Gap(bits)
    }

    /// The raw bits.
    #[inline]
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl BitOr for Gap {
    type Output = Gap;

    #[inline]
    fn bitor(self, other: Gap) -> Gap {
        Gap(self.0 | other.0)
    }
}

/// The class of each ASCII byte.
static ASCII: [Gap; 128] = {
    let mut table = [Gap::OTHER; 128];
    let classes: [(&[u8], Gap); 17] = [
        (b" \x0b\x0c", Gap::SPACE),
        (b"\n\r", Gap::LINE),
        (b"-", Gap::HYPHEN),
        (b"/\\", Gap::SLASH),
        (b"'`", Gap::APOSTROPHE),
        (b".", Gap::PERIOD),
        (b",", Gap::COMMA),
        (b":;", Gap::COLON),
        (b"([{<", Gap::OPEN),
        (b")]}>", Gap::CLOSE),
        (b"\"", Gap::QUOTE),
        (b"&", Gap::AMPERSAND),
        (b"@", Gap::AT),
        (b"#", Gap::HASH),
        (b"$", Gap::CURRENCY),
        (b"_", Gap::UNDERSCORE),
        (b"\t|", Gap::CELL),
    ];
    let mut i = 0;
    while i < classes.len() {
        let mut k = 0;
        while k < classes[i].0.len() {
            table[classes[i].0[k] as usize] = classes[i].1;
            k += 1;
        }
        i += 1;
    }
    table[b'*' as usize] = Gap::STAR;
    table[b'!' as usize] = Gap::END;
    table[b'?' as usize] = Gap::END;
    table
};

/// The class of any character that is in no token.
pub(crate) fn class(c: char) -> Gap {
    if let Some(&gap) = ASCII.get(c as usize) {
        return gap;
    }
    match c {
        _ if is_apostrophe(c) => Gap::APOSTROPHE,
        '\u{85}' | '\u{2028}' => Gap::LINE,
        '\u{2029}' => Gap::PARAGRAPH,
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' | '\u{58a}' | '\u{2e17}' => {
            Gap::HYPHEN
        }
        '\u{2014}' | '\u{2015}' | '\u{2e3a}' | '\u{2e3b}' => Gap::DASH,
        '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '‚' | '″' | '「' | '」' | '『' | '』'
        | '＂' => Gap::QUOTE,
        '（' | '【' | '《' | '［' | '〈' => Gap::OPEN,
        '）' | '】' | '》' | '］' | '〉' => Gap::CLOSE,
        '。' | '…' | '！' | '？' | '؟' | '۔' | '।' => Gap::END,
        '．' => Gap::PERIOD,
        '，' | '、' | '،' => Gap::COMMA,
        '：' | '；' | '؛' => Gap::COLON,
        '／' | '⁄' => Gap::SLASH,
        '＆' => Gap::AMPERSAND,
        '＠' => Gap::AT,
        '＃' => Gap::HASH,
        '＿' => Gap::UNDERSCORE,
        '€' | '£' | '¥' | '₩' | '₽' | '₹' | '₴' | '＄' => Gap::CURRENCY,
        _ if c.is_whitespace() => Gap::SPACE,
        _ => Gap::OTHER,
    }
}

/// What [`between`] gave for the short gaps that were there before: texts have few kinds of them.
#[derive(Clone, Debug)]
pub(crate) struct Memo([(u64, Gap); 1 << Memo::BITS]);

impl Default for Memo {
    fn default() -> Memo {
        Memo([(0, Gap::NONE); 1 << Memo::BITS])
    }
}

impl Memo {
    const BITS: u32 = 6;

    /// The same as [`between`].
    #[inline(always)]
    pub(crate) fn between(
        &mut self,
        text: &str,
        from: usize,
        to: usize,
        line_is_paragraph: bool,
    ) -> Gap {
        let len = to - from;
        let bytes = text.as_bytes().get(from..from + 8);
        let (Some(bytes), 0..=7) = (bytes, len) else {
            return between(text, from, to, line_is_paragraph);
        };
        let bytes = u64::from_le_bytes(*bytes.first_chunk().expect("it has eight bytes"));
        // The highest byte is free, and no key is zero.
        let told = 1 << 4 | len as u64 | u64::from(line_is_paragraph) << 3;
        let key = bytes & ((1 << (8 * len)) - 1) | told << 56;
        let slot = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Memo::BITS);
        let slot = &mut self.0[slot as usize];
        if slot.0 != key {
            *slot = (key, between(text, from, to, line_is_paragraph));
        }
        slot.1
    }
}

/// The set of what stands in `bytes[from..to]`, without [`Gap::SENTENCE`].
pub(crate) fn between(text: &str, from: usize, to: usize, line_is_paragraph: bool) -> Gap {
    match &text.as_bytes()[from..to] {
        [] => Gap::NONE,
        [b @ ..=0x7f] if *b != b'\n' => ASCII[*b as usize],
        _ => long(&text[from..to], line_is_paragraph),
    }
}

fn long(gap: &str, line_is_paragraph: bool) -> Gap {
    let (mut set, mut lines, mut before) = (Gap::NONE, 0, ' ');
    for c in gap.chars() {
        // The byte order mark and its kin stand between words too, and show nothing there.
        let (class, shows) = match ASCII.get(c as usize) {
            Some(class) => (*class, true),
            None => (class(c), !is_invisible(c)),
        };
        match class {
            Gap::LINE if c == '\n' && before == '\r' => {}
            Gap::LINE => lines += 1,
            Gap::HYPHEN if c == '-' && before == '-' => set = set | Gap::DASH,
            Gap::APOSTROPHE if before == c => set = set | Gap::QUOTE,
            _ => {}
        }
        if shows {
            set = set | class;
        }
        before = c;
    }
    if set.has(Gap::DASH) && gap.contains("--") {
        set.0 &= !Gap::HYPHEN.0;
    }
    if set.has(Gap::QUOTE) && (gap.contains("''") || gap.contains("``")) {
        set.0 &= !Gap::APOSTROPHE.0;
    }
    if lines > 0 {
        // A tab at the start of a line is an indent, not a border of a cell.
        if set.has(Gap::CELL) && !gap.contains('|') {
            set.0 = set.0 & !Gap::CELL.0 | Gap::SPACE.0;
        }
        if lines > 1 || line_is_paragraph {
            set = set | Gap::PARAGRAPH;
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(gap: &str) -> Gap {
        between(gap, 0, gap.len(), false)
    }

    #[test]
    fn kinds_of_one_thing_are_one_bit() {
        for space in [" ", "\u{a0}", "\u{202f}", "   ", "\u{3000}"] {
            assert_eq!(of(space), Gap::SPACE, "{space:?}");
        }
        for hyphen in ["-", "‐", "‑", "–", "－", "−"] {
            assert_eq!(of(hyphen), Gap::HYPHEN, "{hyphen:?}");
        }
        for apostrophe in ["'", "’", "`", "´", "ʼ"] {
            assert_eq!(of(apostrophe), Gap::APOSTROPHE, "{apostrophe:?}");
        }
        assert_eq!(of("--"), Gap::DASH);
        assert_eq!(of(" — "), Gap::DASH | Gap::SPACE);
        assert_eq!(of(" ''"), Gap::QUOTE | Gap::SPACE);
    }

    #[test]
    fn one_line_break_is_a_line_and_two_are_a_paragraph() {
        assert_eq!(of("\n"), Gap::LINE);
        assert_eq!(of("\r\n"), Gap::LINE);
        assert_eq!(of("\n  "), Gap::LINE | Gap::SPACE);
        assert!(of("\n\n").has(Gap::PARAGRAPH));
        assert!(of("\r\n \r\n").has(Gap::PARAGRAPH));
        assert!(between("\n", 0, 1, true).has(Gap::PARAGRAPH));
    }

    #[test]
    fn a_tab_is_a_cell_border_inside_a_line_and_an_indent_at_its_start() {
        assert_eq!(of("\t"), Gap::CELL);
        assert_eq!(of(" | "), Gap::CELL | Gap::SPACE);
        assert_eq!(of("\n\t"), Gap::LINE | Gap::SPACE);
    }
}
