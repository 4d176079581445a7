//! Every rule has its cases: one where it finds what is marked, and one where it must not.

use crate::cases;
use std::{fs, path::Path};
use wiretag::{Annotator, Document, Gazetteer, Origin, Rule};

/// Rules that only keep others from finding something: no annotation has their name.
const SILENT: [Rule; 3] = [Rule::Language, Rule::TitleOfWork, Rule::NamedThing];

#[test]
fn every_rule_has_a_case_for_it_and_one_against_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut all = Vec::new();
    for file in ["people", "organizations", "weapons", "places"] {
        let text = fs::read_to_string(folder.join(format!("rules-{file}.txt"))).unwrap();
        all.extend(cases::parse(&text).unwrap());
    }
    let build = |without: &[Rule]| {
        let mut builder = Annotator::builder();
        builder.without(without.iter().copied());
        builder.build(Gazetteer::builtin().unwrap()).unwrap()
    };
    let annotator = build(&[]);
    let mut faults = Vec::new();
    for &rule in Rule::ALL {
        let of = |suffix: &str| {
            let start = format!("{}{suffix}: ", rule.as_str());
            all.iter().find(|c| c.name.starts_with(&start))
        };
        let found = |annotator: &Annotator, text: &str| {
            let annotations = annotator.annotate(&Document::new("", text));
            let own = annotations.iter().any(|a| a.origin == Origin::Rule(rule));
            (own, annotations)
        };
        match of("") {
            None => faults.push(format!("{}: no case for it", rule.as_str())),
            Some(case) => {
                let (own, with) = found(&annotator, &case.text);
                if !own && !SILENT.contains(&rule) {
                    faults.push(format!("{}: finds nothing in its case", rule.as_str()));
                }
                let (_, without) = found(&build(&[rule]), &case.text);
                if with == without {
                    faults.push(format!(
                        "{}: its case is the same without it",
                        rule.as_str()
                    ));
                }
            }
        }
        match of(", not") {
            None => faults.push(format!("{}: no case against it", rule.as_str())),
            Some(case)
                if found(&annotator, &case.text).0
                    && rule != Rule::PersonShort
                    && rule != Rule::PlaceHead =>
            {
                faults.push(format!(
                    "{}: finds something in the case against it",
                    rule.as_str()
                ));
            }
            Some(_) => {}
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
