//! Patterns of users: `--patterns`, and the library.

use crate::cli::Dir;
use wiretag::{
    Annotator, Document, Found, Gazetteer, Label, OffsetUnit, Overlaps, Patterns, Scratch,
};

/// The matches of a file of patterns in a text, `text|LABEL`, by start, then the longer first.
fn matches(patterns: &str, text: &str) -> Vec<String> {
    let patterns = Patterns::from_str("p.jsonl", patterns).expect("the patterns are good");
    let found = patterns.find(text, &wiretag::Words::of(text));
    found
        .iter()
        .map(|m| format!("{}|{}", &text[m.span.range()], patterns.label(m.pattern)))
        .collect()
}

/// The matches of one token pattern.
fn tokens(pattern: &str, text: &str) -> String {
    let found = matches(&format!(r#"{{"label": "X", "pattern": {pattern}}}"#), text);
    let texts: Vec<&str> = found.iter().map(|m| m.trim_end_matches("|X")).collect();
    texts.join(", ")
}

/// What is said about a file of patterns.
fn refused(patterns: &str) -> String {
    let error = Patterns::from_str("p.jsonl", patterns).expect_err(patterns);
    assert!(!error.as_problems().is_empty());
    error.to_string()
}

#[test]
fn the_lines_of_spacys_documentation_work() {
    let file = r#"{"label": "ORG", "pattern": "Apple", "id": "apple"}
{"label": "GPE", "pattern": [{"LOWER": "san"}, {"LOWER": "francisco"}], "id": "san-francisco"}
{"label": "GPE", "pattern": [{"lower": "san"}, {"lower": "fran"}]}"#;
    assert_eq!(
        matches(
            file,
            "Apple is opening its first office in San Francisco, not in SAN FRAN; apple pie."
        ),
        ["Apple|ORG", "San Francisco|GPE", "SAN FRAN|GPE"]
    );
}

#[test]
fn phrases_match_word_by_word_in_their_case() {
    let file = r#"{"label": "ORG", "pattern": "Federal Express International Inc."}
{"label": "PLACE", "pattern": "Côte d’Ivoire"}
{"label": "PLACE", "pattern": "U.S."}"#;
    assert_eq!(
        matches(
            file,
            "the Federal  Express\nInternational Inc. said. The Côte d’Ivoire’s U.S.-led side, côte d’ivoire; FEDERAL EXPRESS"
        ),
        [
            "Federal  Express\nInternational Inc.|ORG",
            "Côte d’Ivoire|PLACE",
            "U.S.|PLACE"
        ]
    );
}

#[test]
fn every_key_asks_what_its_name_says() {
    let text = "Köln sent 21 T-72B3 tanks, the IAEA's ten … 東京";
    for (pattern, expected) in [
        (r#"[{"TEXT": "Köln"}]"#, "Köln"),
        (r#"[{"ORTH": "köln"}]"#, ""),
        (r#"[{"LOWER": "köln"}]"#, "Köln"),
        (r#"[{"TEXT": {"REGEX": "^T-\\d+"}}]"#, "T-72B3"),
        (r#"[{"LOWER": {"REGEX": "^t-\\d+b"}}]"#, "T-72B3"),
        (r#"[{"LOWER": {"IN": ["iaea", "the"]}}]"#, "the, IAEA"),
        (
            r#"[{"TEXT": {"NOT_IN": ["the"], "REGEX": "^t"}}]"#,
            "tanks, ten",
        ),
        (r#"[{"LENGTH": 6}]"#, "T-72B3"),
        (r#"[{"LENGTH": {">=": 5}}]"#, "T-72B3, tanks"),
        (r#"[{"LENGTH": {"IN": [3]}}]"#, "the, ten"),
        (r#"[{"IS_DIGIT": true}]"#, "21"),
        (r#"[{"LIKE_NUM": true}]"#, "21, ten"),
        (r#"[{"IS_ASCII": false}]"#, "Köln, …, 東, 京"),
        (r#"[{"IS_UPPER": true}]"#, "T-72B3, IAEA"),
        (r#"[{"IS_TITLE": true}]"#, "Köln, T-72B3"),
        (r#"[{"IS_PUNCT": true}]"#, ",, …"),
        (
            r#"[{"IS_ALPHA": true, "IS_LOWER": true}]"#,
            "sent, tanks, the, ten",
        ),
        (r#"[{"SHAPE": "Xxxx"}]"#, "Köln"),
        (r#"[{"SHAPE": {"IN": ["X-ddXd", "dd"]}}]"#, "21, T-72B3"),
        (
            r#"[{"LIKE_NUM": true}, {}, {"LOWER": "tanks"}]"#,
            "21 T-72B3 tanks",
        ),
    ] {
        assert_eq!(tokens(pattern, text), expected, "{pattern}");
    }
}

#[test]
fn operators_repeat_leave_out_and_negate() {
    for (operator, expected) in [
        ("?", "a b, a x b"),
        ("*", "a b, a x b, a x x b"),
        ("+", "a x b, a x x b"),
        ("!", "a y b"),
        ("{2}", "a x x b"),
        ("{1,2}", "a x b, a x x b"),
        ("{2,}", "a x x b"),
        ("{,1}", "a b, a x b"),
    ] {
        let pattern =
            format!(r#"[{{"TEXT": "a"}}, {{"TEXT": "x", "OP": "{operator}"}}, {{"TEXT": "b"}}]"#);
        assert_eq!(
            tokens(&pattern, "a b, a x b, a x x b, a y b"),
            expected,
            "{operator}"
        );
    }
    assert_eq!(tokens(r#"[{"TEXT": "x", "OP": "+"}]"#, "x x"), "x x, x, x");
}

#[test]
fn matches_end_with_their_paragraph_and_after_64_words() {
    assert_eq!(
        tokens(r#"[{"TEXT": "a"}, {"TEXT": "b"}]"#, "a\n\nb a\nb"),
        "a\nb"
    );
    let text = format!("a {}b", "x ".repeat(61));
    let pattern = r#"[{"TEXT": "a"}, {"OP": "*"}, {"TEXT": "b"}]"#;
    assert_eq!(tokens(pattern, &text), text);
    assert_eq!(tokens(pattern, &format!("a {}b", "x ".repeat(63))), "");
}

#[test]
fn contexts_must_stand_there_and_belong_to_no_span() {
    let file = r#"{"label": "SHIP", "pattern": [{"IS_TITLE": true, "OP": "+"}], "left": [{"LOWER": {"IN": ["cruiser", "frigate"]}}, {"TEXT": "“", "OP": "?"}], "right": [{"TEXT": "”", "OP": "?"}, {"LOWER": {"IN": ["sank", "left"]}}]}"#;
    assert_eq!(
        matches(
            file,
            "The cruiser Moskva sank. The frigate “Admiral Makarov” left. The frigate Neva stays. Moskva sank.\n\ncruiser\n\nLena sank"
        ),
        ["Moskva|SHIP", "Admiral Makarov|SHIP"]
    );
}

#[test]
fn what_is_not_in_the_subset_is_refused_with_file_line_and_a_way_out() {
    for (line, expected) in [
        (
            r#"{"label": "X", "pattern": [{"LEMMA": "launch"}]}"#,
            r#"token 1: LEMMA is not supported: list the forms, {"LOWER""#,
        ),
        (
            r#"{"label": "X", "pattern": [{}, {"POS": "NOUN"}]}"#,
            "token 2: POS is not supported: it takes a trained model",
        ),
        (
            r#"{"label": "X", "pattern": [{"_": {"a": 1}}]}"#,
            "token 1: _ is not supported",
        ),
        (
            r#"{"label": "X", "pattern": [{"ENT_TYPE": "ORG"}]}"#,
            "ENT_TYPE is not supported",
        ),
        (
            r#"{"label": "X", "pattern": [{"LOWER": {"FUZZY1": "kyiv"}}]}"#,
            "FUZZY1 of LOWER is not supported: list the spellings",
        ),
        (
            r#"{"label": "X", "pattern": [{"COLOUR": 1}]}"#,
            "COLOUR is not supported: keys are TEXT",
        ),
        (
            r#"{"label": "X", "pattern": [{"LOWER": "Brain"}]}"#,
            r#"LOWER "Brain" can never match: write it in lower case, "brain""#,
        ),
        (
            r#"{"label": "X", "pattern": [{"TEXT": "San Francisco"}]}"#,
            "can never match: it is 2 words here, San | Francisco",
        ),
        (
            r#"{"label": "X", "pattern": [{"LOWER": {"IN": ["iran-backed"]}}]}"#,
            "it is 3 words here, iran | - | backed",
        ),
        (
            r#"{"label": "X", "pattern": [{"TEXT": {"REGEX": "(?<=a)b"}}]}"#,
            "look-around",
        ),
        (
            r#"{"label": "X", "pattern": [{"TEXT": {"REGEX": "(a"}}]}"#,
            "unclosed group",
        ),
        (
            r#"{"label": "X", "pattern": [{"TEXT": {"REGEX": "(?:\\w{900}){900}"}}]}"#,
            "too large",
        ),
        (
            r#"{"label": "X", "pattern": [{"IS_ALPHA": 1}]}"#,
            "IS_ALPHA is true or false, not 1",
        ),
        (
            r#"{"label": "X", "pattern": [{"LENGTH": {"IS_SUBSET": [1]}}]}"#,
            "IS_SUBSET of LENGTH is not supported",
        ),
        (
            r#"{"label": "X", "pattern": [{"OP": "{3,2}"}]}"#,
            "OP is one of",
        ),
        (
            r#"{"label": "X", "pattern": [{"OP": "{}"}]}"#,
            "OP is one of",
        ),
        (
            r#"{"label": "X", "pattern": [{"OP": "{,}"}]}"#,
            "OP is one of",
        ),
        (
            r#"{"label": "X", "pattern": [{"OP": "{99}"}]}"#,
            "more words than a match may have, 64",
        ),
        (
            r#"{"label": "X", "pattern": [{"OP": "{0,60}"}, {"OP": "{0,60}"}, {"OP": "{0,60}"}, {"OP": "{0,60}"}, {"OP": "{0,60}"}]}"#,
            "the most is 255",
        ),
        (
            r#"{"label": "X", "pattern": [{"OP": "{0}"}]}"#,
            "stand for no word",
        ),
        (
            r#"{"label": "X", "pattern": [{"TEXT": "a", "text": "b"}]}"#,
            "TEXT twice",
        ),
        (
            r#"{"label": "X", "pattern": []}"#,
            "the list of tokens is empty",
        ),
        (
            r#"{"label": "X", "pattern": "  "}"#,
            "the phrase has no words",
        ),
        (
            r#"{"label": "X", "pattern": ["a"]}"#,
            "token 1 is no object",
        ),
        (
            r#"{"label": "X", "pattern": "a", "left": [{"TAG": "NN"}]}"#,
            "token 1 of left: TAG is not supported",
        ),
        (
            r#"{"label": "X", "pattern": "a", "right": "b"}"#,
            "right is no list of tokens",
        ),
        (
            r#"{"label": "X", "pattern": "a", "priority": 101}"#,
            "priority is a whole number from -100 to 100, not 101",
        ),
        (
            r#"{"label": "X", "pattern": "a", "id": 5}"#,
            "id is 5, write it as a string",
        ),
        (
            r#"{"label": "X", "pattern": "a", "colour": "red"}"#,
            r#"no key "colour": keys are label, pattern"#,
        ),
        (r#"{"label": "A B", "pattern": "a"}"#, "white space"),
        (r#"{"pattern": "a"}"#, r#"no key "label""#),
        (r#"{"label": "X"}"#, r#"no key "pattern""#),
        (r#"{"label": "X", "pattern": "a"} {}"#, "no JSON"),
        (r#"["X", "a"]"#, "not an object"),
    ] {
        let message = refused(line);
        assert!(message.starts_with("p.jsonl:1: "), "{message}");
        assert!(message.contains(expected), "{line}\n{message}");
    }
}

#[test]
fn all_findings_of_a_file_are_listed() {
    let good = r#"{"label": "X", "pattern": "a"}"#;
    let bad =
        r#"{"label": "X", "pattern": [{"LEMMA": "be", "DEP": "x"}, {"OP": "-"}], "colour": 1}"#;
    let message = refused(&format!("\u{feff}{good}\r\n\n{bad}\n{bad}\n"));
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 8, "{message}");
    assert!(
        lines[..4].iter().all(|l| l.starts_with("p.jsonl:3: ")),
        "{message}"
    );
    assert!(
        lines[4..].iter().all(|l| l.starts_with("p.jsonl:4: ")),
        "{message}"
    );
}

#[test]
fn keys_that_are_words_only_beside_others_are_accepted() {
    for value in [
        "’s", "'s", "J.", "No.", "Gen.", "...", "--", "$", "don't", "U.S.", "20th",
    ] {
        let line = format!(r#"{{"label": "X", "pattern": [{{"TEXT": "{value}"}}]}}"#);
        Patterns::from_str("p", &line).expect(value);
    }
    for value in ["gen.", "j.", "u.s.", "no.", "’s", "hwasong-18"] {
        let line = format!(r#"{{"label": "X", "pattern": [{{"LOWER": "{value}"}}]}}"#);
        Patterns::from_str("p", &line).expect(value);
    }
}

/// The record of a text: spans as `text|LABEL|entity|origin`, losers with a minus before them.
fn record(patterns: &str, text: &str) -> Vec<String> {
    let lists = "# label: COUNTRY\nid\tname\ncountry/IR\tIran\ncountry/KP\tNorth Korea\n";
    let mut annotator = Annotator::builder();
    annotator
        .overlaps(Overlaps::All)
        .patterns(Patterns::from_str("p", patterns).expect("the patterns are good"));
    let gazetteer = Gazetteer::from_str(lists).expect("the list is good");
    let annotator = annotator.build(gazetteer).expect("no labels are asked for");
    let (doc, mut found) = (Document::new("d", text), Found::default());
    annotator.annotate_into(&mut Scratch::default(), &doc, &mut found);
    let record = annotator.record(&doc, &found, OffsetUnit::Byte);
    let spans = record.spans.iter();
    spans
        .map(|s| {
            let lost = if s.lost.is_some() { "-" } else { "" };
            let entity = s.entity.as_deref().unwrap_or("null");
            format!("{lost}{}|{}|{entity}|{}", s.text, s.label, s.origin)
        })
        .collect()
}

#[test]
fn patterns_compete_with_names() {
    let phrase =
        |pattern: &str, more: &str| format!(r#"{{"label": "ORG", "pattern": "{pattern}"{more}}}"#);
    // The longer wins, whoever found it.
    assert_eq!(
        record(
            &phrase("Iran Air", r#", "id": "iran-air""#),
            "Iran Air left Iran."
        ),
        [
            "Iran Air|ORG|iran-air|pattern",
            "-Iran|COUNTRY|country/IR|alias",
            "Iran|COUNTRY|country/IR|alias"
        ]
    );
    assert_eq!(
        record(&phrase("Korea", ""), "North Korea"),
        [
            "North Korea|COUNTRY|country/KP|alias",
            "-Korea|ORG|null|pattern"
        ]
    );
    // A tie is the pattern's, and priority comes first.
    assert_eq!(
        record(&phrase("Iran", ""), "Iran"),
        ["Iran|ORG|null|pattern", "-Iran|COUNTRY|country/IR|alias"]
    );
    assert_eq!(
        record(&phrase("Iran", r#", "priority": -1"#), "Iran"),
        ["Iran|COUNTRY|country/IR|alias", "-Iran|ORG|null|pattern"]
    );
    // Of two patterns, too: the first in the file.
    let two = format!(
        "{}\n{}",
        phrase("Acme", r#", "id": "1""#),
        phrase("Acme", r#", "id": "2""#)
    );
    assert_eq!(record(&two, "Acme"), ["Acme|ORG|1|pattern"]);
    // Shorter matches of a winner are no losers.
    let titles = r#"{"label": "PERSON", "pattern": [{"IS_TITLE": true, "OP": "+"}]}"#;
    assert_eq!(
        record(titles, "we saw Jane van Dyk Doe"),
        ["Jane|PERSON|null|pattern", "Dyk Doe|PERSON|null|pattern"]
    );
    // Nothing is found where nothing is ever found.
    assert_eq!(record(&phrase("iran.html", ""), "see iran.html"), [""; 0]);
}

#[test]
fn an_entity_that_a_list_knows_is_the_same_one_for_a_pattern() {
    let with_id = r#"{"label": "COUNTRY", "pattern": "Islamic Republic", "id": "country/IR"}"#;
    let lists = "# label: COUNTRY\nid\tname\t@iso\ncountry/IR\tIran\tIRN\n";
    let mut annotator = Annotator::builder();
    annotator.patterns(Patterns::from_str("p", with_id).expect("the pattern is good"));
    let annotator = annotator.build(Gazetteer::from_str(lists).expect("the list is good"));
    let annotator = annotator.expect("no labels are asked for");
    let (doc, mut found) = (Document::new("d", "the Islamic Republic"), Found::default());
    annotator.annotate_into(&mut Scratch::default(), &doc, &mut found);
    let record = annotator.record(&doc, &found, OffsetUnit::Byte);
    assert_eq!(record.spans[0].entity.as_deref(), Some("country/IR"));
    assert_eq!(record.spans[0].name.as_deref(), Some("Iran"));
    // Without an id it takes the entity of the name that has its span and label.
    assert_eq!(
        self::record(r#"{"label": "COUNTRY", "pattern": "Iran"}"#, "Iran"),
        ["Iran|COUNTRY|country/IR|pattern"]
    );
}

#[test]
fn the_program_takes_several_files_and_knows_their_labels() {
    let dir = Dir::new();
    dir.write("a.jsonl", r#"{"label": "SHIP", "pattern": [{"LOWER": "cruiser"}, {"IS_TITLE": true}], "id": "ship/cruiser"}"#)
        .write("b.jsonl", r#"{"label": "ORG", "pattern": "Iran Air Cargo"}"#)
        .write("a.txt", "The cruiser Moskva; Iran Air Cargo flew to Iran.");
    let args = ["a.txt", "--patterns", "a.jsonl", "--patterns", "b.jsonl"];
    let ran = dir.annotate(&args).exits(0);
    let record = &ran.records()[0];
    assert_eq!(
        record.won(),
        ["cruiser Moskva|SHIP", "Iran Air Cargo|ORG", "Iran|COUNTRY"]
    );
    assert_eq!(record.spans[0].origin, "pattern");
    assert_eq!(record.spans[0].entity.as_deref(), Some("ship/cruiser"));
    let ran = dir
        .annotate(&[&args[..], &["--labels", "SHIP"]].concat())
        .exits(0);
    assert_eq!(ran.records()[0].won(), ["cruiser Moskva|SHIP"]);
    // Patterns alone will do.
    let ran = dir
        .run(&["annotate", "a.txt", "--no-builtin", "--patterns", "a.jsonl"])
        .exits(0);
    assert_eq!(ran.records()[0].won(), ["cruiser Moskva|SHIP"]);
    dir.annotate(&[&args[..], &["--labels", "TANK"]].concat())
        .exits(2)
        .says("no label \"TANK\": the gazetteers and patterns have COUNTRY, ORG, SHIP");
}

#[test]
fn bad_patterns_stop_the_program_before_it_starts() {
    let dir = Dir::new();
    dir.write(
        "a.jsonl",
        "{\"label\": \"X\", \"pattern\": [{\"LEMMA\": \"be\"}]}\n",
    )
    .write("b.jsonl", b"\n{\"label\": \"\xff\"}\n")
    .write("a.txt", "Iran");
    let ran = dir
        .annotate(&["a.txt", "--patterns", "a.jsonl", "--patterns", "b.jsonl"])
        .exits(2);
    ran.says("a.jsonl:1: token 1: LEMMA is not supported")
        .says("b.jsonl:2: not UTF-8");
    assert!(ran.out.is_empty());
    dir.annotate(&["a.txt", "--patterns", "no.jsonl"])
        .exits(2)
        .says("no.jsonl: ");
}

#[test]
fn a_run_with_other_patterns_is_not_resumed() {
    let dir = Dir::new();
    dir.write("p.jsonl", r#"{"label": "X", "pattern": "a"}"#)
        .write("a.txt", "a");
    let args = [
        "a.txt",
        "--patterns",
        "p.jsonl",
        "-o",
        "out.jsonl",
        "--resume",
    ];
    dir.annotate(&args).exits(0);
    dir.write("p.jsonl", r#"{"label": "X", "pattern": "another"}"#);
    dir.annotate(&args).exits(2).says("--patterns");
}

#[test]
fn labels_of_patterns_are_labels_of_the_annotator() {
    let ship = Label::new("SHIP").expect("a short word");
    let patterns = Patterns::from_str("p", r#"{"label": "SHIP", "pattern": "Moskva"}"#)
        .expect("the pattern is good");
    let mut annotator = Annotator::builder();
    annotator.labels([ship]);
    let list = || Gazetteer::from_str("# label: COUNTRY\nname\nIran\n").expect("the list is good");
    assert!(annotator.build(list()).is_err());
    let annotator = annotator
        .patterns(patterns)
        .build(list())
        .expect("a pattern has the label");
    let found = annotator.annotate(&Document::new("d", "Iran’s Moskva"));
    assert_eq!(found.len(), 1);
}
