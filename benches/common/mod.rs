//! The lists and the text that benches share: names of one to four made-up words in English news-like text, the same in every run.

use fastrand::Rng;
use std::collections::HashSet;

/// Articles that are shipped: their sentences are the running text, their words the common ones.
const ARTICLES: [&str; 4] = [
    include_str!("../../examples/articles/embargo-page.txt"),
    include_str!("../../examples/articles/mine-hunters.txt"),
    include_str!("../../examples/articles/missile-test.txt"),
    include_str!("../../examples/articles/wire/carrier-visit.txt"),
];

/// Texts come as documents of about this length, as articles do.
const DOCUMENT_BYTES: usize = 4000;

/// About so many bytes lie between the starts of two names.
const BYTES_A_NAME: usize = 60;

/// Words and sentences to make names and texts of.
pub(crate) struct Corpus {
    sentences: Vec<Vec<&'static str>>,
    common: Vec<&'static str>,
    rare: Vec<String>,
    rng: Rng,
}

impl Corpus {
    pub(crate) fn new() -> Corpus {
        let mut rng = Rng::with_seed(7);
        let mut sentences = vec![Vec::new()];
        let lines = ARTICLES.iter().flat_map(|a| a.lines());
        // Menus of web pages are no sentences.
        let prose = lines.filter(|l| !l.contains("]("));
        for word in prose.flat_map(str::split_whitespace) {
            let sentence = sentences.last_mut().expect("there is one");
            sentence.push(word);
            if sentence.len() > 4 && word.ends_with(['.', '”', '"']) {
                sentences.push(Vec::new());
            }
        }
        sentences.retain(|s| !s.is_empty());
        let common = sentences.iter().flatten().copied().filter(|w| is_plain(w));
        let common = common.collect();
        let mut known = HashSet::new();
        let rare = std::iter::repeat_with(|| made_up(&mut rng))
            .filter(|word| known.insert(word.clone()))
            .take(60_000)
            .collect();
        Corpus {
            sentences,
            common,
            rare,
            rng,
        }
    }

    /// So many names, each once; some of their words are common ones, as in `Bank of Japan`.
    pub(crate) fn names(&mut self, count: usize) -> Vec<String> {
        let mut known = HashSet::new();
        let mut names = Vec::with_capacity(count);
        while names.len() < count {
            let words = *self.rng.choice(&[1, 2, 2, 2, 3, 3, 4]).expect("not empty");
            let mut name = String::new();
            for i in 0..words {
                let word = if i > 0 && self.rng.f64() < 0.3 {
                    self.rng.choice(&self.common).expect("not empty")
                } else {
                    self.rng.choice(&self.rare).expect("not empty").as_str()
                };
                if i > 0 {
                    name.push(' ');
                }
                push_capitalised(word, &mut name);
            }
            if (words > 1 || name.len() > 5) && known.insert(name.clone()) {
                names.push(name);
            }
        }
        names
    }

    /// Documents of at least so many bytes together: sentences of the articles with names in the place of words. Few names make
    /// most of the mentions, as in news (the n-th of the list comes about 1/n as often as the first), and one word in twenty is a
    /// rare one.
    pub(crate) fn documents(&mut self, names: &[String], bytes: usize) -> Vec<String> {
        let (mut documents, mut all) = (Vec::new(), 0);
        while all < bytes {
            let mut text = String::with_capacity(DOCUMENT_BYTES + 1000);
            let mut next_name = self.rng.usize(..BYTES_A_NAME);
            while text.len() < DOCUMENT_BYTES {
                let sentence = self.rng.usize(..self.sentences.len());
                for i in 0..self.sentences[sentence].len() {
                    let word = self.sentences[sentence][i];
                    let plain = without_sign(word);
                    let sign = &word[plain.len()..];
                    // What is a boundary where a name touches other signs (`rocket-propelled`) is not for a bench to decide.
                    let next = self.sentences[sentence].get(i + 1);
                    let is_free = is_plain(plain)
                        && (!sign.is_empty() || next.is_none_or(|w| is_plain(without_sign(w))));
                    if is_free && text.len() >= next_name {
                        let n = (names.len() as f64).powf(self.rng.f64()) as usize;
                        text.push_str(&names[n - 1]);
                        next_name = text.len() + self.rng.usize(..BYTES_A_NAME * 6 / 5);
                    } else if is_free && self.rng.usize(..10) == 0 {
                        text.push_str(self.rng.choice(&self.rare).expect("not empty"));
                    } else {
                        text.push_str(plain);
                    }
                    text.push_str(sign);
                    text.push(' ');
                }
                if self.rng.usize(..3) == 0 {
                    text.truncate(text.trim_end().len());
                    text.push_str("\n\n");
                }
            }
            text.truncate(text.trim_end().len());
            all += text.len();
            documents.push(text);
        }
        documents
    }
}

fn without_sign(word: &str) -> &str {
    word.strip_suffix([',', '.']).unwrap_or(word)
}

/// Can another word stand in its place without the text looking odd?
fn is_plain(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// A word of two or three syllables.
fn made_up(rng: &mut Rng) -> String {
    const STARTS: [&str; 20] = [
        "b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr",
        "sh", "th",
    ];
    const VOWELS: [&str; 6] = ["a", "e", "i", "o", "u", "ea"];
    const ENDS: [&str; 7] = ["", "", "n", "r", "s", "l", "t"];
    let mut word = String::new();
    for _ in 0..rng.usize(2..4) {
        for parts in [&STARTS[..], &VOWELS, &ENDS] {
            word.push_str(rng.choice(parts).expect("not empty"));
        }
    }
    word
}

fn push_capitalised(word: &str, out: &mut String) {
    let start = out.len();
    out.push_str(word);
    out[start..=start].make_ascii_uppercase();
}
