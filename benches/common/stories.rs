//! Made-up news stories, and the near-duplicates of them that a wire service would send: with a rewritten lead, added paragraphs,
//! changed numbers, another dateline. The same in every run.

use fastrand::Rng;
use std::fmt::Write;

/// A word of a story, and its label if it is a name.
#[derive(Clone)]
struct Word {
    text: String,
    label: Option<&'static str>,
}

type Sentence = Vec<Word>;

/// A story: an annotated document.
pub(crate) struct Story {
    dateline: String,
    sentences: Vec<Sentence>,
    credit: &'static str,
}

/// Makes stories.
pub(crate) struct Stories {
    rng: Rng,
    /// The most frequent first.
    words: Vec<String>,
    names: Vec<(String, &'static str)>,
    /// What many stories have in common.
    phrases: Vec<Vec<String>>,
}

const LABELS: [&str; 4] = ["COUNTRY", "ORG", "PERSON", "WEAPON"];
const AGENCIES: [&str; 4] = ["Reuters", "AP", "AFP", "dpa"];
const CREDITS: [&str; 4] = [
    "",
    "",
    "\n\n(Reporting by Jane Doe; Editing by Max Roe)",
    "\n\nAll rights reserved. This material may not be published, broadcast, rewritten or redistributed.",
];

impl Stories {
    pub(crate) fn new(seed: u64) -> Stories {
        let mut rng = Rng::with_seed(seed);
        let words: Vec<String> = (0..20_000).map(|_| word(&mut rng)).collect();
        let names = (0..5_000)
            .map(|i| (capitalised(&word(&mut rng)), LABELS[i % LABELS.len()]))
            .collect();
        let mut stories = Stories {
            rng,
            words,
            names,
            phrases: Vec::new(),
        };
        for _ in 0..300 {
            let len = stories.rng.usize(4..10);
            let phrase = (0..len).map(|_| stories.word()).collect();
            stories.phrases.push(phrase);
        }
        stories
    }

    /// A story and so many near-duplicates of it.
    pub(crate) fn family(&mut self, copies: usize) -> Vec<Story> {
        let len = self.rng.usize(3..8);
        let story = Story {
            dateline: self.dateline(),
            sentences: (0..len).map(|_| self.sentence()).collect(),
            credit: self.rng.choice(&CREDITS).copied().unwrap_or_default(),
        };
        let mut family = vec![story];
        for _ in 0..copies {
            let copy = self.copy(&family[0]);
            family.push(copy);
        }
        family
    }

    /// One to three of: a new lead, new paragraphs, new numbers.
    fn copy(&mut self, story: &Story) -> Story {
        let mut sentences = story.sentences.clone();
        let edits = self.rng.u8(1..8);
        if edits & 1 != 0 {
            sentences[0] = self.sentence();
        }
        if edits & 2 != 0 {
            for _ in 0..self.rng.usize(1..4) {
                let at = self.rng.usize(1..=sentences.len());
                sentences.insert(at, self.sentence());
            }
        }
        if edits & 4 != 0 {
            for word in sentences.iter_mut().flatten() {
                if word.text.starts_with(|c: char| c.is_ascii_digit()) {
                    word.text = self.rng.u32(2..2_000).to_string();
                }
            }
        }
        Story {
            dateline: self.dateline(),
            sentences,
            credit: self.rng.choice(&CREDITS).copied().unwrap_or_default(),
        }
    }

    fn dateline(&mut self) -> String {
        let city = capitalised(&self.word()).to_uppercase();
        let agency = self.rng.choice(&AGENCIES).copied().unwrap_or_default();
        format!("{city} ({agency}) - ")
    }

    /// Words as frequent as those of a language (Zipf's law), a name now and then, numbers, and a phrase that others have too.
    fn sentence(&mut self) -> Sentence {
        let plain = |text: String| Word { text, label: None };
        let len = self.rng.usize(12..24);
        let mut sentence: Vec<Word> = Vec::new();
        if self.rng.u8(..4) == 0 {
            let phrase = self.rng.usize(..self.phrases.len());
            sentence.extend(self.phrases[phrase].iter().cloned().map(plain));
        }
        while sentence.len() < len {
            sentence.push(match self.rng.u8(..20) {
                0 | 1 => {
                    let (text, label) = self.names[zipf(&mut self.rng, self.names.len())].clone();
                    Word {
                        text,
                        label: Some(label),
                    }
                }
                2 => plain(self.rng.u32(2..2_000).to_string()),
                _ => plain(self.word()),
            });
        }
        sentence
    }

    fn word(&mut self) -> String {
        self.words[zipf(&mut self.rng, self.words.len())].clone()
    }
}

impl Story {
    /// The story as a line of JSONL, with its meta (an object of JSON).
    pub(crate) fn line(&self, id: &str, meta: &str) -> String {
        let mut text = self.dateline.clone();
        let mut spans = String::new();
        for (i, sentence) in self.sentences.iter().enumerate() {
            for (k, word) in sentence.iter().enumerate() {
                if k > 0 {
                    text.push(' ');
                }
                if let Some(label) = word.label {
                    let (start, end) = (text.len(), text.len() + word.text.len());
                    let comma = if spans.is_empty() { "" } else { "," };
                    let _ = write!(
                        spans,
                        "{comma}{{\"start\":{start},\"end\":{end},\"label\":\"{label}\",\"text\":\"{}\"}}",
                        word.text
                    );
                }
                text.push_str(&word.text);
            }
            text.push_str(if i % 2 == 1 { ".\n\n" } else { ". " });
        }
        let text = format!("{}{}", text.trim_end(), self.credit).replace('\n', "\\n");
        format!("{{\"id\":\"{id}\",\"text\":\"{text}\",\"spans\":[{spans}],\"meta\":{meta}}}\n")
    }
}

/// A number below `n`; small ones are frequent.
fn zipf(rng: &mut Rng, n: usize) -> usize {
    ((n as f64).powf(rng.f64()) as usize).min(n) - 1
}

/// A word that can be spoken.
fn word(rng: &mut Rng) -> String {
    const ONSETS: [&str; 16] = [
        "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "sh",
    ];
    const NUCLEI: [&str; 7] = ["a", "e", "i", "o", "u", "ai", "ou"];
    let mut word = String::new();
    for _ in 0..rng.usize(1..4) {
        word.push_str(ONSETS[rng.usize(..ONSETS.len())]);
        word.push_str(NUCLEI[rng.usize(..NUCLEI.len())]);
    }
    word + ["", "n", "s", "r", "l"][rng.usize(..5)]
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
