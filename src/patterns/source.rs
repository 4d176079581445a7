//! `patterns.jsonl` to [`Patterns`]. Specified in `docs/patterns.md`.

use super::{
    Pattern, Patterns,
    condition::{Comparison, Condition, Field, Flag, Test},
    program::{MOST_STEPS, Program, Quantifier, Step},
};
use crate::{
    error::{Error, Problem},
    span::Label,
    words::Words,
};
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};
use std::{collections::HashMap, fs, path::Path};

/// Files while they are read.
#[derive(Default)]
pub(super) struct PatternSource {
    patterns: Patterns,
    /// Conditions that were read before, by their JSON.
    known: HashMap<String, u32>,
    problems: Vec<Problem>,
}

/// What is wrong with a line.
type Findings = Vec<String>;

impl PatternSource {
    pub(super) fn add_path(&mut self, path: &Path) -> Result<(), Error> {
        let bytes = fs::read(path).map_err(|e| Error::io(path, e))?;
        let name = path.to_string_lossy();
        match std::str::from_utf8(&bytes) {
            Ok(text) => self.add_text(&name, text),
            Err(e) => {
                let before = &bytes[..e.valid_up_to()];
                let line = before.iter().filter(|&&b| b == b'\n').count() as u64 + 1;
                let message = "not UTF-8, save the file as UTF-8";
                self.problems
                    .push(Problem::error(&name, Some(line), message));
            }
        }
        Ok(())
    }

    pub(super) fn add_text(&mut self, name: &str, text: &str) {
        let file = self.patterns.files.len() as u32;
        self.patterns.files.push(name.to_owned());
        let text = text.trim_start_matches('\u{feff}');
        for (n, line) in (1u32..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let mut findings = Findings::new();
            let pattern = self.pattern(line, &mut findings);
            match pattern.filter(|_| findings.is_empty()) {
                Some(pattern) => self.patterns.patterns.push(Pattern {
                    file,
                    line: n,
                    ..pattern
                }),
                None => self.problems.extend(
                    findings
                        .into_iter()
                        .map(|m| Problem::error(name, Some(u64::from(n)), m)),
                ),
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<Patterns, Error> {
        if !self.problems.is_empty() {
            return Err(Error::problems(self.problems));
        }
        self.patterns.index();
        Ok(self.patterns)
    }

    /// The pattern of a line; none if there is a finding.
    fn pattern(&mut self, line: &str, findings: &mut Findings) -> Option<Pattern> {
        let fields: Map<String, Value> = match serde_json::from_str(line) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => {
                findings.push(
                    "not an object: write {\"label\": \"ORG\", \"pattern\": \"Acme\"}".into(),
                );
                return None;
            }
            Err(e) => {
                findings.push(format!(
                    "no JSON: {e}: write one object a line, {{\"label\": \"ORG\", \"pattern\": \"Acme\"}}"
                ));
                return None;
            }
        };
        for key in fields.keys() {
            if !["label", "pattern", "id", "left", "right", "priority"].contains(&&**key) {
                findings.push(format!(
                    "no key {key:?}: keys are label, pattern, id, left, right, priority"
                ));
            }
        }
        let label = match fields.get("label") {
            Some(Value::String(label)) => Label::new(label)
                .map_err(|e| findings.push(e.to_string()))
                .ok(),
            Some(_) => finding(findings, "label is no string"),
            None => finding(findings, "no key \"label\""),
        };
        let id = match fields.get("id") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) if id.is_empty() => None,
            Some(Value::String(id)) => Some(id.as_str().into()),
            Some(other) => finding(findings, format!("id is {other}, write it as a string")),
        };
        let priority = match fields.get("priority") {
            None => Some(0),
            Some(value) => value
                .as_i64()
                .filter(|p| (-100..=100).contains(p))
                .or_else(|| {
                    let message =
                        format!("priority is a whole number from -100 to 100, not {value}");
                    finding(findings, message)
                }),
        };
        let body = match fields.get("pattern") {
            Some(Value::String(phrase)) => self.phrase(phrase, findings),
            Some(Value::Array(tokens)) => self.tokens(tokens, "", findings),
            Some(_) => finding(findings, "pattern is neither a string nor a list of tokens"),
            None => finding(findings, "no key \"pattern\""),
        };
        let mut context = |key: &str| match fields.get(key) {
            None => None,
            Some(Value::Array(tokens)) => {
                let side = format!(" of {key}");
                self.tokens(tokens, &side, findings)
            }
            Some(_) => finding(findings, format!("{key} is no list of tokens")),
        };
        let (left, right) = (context("left"), context("right"));
        Some(Pattern {
            label: label?,
            id,
            priority: priority? as i8,
            file: 0,
            line: 0,
            body: body?,
            left: left.map(|p| Box::new(p.reversed())),
            right: right.map(Box::new),
        })
    }

    /// The words of a phrase, each as it stands.
    fn phrase(&mut self, phrase: &str, findings: &mut Findings) -> Option<Program> {
        let words = Words::of(phrase);
        if words.is_empty() {
            return finding(findings, "the phrase has no words");
        }
        if words.len() > super::MOST_WORDS {
            return finding(
                findings,
                format!("the phrase has {} words, the most is 64", words.len()),
            );
        }
        let steps = (0..words.len()).map(|i| {
            let word = &phrase[words.span(i).range()];
            let key = format!("{{\"TEXT\":{}}}", Value::from(word));
            let test = one_of(Field::Text, vec![word.into()], false);
            Step {
                condition: self.condition(key, || vec![test]),
                negative: false,
                quantifier: Quantifier::One,
            }
        });
        Some(Program::new(steps.collect()))
    }

    /// The steps of a list of tokens; `side` is what findings add to a token's number.
    fn tokens(&mut self, tokens: &[Value], side: &str, findings: &mut Findings) -> Option<Program> {
        if tokens.is_empty() {
            return finding(findings, format!("the list of tokens{side} is empty"));
        }
        let before = findings.len();
        let mut steps = Vec::new();
        for (n, token) in tokens.iter().enumerate() {
            let place = format!("token {}{side}", n + 1);
            let Value::Object(keys) = token else {
                findings.push(format!("{place} is no object"));
                continue;
            };
            let (mut tests, mut operator) = (Vec::new(), (1, Some(1), false));
            let mut seen: Vec<String> = Vec::new();
            for (key, value) in keys {
                let key = key.to_ascii_uppercase();
                if seen.contains(&key) {
                    findings.push(format!("{place} has {key} twice"));
                    continue;
                }
                let result = match key.as_str() {
                    "OP" => parse_operator(value).map(|op| operator = op),
                    _ => parse_tests(&key, value, &mut tests),
                };
                if let Err(message) = result {
                    findings.push(format!("{place}: {message}"));
                }
                seen.push(key);
            }
            let key = tests_key(keys);
            let condition = self.condition(key, || tests);
            let (least, most, negative) = operator;
            let step = |quantifier| Step {
                condition,
                negative,
                quantifier,
            };
            steps.extend(std::iter::repeat_n(step(Quantifier::One), least));
            match most {
                Some(most) => steps.extend(std::iter::repeat_n(
                    step(Quantifier::Optional),
                    most.saturating_sub(least),
                )),
                None => steps.push(step(Quantifier::Any)),
            }
        }
        if steps.len() > MOST_STEPS {
            findings.push(format!(
                "the tokens{side} with their repetitions are {}, the most is {MOST_STEPS}: use + or *",
                steps.len()
            ));
        }
        if steps.is_empty() && findings.len() == before {
            findings.push(format!("the tokens{side} stand for no word at all"));
        }
        (findings.len() == before).then(|| Program::new(steps))
    }

    /// The number of a condition.
    fn condition(&mut self, key: String, tests: impl FnOnce() -> Vec<Test>) -> u32 {
        let conditions = &mut self.patterns.conditions;
        *self.known.entry(key).or_insert_with(|| {
            conditions.push(Condition { tests: tests() });
            conditions.len() as u32 - 1
        })
    }
}

fn finding<T>(findings: &mut Findings, message: impl Into<String>) -> Option<T> {
    findings.push(message.into());
    None
}

/// What tells conditions apart: the token without its operator.
fn tests_key(token: &Map<String, Value>) -> String {
    let tests: Map<String, Value> = token
        .iter()
        .map(|(key, value)| (key.to_ascii_uppercase(), value.clone()))
        .filter(|(key, _)| key != "OP")
        .map(|(key, value)| match key.as_str() {
            "ORTH" => ("TEXT".to_owned(), value),
            _ => (key, value),
        })
        .collect();
    Value::Object(tests).to_string()
}

fn one_of(field: Field, mut values: Vec<Box<str>>, negative: bool) -> Test {
    values.sort();
    values.dedup();
    Test::OneOf {
        field,
        values,
        negative,
    }
}

/// How often at least, how often at most, and whether the condition must not hold.
fn parse_operator(value: &Value) -> Result<(usize, Option<usize>, bool), String> {
    let wrong = || format!("OP is one of ! ? + * {{n}} {{n,m}} {{n,}} {{,m}}, not {value}");
    let number = |text: &str| match text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        true => {
            let number = text.parse().ok().filter(|n| *n <= super::MOST_WORDS);
            number
                .ok_or_else(|| format!("OP {value} asks for more words than a match may have, 64"))
        }
        false => Err(wrong()),
    };
    match value.as_str().ok_or_else(wrong)? {
        "!" => Ok((1, Some(1), true)),
        "?" => Ok((0, Some(1), false)),
        "+" => Ok((1, None, false)),
        "*" => Ok((0, None, false)),
        text => {
            let inside = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
            let inside = inside.ok_or_else(wrong)?;
            let (least, most) = match inside.split_once(',') {
                None => (number(inside)?, Some(number(inside)?)),
                Some(("", most)) => (0, Some(number(most)?)),
                Some((least, "")) => (number(least)?, None),
                Some((least, most)) => (number(least)?, Some(number(most)?)),
            };
            match most.is_some_and(|most| most < least) {
                true => Err(wrong()),
                false => Ok((least, most, false)),
            }
        }
    }
}

/// Adds the tests of one key of a token.
fn parse_tests(key: &str, value: &Value, tests: &mut Vec<Test>) -> Result<(), String> {
    let flag = |flag: Flag| match value {
        Value::Bool(value) => Ok(Test::Flag(flag, *value)),
        _ => Err(format!("{key} is true or false, not {value}")),
    };
    tests.push(match key {
        "TEXT" | "ORTH" => return string_tests(key, Field::Text, value, tests),
        "LOWER" => return string_tests(key, Field::Lower, value, tests),
        "SHAPE" => return string_tests(key, Field::Shape, value, tests),
        "LENGTH" => return length_tests(value, tests),
        "IS_ALPHA" => flag(Flag::Alpha)?,
        "IS_ASCII" => flag(Flag::Ascii)?,
        "IS_DIGIT" => flag(Flag::Digit)?,
        "IS_LOWER" => flag(Flag::Lower)?,
        "IS_UPPER" => flag(Flag::Upper)?,
        "IS_TITLE" => flag(Flag::Title)?,
        "IS_PUNCT" => flag(Flag::Punct)?,
        "LIKE_NUM" => flag(Flag::LikeNum)?,
        _ => return Err(format!("{key} is not supported: {}", way_out(key))),
    });
    Ok(())
}

/// What to do instead of a key that spaCy has and this does not.
fn way_out(key: &str) -> &'static str {
    match key {
        "LEMMA" => "list the forms, {\"LOWER\": {\"IN\": [\"launch\", \"launched\"]}}",
        "NORM" => "use LOWER, with IN for several spellings",
        "POS" | "TAG" | "MORPH" | "DEP" => {
            "it takes a trained model, describe the word by LOWER, SHAPE or a REGEX"
        }
        "ENT_TYPE" | "ENT_ID" | "ENT_IOB" | "ENT_KB_ID" => {
            "patterns see words, not entities, write the words of the entity"
        }
        "_" => "there are no extension attributes, describe the word by LOWER, SHAPE or a REGEX",
        "IS_SPACE" | "SPACY" => "words are never white space, leave it out",
        "IS_SENT_START" | "SENT_START" => "patterns do not see sentences, leave it out",
        "IS_STOP" => "list the words, {\"LOWER\": {\"IN\": [\"the\", \"of\"]}}",
        "IS_BRACKET" | "IS_QUOTE" | "IS_LEFT_PUNCT" | "IS_RIGHT_PUNCT" | "IS_CURRENCY" => {
            "list the marks, {\"TEXT\": {\"IN\": [\"(\", \")\"]}}"
        }
        "LIKE_URL" | "LIKE_EMAIL" => "nothing is found in addresses, leave it out",
        _ => {
            "keys are TEXT (or ORTH), LOWER, SHAPE, LENGTH, IS_ALPHA, IS_ASCII, IS_DIGIT, IS_LOWER, IS_UPPER, IS_TITLE, IS_PUNCT, LIKE_NUM and OP"
        }
    }
}

fn string_tests(
    key: &str,
    field: Field,
    value: &Value,
    tests: &mut Vec<Test>,
) -> Result<(), String> {
    let predicates = match value {
        Value::String(text) => {
            can_match(key, field, text)?;
            tests.push(one_of(field, vec![text.as_str().into()], false));
            return Ok(());
        }
        Value::Object(predicates) if !predicates.is_empty() => predicates,
        _ => {
            return Err(format!(
                "{key} is a string, or one of REGEX, IN and NOT_IN, not {value}"
            ));
        }
    };
    let mut wrong = Vec::new();
    for (predicate, value) in predicates {
        let predicate = predicate.to_ascii_uppercase();
        let test = match predicate.as_str() {
            "REGEX" => match value {
                Value::String(expression) => {
                    regex(key, expression).map(|r| Test::Matches(field, r))
                }
                _ => Err(format!(
                    "REGEX of {key} is a string: write several expressions as one, \"first|second\""
                )),
            },
            "IN" | "NOT_IN" => strings(key, &predicate, value).and_then(|values| {
                if predicate == "IN" {
                    let bad: Vec<String> = values
                        .iter()
                        .filter_map(|v| can_match(key, field, v).err())
                        .collect();
                    if !bad.is_empty() {
                        return Err(bad.join("; "));
                    }
                }
                Ok(one_of(field, values, predicate == "NOT_IN"))
            }),
            _ if predicate.starts_with("FUZZY") => Err(format!(
                "{predicate} of {key} is not supported: list the spellings with IN, or write a REGEX"
            )),
            _ => Err(format!(
                "{predicate} of {key} is not supported: there are REGEX, IN and NOT_IN"
            )),
        };
        match test {
            Ok(test) => tests.push(test),
            Err(message) => wrong.push(message),
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("; ")),
    }
}

fn strings(key: &str, predicate: &str, value: &Value) -> Result<Vec<Box<str>>, String> {
    let strings = value.as_array().and_then(|values| {
        values
            .iter()
            .map(|v| v.as_str().map(Box::from))
            .collect::<Option<Vec<Box<str>>>>()
    });
    match strings {
        Some(strings) if !strings.is_empty() => Ok(strings),
        _ => Err(format!(
            "{predicate} of {key} is a list of strings, not {value}"
        )),
    }
}

fn regex(key: &str, expression: &str) -> Result<Regex, String> {
    // Each has memory of its own, and there may be thousands.
    const MOST_BYTES: usize = 1 << 20;
    let regex = RegexBuilder::new(expression).size_limit(MOST_BYTES).build();
    regex.map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => {
            format!("REGEX {expression:?} of {key} is too large, repeat less in it")
        }
        e => {
            // The message of the crate shows the expression on lines of its own; its last line says what is wrong.
            let message = e.to_string();
            let reason = message.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            format!(
                "REGEX {expression:?} of {key}: {reason} (the syntax is that of the regex crate)"
            )
        }
    })
}

fn length_tests(value: &Value, tests: &mut Vec<Test>) -> Result<(), String> {
    let wrong = || format!("LENGTH is a number, or compares with one: {{\">=\": 3}}; not {value}");
    if let Some(length) = value.as_f64() {
        tests.push(Test::Length(Comparison::Equal, length));
        return Ok(());
    }
    let predicates = value
        .as_object()
        .filter(|p| !p.is_empty())
        .ok_or_else(wrong)?;
    for (predicate, value) in predicates {
        let comparison = match predicate.to_ascii_uppercase().as_str() {
            "==" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            ">=" => Comparison::AtLeast,
            predicate @ ("IN" | "NOT_IN") => {
                let values = value
                    .as_array()
                    .and_then(|v| v.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>());
                tests.push(Test::LengthOneOf {
                    values: values.ok_or_else(wrong)?,
                    negative: predicate == "NOT_IN",
                });
                continue;
            }
            predicate => {
                return Err(format!(
                    "{predicate} of LENGTH is not supported: there are ==, !=, <, <=, >, >=, IN and NOT_IN"
                ));
            }
        };
        tests.push(Test::Length(comparison, value.as_f64().ok_or_else(wrong)?));
    }
    Ok(())
}

/// Refuses what no word can ever be: in spaCy such tokens match nothing and nobody says so.
fn can_match(key: &str, field: Field, value: &str) -> Result<(), String> {
    let never = |why: String| Err(format!("{key} {value:?} can never match: {why}"));
    if value.is_empty() {
        return never("it is empty".into());
    }
    if field == Field::Shape {
        return Ok(());
    }
    if field == Field::Lower && value.to_lowercase() != value {
        return never(format!(
            "write it in lower case, {:?}",
            value.to_lowercase()
        ));
    }
    let mut capitalized: String = value.chars().take(1).flat_map(char::to_uppercase).collect();
    capitalized.extend(value.chars().skip(1));
    // What is one word may depend on what stands around it: `’s`, `J.`, `No.`
    let forms = [value.to_owned(), capitalized, value.to_uppercase()];
    let around = [("", ""), ("Kim", ""), ("", " Kim"), ("", " 5"), ("\"", "")];
    let is_word = |form: &str| {
        around.iter().any(|(before, behind)| {
            let words = Words::of(&format!("{before}{form}{behind}"));
            let (start, end) = (before.len(), before.len() + form.len());
            (0..words.len()).any(|i| words.span(i).start == start && words.span(i).end == end)
        })
    };
    let forms = match field {
        Field::Text => &forms[..1],
        _ => &forms,
    };
    if forms.iter().any(|form| is_word(form)) {
        return Ok(());
    }
    let words = Words::of(value);
    let texts: Vec<&str> = (0..words.len())
        .map(|i| &value[words.span(i).range()])
        .collect();
    never(format!(
        "it is {} words here, {}; write a token for each",
        words.len(),
        texts.join(" | ")
    ))
}
