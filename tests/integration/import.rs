//! `gazetteer import` and `export`: a sample of each format, a damaged twin of it, and what becomes of names that would flood a corpus.
//! `tests/import/` has the samples.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::{Dir, Ran};
use std::{fs, io::Write};
use wiretag::{Gazetteer, Linter, SourceDefaults};

/// Two countries, a person, a deprecated class, an empty list in place of an object, and flat labels.
const WIKIDATA: &str = r#"[
{"id": "Q423", "type": "item", "labels": {"en": {"language": "en", "value": "North Korea"}, "de": {"language": "de", "value": "Nordkorea"}}, "aliases": {"en": [{"language": "en", "value": "DPRK"}, {"language": "en", "value": "NK"}]}, "descriptions": {"en": {"language": "en", "value": "country in East Asia"}}, "claims": {"P31": [{"mainsnak": {"snaktype": "value", "property": "P31", "datavalue": {"value": {"entity-type": "item", "numeric-id": 6256, "id": "Q6256"}, "type": "wikibase-entityid"}, "datatype": "wikibase-item"}, "type": "statement", "rank": "normal"}], "P1549": [{"mainsnak": {"snaktype": "value", "property": "P1549", "datavalue": {"value": {"text": "North Korean", "language": "en"}, "type": "monolingualtext"}}, "rank": "normal"}], "P298": [{"mainsnak": {"snaktype": "value", "property": "P298", "datavalue": {"value": "PRK", "type": "string"}}, "rank": "normal"}], "P571": [{"mainsnak": {"snaktype": "value", "property": "P571", "datavalue": {"value": {"time": "+1948-09-09T00:00:00Z", "precision": 11}, "type": "time"}}, "rank": "normal"}]}, "sitelinks": {"enwiki": {"site": "enwiki", "title": "North Korea", "badges": []}, "dewiki": {"site": "dewiki", "title": "Nordkorea", "badges": []}}},
{"id": "Q8646", "type": "item", "labels": {"en": "Turkey"}, "aliases": [], "descriptions": {"en": "country between Europe and Asia"}, "claims": {"P31": [{"mainsnak": {"snaktype": "value", "datavalue": {"value": {"numeric-id": 6256}}}, "rank": "preferred"}], "P1448": [{"mainsnak": {"datavalue": {"value": {"text": "Ottoman Türkiye", "language": "en"}}}, "rank": "normal", "qualifiers": {"P580": [{"snaktype": "value", "datavalue": {"value": {"time": "-0044-00-00T00:00:00Z"}}}], "P582": [{"snaktype": "value", "datavalue": {"value": {"time": "+1923-10-29T00:00:00Z"}}}]}}, {"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"}]}, "sitelinks": {"enwiki": {}, "dewiki": {}, "frwiki": {}, "eswiki": {}}},
{"id": "Q9", "type": "item", "labels": [], "aliases": [], "claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q6256"}}}, "rank": "deprecated"}]}, "sitelinks": []},
{"id": "Q10", "type": "item", "labels": {"mul": {"language": "mul", "value": "Kim Il-sung"}}, "claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}, "rank": "normal"}]}, "sitelinks": {"enwiki": {}}},
{"id": "P31", "type": "property", "labels": {"en": {"language": "en", "value": "instance of"}}, "claims": []}
]
"#;

const FTM: &str = r#"{"id": "NK-1", "caption": "Example Trading Co., Ltd.", "schema": "Company", "properties": {"name": ["Example Trading Co., Ltd.", "Example Trading Company Limited"], "alias": ["Example Trading"], "weakAlias": ["ETC"], "previousName": ["Old Trading"], "country": ["kp"], "topics": ["sanction"], "sanctions": [{"id": "ofac-x", "schema": "Sanction", "properties": {"authority": ["Example Authority"]}}]}, "datasets": ["example_list"], "referents": ["ofac-1"], "target": true}
{"id": "NK-2", "caption": "Hong Gil-dong", "schema": "Person", "properties": {"name": ["Hong Gil-dong"]}}
{"id": "NK-3", "caption": "x", "schema": "Address", "properties": {"full": ["1 Main Street"]}}
"#;

const GEONAMES: &str = "1871859\tPyongyang\tPyongyang\tFNJ,Heijo,P'yŏngyang,Пхеньян,https://example.org\t39.03385\t125.75432\tP\tPPLC\tKP\t\t12\t\t\t\t3222000\t\t27\tAsia/Pyongyang\t2024-01-01\n\
2639577\tReading\tReading\tRDG\t51.45\t-0.97\tP\tPPLA2\tGB\t\tENG\t\t\t\t232662\t\t61\tEurope/London\t2024-01-01\n\
1\tA pond\tA pond\t\t1\t1\tS\tPND\tGB\t\t\t\t\t\t0\t\t\t\t2024-01-01\n";

const PATTERNS: &str = r#"{"label": "COUNTRY", "pattern": "North Korea", "id": "Q423"}
{"label": "COUNTRY", "pattern": [{"LOWER": "dprk"}], "id": "Q423"}
{"label": "WEAPON", "pattern": [{"TEXT": {"REGEX": "^Hwasong-\\d+[A-Z]?$"}}], "id": "hwasong"}
{"label": "ORG", "pattern": [{"ORTH": "Acme"}, {"ORTH": "-"}, {"TEXT": "Arms"}]}
{"label": "ORG", "pattern": [{"LOWER": "Brain"}]}
"#;

const REGEXNER: &str = "North Korea\tCOUNTRY\tLOCATION,MISC\t2.0\nHwasong-[0-9]+[A-Z]?\tWEAPON\tMISC\t1.0\n( /Ministry/ /of/ /Defen[cs]e/ )\tORGANIZATION\t\t1.5\nYahoo\\!\tORG\n";

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Imports files from a format to `out.tsv`.
fn import(dir: &Dir, from: &str, more: &[&str]) -> Ran {
    let fixed = [
        "gazetteer",
        "import",
        "--from",
        from,
        "--source",
        "a sample",
        "--licence",
        "CC0-1.0",
        "-o",
        "out.tsv",
    ];
    dir.run(&[&fixed, more].concat())
}

/// The rows of a list that was written, after proof that it loads and has nothing that lint would find.
fn rows(dir: &Dir, name: &str) -> Vec<String> {
    let list = fs::read_to_string(dir.path(name)).unwrap();
    Gazetteer::from_str(&list).unwrap();
    let mut linter = Linter::new();
    linter.add_source(name, list.clone(), &SourceDefaults::default());
    assert_eq!(linter.findings(), []);
    assert!(
        list.contains("# source: a sample\n# licence: CC0-1.0\n"),
        "{list}"
    );
    list.lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .map(str::to_owned)
        .collect()
}

#[test]
fn wikidata_by_class_best_known_first_with_typed_names() {
    let dir = Dir::new();
    dir.write("dump.json", WIKIDATA);
    let classes = [
        "dump.json",
        "--class",
        "Q6256=COUNTRY",
        "--class",
        "Q5=PERSON",
    ];
    let ran = import(&dir, "wikidata", &classes);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out-country.tsv"),
        [
            "Q8646\tTurkey {exact; near: country, Europe}\t\t\t\t\tOttoman Türkiye {until 1923-10-29}\t\t4\t\t\t\tcountry between Europe and Asia",
            "Q423\tNorth Korea\t\t\tDPRK | NK {near: North Korea} | PRK {near: North Korea}\tNorth Korean\t\t\t2\t\t1948-09-09\t\tcountry in East Asia",
        ]
    );
    assert_eq!(
        rows(&dir, "out-person.tsv"),
        ["Q10\tKim Il-sung\t\t\t\t\t\t\t1"]
    );
    assert!(
        ran.err
            .contains("taken: 3 entities (COUNTRY 2, PERSON 1), 8 names"),
        "{}",
        ran.err
    );
    assert!(
        ran.err
            .contains("left: 2, a class that is not asked for; first dump.json:4: Q9"),
        "{}",
        ran.err
    );
    let few = import(
        &dir,
        "wikidata",
        &["dump.json", "--class", "Q6256=COUNTRY", "--least", "3"],
    );
    assert_eq!((few.code, rows(&dir, "out.tsv").len()), (0, 1));
    assert_eq!(import(&dir, "wikidata", &["dump.json"]).code, 2);
}

#[test]
fn packed_dumps_are_read_as_they_are() {
    let dir = Dir::new();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(WIKIDATA.as_bytes()).unwrap();
    dir.write("dump.json.gz", gz.finish().unwrap());
    dir.write(
        "dump.json.zst",
        zstd::encode_all(WIKIDATA.as_bytes(), 1).unwrap(),
    );
    // Written with the bzip2 program, from the first 4 lines.
    dir.write(
        "dump.json.bz2",
        include_bytes!("../import/wikidata.json.bz2"),
    );
    for (name, people) in [
        ("dump.json.gz", 1),
        ("dump.json.zst", 1),
        ("dump.json.bz2", 1),
    ] {
        let ran = import(&dir, "wikidata", &[name, "--class", "Q5=PERSON"]);
        assert_eq!(
            (ran.code, rows(&dir, "out.tsv").len()),
            (0, people),
            "{name}: {}",
            ran.err
        );
    }
}

#[test]
fn ftm_with_weak_and_former_names() {
    let dir = Dir::new();
    dir.write("e.json", FTM);
    let ran = import(&dir, "ftm", &["e.json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out-org.tsv"),
        [
            "NK-1\tExample Trading Co., Ltd.\tExample Trading Company Limited | Example Trading | ETC {priority -10}\t\t\t\tOld Trading\t\tCompany\tkp\tsanction\t\texample_list"
        ]
    );
    assert_eq!(
        rows(&dir, "out-person.tsv"),
        ["NK-2\tHong Gil-dong\t\t\t\t\t\t\tPerson"]
    );
    assert!(
        ran.err
            .contains("left: 1, a schema that is not asked for; first e.json:3: Address"),
        "{}",
        ran.err
    );
}

#[test]
fn geonames_with_codes_near_the_name_and_common_words_left() {
    let dir = Dir::new();
    dir.write("KP.txt", GEONAMES);
    let ran = import(&dir, "geonames", &["KP.txt"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out.tsv"),
        [
            "geonames/1871859\tPyongyang\tHeijo | P'yŏngyang\t\tFNJ {near: Pyongyang}\t\t\t\tKP\tP.PPLC\t3222000\t39.03385\t125.75432"
        ]
    );
    assert!(
        ran.err
            .contains("nothing to tell it by; first KP.txt:2: Reading"),
        "{}",
        ran.err
    );
}

#[test]
fn spacy_patterns_gather_by_id_and_rules_are_left() {
    let dir = Dir::new();
    dir.write("p.jsonl", PATTERNS);
    let ran = import(&dir, "spacy-patterns", &["p.jsonl"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out-country.tsv"),
        ["Q423\tNorth Korea\tdprk {any}"]
    );
    assert_eq!(rows(&dir, "out-org.tsv"), ["org/acme-arms\tAcme-Arms"]);
    assert!(
        ran.err.contains("left: 1, a pattern of tokens"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("left: 1, LOWER with a capital"),
        "{}",
        ran.err
    );
}

#[test]
fn gate_reads_the_lists_that_a_def_names() {
    let dir = Dir::new();
    dir.write(
        "g/lists.def",
        "country.lst:location:country:en:Country\nweapon.lst:weapon:missile\n",
    );
    dir.write(
        "g/country.lst",
        "North Korea\tid=Q423\tiso=KP\nDPRK\tid=Q423\tcase=exact\n",
    );
    dir.write("g/weapon.lst", "Hwasong-14\nScud-B:origin=SU\n");
    let ran = import(
        &dir,
        "gate",
        &[
            "g/lists.def",
            "--class",
            "Country=COUNTRY",
            "--class",
            "weapon=WEAPON",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out-country.tsv"),
        ["Q423\tNorth Korea\tDPRK\t\t\t\t\t\tiso=KP"]
    );
    assert_eq!(
        rows(&dir, "out-weapon.tsv"),
        [
            "weapon/hwasong-14\tHwasong-14",
            "weapon/scud-b\tScud-B\t\t\t\t\t\t\torigin=SU"
        ]
    );
}

#[test]
fn regexner_takes_plain_words_and_priorities() {
    let dir = Dir::new();
    dir.write("r.tsv", REGEXNER);
    let ran = import(&dir, "regexner", &["r.tsv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out-country.tsv"),
        ["country/north-korea\tNorth Korea\t\t\t\t\t\t1"]
    );
    assert_eq!(rows(&dir, "out-org.tsv"), ["org/yahoo\tYahoo!"]);
    assert!(
        ran.err.contains("left: 2, a regular expression"),
        "{}",
        ran.err
    );
}

#[test]
fn csv_with_named_columns() {
    let dir = Dir::new();
    dir.write("s.csv", "Ship,AKA,Flag\n\"Yuan Wang 5\",\"YW-5; Far|Look\",CN\nTarget,T-AGM,US\n\"Moskva, the\",,RU\n");
    let columns = "name=Ship,aliases=AKA,@flag=Flag";
    let ran = import(
        &dir,
        "csv",
        &["s.csv", "--label", "SHIP", "--columns", columns],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        rows(&dir, "out.tsv"),
        [
            "ship/yuan-wang-5\tYuan Wang 5\tYW-5; Far | Look {exact; near: Yuan Wang 5}\t\t\t\t\t\tCN",
            "ship/t-agm\tT-AGM\t\t\t\t\t\t\tUS",
            "ship/moskva-the\tMoskva, the\t\t\t\t\t\t\tRU"
        ]
    );
    assert_eq!(
        import(&dir, "csv", &["s.csv", "--columns", "nom=Ship"]).code,
        2
    );
}

/// A format, options that it needs, its sample with damage, and the starts of the messages.
type Damaged<'a> = (&'a str, &'a [&'a str], Vec<u8>, &'a [&'a str]);

/// What is not damaged is taken all the same.
#[test]
fn damaged_sources_end_in_located_messages() {
    let huge = format!("{{\"id\": \"{}\"}}\n", "x".repeat(70 << 20));
    let wikidata = WIKIDATA.replacen("\"labels\": {\"en\": \"Turkey\"}", "\"labels\": 5", 1)
        + "{\"id\": \"Q1\", \"claims\": {\"P31\": 7}}\n{\"id\": \"Q2\", \"claims\": [1]}\n"
        + &huge
        + "{\"id\": \"Q3\", \"labels\": {\"en\"";
    let mut bad_bytes = FTM.as_bytes().to_vec();
    bad_bytes.extend(b"{\"id\": \"N\xff\"}\n{\"id\": 5, \"schema\": \"Person\"}\n{\"id\": \"a\", \"schema\": \"Person\", \"properties\": {\"name\": \"x\"}}\n{\"id");
    let cases: [Damaged<'_>; 7] = [
        ("wikidata", &["--class", "Q6256=COUNTRY", "--class", "Q5=PERSON"], wikidata.into_bytes(), &[
            "in:3: no entity of Wikidata: invalid type: integer", "in:8: no entity of Wikidata", "in:9: no entity of Wikidata", "in:10: a document of more than 64 MiB", "in:11: no JSON: EOF",
        ]),
        ("ftm", &[], bad_bytes, &["in:4: not UTF-8 at byte 10", "in:5: no entity of FollowTheMoney", "in:6: no entity of FollowTheMoney", "in:7: no JSON"]),
        ("geonames", &[], [GEONAMES.as_bytes(), b"one\ttwo\n", b"x\tA\tA\t\t1\t1\tP\tPPL\tGB\t\t\t\t\t\t0\t\t\t\t2024\n5\tA\tA\t\t1\t1\tP\tPPL\tGB\t\t\t\t\t\tmany\t\t\t\t2024\n\xff\n"].concat(), &["in:4: 2 cells, GeoNames has 19", "in:5: the first cell", "in:6: population \"many\"", "in:7: not UTF-8"]),
        ("spacy-patterns", &[], [PATTERNS.as_bytes(), b"{\"label\": \"A B\", \"pattern\": \"x y\"}\n{\"label\": \"A\", \"pattern\": 5}\n{\"label\": \"A\"}\n{\"label\": \"A\", \"pattern\": \"\"}\n[\n"].concat(), &["in:6: label \"A B\" has white space", "in:7: no pattern", "in:8: no pattern", "in:9: an empty pattern", "in:10: no JSON"]),
        ("gate", &["--label", "X"], b"Good name\n\tid=5\nName\tfeature\n\xfe\n".to_vec(), &["in:2: features without", "in:3: feature \"feature\"", "in:4: not UTF-8"]),
        ("regexner", &[], [REGEXNER.as_bytes(), b"alone\nA name\tORG\t\tmuch\n\xff\tX\n"].concat(), &["in:5: 1 cells", "in:6: priority \"much\"", "in:7: not UTF-8"]),
        ("csv", &["--label", "X"], b"id,name\na,Good name\nb,Bad,row\nc,\nd,\"open\n".to_vec(), &["in:3: 3 cells", "in:4: no name", "in:5: "]),
    ];
    for (format, more, bytes, wanted) in cases {
        let dir = Dir::new();
        dir.write("in", bytes);
        let ran = import(&dir, format, &[&["in"], more].concat());
        assert_eq!(ran.code, 1, "{format}: {}", ran.err);
        let problems: Vec<&str> = ran
            .err
            .lines()
            .filter_map(|l| l.strip_prefix("wiretag: "))
            .filter(|l| l.starts_with("in:"))
            .collect();
        assert_eq!(problems.len(), wanted.len(), "{format}: {problems:#?}");
        for (problem, start) in problems.iter().zip(wanted) {
            assert!(
                problem.starts_with(start),
                "{format}: {problem}, {start} wanted"
            );
        }
        assert!(ran.err.contains("written: out"), "{format}: {}", ran.err);
    }
}

#[test]
fn the_same_list_whatever_the_number_of_threads() {
    let dir = Dir::new();
    let mut dump = String::from("[\n");
    for i in 0..20_000 {
        dump.push_str(&format!("{{\"id\": \"Q{i}\", \"labels\": {{\"en\": {{\"value\": \"Company number {i}\"}}}}, \"claims\": {{\"P31\": [{{\"mainsnak\": {{\"datavalue\": {{\"value\": {{\"id\": \"Q4830453\"}}}}}}}}]}}, \"sitelinks\": {{\"a{}\": {{}}}}}},\n", i % 7));
    }
    dir.write("dump.json", dump + "]\n");
    let lists = ["1", "4"].map(|threads| {
        let mut command = dir.wiretag(&[
            "gazetteer",
            "import",
            "--from",
            "wikidata",
            "dump.json",
            "--class",
            "Q4830453=ORG",
            "--source",
            "s",
            "--licence",
            "l",
            "-o",
            "o.tsv",
        ]);
        let ran = Ran::of(command.env("RAYON_NUM_THREADS", threads).output().unwrap());
        assert_eq!(ran.code, 0, "{}", ran.err);
        fs::read(dir.path("o.tsv")).unwrap()
    });
    assert_eq!(lists[0], lists[1]);
    assert_eq!(lists[0].iter().filter(|b| **b == b'\n').count(), 20_006);
}

const LIST: &str = "# label: ORG\nid\tname\taliases\norg/acme\tAcme Arms {near: tank}\tACME | acme arms {priority 3} | C++ Arms\n";

#[test]
fn exports_say_what_they_lose_and_come_back() {
    let dir = Dir::new();
    dir.write("l.tsv", LIST);
    dir.write("b.tsv", "# block: yes\nname\nAcme Hotel\n");
    let ran = dir.run(&[
        "gazetteer",
        "export",
        "l.tsv",
        "b.tsv",
        "--to",
        "spacy-patterns",
        "-o",
        "p.jsonl",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let patterns = fs::read_to_string(dir.path("p.jsonl")).unwrap();
    assert!(
        patterns.contains("{\"id\":\"org/acme\",\"label\":\"ORG\",\"pattern\":\"Acme Arms\"}\n"),
        "{patterns}"
    );
    assert!(
        patterns.contains("\"pattern\":[{\"LOWER\":\"acme\"},{\"LOWER\":\"arms\"}]"),
        "{patterns}"
    );
    for lost in [
        "4 names",
        "lost: 1 names that block",
        "lost: 1 names without their contexts",
        "lost: 1 names without their priority",
    ] {
        assert!(ran.err.contains(lost), "{lost}: {}", ran.err);
    }
    let ran = dir.run(&[
        "gazetteer",
        "export",
        "l.tsv",
        "--to",
        "regexner",
        "-o",
        "r.tsv",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = fs::read_to_string(dir.path("r.tsv")).unwrap();
    assert!(
        lines.contains("[Aa]cme [Aa]rms\tORG\t\t4.0\n")
            && lines.contains("C\\+\\+ Arms\tORG\t\t1.0\n"),
        "{lines}"
    );
    let ran = dir.run(&["gazetteer", "export", "l.tsv", "--to", "gate", "-o", "g"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        fs::read_to_string(dir.path("g/lists.def")).unwrap(),
        "org.lst:ORG:::ORG\n"
    );
    let back = import(&dir, "gate", &["g/lists.def"]);
    assert_eq!(back.code, 0, "{}", back.err);
    let list = fs::read_to_string(dir.path("out.tsv")).unwrap();
    assert!(list.contains("org/acme\tAcme Arms"), "{list}");
    assert!(text(list.as_bytes()).contains("C++ Arms"));
}
