//! No embarrassment off the domain: sport, science, business, culture and local news, annotated by hand.
//!
//! `cargo test --test integration -- off_domain --nocapture` prints precision and recall by label, and what is wrong. The texts
//! (`tests/off-domain/articles.txt`) were written and marked without a look at the lists; `optional.tsv` has the mentions that may
//! go either way.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper of tests that can't go on fails the test; what it measures is there to be read"
)]

use crate::cases::{Mark, parse};
use std::collections::BTreeMap;
use wiretag::{Annotator, Document, Gazetteer};

const ARTICLES: &str = include_str!("../off-domain/articles.txt");
const OPTIONAL: &str = include_str!("../off-domain/optional.tsv");

/// What the lists and rules of this version reach; to be raised with them.
const PRECISION: f64 = 0.95;

/// Right, found and marked.
#[derive(Clone, Copy, Default)]
struct Count {
    right: usize,
    found: usize,
    marked: usize,
}

/// Mentions of a case that are neither needed nor wrong.
fn optional(case: &str, text: &str) -> Vec<Mark> {
    let rows = OPTIONAL.lines().filter(|l| !l.starts_with('#'));
    let rows = rows.map(|l| l.split('\t').collect::<Vec<_>>());
    rows.filter(|row| row[0] == case)
        .map(|row| {
            let nth: usize = row[2].parse().unwrap();
            let (start, _) = text.match_indices(row[1]).nth(nth - 1).unwrap();
            (start, start + row[1].len(), row[3].to_owned())
        })
        .collect()
}

#[test]
fn what_is_found_off_the_domain_is_right() {
    let annotator = Annotator::builder()
        .build(Gazetteer::builtin().unwrap())
        .unwrap();
    let cases = parse(ARTICLES).unwrap();
    assert_eq!(cases.len(), 30);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for case in &cases {
        let optional = optional(&case.name, &case.text);
        let doc = Document::new(&*case.name, &*case.text);
        for mark in &case.spans {
            counts.entry(mark.2.clone()).or_default().marked += 1;
        }
        for a in annotator.annotate(&doc) {
            let mark = (a.span.start, a.span.end, a.label.to_string());
            let is_right = case.spans.contains(&mark);
            let inside = |o: &Mark| o.0 <= mark.0 && mark.1 <= o.1 && o.2 == mark.2;
            if !is_right && optional.iter().any(inside) {
                continue;
            }
            let count = counts.entry(mark.2).or_default();
            count.found += 1;
            count.right += usize::from(is_right);
            if !is_right {
                let before =
                    &case.text[case.text.floor_char_boundary(mark.0.saturating_sub(40))..mark.0];
                let behind = &case.text[mark.1..case.text.ceil_char_boundary(mark.1 + 30)];
                let found = &case.text[a.span.range()];
                println!("{}: {before}[{found}|{}]{behind}", case.name, a.label);
            }
        }
    }
    let mut all = Count::default();
    for (label, n) in &counts {
        all.right += n.right;
        all.found += n.found;
        all.marked += n.marked;
        report(label, *n);
    }
    report("all", all);
    let precision = all.right as f64 / all.found as f64;
    assert!(precision >= PRECISION, "precision {precision:.3}");
}

fn report(label: &str, n: Count) {
    println!(
        "{label:12} precision {:.3} ({} of {})  recall {:.3} (of {})",
        n.right as f64 / n.found.max(1) as f64,
        n.right,
        n.found,
        n.right as f64 / n.marked.max(1) as f64,
        n.marked
    );
}
