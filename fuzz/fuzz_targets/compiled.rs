//! A compiled gazetteer whose bytes were changed anywhere, header included, annotates or is refused: `cargo fuzz run compiled`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use wiretag::{Annotator, Document, Found, Gazetteer, OffsetUnit, Scratch, SourceDefaults};

const LIST: &str = "# label: SHIP\n# plural: yes\nid\tname\taliases\tshort\t@country\nship/moskva\tMoskva {near: cruiser}\tGuards Missile Cruiser Moskva\tSlava {preceded by: the}\tRU\n\tYuan Wang 5 {substring}\n\tWorkers' Party\n";
const TEXT: &str = "The cruiser Moskva, the Slava, three YUAN-WANG 5s and the Workers’ Party.";

/// Bytes of a good file, to change.
fn whole() -> &'static [u8] {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let mut bytes = Vec::new();
        Gazetteer::builder()
            .add_source("ships.tsv", LIST, &SourceDefaults::default())
            .compile(&mut bytes)
            .expect("a good list");
        bytes
    })
}

// The input is a list of changes: three bytes each, place (two) and value.
fuzz_target!(|changes: &[u8]| {
    let mut bytes = whole().to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] = change[2];
    }
    let mut builder = Gazetteer::builder();
    if builder.add_compiled("x.gaz", bytes).is_err() {
        return;
    }
    let Ok(gazetteer) = builder.build() else {
        return;
    };
    for entry in gazetteer.entries().take(100) {
        let _ = (gazetteer.entry_id(entry), gazetteer.entry_source(entry));
        let _ = gazetteer.entry_attributes(entry).take(100).count();
    }
    let annotator = Annotator::builder().attributes(true).build(gazetteer);
    let annotator = annotator.expect("no labels are asked for");
    let (doc, mut found) = (Document::new("d", TEXT), Found::default());
    annotator.annotate_into(&mut Scratch::default(), &doc, &mut found);
    let _ = annotator.record(&doc, &found, OffsetUnit::Codepoint);
});
