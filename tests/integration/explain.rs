//! `wiretag explain` and `wiretag rules`: what they say of every kind of decision, for people and for programs; and `--without`.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::{
    cli::{Dir, Ran},
    golden::compare,
};
use serde_json::Value;
use std::{collections::BTreeSet, process::Command};
use wiretag::Rule;

const LIST: &str = "\
# label: COUNTRY
id	name	aliases	acronyms	demonyms
country/GE	Georgia {not near: Atlanta; not followed by: Gov.}	Sakartvelo
country/KR	South Korea		ROK
country/IR	Iran	Persia {hyphen}
";
const WEAPONS: &str = "\
# label: WEAPON
id	name	acronyms
weapon/sa-2	SA-2 {near: missile, fired; followed by: launcher}
weapon/iskander	Iskander {no hyphen}
weapon/gun	machine gun {plural}
weapon/at4	AT4	AT
";
const BLOCKS: &str = "# block: yes\nname\nGeorgia peach\n";
const ORGS: &str =
    "# label: ORG\nname\nIran Air\nHezbollah\nYahoo!\nBaltic Fleet\nBaltic Exchange\n";
const SHIPS: &str = "# label: SHIP\nname\nIran Air {priority -1}\nBaltic Fleet\n";
const TITLES: &str = "# lexicon: office\nname\nMinister\n";
const PEOPLE: &str = "# label: PERSON\nname\nLi {preceded by: @office}\n";

/// A directory with these lists in `lists/`.
fn dir() -> Dir {
    let dir = Dir::new();
    std::fs::remove_dir_all(dir.path("lists")).unwrap();
    for (name, list) in [
        ("a-countries.tsv", LIST),
        ("b-weapons.tsv", WEAPONS),
        ("c-blocks.tsv", BLOCKS),
        ("d-orgs.tsv", ORGS),
        ("e-ships.tsv", SHIPS),
        ("f-titles.tsv", TITLES),
        ("g-people.tsv", PEOPLE),
    ] {
        dir.write(&format!("lists/{name}"), list);
    }
    dir
}

fn explain(dir: &Dir, args: &[&str]) -> Ran {
    let lists = ["explain", "--no-builtin", "--no-rules", "-g", "lists"];
    dir.run(&[&lists[..], args].concat())
}

/// The page on a text, without the heading.
#[track_caller]
fn page(text: &str, args: &[&str]) -> String {
    let ran = explain(&dir(), &[&["--text", text], args].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let page = String::from_utf8(ran.out).unwrap();
    let page = page.strip_prefix("text\n").expect("a heading");
    page.trim().to_owned()
}

/// Those lines of the page that say what became of something.
#[track_caller]
fn verdicts(text: &str, args: &[&str]) -> Vec<String> {
    let page = page(text, args);
    let page = match page.starts_with('"') {
        true => page,
        false => format!("  {page}"),
    };
    let is_verdict = |l: &&str| l.starts_with("  ") && !l.starts_with("    ");
    page.lines()
        .filter(is_verdict)
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[track_caller]
fn json(ran: &Ran) -> Vec<Value> {
    let lines = std::str::from_utf8(&ran.out).unwrap().lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn a_span_is_explained_by_the_line_of_its_alias() {
    assert_eq!(
        page("The ROK army.", &[]),
        "found    \"ROK\" COUNTRY country/KR (South Korea)\n           alias \"ROK\", lists/a-countries.tsv:4: acronym, exact case"
    );
}

#[test]
fn losers_and_their_winners_are_named() {
    assert_eq!(
        verdicts("Iran Air flew.", &[]),
        [
            "found \"Iran Air\" ORG org/iran-air (Iran Air)",
            "lost \"Iran Air\" SHIP ship/iran-air (Iran Air): lower priority than \"Iran Air\" (ORG)",
            "lost \"Iran\" COUNTRY country/IR (Iran): shorter than \"Iran Air\" (ORG)",
        ]
    );
    assert_eq!(
        verdicts("Baltic Fleet", &[]),
        [
            "found \"Baltic Fleet\" ORG org/baltic-fleet (Baltic Fleet)",
            "lost \"Baltic Fleet\" SHIP ship/baltic-fleet (Baltic Fleet): later in order than \"Baltic Fleet\" (ORG)",
        ]
    );
}

#[test]
fn a_blocking_entry_says_where_it_stands() {
    let page = page("A Georgia peach.", &[]);
    assert!(page.contains("blocks   \"Georgia peach\" blocking entry: nothing is found here\n           alias \"Georgia peach\", lists/c-blocks.tsv:3:"), "{page}");
    assert!(page.contains("lost     \"Georgia\" COUNTRY country/GE (Georgia): shorter than \"Georgia peach\" (blocked)"), "{page}");
}

#[test]
fn what_stands_in_a_link_is_said_to() {
    let page = page("See https://x.org/Iran/a.html now.", &[]);
    assert!(
        page.starts_with("no-match \"Iran\" COUNTRY country/IR (Iran): nothing is found in links"),
        "{page}"
    );
}

#[test]
fn every_policy_says_what_it_wanted() {
    for (text, refusal) in [
        // Case.
        (
            "the rok army",
            "\"rok\" COUNTRY country/KR (South Korea): exact: \"ROK\" in just this case",
        ),
        (
            "from south korea",
            "\"south korea\" COUNTRY country/KR (South Korea): title: \"South Korea\" with each of its capitals",
        ),
        // What stands between words, and the punctuation of a name.
        (
            "South, Korea",
            "\"South, Korea\" COUNTRY country/KR (South Korea): \", \" stands between its words",
        ),
        (
            "at Yahoo today",
            "\"Yahoo\" ORG org/yahoo (Yahoo!): the punctuation of \"Yahoo!\" does not stand here",
        ),
        // Neighbours.
        (
            "an Iskander-like thing",
            "\"Iskander\" WEAPON weapon/iskander (Iskander): no hyphen: a compound with \"-like\" is another thing",
        ),
        (
            "anti-Iskander",
            "\"Iskander\" WEAPON weapon/iskander (Iskander): no hyphen: a compound with \"anti-\" is another thing",
        ),
        (
            "the AT4-2 and",
            "\"AT4\" WEAPON weapon/at4 (AT4): the number goes on: \"-2\"",
        ),
        (
            "10.AT4,000",
            "\"AT4\" WEAPON weapon/at4 (AT4): the number goes on: \",000\"",
        ),
        (
            "the AT4X and",
            "\"AT4\" WEAPON weapon/at4 (AT4): \"X\" touches it",
        ),
        (
            "mail me@Iran",
            "\"Iran\" COUNTRY country/IR (Iran): \"me@\" touches it",
        ),
        (
            "costs $Iran",
            "\"Iran\" COUNTRY country/IR (Iran): \"$\" touches it",
        ),
        (
            "x_Iran",
            "\"Iran\" COUNTRY country/IR (Iran): \"x_\" touches it",
        ),
        (
            "O’Iran",
            "\"Iran\" COUNTRY country/IR (Iran): \"O’\" touches it",
        ),
        (
            "Iran&Co",
            "\"Iran\" COUNTRY country/IR (Iran): \"&Co\" touches it",
        ),
        // Words around it.
        (
            "the SA-2 case",
            "\"SA-2\" WEAPON weapon/sa-2 (SA-2): near: missile, fired — none within 8 tokens of its sentence; followed by: launcher — none directly behind it",
        ),
        (
            "in Atlanta, Georgia",
            "\"Georgia\" COUNTRY country/GE (Georgia): not near: \"Atlanta\" stands at 3",
        ),
        (
            "Georgia Gov. X",
            "\"Georgia\" COUNTRY country/GE (Georgia): not followed by: \"Gov\" stands at 8",
        ),
        (
            "said Li Wei",
            "\"Li\" PERSON person/li (Li): preceded by: @office — none directly before it",
        ),
    ] {
        let got = verdicts(text, &[]);
        assert!(
            got.iter().any(|l| l.contains(refusal)),
            "{text:?}: {got:#?}"
        );
    }
    // Where they allow it there is nothing to refuse.
    for text in [
        "Minister Li",
        "an SA-2 was fired",
        "the SA-2 launcher",
        "Yahoo! is",
        "Persia-backed",
        "two machine guns",
    ] {
        let got = verdicts(text, &[]);
        let refused: Vec<_> = got
            .iter()
            .filter(|l| l.starts_with("refused") && !l.contains("\"AT\""))
            .collect();
        assert!(refused.is_empty(), "{text:?}: {got:#?}");
    }
}

#[test]
fn a_word_is_explained_wherever_it_stands() {
    let text = "Georgia and a GEORGIA peach, not Georgian.";
    let page = page(text, &["--word", "georgia"]);
    let asked: Vec<&str> = page.lines().filter(|l| l.starts_with('"')).collect();
    assert_eq!(asked, ["\"Georgia\" at 0..7", "\"GEORGIA\" at 14..21"]);
    let ran = explain(&dir(), &["--text", text, "--word", "Korea"]);
    assert_eq!(
        (ran.code, ran.err.trim()),
        (1, "wiretag: \"Korea\" stands in no document")
    );
    assert!(ran.out.is_empty());
}

#[test]
fn a_word_that_nothing_found_has_neighbours() {
    assert_eq!(
        verdicts("Hezbolah said.", &["--word", "Hezbolah"]),
        [
            "nothing no name and no rule has it",
            "near \"Hezbollah\", one letter or space from \"Hezbolah\": ORG org/hezbollah (Hezbollah), lists/d-orgs.tsv:4",
        ]
    );
    assert_eq!(
        verdicts("two Iskanders", &["--word", "Iskanders"])[1],
        "near \"Iskander\", one letter or space from \"Iskanders\": WEAPON weapon/iskander (Iskander), lists/b-weapons.tsv:4"
    );
    assert_eq!(
        verdicts("the Baltic states", &["--word", "Baltic"])[1..],
        [
            "near \"Baltic Exchange\", which goes on: ORG org/baltic-exchange (Baltic Exchange), lists/d-orgs.tsv:7",
            "near \"Baltic Fleet\", which goes on: ORG org/baltic-fleet (Baltic Fleet), lists/d-orgs.tsv:6",
            "near \"Baltic Fleet\", which goes on: SHIP ship/baltic-fleet (Baltic Fleet), lists/e-ships.tsv:4",
        ]
    );
    assert_eq!(
        verdicts("a Minister said", &["--word", "minister"]),
        [
            "nothing no name and no rule has it",
            "lexicon \"Minister\" is a word of office, lists/f-titles.tsv:3",
        ]
    );
}

#[test]
fn a_word_is_found_by_its_offset_in_every_unit() {
    let text = "🚀 é Iran denied.";
    for (unit, at) in [("codepoint", 4), ("byte", 8), ("utf16", 5)] {
        for at in [at, at + 3] {
            let at = at.to_string();
            let ran = explain(&dir(), &["--text", text, "--at", &at, "--offsets", unit]);
            let page = String::from_utf8(ran.exits(0).out).unwrap();
            assert!(page.contains("\"Iran\" at "), "{unit} {at}: {page}");
        }
    }
    let err = |args: &[&str]| {
        let ran = explain(&dir(), args);
        assert_eq!(ran.code, 2, "{}", ran.err);
        ran.err.trim().to_owned()
    };
    assert_eq!(
        err(&["--text", text, "--at", "3"]),
        "wiretag: offset 3: no word stands there, the next starts at 4"
    );
    assert_eq!(
        err(&["--text", text, "--at", "99"]),
        "wiretag: offset 99: the text ends at 16 (codepoint)"
    );
    assert_eq!(
        err(&["--text", text, "--word", "…"]),
        "wiretag: --word \"…\" has no letter and no digit"
    );
}

#[test]
fn files_are_read_as_annotate_reads_them() {
    let dir = dir();
    dir.write(
        "feed.jsonl",
        "{\"id\":\"a\",\"body\":\"Iran.\"}\n{\"id\":\"b\",\"body\":\"No Iranian, Persia.\"}\nbroken\n",
    );
    let feed = ["feed.jsonl", "--text-field", "body", "--json"];
    let ran = explain(&dir, &feed);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.starts_with("wiretag: feed.jsonl:3: "),
        "{}",
        ran.err
    );
    let ids: Vec<Value> = json(&ran).iter().map(|r| r["id"].clone()).collect();
    assert_eq!(ids, ["a", "b"]);
    // The others are passed over.
    let ran = explain(&dir, &[&feed[..], &["--word", "persia"]].concat());
    assert_eq!(json(&ran).len(), 1);
    let ran = explain(&dir, &[&feed[..], &["--at", "0"]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--at needs one document"), "{}", ran.err);
    let ran = explain(&dir, &[&feed[..], &["--at", "0", "--id", "b"]].concat());
    assert_eq!(json(&ran)[0]["words"][0]["text"], "No");
    let ran = explain(&dir, &[&feed[..], &["--id", "c"]].concat());
    assert!(
        ran.err.contains("no document has the id \"c\""),
        "{}",
        ran.err
    );
    let ran = explain(&dir, &["gone.txt"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("wiretag: gone.txt: "), "{}", ran.err);
}

#[test]
fn json_and_the_page_keep_their_form() {
    let dir = dir();
    let text = "Iran Air met “South Korea” in Georgia, not Atlanta. A Georgia peach and an Iskander-like SA-2; Minister Li at Yahoo.\nSee https://x.org/Iran for Hezbolah.\n";
    dir.write("a.txt", text);
    let page = explain(&dir, &["a.txt"]).exits(0);
    compare("explain.txt", &page.out);
    let whole = explain(&dir, &["a.txt", "--json"]).exits(0);
    compare("explain.jsonl", &whole.out);
    let report = &json(&whole)[0];
    // Offsets are those of the text, whatever they count.
    let chars: Vec<char> = text.chars().collect();
    for part in ["candidates", "refused"] {
        let all = report[part].as_array().unwrap();
        assert!(!all.is_empty());
        for piece in all {
            let (start, end) = (
                piece["start"].as_u64().unwrap(),
                piece["end"].as_u64().unwrap(),
            );
            let there: String = chars[start as usize..end as usize].iter().collect();
            assert_eq!(piece["text"], there);
        }
    }
    let words = explain(&dir, &["a.txt", "--json", "--word", "Hezbolah"]).exits(0);
    compare("explain-word.jsonl", &words.out);
}

#[test]
fn what_is_explained_as_found_is_what_annotate_writes() {
    let dir = Dir::new();
    let articles = ["examples/articles", "--text-field", "title,text"];
    let run = |args: &[&str]| {
        let args = [args, &articles[..]].concat();
        let root = env!("CARGO_MANIFEST_DIR");
        Ran::of(dir.wiretag(&args).current_dir(root).output().unwrap()).exits(0)
    };
    let key = |v: &Value| format!("{} {} {} {}", v["start"], v["end"], v["label"], v["entity"]);
    let annotated = json(&run(&["annotate", "-q", "--to", "jsonl"]));
    let explained = json(&run(&["explain", "--json"]));
    assert_eq!(annotated.len(), explained.len());
    for (a, e) in annotated.iter().zip(&explained) {
        let spans: Vec<String> = a["spans"].as_array().unwrap().iter().map(key).collect();
        let all = e["candidates"].as_array().unwrap().iter();
        let found: Vec<String> = all.filter(|c| c["outcome"] == "found").map(key).collect();
        assert_eq!(spans, found, "{}", a["id"]);
    }
}

#[test]
fn colours_are_for_terminals() {
    let dir = dir();
    let args = [
        "explain",
        "--no-builtin",
        "-g",
        "lists",
        "--text",
        "Iran \u{1b}[2J",
    ];
    let plain = dir.run(&args).exits(0);
    assert!(!plain.out.contains(&0x1b));
    let mut forced: Command = dir.wiretag(&args);
    let forced = Ran::of(forced.env("CLICOLOR_FORCE", "1").output().unwrap());
    let page = String::from_utf8(forced.out).unwrap();
    assert!(
        page.contains("\u{1b}[1m") && !page.contains("\u{1b}[2J"),
        "{page:?}"
    );
}

#[test]
fn rules_are_listed_with_what_they_do() {
    let dir = Dir::new();
    let ran = dir.run(&["rules"]).exits(0);
    let list = String::from_utf8(ran.out).unwrap();
    assert_eq!(list.lines().count(), Rule::ALL.len());
    assert!(list.contains("weapon        name-and-kind "), "{list}");
    let rules = json(&dir.run(&["rules", "--json"]).exits(0));
    let families: BTreeSet<&str> = rules
        .iter()
        .map(|r| r["family"].as_str().unwrap())
        .collect();
    let expected = ["organization", "person", "phrase", "place", "weapon"];
    assert_eq!(families, BTreeSet::from(expected));
    for (rule, json) in Rule::ALL.iter().zip(&rules) {
        assert_eq!(json["name"], rule.as_str());
        assert_eq!(json["about"], rule.about());
    }
}

#[test]
fn a_rule_can_be_switched_off_by_its_name() {
    let dir = Dir::new();
    let spans = |args: &[&str]| {
        let mut command = dir.wiretag(&[&["annotate", "-q", "--to", "marked"], args].concat());
        dir.write("a.txt", "The Hwasong-12 missile flew over Kherson Oblast.");
        String::from_utf8(Ran::of(command.arg("a.txt").output().unwrap()).exits(0).out).unwrap()
    };
    let with = spans(&[]);
    assert!(
        with.contains("[Hwasong-12 missile|WEAPON]") && with.contains("[Kherson Oblast|"),
        "{with}"
    );
    let all = [
        "--without",
        "name-and-kind,weapon-kind",
        "--without",
        "weapon-family,place-head",
    ];
    let without = spans(&all);
    assert!(!without.contains("[Hwasong-12 missile|"), "{without}");
    let ran = dir.run(&["annotate", "--without", "person-titel", "a.txt"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("a similar value exists: 'person-title'")
            && ran.err.contains("weapon-ship"),
        "{}",
        ran.err
    );
    let ran = dir.run(&[
        "annotate",
        "--without",
        "person-title",
        "--no-rules",
        "a.txt",
    ]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
}

#[test]
fn a_run_goes_on_with_the_same_rules_alone() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran.");
    let run = |rules: &str, extra: &[&str]| {
        let args = ["-q", "a.txt", "-o", "out.jsonl", "--without", rules];
        dir.annotate(&[&args[..], extra].concat())
    };
    run("person-short,place-head", &["--resume"]).exits(0);
    // Their order does not matter.
    run("place-head,person-short,place-head", &["--resume"]).exits(0);
    let other = run("place-head", &["--resume"]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("--without"), "{}", other.err);
}
