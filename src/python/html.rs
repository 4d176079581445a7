//! A document as a notebook shows it: the text with its spans marked, each with its label beside it.

use crate::Mention;
use std::{collections::BTreeMap, fmt::Write};

/// Colours that people who see colours otherwise can tell apart, as in reports; and a dark scheme.
const STYLE: &str = include_str!("notebook.css");

/// The labels of the built-in lists have colours of their own.
const BUILT_IN: [&str; 6] = [
    "COUNTRY",
    "ORG",
    "LOCATION",
    "PERSON",
    "WEAPON",
    "NATIONALITY",
];

/// A document in HTML that stands alone; everything in it is escaped.
pub(super) fn page(text: &str, mentions: &[Mention<'_>]) -> String {
    let mut out = String::with_capacity(text.len() * 2 + STYLE.len());
    let _ = write!(out, "<style>{STYLE}</style><div class=\"wiretag\">");
    let mut rest = text;
    let mut at = 0;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    // Of spans that overlap the first is marked: a mark can't start in another.
    for mention in mentions.iter().filter(|m| m.lost.is_none()) {
        *counts.entry(&mention.label).or_default() += 1;
        let Some(ahead) = mention.start.checked_sub(at) else {
            continue;
        };
        let (before, behind) = rest.split_at(byte_of(rest, ahead));
        let (inside, behind) = behind.split_at(mention.text.len());
        escape(&mut out, before);
        mark(&mut out, inside, mention);
        (rest, at) = (behind, mention.end);
    }
    escape(&mut out, rest);
    if !counts.is_empty() {
        out.push_str("<p>");
        for (label, count) in counts {
            let _ = write!(out, "<b class=\"c{}\">", color(label));
            escape(&mut out, label);
            let _ = write!(out, "</b> {count} ");
        }
        out.push_str("</p>");
    }
    out.push_str("</div>");
    out
}

fn mark(out: &mut String, inside: &str, mention: &Mention<'_>) {
    let mut title = String::new();
    let parts = [&mention.entity, &mention.name];
    for part in parts.into_iter().flatten() {
        let _ = write!(title, "{part} · ");
    }
    title.push_str(&mention.origin);
    if let Some(score) = mention.score {
        let _ = write!(title, " · {score}");
    }
    let _ = write!(out, "<mark class=\"c{}\" title=\"", color(&mention.label));
    escape(out, &title);
    out.push_str("\">");
    escape(out, inside);
    out.push_str("<b>");
    escape(out, &mention.label);
    out.push_str("</b></mark>");
}

/// Where a number of characters ends.
fn byte_of(text: &str, characters: usize) -> usize {
    let mut places = text.char_indices().map(|(byte, _)| byte);
    places.nth(characters).unwrap_or(text.len())
}

/// The number of a label's colour: a label of the user's keeps its own from page to page.
fn color(label: &str) -> usize {
    let known = BUILT_IN.iter().position(|l| *l == label);
    known.unwrap_or_else(|| 6 + label.bytes().map(usize::from).sum::<usize>() % 2)
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Notebooks would read mathematics between two of these.
            '$' => out.push_str("&#36;"),
            c => out.push(c),
        }
    }
}
