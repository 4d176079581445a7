//! Compiled gazetteers: the same bytes out as from the lists, whatever is compiled and in which order; files that are cut, damaged,
//! or of another version are refused or give wrong names, and never end the process.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use std::fs;
use wiretag::{
    Annotator, Document, Found, Gazetteer, GazetteerBuilder, Label, OffsetUnit, Overlaps, Scratch,
    SourceDefaults,
};

/// Lists that share entities, words and lexicons, with every kind of policy.
const LISTS: [(&str, &str); 3] = [
    (
        "ships.tsv",
        "# label: SHIP\n# plural: yes\nid\tname\taliases\tshort\t@country\nship/moskva\tMoskva {near: cruiser, @title}\tGuards Missile Cruiser Moskva | Москва\tSlava {preceded by: the}\tRU\nship/kuznetsov\tAdmiral Kuznetsov\tKuznetsov {followed by: carrier}\t\tRU\n\tYuan Wang 5\n",
    ),
    (
        "more.tsv",
        "# label: SHIP\nid\tname\taliases\t@country\t@class\nship/moskva\tMoskva\tMoskva cruiser | Guards Missile Cruiser Moskva\tUA\tSlava\n\tYuan Wang 5\tYuanwang-5\n\tWorkers' Party {priority 3}\n\tMissile {substring}\n\tYahoo! {any}\n",
    ),
    (
        "countries.tsv",
        "# label: COUNTRY\n# demonym-label: NATIONALITY\nid\tname\tacronyms\tdemonyms\t@continent\ncountry/RU\tRussia\tRF {exact}\tRussian | Russians\tEurope\ncountry/TH\tThailand\t\tThai\tAsia\n",
    ),
];

const BLOCKS: &str = "# block: yes\nname\nMoskva River\n";

const TEXT: &str = "Adm. Ivanov said the cruiser Moskva sank. The Slava, Admiral Kuznetsov's sister? No: the Kuznetsov carrier \
    and the Moskva cruiser of Russia (RF), Russians said. MOSKVA river, the Moskva River and Москва. Yuan-Wang 5, Yuanwang 5 and \
    yahoo! in Thailand. The Guards Missile Cruiser Moskva met three Yuan Wang 5s. The Workers’ Party is Thai.";

/// What a gazetteer makes of the text: spans, ids, names and attributes, what else they might be, and what lost.
fn annotate(gazetteer: Gazetteer) -> String {
    let annotator = Annotator::builder()
        .overlaps(Overlaps::All)
        .attributes(true)
        .build(gazetteer)
        .unwrap();
    let (doc, mut found) = (Document::new("d", TEXT), Found::default());
    annotator.annotate_into(&mut Scratch::default(), &doc, &mut found);
    let record = annotator.record(&doc, &found, OffsetUnit::Codepoint);
    assert!(record.spans.len() > 12, "{:?}", record.spans);
    serde_json::to_string(&record).unwrap()
}

fn add(builder: &mut GazetteerBuilder, list: usize) {
    let (path, text) = LISTS[list];
    builder.add_source(path, text, &SourceDefaults::default());
}

fn compile(lists: &[usize]) -> Vec<u8> {
    let mut builder = Gazetteer::builder();
    for &list in lists {
        add(&mut builder, list);
    }
    let mut bytes = Vec::new();
    builder.compile(&mut bytes).unwrap();
    bytes
}

fn titles(builder: &mut GazetteerBuilder) {
    let titles = "# lexicon: title\nname\nAdm.\n";
    builder.add_source("titles.tsv", titles, &SourceDefaults::default());
    builder.add_source("blocks.tsv", BLOCKS, &SourceDefaults::default());
}

#[test]
fn lists_give_the_same_whether_compiled_together_apart_or_not_at_all() {
    let mut fresh = Gazetteer::builder();
    for list in 0..3 {
        add(&mut fresh, list);
    }
    titles(&mut fresh);
    let expected = annotate(fresh.build().unwrap());
    for split in [
        &[&[0, 1, 2][..]][..],
        &[&[0], &[1, 2]],
        &[&[0], &[1], &[2]],
        &[&[0, 1], &[2]],
    ] {
        for fresh_one in 0..=split.len() {
            let mut builder = Gazetteer::builder();
            for (i, lists) in split.iter().enumerate() {
                if i == fresh_one {
                    for &list in *lists {
                        add(&mut builder, list);
                    }
                } else {
                    builder.add_compiled("lists.gaz", compile(lists)).unwrap();
                }
            }
            titles(&mut builder);
            let got = annotate(builder.build().unwrap());
            assert_eq!(got, expected, "{split:?}, {fresh_one} not compiled");
        }
    }
}

#[test]
fn a_compiled_gazetteer_keeps_files_and_lines() {
    let mut builder = Gazetteer::builder();
    builder.add_compiled("lists.gaz", compile(&[2])).unwrap();
    let gazetteer = builder.build().unwrap();
    let sources: Vec<(String, (&str, usize))> = gazetteer
        .aliases()
        .map(|a| {
            (
                gazetteer.alias_text(a).to_owned(),
                gazetteer.alias_source(a),
            )
        })
        .collect();
    assert!(
        sources.contains(&("Russians".to_owned(), ("countries.tsv", 4))),
        "{sources:?}"
    );
    assert_eq!(
        gazetteer.labels(),
        ["COUNTRY", "NATIONALITY"].map(|l| Label::new(l).unwrap())
    );
}

#[test]
fn the_same_lists_compile_to_the_same_bytes() {
    assert_eq!(compile(&[0, 1, 2]), compile(&[0, 1, 2]));
}

#[test]
fn a_lexicon_of_the_built_in_lists_may_be_missing_when_compiling_and_not_when_used() {
    let mut builder = Gazetteer::builder();
    builder.add_compiled("ships.gaz", compile(&[0])).unwrap();
    assert_eq!(
        builder.build().unwrap_err().to_string(),
        "the compiled gazetteer of ships.tsv needs the lexicon \"title\": add the gazetteer that has it"
    );
    let mut builder = Gazetteer::builder();
    let list = "# label: X\nname\nAcme {near: @nothing}\n";
    builder.add_source("x.tsv", list, &SourceDefaults::default());
    assert_eq!(
        builder.compile(&mut Vec::new()).unwrap_err().to_string(),
        "x.tsv:3: no lexicon \"nothing\": a file with the header \"# lexicon: nothing\" makes one"
    );
}

#[test]
fn what_is_compiled_can_not_be_compiled_again() {
    let mut builder = Gazetteer::builder();
    builder.add_compiled("lists.gaz", compile(&[2])).unwrap();
    let error = builder.compile(&mut Vec::new()).unwrap_err().to_string();
    assert!(
        error.ends_with("give the lists that it was made of"),
        "{error}"
    );
}

/// Opens damaged bytes and uses them if they open; says why if they do not.
fn use_damaged(bytes: Vec<u8>) -> Option<String> {
    let mut builder = Gazetteer::builder();
    let error = match builder.add_compiled("x.gaz", bytes) {
        Ok(_) => None,
        Err(e) => Some(e.to_string()),
    };
    if error.is_none() {
        titles(&mut builder);
        let gazetteer = builder.build().unwrap();
        for entry in gazetteer.entries() {
            let _ = (gazetteer.entry_id(entry), gazetteer.entry_name(entry));
            let _ = (gazetteer.entry_source(entry), gazetteer.entry_class(entry));
            assert!(gazetteer.entry_attributes(entry).count() < 1 << 20);
        }
        for alias in gazetteer.aliases() {
            let _ = (gazetteer.alias_text(alias), gazetteer.alias_source(alias));
        }
        let annotator = Annotator::builder()
            .attributes(true)
            .build(gazetteer)
            .unwrap();
        let (doc, mut found) = (Document::new("d", TEXT), Found::default());
        annotator.annotate_into(&mut Scratch::default(), &doc, &mut found);
        let _ = annotator.record(&doc, &found, OffsetUnit::Byte);
    }
    error
}

#[test]
fn a_thousand_damaged_files_end_in_a_message_or_in_wrong_names() {
    let whole = compile(&[0, 1, 2]);
    let mut rng = fastrand::Rng::with_seed(11);
    let (mut refused, mut used) = (0, 0);
    for round in 0..1500 {
        let mut bytes = whole.clone();
        // Behind the header too, where only `verify` looks: from byte 500 on in every second round.
        let from = if round % 2 == 0 { 500 } else { 0 };
        for _ in 0..rng.usize(1..=6) {
            let at = rng.usize(from..bytes.len());
            match rng.usize(..3) {
                0 => bytes[at] = rng.u8(..),
                1 => bytes[at] ^= 1 << rng.u8(..8),
                _ => {
                    let end = (at + rng.usize(1..64)).min(bytes.len());
                    bytes[at..end].fill([0, 0xff][rng.usize(..2)]);
                }
            }
        }
        match use_damaged(bytes) {
            Some(message) => {
                assert!(message.starts_with("x.gaz: "), "{message}");
                refused += 1;
            }
            None => used += 1,
        }
    }
    assert!(
        refused > 100 && used > 500,
        "{refused} refused, {used} used"
    );
}

#[test]
fn every_length_that_is_too_short_is_refused() {
    let whole = compile(&[2]);
    for len in (0..whole.len()).step_by(7) {
        let error = use_damaged(whole[..len].to_vec());
        assert!(error.is_some(), "{len} of {} bytes", whole.len());
    }
}

#[test]
fn the_command_line_compiles_verifies_and_uses_files() {
    let dir = Dir::new();
    for (name, text) in LISTS {
        dir.write(name, text);
    }
    dir.write("text.txt", TEXT);
    dir.write("plain.txt", "Yuan Wang 5\nMoskva\n");
    dir.run(&[
        "gazetteer",
        "compile",
        "ships.tsv",
        "more.tsv",
        "-o",
        "ships.gaz",
    ])
    .exits(0);
    let plain = ["gazetteer", "compile", "plain.txt", "--label", "VESSEL"];
    let said = dir
        .run(&[&plain[..], &["--case", "any", "-o", "plain.gaz"]].concat())
        .exits(0);
    assert!(said.err.starts_with("wiretag: 2 names, "), "{}", said.err);
    let verified = dir
        .run(&["gazetteer", "verify", "ships.gaz", "plain.gaz"])
        .exits(0);
    assert_eq!(verified.text(), "ships.gaz: whole\nplain.gaz: whole\n");
    let annotate = |lists: &[&str]| {
        let mut args = vec![
            "annotate",
            "text.txt",
            "-q",
            "--overlaps",
            "all",
            "--attributes",
        ];
        args.extend(["--label", "VESSEL", "--case", "any"]);
        args.extend(lists.iter().flat_map(|l| ["-g", l]));
        dir.run(&args).exits(0).text().to_owned()
    };
    let fresh = annotate(&["ships.tsv", "more.tsv", "countries.tsv", "plain.txt"]);
    assert!(fresh.contains("VESSEL"), "{fresh}");
    assert_eq!(
        annotate(&["ships.gaz", "countries.tsv", "plain.gaz"]),
        fresh
    );

    let whole = fs::read(dir.path("ships.gaz")).unwrap();
    let mut damaged = whole.clone();
    let last = damaged.len() - 3;
    damaged[last] ^= 4;
    dir.write("damaged.gaz", &damaged);
    let mut other = whole.clone();
    other[8] = 99;
    dir.write("other.gaz", &other);
    dir.write("cut.gaz", &whole[..whole.len() - 100]);
    dir.write("list.gaz", "Moskva\n");
    let verified = dir
        .run(&["gazetteer", "verify", "damaged.gaz", "ships.gaz"])
        .exits(1);
    assert_eq!(verified.text(), "ships.gaz: whole\n");
    assert!(
        verified.err.contains("damaged.gaz: the names are damaged"),
        "{}",
        verified.err
    );
    for (file, message) in [
        (
            "other.gaz",
            "a compiled gazetteer of format 99, this wiretag reads format 3; make it again",
        ),
        ("cut.gaz", "bytes where its header says"),
        ("list.gaz", "not a compiled gazetteer"),
    ] {
        let ran = dir.run(&["annotate", "text.txt", "-g", file]).exits(2);
        assert!(ran.err.contains(&format!("{file}: ")), "{}", ran.err);
        assert!(ran.err.contains(message), "{}", ran.err);
    }
}

#[test]
fn names_count_on_the_days_of_their_validity() {
    let dir = Dir::new();
    dir.write(
        "countries.tsv",
        "# label: COUNTRY\nid\tname\taliases\tformer\ncountry/SZ\tEswatini\tZiland {substring; any; from 2019}\tSwaziland {until 2018-04-18}\n",
    );
    dir.write(
        "docs.jsonl",
        "{\"id\":\"a\",\"text\":\"Swaziland\",\"date\":\"2018-04-18\"}\n\
         {\"id\":\"b\",\"text\":\"Swaziland\",\"date\":\"Thu, 19 Apr 2018 00:00:00 GMT\"}\n\
         {\"id\":\"c\",\"text\":\"Swaziland\",\"date\":1546300800}\n\
         {\"id\":\"d\",\"text\":\"Swaziland\",\"date\":\"soon\"}\n\
         {\"id\":\"e\",\"text\":\"Swaziland\",\"day\":\"2020-01-01\"}\n\
         {\"id\":\"f\",\"text\":\"Eswatini\",\"date\":\"1950-01-01\"}\n",
    );
    dir.run(&["gazetteer", "compile", "countries.tsv", "-o", "c.gaz"])
        .exits(0);
    let found = |list: &str, more: &[&str]| -> Vec<String> {
        let args = ["annotate", "docs.jsonl", "-q", "--no-builtin", "-g", list];
        let ran = dir.run(&[&args[..], more].concat()).exits(0);
        let records = ran.text().lines().map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            let spans = record["spans"].as_array().unwrap().iter();
            let names: Vec<&str> = spans.map(|s| s["text"].as_str().unwrap()).collect();
            format!("{} {}", record["id"].as_str().unwrap(), names.join(","))
        });
        records.collect()
    };
    let by_date = [
        "a Swaziland",
        "b ",
        "c ziland",
        "d Swaziland",
        "e Swaziland",
        "f Eswatini",
    ];
    let by_day = [
        "a Swaziland",
        "b Swaziland",
        "c Swaziland",
        "d Swaziland",
        "e ziland",
        "f Eswatini",
    ];
    for list in ["countries.tsv", "c.gaz"] {
        assert_eq!(found(list, &[]), by_date);
        assert_eq!(found(list, &["--date-field", "day"]), by_day);
    }
    let explain = ["explain", "docs.jsonl", "--no-builtin", "-g", "c.gaz"];
    let why = dir.run(&explain).exits(0);
    let why = why.text();
    assert!(
        why.contains("until 2018-04-18: the document is of another day"),
        "{why}"
    );
    assert!(
        why.contains("former, title case; until 2018-04-18"),
        "{why}"
    );
}
