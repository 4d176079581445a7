//! RegexNER of CoreNLP: `pattern<TAB>TYPE<TAB>overwritable types<TAB>priority`, the last two optional. Patterns of plain words are names;
//! regular expressions and TokensRegex are left.

use super::{Entity, ImportOptions, Importer, Name, Parsed};
use crate::span::Label;

pub(super) struct RegexNer;

impl Importer for RegexNer {
    fn gathers(&self) -> bool {
        true
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        _: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        if text.starts_with('#') {
            return Ok(Parsed::Nothing);
        }
        let cells: Vec<&str> = text.split('\t').collect();
        let (2..=5, &[pattern, kind, ..]) = (cells.len(), &cells[..]) else {
            return Err(format!(
                "{} cells, RegexNER has 2 to 5: pattern, type, overwritable types, priority",
                cells.len()
            ));
        };
        // CoreNLP subtracts nothing, but 1 is what a line without a priority has, and ours is 0.
        let priority = match cells.get(3).map(|p| p.trim()).filter(|p| !p.is_empty()) {
            None => 0,
            Some(p) => {
                let p: f64 = p
                    .parse()
                    .map_err(|_| format!("priority {p:?} is no number"))?;
                (p - 1.0).round().clamp(-100.0, 100.0) as i8
            }
        };
        let label = match options.label_of([kind]) {
            Some(label) => label,
            None if options.classes.is_empty() => Label::new(kind).map_err(|e| e.to_string())?,
            None => {
                return Ok(Parsed::Left(
                    "a type that is not asked for",
                    kind.to_owned(),
                ));
            }
        };
        let Some(name) = literal(pattern.trim()) else {
            return Ok(Parsed::Left("a regular expression", pattern.to_owned()));
        };
        Ok(Parsed::Entity(Entity {
            id: "".into(),
            label,
            names: vec![Name::full(name)],
            attributes: Vec::new(),
            rank: 0,
            priority,
            hints: Vec::new(),
        }))
    }
}

/// The words of a pattern that is no expression: a period stands for itself, as in nearly all lists.
fn literal(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.push(rest.next().filter(|c| !c.is_alphanumeric())?),
            '[' | ']' | '(' | ')' | '*' | '+' | '?' | '|' | '^' | '$' | '{' | '}' => return None,
            _ => out.push(c),
        }
    }
    let is_regex = out.starts_with('/') && out.ends_with('/');
    (!out.trim().is_empty() && !is_regex).then_some(out)
}
