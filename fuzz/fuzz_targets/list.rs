//! Any text as a list is read or refused by line, and what it gives annotates the same text: `cargo fuzz run list`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wiretag::{Annotator, Document, Gazetteer, Label, SourceDefaults};

fuzz_target!(|text: &str| {
    let defaults = SourceDefaults {
        label: Label::new("NAME").ok(),
        case: None,
    };
    let mut builder = Gazetteer::builder();
    builder.add_source("list", text, &defaults);
    let Ok(gazetteer) = builder.build() else {
        return;
    };
    let annotator = Annotator::builder().build(gazetteer);
    let annotator = annotator.expect("no labels are asked for");
    let doc = Document::new("d", text);
    for found in annotator.annotate(&doc) {
        assert!(doc.text().get(found.span.range()).is_some());
    }
});
