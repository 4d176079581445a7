//! `wiretag view`.

use crate::cli::{Dir, Ran};

const RECORD: &str = r#"{"id":"a","text":"Iran said\tthe long sentence goes on behind the end of the line. Köln and 東京の首相 did not.\n\nIran.","spans":[{"start":0,"end":4,"label":"COUNTRY","score":0.9},{"start":64,"end":68,"label":"LOCATION","score":0.4}]}"#;

#[test]
fn without_colour_entities_stand_in_brackets() {
    let dir = Dir::new();
    dir.write("a.jsonl", RECORD);
    let shown = dir.run(&["view", "a.jsonl"]).exits(0);
    assert!(
        shown
            .text()
            .starts_with("== a\n[Iran|COUNTRY] said\tthe long "),
        "{}",
        shown.text()
    );
    assert!(shown.text().contains("[Köln|LOCATION]"), "{}", shown.text());
    let sure = dir.run(&["view", "a.jsonl", "--min-score", "0.5"]).exits(0);
    assert!(!sure.text().contains("LOCATION"), "{}", sure.text());
    let some = dir
        .run(&["view", "a.jsonl", "--labels", "LOCATION"])
        .exits(0);
    assert!(!some.text().contains("COUNTRY"), "{}", some.text());
}

#[test]
fn lines_fit_the_width_and_colours_take_no_room() {
    let dir = Dir::new();
    dir.write("a.jsonl", RECORD);
    let mut command = dir.wiretag(&["view", "a.jsonl", "--width", "24"]);
    command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
    let shown = Ran::of(command.output().expect("the program starts")).exits(0);
    let text = shown.text();
    assert!(
        text.contains("\u{1b}[") && text.contains("COUNTRY"),
        "{text}"
    );
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("it is good");
    let plain = escapes.replace_all(text, "");
    for line in plain.lines() {
        assert!(line.chars().count() <= 24, "{line:?}");
    }
    // Nothing is lost but the spaces where lines break.
    let words: Vec<&str> = plain.split_whitespace().collect();
    assert_eq!(words[..5], ["a", "Iran", "said", "the", "long"]);
    assert!(plain.contains("\n\nIran.\n"), "{plain:?}");
}

#[test]
fn what_can_not_be_read_is_told_and_the_rest_is_shown() {
    let dir = Dir::new();
    dir.write("a.jsonl", format!("{{\n{RECORD}\n"));
    let shown = dir.run(&["view", "a.jsonl"]).exits(1);
    shown.says("a.jsonl:1: ");
    assert!(shown.text().contains("[Iran|COUNTRY]"));
    dir.run(&["view", "none.jsonl"]).says("none.jsonl: ");
}
