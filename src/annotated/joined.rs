//! The text of a document of which a file has the words.

use std::ops::Range;

/// Words put together to a text: where they say that they start, or with one character between them.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) text: String,
    chars: u64,
    /// How much of it is white space between words.
    gaps: u64,
}

impl Joined {
    /// Appends a word, behind `gap` as often as it takes to get to `start` (in code points), or once if there is none. Gives its bytes.
    ///
    /// # Errors
    /// When a word can't start there; nothing is appended.
    pub(super) fn add(
        &mut self,
        word: &str,
        start: Option<u64>,
        gap: char,
    ) -> Result<Range<u64>, String> {
        let one = u64::from(!self.text.is_empty());
        let len = match start {
            None => one,
            Some(start) => start
                .checked_sub(self.chars)
                .ok_or("it starts before the word before it ends")?,
        };
        // Offsets in a damaged file must not make a text of gigabytes.
        if self.gaps.saturating_add(len) > 4096 + 16 * self.chars {
            return Err(format!(
                "there are {len} characters between it and the word before it"
            ));
        }
        self.text.extend((0..len).map(|_| gap));
        let from = self.text.len() as u64;
        self.text.push_str(word);
        self.gaps += len;
        self.chars += len + word.chars().count() as u64;
        Ok(from..self.text.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_where_they_say_or_one_further_on() {
        let mut joined = Joined::default();
        assert_eq!(joined.add("🚀", Some(2), ' '), Ok(2..6));
        assert_eq!(joined.add("Köln", None, ' '), Ok(7..12));
        assert_eq!(joined.add("’s", Some(8), ' '), Ok(12..16));
        assert_eq!(joined.add("Iran", Some(12), '\n'), Ok(18..22));
        assert!(joined.add("x", Some(3), ' ').is_err());
        assert!(joined.add("x", Some(u64::MAX - 9), ' ').is_err());
        assert_eq!(joined.text, "  🚀 Köln’s\n\nIran");
    }
}
