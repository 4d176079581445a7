//! Names that a corpus uses and the lists lack: planted ones, removed ones, and what is none.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

/// Articles with names that no list has.
const ARTICLES: [&str; 5] = [
    "Fighters of the militia Harqand shelled the village of Drezhna on Monday. Hezbollah, Harqand and Hamas denied it. The army fired \
     Korvath missiles at Harqand fighters near Drezhna.\n\nOona Brackwell, an analyst at Pacific Trade Watch (PTW), said Harqand has \
     Kv-77s. Brackwell counted 40.",
    "A second Korvath missile fell in Drezhna, Belarus. Oona Brackwell said it was no Kv-77. Harqand’s leaders and PTW were silent.",
    "In Drezhna, the chairman of Harqand met Gen. Tam Ollery. Ollery praised the Kv-77 missile. A Kv-77 missile costs more than a \
     Korvath missile.",
    "Soggy Tents Annoy Zorbing Commuters\n\nZorbing is a sport. Zorbing pays. Commuters who like zorbing paid. Tents leaked, said \
     Gen. Tam Ollery, who likes tents.",
    "President Lukashenko spoke in Minsk. The National Hurricane Center (NHC) warned Belarus; the \
     NHC waits. Interest rates rose.",
];

fn corpus() -> Dir {
    let dir = Dir::new();
    let lines = ARTICLES.iter().enumerate();
    let lines = lines.map(|(i, text)| json!({"id": format!("a{i}"), "text": text}).to_string());
    dir.write("news.jsonl", lines.collect::<Vec<_>>().join("\n"));
    dir
}

/// The proposals of a run on the articles.
fn proposals(dir: &Dir, args: &[&str]) -> Vec<Value> {
    let all = [&["mine", "news.jsonl", "--json", "--max", "0"][..], args].concat();
    let ran = dir.run(&all).exits(0);
    let lines = ran.text().lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn proposal<'a>(proposals: &'a [Value], name: &str) -> &'a Value {
    let found = proposals.iter().find(|p| p["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {proposals:#?}"))
}

fn names(proposals: &[Value]) -> BTreeSet<&str> {
    proposals
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect()
}

#[test]
fn planted_names_are_proposed_with_their_labels() {
    let found = proposals(&corpus(), &[]);
    for (name, label, mentions, documents) in [
        ("Harqand", "ORG", 6, 3),
        ("Drezhna", "LOCATION", 4, 3),
        ("Korvath", "WEAPON", 3, 3),
        ("Kv-77", "WEAPON", 4, 3),
        // The surname counts in the documents that have the full name.
        ("Oona Brackwell", "PERSON", 3, 2),
        ("Tam Ollery", "PERSON", 3, 2),
    ] {
        let proposal = proposal(&found, name);
        let counts = json!([
            proposal["label"],
            proposal["mentions"],
            proposal["documents"]
        ]);
        assert_eq!(
            counts,
            json!([label, mentions, documents]),
            "{name}: {proposal:#}"
        );
    }
    let watch = proposal(&found, "Pacific Trade Watch");
    assert_eq!(
        watch["aliases"],
        json!([{"text": "PTW", "kind": "acronym"}])
    );
    assert_eq!(
        watch["mentions"], 3,
        "those of the acronym are its own: {watch:#}"
    );
    let said: Vec<&Value> = proposal(&found, "Harqand")["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    for (what, words) in [
        ("noun before", json!(["militia"])),
        ("noun behind", json!(["fighters"])),
        ("in a list with", json!(["Hezbollah", "Hamas"])),
        ("role of it", json!(["chairman of"])),
    ] {
        assert!(
            said.iter()
                .any(|e| e["label"] == "ORG" && e["what"] == what && e["words"] == words),
            "{what}: {said:#?}"
        );
    }
    let example = &proposal(&found, "Korvath")["examples"][1];
    assert_eq!(example["document"], "a1");
    assert!(
        example["snippet"]
            .as_str()
            .unwrap()
            .contains("A second [Korvath] missile fell")
    );
}

#[test]
fn what_is_no_name_or_in_the_lists_is_not_proposed() {
    let found = proposals(&corpus(), &["--min-count", "1"]);
    let names = names(&found);
    // Headlines, starts of sentences, common words, days, and what the lists have.
    for word in [
        "Zorbing",
        "Soggy Tents",
        "Commuters",
        "Tents",
        "Interest",
        "Monday",
        "Hezbollah",
        "Minsk",
        "Belarus",
        "Fighters",
        "Brackwell",
        "Ollery",
        "President",
    ] {
        assert!(!names.contains(word), "{word}: {names:?}");
    }
}

#[test]
fn forms_of_known_names_are_shown_with_their_lines() {
    let dir = corpus();
    dir.write(
        "generals.tsv",
        "# label: PERSON\nid\tname\nperson/olleri\tTam Olleri\n",
    );
    let found = proposals(&dir, &["-g", "generals.tsv"]);
    let known = &proposal(&found, "Tam Ollery")["known"];
    let expected = json!({"relation": "one letter from", "alias": "Tam Olleri", "entity": "person/olleri",
        "name": "Tam Olleri", "path": "generals.tsv", "line": 3});
    assert_eq!(*known, expected);
    let known = &proposal(&found, "NHC")["known"];
    assert_eq!(
        (&known["relation"], &known["name"]),
        (&json!("acronym of"), &json!("National Hurricane Center"))
    );
    // Figures tell members of a family apart.
    assert!(proposal(&found, "Kv-77")["known"].is_null());
}

#[test]
fn names_that_are_taken_out_of_the_lists_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = Dir::new();
    let removed = [
        ("org/hanwha-aerospace", "Hanwha Aerospace", "ORG"),
        (
            "org/stockholm-international-peace-research-institute",
            "Stockholm International Peace Research Institute",
            "ORG",
        ),
        ("weapon/ariane-6", "Ariane 6", "WEAPON"),
        ("place/juba", "Juba", "LOCATION"),
        ("place/malakal", "Malakal", "LOCATION"),
    ];
    for file in fs::read_dir(root.join("gazetteers")).unwrap() {
        let path = file.unwrap().path();
        let is_removed = |line: &&str| {
            removed
                .iter()
                .any(|(id, ..)| line.starts_with(&format!("{id}\t")))
        };
        let text = fs::read_to_string(&path).unwrap();
        let kept: Vec<&str> = text.lines().filter(|l| !is_removed(l)).collect();
        let name = path.file_name().unwrap().to_str().unwrap();
        dir.write(&format!("lists/{name}"), kept.join("\n"));
    }
    let articles = root.join("examples/articles");
    let args = [
        "mine",
        articles.to_str().unwrap(),
        "--json",
        "--max",
        "0",
        "--min-count",
        "1",
    ];
    let lists = ["--no-builtin", "-g", "lists"];
    let (with, without) = (dir.run(&args), dir.run(&[&args[..], &lists].concat()));
    let parse = |text: &str| -> Vec<Value> {
        text.lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    };
    let (with, without) = (parse(with.text()), parse(without.text()));
    for (_, name, label) in removed {
        assert!(!names(&with).contains(name), "{name} is in the lists");
        assert_eq!(proposal(&without, name)["label"], label, "{name}");
    }
}

#[test]
fn output_is_the_same_whatever_the_threads() {
    let dir = corpus();
    let article = |i: usize| json!({"id": i.to_string(), "text": ARTICLES[i % 5]}).to_string();
    dir.write(
        "many.jsonl",
        (0..300).map(article).collect::<Vec<_>>().join("\n"),
    );
    let run = |threads: &str| {
        let args = [
            "mine",
            "many.jsonl",
            "--json",
            "--min-count",
            "1",
            "--max",
            "0",
            "-j",
            threads,
        ];
        dir.run(&args).exits(0).text().to_owned()
    };
    let one = run("1");
    assert!(one.contains("\"mentions\":360"), "{one}");
    assert_eq!(one, run("4"));
    assert_eq!(one, run("3"));
}

#[test]
fn lists_are_read_back_without_complaint() {
    let dir = corpus();
    dir.run(&["mine", "news.jsonl", "-o", "mined.tsv", "--min-count", "1"])
        .exits(0);
    let lists = [
        "mined-location.tsv",
        "mined-org.tsv",
        "mined-person.tsv",
        "mined-weapon.tsv",
    ];
    dir.run(&[&["gazetteer", "lint"][..], &lists].concat())
        .exits(0);
    let organizations = fs::read_to_string(dir.path("mined-org.tsv")).unwrap();
    assert!(
        organizations.starts_with("# label: ORG\n"),
        "{organizations}"
    );
    let lines: Vec<&str> = organizations.lines().collect();
    let at = lines
        .iter()
        .position(|l| l.starts_with("org/harqand\tHarqand"))
        .unwrap();
    assert!(
        lines[at - 1].starts_with("# 6 mentions in 3 documents; ORG in a list with (2:"),
        "{}",
        lines[at - 1]
    );
    assert!(
        organizations.contains("org/pacific-trade-watch\tPacific Trade Watch\t\t\tPTW\n"),
        "{organizations}"
    );
    // An acronym that a text defines is a name more of the entity that the lists have.
    assert!(
        organizations.contains("\tNational Hurricane Center\t\t\tNHC\n"),
        "{organizations}"
    );
    let with: Vec<&str> = lists.iter().flat_map(|l| ["-g", l]).collect();
    let known = proposals(&dir, &[&with[..], &["--min-count", "1"]].concat());
    for name in [
        "Harqand",
        "Drezhna",
        "Korvath",
        "Kv-77",
        "Oona Brackwell",
        "NHC",
    ] {
        assert!(
            !names(&known).contains(name),
            "{name} is in the lists now: {known:#?}"
        );
    }
    let records = dir
        .annotate(&[&["news.jsonl"][..], &with].concat())
        .exits(0);
    assert!(records.text().contains(r#""entity":"org/harqand""#));
}

#[test]
fn what_was_judged_is_not_shown_again() {
    let dir = corpus();
    dir.write("no-names.txt", "harqand\nKV 77\n");
    dir.write(
        "judged.tsv",
        "# label: PERSON\nid\tname\nx\tOona Brackwell\n",
    );
    let found = proposals(
        &dir,
        &["--ignore", "no-names.txt", "--ignore", "judged.tsv"],
    );
    let names = names(&found);
    assert!(names.contains("Korvath"), "{names:?}");
    for name in ["Harqand", "Kv-77", "Oona Brackwell"] {
        assert!(!names.contains(name), "{name}: {names:?}");
    }
}

#[test]
fn proposals_are_few_enough_and_of_the_labels_that_are_asked_for() {
    let dir = corpus();
    let weapons = proposals(&dir, &["--labels", "WEAPON"]);
    assert_eq!(names(&weapons), BTreeSet::from(["Korvath", "Kv-77"]));
    let often = proposals(&dir, &["--min-count", "4", "--min-documents", "3"]);
    assert_eq!(
        names(&often),
        BTreeSet::from(["Drezhna", "Harqand", "Kv-77"])
    );
    let table = dir
        .run(&["mine", "news.jsonl", "--labels", "WEAPON", "--max", "1"])
        .exits(0);
    assert!(
        table.text().starts_with("WEAPON: 1 of 2\n"),
        "{}",
        table.text()
    );
    assert!(
        table.text().contains("noun behind \"missile"),
        "{}",
        table.text()
    );
}

#[test]
fn what_cannot_be_done_is_told() {
    let dir = corpus();
    let refused = |args: &[&str], message: &str| {
        dir.run(&[&["mine", "news.jsonl"][..], args].concat())
            .exits(2)
            .says(message);
    };
    refused(
        &["--to", "tsv"],
        "a list has one label: name it, --labels ORG, or write a file for each with -o",
    );
    refused(
        &["--no-rules"],
        "names are told from other words by rules and lexicons",
    );
    dir.write("ships.txt", "Nordhavn\n");
    refused(
        &["--no-builtin", "-g", "ships.txt", "--label", "SHIP"],
        "leave --no-rules and --no-builtin out",
    );
    refused(&["--labels", "PERSONN"], "no label \"PERSONN\"");
    dir.write("broken.jsonl", "{\"text\": \n");
    dir.run(&["mine", "news.jsonl", "broken.jsonl"])
        .exits(1)
        .says("broken.jsonl:1");
}

#[test]
fn names_of_users_labels_are_found_by_the_company_they_keep() {
    let dir = Dir::new();
    dir.write("ships.txt", "Nordhavn\nSøndervig\nGrey Heron\n");
    let text = "The Nordhavn, the Grey Heron and the Ulvsund left port. Nordhavn, Ulvsund and Søndervig are late. Søndervig and Ulvsund \
                are old.";
    dir.write("news.jsonl", json!({"id": "p", "text": text}).to_string());
    let found = proposals(&dir, &["-g", "ships.txt", "--label", "SHIP"]);
    assert_eq!(proposal(&found, "Ulvsund")["label"], "SHIP");
}
