//! Matches patterns against texts, words and all: JSON lines in, JSON lines out.
//!
//! In: `{"text": "…", "patterns": ["…", …]}`, each pattern a line of a `patterns.jsonl`. Out: the words as `[start, end,
//! space after]` and the matches as `[pattern, start, end]`, in bytes.
//!
//! ```sh
//! echo '{"text": "Task Force 150", "patterns": ["{\"label\": \"ORG\", \"pattern\": \"Task Force\"}"]}' | cargo run --example match_patterns
//! ```

use std::{
    error::Error,
    io::{self, BufRead, Write},
};
use wiretag::{Patterns, Words};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let case: serde_json::Value = serde_json::from_str(&line?)?;
        let text = case["text"].as_str().ok_or("no text")?;
        let lines: Option<Vec<&str>> = case["patterns"]
            .as_array()
            .and_then(|lines| lines.iter().map(|l| l.as_str()).collect());
        let lines = lines.ok_or("no patterns")?;
        let patterns = Patterns::from_str("patterns", &lines.join("\n"))?;
        let words = Words::of(text);
        let of_words: Vec<_> = (0..words.len())
            .map(|i| {
                let span = words.span(i);
                (span.start, span.end, words.space_after(i))
            })
            .collect();
        let matches: Vec<_> = patterns
            .find(text, &words)
            .iter()
            .map(|m| (m.pattern.0, m.span.start, m.span.end))
            .collect();
        let found = serde_json::json!({ "words": of_words, "matches": matches });
        writeln!(out, "{found}")?;
    }
    Ok(())
}
