//! Patterns of spaCy and Prodigy: `{"label": "ORG", "pattern": "Acme Arms", "id": "org/acme"}`, or a list of tokens in place of the
//! phrase. Tokens that are plain words are a name; others are rules, and stay with `annotate --patterns`.

use super::{Entity, ImportOptions, Importer, Name, Parsed, json};
use crate::span::Label;
use serde::Deserialize;
use std::{borrow::Cow, collections::HashMap};

pub(super) struct Patterns;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    label: Cow<'a, str>,
    pattern: Pattern,
    #[serde(default)]
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Pattern {
    Phrase(String),
    Tokens(Vec<HashMap<String, serde_json::Value>>),
}

const RULE: &str = "a pattern of tokens (annotate --patterns reads it)";

impl Importer for Patterns {
    fn gathers(&self) -> bool {
        true
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        _: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        let line: Line<'a> = json(text, "pattern of spaCy (label, pattern, id)")?;
        let label = match options.label_of([&*line.label]) {
            Some(label) => label,
            None if options.classes.is_empty() => {
                Label::new(&line.label).map_err(|e| e.to_string())?
            }
            None => {
                return Ok(Parsed::Left(
                    "a label that is not asked for",
                    line.label.into_owned(),
                ));
            }
        };
        let name = match line.pattern {
            Pattern::Phrase(phrase) => Name::full(phrase),
            Pattern::Tokens(tokens) => match of_tokens(&tokens) {
                Ok(name) => name,
                Err(reason) => return Ok(Parsed::Left(reason, text.to_owned())),
            },
        };
        if name.text.trim().is_empty() {
            return Err("an empty pattern".to_owned());
        }
        Ok(Parsed::Entity(Entity {
            id: line.id.unwrap_or_default().into(),
            label,
            names: vec![name],
            attributes: Vec::new(),
            rank: 0,
            priority: 0,
            hints: Vec::new(),
        }))
    }
}

/// The name that tokens are, if each is a word in any case or each in its own.
fn of_tokens(tokens: &[HashMap<String, serde_json::Value>]) -> Result<Name<'static>, &'static str> {
    let (mut text, mut lower) = (String::new(), 0);
    for token in tokens {
        let mut only = token.iter();
        let (Some((key, serde_json::Value::String(word))), None) = (only.next(), only.next())
        else {
            return Err(RULE);
        };
        match key.as_str() {
            "LOWER" if word.chars().any(char::is_uppercase) => {
                return Err("LOWER with a capital, which matches nothing in spaCy");
            }
            "LOWER" => lower += 1,
            "TEXT" | "ORTH" => {}
            _ => return Err(RULE),
        }
        // Words are put together as they stand in a text.
        let glued = text.is_empty()
            || text.ends_with('-')
            || matches!(&**word, "-" | "'s" | "’s" | "." | ",");
        if !glued {
            text.push(' ');
        }
        text.push_str(word);
    }
    if lower > 0 && lower < tokens.len() {
        return Err(RULE);
    }
    let mut name = Name::full(text);
    name.policy = (lower > 0).then_some("any");
    Ok(name)
}
