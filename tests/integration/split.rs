//! Sets that are split: no story on two sides, every document accounted for, the same whatever the order of the input.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

#[path = "../../benches/common/stories.rs"]
mod stories;

use crate::cli::{Dir, Ran};
use serde_json::{Value, json};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
};
use stories::Stories;
use wiretag::{OutputFolder, Split, read::Sources};
use xxhash_rust::xxh3::xxh3_64;

/// So many documents as lines; a document's id is its family and its number in it, as in the bench.
fn corpus(seed: u64, count: usize) -> Vec<String> {
    let mut stories = Stories::new(seed);
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut lines = Vec::new();
    let mut family = 0;
    while lines.len() < count {
        let copies = if rng.u8(..5) == 0 { rng.usize(1..4) } else { 0 };
        for (i, story) in stories.family(copies).iter().enumerate() {
            let meta = json!({
                "date": format!("2026-{:02}-{:02}", rng.u8(1..13), rng.u8(1..29)),
                "source": format!("outlet {}", rng.u8(..12)),
            });
            lines.push(story.line(&format!("{family}.{i}"), &meta.to_string()));
        }
        family += 1;
    }
    lines
}

fn split(dir: &Dir, input: &str, output: &str, more: &[&str]) -> Ran {
    dir.run(&[&["split", input, "-o", output], more].concat())
}

fn lines(dir: &Dir, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(dir.path(file)).unwrap();
    let read = |line: &str| serde_json::from_str(line).unwrap();
    text.lines().map(read).collect()
}

/// The documents of each file of a set: `train`, `dev`, `test`, `left-out`.
fn ids(dir: &Dir, set: &str) -> BTreeMap<&'static str, BTreeSet<String>> {
    let files = ["train", "dev", "test", "left-out"];
    let of = |file: &'static str| {
        let lines = match dir.path(&format!("{set}/{file}.jsonl")).exists() {
            true => lines(dir, &format!("{set}/{file}.jsonl")),
            false => Vec::new(),
        };
        // A document that only lost spans stays.
        let documents = lines
            .iter()
            .filter(|l| file != "left-out" || l.get("spans").is_none());
        let ids = documents.map(|l| l["id"].as_str().unwrap().to_owned());
        (file, ids.collect())
    };
    files.into_iter().map(of).collect()
}

fn family(id: &str) -> &str {
    id.split('.').next().unwrap()
}

#[test]
fn near_duplicates_stay_together_and_other_stories_apart() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(1, 6_000).concat());
    split(&dir, "in.jsonl", "set", &[]).exits(0);
    let sets = ids(&dir, "set");
    let sides = ["train", "dev", "test"];
    let side = |id: &str| sides.into_iter().find(|s| sets[s].contains(id));
    let all: BTreeSet<&String> = sets.values().flatten().collect();
    assert!(all.len() >= 6_000);
    assert_eq!(
        all.len(),
        sets.values().map(BTreeSet::len).sum::<usize>(),
        "each is in one file"
    );
    let copies: Vec<&&String> = all.iter().filter(|id| !id.ends_with(".0")).collect();
    let parted = copies.iter().filter(|id| {
        let first = side(&format!("{}.0", family(id)));
        let own = side(id);
        own.is_some() && first.is_some() && own != first
    });
    let parted = parted.count();
    assert!(copies.len() > 1_000);
    assert!(
        50 * parted <= copies.len(),
        "{parted} of {} pairs",
        copies.len()
    );
    // That is not chance: nearly all of them are known to be near-duplicates.
    let duplicates = lines(&dir, "set/duplicates.jsonl");
    let id = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let (own, joined): (Vec<&Value>, Vec<&Value>) = duplicates
        .iter()
        .partition(|l| family(&id(l, "id")) == family(&id(l, "of")));
    assert!(
        100 * own.len() >= 95 * copies.len(),
        "{} of {}",
        own.len(),
        copies.len()
    );
    assert!(
        100 * joined.len() <= all.len(),
        "{} of {}",
        joined.len(),
        all.len()
    );
    for line in &duplicates {
        assert_eq!(line["split"].as_str(), side(&id(line, "id")));
    }
    // Every tenth document, as was asked for.
    for name in ["dev", "test"] {
        let share = sets[name].len() as f64 / all.len() as f64;
        assert!((share - 0.1).abs() < 0.01, "{name} {share}");
    }
}

/// The word triples of a text, hashed, numbers all alike.
fn triples(text: &str) -> HashSet<u64> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty());
    let folded = words.map(|w| match w.starts_with(|c: char| c.is_ascii_digit()) {
        true => "0".to_owned(),
        false => w.to_lowercase(),
    });
    let words: Vec<String> = folded.collect();
    words
        .windows(3)
        .map(|w| xxh3_64(w.join(" ").as_bytes()))
        .collect()
}

#[test]
fn a_naive_search_finds_hardly_a_pair_on_two_sides() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(8, 1_000).concat());
    let args = ["--dev", "0.3", "--test", "0.3"];
    split(&dir, "in.jsonl", "set", &args).exits(0);
    let mut documents = Vec::new();
    for side in ["train", "dev", "test"] {
        let lines = lines(&dir, &format!("set/{side}.jsonl"));
        documents.extend(
            lines
                .iter()
                .map(|l| (side, triples(l["text"].as_str().unwrap()))),
        );
    }
    let (mut alike, mut parted) = (0, 0);
    for (i, (side, a)) in documents.iter().enumerate() {
        for (other, b) in &documents[..i] {
            let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
            // What the estimate may err by is above the 0.4 that are asked for.
            let common = short.iter().filter(|t| long.contains(*t)).count();
            if 2 * common > short.len() {
                alike += 1;
                parted += u32::from(side != other);
            }
        }
    }
    assert!(alike > 250 && 100 * parted < alike, "{parted} of {alike}");
}

#[test]
fn sides_depend_on_content_not_on_order_files_or_threads() {
    let dir = Dir::new();
    let mut lines = corpus(2, 600);
    dir.write("in.jsonl", lines.concat());
    split(&dir, "in.jsonl", "a", &["-j", "1"]).exits(0);
    split(&dir, "in.jsonl", "b", &["-j", "5"]).exits(0);
    for file in [
        "train.jsonl",
        "dev.jsonl",
        "test.jsonl",
        "left-out.jsonl",
        "duplicates.jsonl",
    ] {
        let read = |set: &str| fs::read(dir.path(&format!("{set}/{file}"))).unwrap();
        assert!(read("a") == read("b"), "{file}");
    }
    fastrand::Rng::with_seed(3).shuffle(&mut lines);
    let (one, two) = lines.split_at(250);
    dir.write("more/z.jsonl", one.concat());
    dir.write("more/a.jsonl", two.concat());
    split(&dir, "more", "c", &[]).exits(0);
    assert_eq!(ids(&dir, "a"), ids(&dir, "c"));
    split(&dir, "in.jsonl", "d", &["--seed", "1"]).exits(0);
    assert_ne!(ids(&dir, "a"), ids(&dir, "d"));
}

#[test]
fn labels_and_documents_without_spans_are_shared_out_alike() {
    let dir = Dir::new();
    // A label in two of a hundred documents, and a fifth without spans.
    let mut stories = Stories::new(4);
    let documents = (0..1_000).map(|i| {
        let line = stories.family(0)[0].line(&i.to_string(), "{}");
        let mut record: Value = serde_json::from_str(&line).unwrap();
        match i % 50 {
            0 => record["spans"] = json!([{"start": 0, "end": 2, "label": "RARE"}]),
            1..=10 => record["spans"] = json!([]),
            _ => {}
        }
        format!("{record}\n")
    });
    dir.write("in.jsonl", documents.collect::<String>());
    split(&dir, "in.jsonl", "set", &["--dev", "0.2", "--test", "0.2"]).exits(0);
    for (file, share) in [("train", 0.6), ("dev", 0.2), ("test", 0.2)] {
        let lines = lines(&dir, &format!("set/{file}.jsonl"));
        let spans = |l: &Value| l["spans"].as_array().unwrap().clone();
        let rare = lines
            .iter()
            .filter(|l| spans(l).iter().any(|s| s["label"] == "RARE"));
        let empty = lines.iter().filter(|l| spans(l).is_empty()).count();
        assert_eq!(rare.count(), (20.0 * share) as usize, "{file}");
        assert!(
            empty.abs_diff((200.0 * share) as usize) <= 2,
            "{file} {empty}"
        );
        assert!(
            lines.len().abs_diff((1_000.0 * share) as usize) <= 5,
            "{file} {}",
            lines.len()
        );
    }
}

/// All values of a field of meta on each side.
fn meta(dir: &Dir, set: &str, field: &str) -> BTreeMap<&'static str, BTreeSet<String>> {
    let of = |side: &'static str| {
        let lines = lines(dir, &format!("{set}/{side}.jsonl"));
        let values = lines
            .iter()
            .map(|l| l["meta"][field].as_str().unwrap().to_owned());
        (side, values.collect())
    };
    ["train", "dev", "test"].into_iter().map(of).collect()
}

#[test]
fn the_newest_are_test() {
    let dir = Dir::new();
    let mut lines = corpus(5, 400);
    lines.push("{\"id\":\"undated\",\"text\":\"Iran denied it.\",\"spans\":[]}\n".to_owned());
    dir.write("in.jsonl", lines.concat());
    let ran = split(&dir, "in.jsonl", "set", &["--by", "time"]).exits(0);
    assert!(
        ran.err.contains("left out: 1 document, no date"),
        "{}",
        ran.err
    );
    assert_eq!(
        lines_of(&dir, "set/left-out.jsonl", "undated"),
        [json!({"id": "undated", "reason": "no date in \"date\""})]
    );
    // A story is as new as its newest version: train has nothing that is newer than the newest of each story of test.
    let dates = meta(&dir, "set", "date");
    let newest = |side: &str| dates[side].last().unwrap().clone();
    assert!(newest("train") <= newest("dev") && newest("dev") <= newest("test"));
    let train = newest("train");
    let test = fs::read_to_string(dir.path("set/test.jsonl")).unwrap();
    let mut newest_of: BTreeMap<String, String> = BTreeMap::new();
    for line in test.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let family = family(record["id"].as_str().unwrap()).to_owned();
        let date = record["meta"]["date"].as_str().unwrap().to_owned();
        let newest = newest_of.entry(family).or_default();
        *newest = date.max(newest.clone());
    }
    let older = newest_of.values().filter(|d| **d < train).count();
    assert!(
        older * 20 <= newest_of.len(),
        "{older} of {} stories",
        newest_of.len()
    );
    split(&dir, "in.jsonl", "x", &["--by", "time", "--field", "day"]).exits(2);
}

fn lines_of(dir: &Dir, file: &str, id: &str) -> Vec<Value> {
    let mut lines = lines(dir, file);
    lines.retain(|l| l["id"] == id);
    lines
}

#[test]
fn sources_are_on_one_side() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(6, 1_000).concat());
    split(&dir, "in.jsonl", "set", &["--by", "source"]).exits(0);
    let sources = meta(&dir, "set", "source");
    let all: Vec<&String> = sources.values().flatten().collect();
    assert_eq!(all.len(), 12, "{sources:?}");
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 12, "{sources:?}");
    // Copies of what another outlet has are left out of test and dev, never out of train.
    let left_out = lines(&dir, "set/left-out.jsonl");
    assert!(
        left_out
            .iter()
            .any(|l| l["reason"] == "near-duplicate on another side")
    );
    let sets = ids(&dir, "set");
    let train = &sets["train"];
    let families: BTreeSet<&str> = train.iter().map(|id| family(id)).collect();
    let parted = sets["dev"]
        .union(&sets["test"])
        .filter(|id| families.contains(family(id)));
    let parted = parted.count();
    assert!(
        50 * parted <= left_out.len(),
        "{parted} besides {}",
        left_out.len()
    );
    for line in left_out {
        let of = line["of"].as_str().unwrap();
        assert!(
            train.contains(of) || family(of) == family(line["id"].as_str().unwrap()),
            "{line}"
        );
    }
}

#[test]
fn entities_of_test_can_be_held_out() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(7, 1_000).concat());
    let unseen = |options: &[&str], set: &str| {
        let err = split(&dir, "in.jsonl", set, options).exits(0).err;
        let line = err
            .lines()
            .find(|l| l.starts_with("wiretag: test:"))
            .unwrap();
        let (_, rest) = line.split_once(" spans, ").unwrap();
        let (share, _) = rest.split_once(" %").unwrap();
        share.parse::<f64>().unwrap()
    };
    let (content, entity) = (
        unseen(&[], "content"),
        unseen(&["--by", "entity"], "entity"),
    );
    assert!(entity > 1.1 * content, "{entity} {content}");
    // The program tells the truth.
    let names = |side: &str| -> BTreeSet<String> {
        let spans = lines(&dir, &format!("entity/{side}.jsonl"));
        let spans = spans.iter().flat_map(|l| l["spans"].as_array().unwrap());
        spans
            .map(|s| format!("{} {}", s["label"], s["text"]).to_lowercase())
            .collect()
    };
    let (train, test) = (names("train"), names("test"));
    let share = 100.0 * test.difference(&train).count() as f64 / test.len() as f64;
    assert!((share - entity).abs() < 0.06, "{share} {entity}");
}

const DOCUMENTS: &str = r#"{"id":"a","text":"Iran and Oman met in Muscat on Monday to talk about oil and gas.","spans":[{"start":0,"end":4,"label":"COUNTRY","score":0.9},{"start":9,"end":13,"label":"COUNTRY","score":0.5}]}
{"id":"b","text":"Iran and Oman met in Muscat on Monday to talk about oil and gas.","spans":[{"start":0,"end":4,"label":"COUNTRY"}]}
{"id":"c","text":"MUSCAT (Reuters) - Iran and Oman met in Muscat on Monday to talk about oil and gas, officials said.","spans":[{"start":19,"end":23,"label":"COUNTRY"}]}
{"id":"d","text":"The harbour of Aarhus was closed for two days after a crane fell on a ferry.","spans":[{"start":15,"end":21,"label":"PLACE"}]}
{"id":"e","text":"Nothing of note was said by anybody at the yearly dinner of the guild of bakers.","spans":[]}
{"id":"f","text":"A quiet day without a name, as there are many in the north of the land.","spans":[]}
{"id":"g","text":"Iran won, Iran lost, Iran drew; a season to remember for all who were there.","spans":[{"start":0,"end":4,"label":"COUNTRY"},{"start":10,"end":14,"label":"COUNTRY"},{"start":21,"end":25,"label":"COUNTRY"}]}
"#;

#[test]
fn duplicates_are_kept_on_one_side_or_dropped() {
    let dir = Dir::new();
    dir.write("in.jsonl", DOCUMENTS);
    let all = ["--dev", "0", "--test", "0"];
    split(&dir, "in.jsonl", "keep", &all).exits(0);
    assert_eq!(ids(&dir, "keep")["train"].len(), 7);
    assert!(!dir.path("keep/test.jsonl").exists());
    let duplicates = lines(&dir, "keep/duplicates.jsonl");
    assert_eq!(duplicates.len(), 2);
    for duplicate in &duplicates {
        assert_eq!(duplicate["of"], "c", "the longest: {duplicate}");
        assert_eq!(duplicate["split"], "train");
    }
    split(
        &dir,
        "in.jsonl",
        "exact",
        &[&all[..], &["--duplicates", "drop-exact"]].concat(),
    )
    .exits(0);
    let left_out = lines(&dir, "exact/left-out.jsonl");
    assert_eq!(left_out.len(), 1);
    assert_eq!(left_out[0]["reason"], "exact duplicate");
    assert_eq!(left_out[0]["resemblance"], 1.0);
    split(
        &dir,
        "in.jsonl",
        "drop",
        &[&all[..], &["--duplicates", "drop"]].concat(),
    )
    .exits(0);
    let sets = ids(&dir, "drop");
    assert_eq!(sets["left-out"], ["a", "b"].map(str::to_owned).into());
    assert!(sets["train"].contains("c"));
}

#[test]
fn what_there_is_too_much_of_is_left_out_with_the_reason() {
    let dir = Dir::new();
    dir.write("in.jsonl", DOCUMENTS);
    let left_out = |set: &str, options: &[&str]| -> Vec<Value> {
        let all = ["--dev", "0", "--test", "0"];
        split(&dir, "in.jsonl", set, &[&all[..], options].concat()).exits(0);
        lines(&dir, &format!("{set}/left-out.jsonl"))
    };
    // Of eight mentions three.
    assert_eq!(
        left_out("document", &["--max-document-share", "0.3"]),
        [json!({"id": "g", "reason": "too large a share of all mentions"})]
    );
    for line in left_out("surface", &["--max-surface", "0.5"]) {
        assert_eq!(line["reason"], "too many mentions of \"Iran\"");
    }
    let spans = lines(&dir, "surface/train.jsonl");
    let spans: Vec<&Value> = spans
        .iter()
        .flat_map(|l| l["spans"].as_array().unwrap())
        .collect();
    let iran = spans.iter().filter(|s| s["text"] == "Iran").count();
    assert!(
        2 * iran <= spans.len() && iran > 0,
        "{iran} of {}",
        spans.len()
    );
    let empty = left_out("empty", &["--empty", "0.17"]);
    assert_eq!(empty.len(), 1, "{empty:?}");
    assert_eq!(empty[0]["reason"], "too many documents without spans");
    let low = left_out("low", &["--min-score", "0.6"]);
    assert_eq!(
        low,
        [
            json!({"id": "a", "reason": "the score is too low", "spans": [
                {"start": 9, "end": 13, "label": "COUNTRY", "text": "Oman", "score": 0.5}
            ]})
        ]
    );
    left_out("labels", &["--labels", "PLACE"]);
    let labels = lines(&dir, "labels/train.jsonl");
    assert_eq!(labels.len(), 7);
    let labels: Vec<&Value> = labels
        .iter()
        .flat_map(|l| l["spans"].as_array().unwrap())
        .collect();
    assert_eq!(labels.len(), 1);
    let ran = split(&dir, "in.jsonl", "x", &["--max-surface", "0.1"]).exits(2);
    assert!(
        ran.err.contains("give --max-surface at least 0.3334"),
        "{}",
        ran.err
    );
    assert!(!dir.path("x.part").exists());
}

#[test]
fn all_formats_are_read_and_bad_documents_are_told_and_listed() {
    let dir = Dir::new();
    dir.write("in/a.jsonl", DOCUMENTS);
    dir.write(
        "in/b.conll",
        "-DOCSTART- O\n\nKöln\tB-PLACE\nis\tO\nold\tO\n",
    );
    dir.write(
        "in/c.jsonl",
        "{\"text\":\"x\",\"spans\":[],\"answer\":\"reject\"}\n{\"id\":\"bad\"\n",
    );
    dir.write("in/d.jsonl", "{\"id\":\"off\",\"text\":\"Iran\",\"spans\":[{\"start\":0,\"end\":9,\"label\":\"COUNTRY\"}]}\n");
    dir.write("in/e.jsonl", "{\"text\":\"Oman\",\"spans\":[{\"start\":0,\"end\":4,\"label\":\"COUNTRY\",\"optional\":true}]}\n");
    let ran = split(&dir, "in", "set", &["--dev", "0.2", "--test", "0.2"]).exits(1);
    assert!(
        ran.err.contains("not read: marks of optional spans: 1"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("c.jsonl:2: bad JSON"), "{}", ran.err);
    assert!(ran.err.contains("d.jsonl:1: span 0..9"), "{}", ran.err);
    assert!(ran.err.contains("10 documents, 2 problems"), "{}", ran.err);
    let left_out = lines(&dir, "set/left-out.jsonl");
    let reasons: Vec<&str> = left_out
        .iter()
        .map(|l| l["reason"].as_str().unwrap())
        .collect();
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(reasons[1].starts_with("bad JSON"), "{reasons:?}");
    assert!(left_out[1]["id"].as_str().unwrap().ends_with("c.jsonl:2"));
    // What was written is sound.
    for side in ["train", "dev", "test"] {
        dir.run(&["check", &format!("set/{side}.jsonl")]).exits(0);
    }
}

#[test]
fn what_cannot_be_split_is_refused_before_anything_is_written() {
    let dir = Dir::new();
    dir.write("in.jsonl", DOCUMENTS);
    dir.write("there/a.txt", "mine");
    for (args, message) in [
        (&["split", "-", "-o", "set"][..], "can't be read twice"),
        (
            &["split", "in.jsonl", "-o", "there"],
            "is there and not empty",
        ),
        (
            &[
                "split", "in.jsonl", "-o", "set", "--dev", "0.5", "--test", "0.5",
            ],
            "leave nothing for train",
        ),
        (
            &["split", "in.jsonl", "-o", "set", "--similarity", "0"],
            "write 0.4",
        ),
        (
            &["split", "in.jsonl", "-o", "set", "--field", "date"],
            "--field is for --by time",
        ),
        (
            &["split", "in.jsonl", "-o", "set", "--test", "2"],
            "from 0 to 1",
        ),
        (&["split", "in.jsonl"], "--output"),
    ] {
        let ran = dir.run(args).exits(2);
        assert!(ran.err.contains(message), "{args:?}: {}", ran.err);
        assert!(
            !dir.path("set").exists() && !dir.path("set.part").exists(),
            "{args:?}"
        );
    }
    // Too few for three sides: done, and said.
    let line = DOCUMENTS.lines().next().unwrap();
    dir.write("one.jsonl", line);
    let ran = split(&dir, "one.jsonl", "one", &[]).exits(1);
    assert!(ran.err.contains("test has no documents"), "{}", ran.err);
    dir.write("none.jsonl", "");
    split(&dir, "none.jsonl", "none", &[]).exits(1);
}

#[test]
fn an_input_that_changes_between_the_passes_is_an_error() {
    let dir = Dir::new();
    dir.write("a.jsonl", DOCUMENTS);
    let other = DOCUMENTS.replace("crane", "truck");
    for (name, second) in [
        ("b.jsonl", &*other),
        ("c.jsonl", &DOCUMENTS[..300]),
        ("d.jsonl", ""),
    ] {
        dir.write(name, second);
        let asked = Cell::new(0);
        let sources = || {
            // Once to see whether it can be read twice, once for each pass.
            asked.set(asked.get() + 1);
            let name = if asked.get() < 3 { "a.jsonl" } else { name };
            Sources::new([dir.path(name).display().to_string()])
        };
        let folder = OutputFolder::create(dir.path("set")).unwrap();
        let error = Split::default()
            .run(sources, folder, &mut |_| {})
            .unwrap_err();
        assert!(
            error.to_string().contains("changed while it was read"),
            "{error}"
        );
        assert!(!dir.path("set").exists() && !dir.path("set.part").exists());
    }
}

#[test]
fn the_card_tells_what_is_in_the_set() {
    let dir = Dir::new();
    dir.write("news/a.txt", "Iran denied it. NATO did not.\n");
    dir.write("news/b.txt", "A quiet day in the harbour.\n");
    dir.write("news/c.txt", "North Korea fired a rocket over the sea.\n");
    dir.annotate(&["news", "--annotated-by", "-o", "articles.jsonl"])
        .exits(0);
    let args = [
        "--dev",
        "0",
        "--test",
        "0.34",
        "--license",
        "cc-by-4.0",
        "--name",
        "Desk: 2026",
    ];
    split(&dir, "articles.jsonl", "set", &args).exits(0);
    let card = fs::read_to_string(dir.path("set/README.md")).unwrap();
    for part in [
        "---\npretty_name: \"Desk: 2026\"\nlanguage:\n- en\nlicense: cc-by-4.0\n",
        "task_categories:\n- token-classification\n",
        "size_categories:\n- n<1K\n",
        "  - split: train\n    path: train.jsonl\n  - split: test\n    path: test.jsonl\n---\n",
        "# Desk: 2026\n\n3 documents with 3 spans of 2 labels",
        "| all |  | 3 | 1 | ",
        "| articles.jsonl | 3 |",
        "- 3 documents: wiretag ",
        "; list countries.tsv ",
        "; no built-in lists; all rules\n",
        "| alias | 3 |",
        "- shares asked for: validation 0, test 0.34\n",
        "100.0 % of the spans were found by lists",
    ] {
        assert!(card.contains(part), "{part}\n{card}");
    }
    // What does not say it is unknown.
    dir.write("in.jsonl", DOCUMENTS);
    split(&dir, "in.jsonl", "other", &["--dev", "0", "--test", "0"]).exits(0);
    let card = fs::read_to_string(dir.path("other/README.md")).unwrap();
    assert!(
        card.contains("Unknown: none of the 7 documents says it"),
        "{card}"
    );
    assert!(card.contains("Licence: unknown."), "{card}");
    assert!(!card.contains("were found by lists"), "{card}");
}
