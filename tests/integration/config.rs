//! `wiretag.toml` and `wiretag config`.

use crate::cli::Dir;

const TEXT: &str = "Iran and the Nordhavn.";

/// A folder with a configuration, and a folder in it.
fn dir(config: &str) -> Dir {
    let dir = Dir::new();
    dir.write("team/ships.txt", "Nordhavn\n")
        .write("team/wiretag.toml", config)
        .write("team/news/a.txt", TEXT);
    dir
}

/// What the command prints in the inner folder.
fn run(dir: &Dir, args: &[&str]) -> crate::cli::Ran {
    let mut command = dir.wiretag(args);
    command.current_dir(dir.path("team/news"));
    crate::cli::Ran::of(command.output().expect("the program starts"))
}

const SHIPS: &str = "gazetteers = [\"ships.txt\"]\nbuiltin = false\nlabel = \"SHIP\"\n";

#[test]
fn a_configuration_is_found_upwards_and_its_paths_are_relative_to_it() {
    let dir = dir(SHIPS);
    let marked = run(&dir, &["annotate", "a.txt", "--to", "marked"]).exits(0);
    assert_eq!(marked.text(), "== a.txt\nIran and the [Nordhavn|SHIP].\n\n");
    marked.says("configuration wiretag.toml ");
}

#[test]
fn the_command_line_wins() {
    let dir = dir(SHIPS);
    dir.write("team/news/states.txt", "Iran\n");
    let args = [
        "annotate",
        "a.txt",
        "--to",
        "marked",
        "-g",
        "states.txt",
        "--label",
        "STATE",
    ];
    let marked = run(&dir, &args).exits(0);
    assert_eq!(
        marked.text(),
        "== a.txt\n[Iran|STATE] and the Nordhavn.\n\n"
    );
    let none = run(
        &dir,
        &["annotate", "a.txt", "--to", "marked", "--config", "none"],
    )
    .exits(0);
    assert_eq!(
        none.text(),
        "== a.txt\n[Iran|COUNTRY] and the Nordhavn.\n\n"
    );
}

#[test]
fn labels_are_mapped_as_the_command_line_maps_them() {
    let config = "labels = [\"GPE\"]\nrules = false\n[map-labels]\nCOUNTRY = \"GPE\"\n";
    let marked = run(&dir(config), &["annotate", "a.txt", "--to", "marked"]).exits(0);
    assert_eq!(marked.text(), "== a.txt\n[Iran|GPE] and the Nordhavn.\n\n");
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let shown = run(&dir(SHIPS), &["config"]).exits(0);
    let text = shown.text();
    let line = |key: &str| {
        text.lines()
            .find(|l| l.starts_with(key))
            .unwrap()
            .to_owned()
    };
    assert!(
        line("label ").contains("SHIP  (") && line("label ").ends_with("wiretag.toml:3)"),
        "{text}"
    );
    assert!(line("builtin ").contains("false  ("), "{text}");
    assert!(line("titles ").ends_with("outside  (built in)"), "{text}");
    let json = run(&dir(SHIPS), &["config", "--json", "--config", "none"]).exits(0);
    assert!(
        json.text()
            .contains(r#"{"setting":"builtin","source":"built in","value":"true"}"#),
        "{}",
        json.text()
    );
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let wrong = [
        (
            "\ncolour = 1\n",
            "wiretag.toml:2: no setting \"colour\": there are gazetteers, ",
        ),
        ("label = 3\n", "wiretag.toml:1: label is a string"),
        ("rules = \"no\"\n", "wiretag.toml:1: rules is true or false"),
        (
            "labels = [1]\n",
            "wiretag.toml:1: labels is a list of strings",
        ),
        ("a\n", "wiretag.toml:1: "),
    ];
    for (config, message) in wrong {
        for command in [&["annotate", "a.txt"][..], &["config"]] {
            run(&dir(config), command).exits(2).says(message);
        }
    }
    run(&dir("titles = \"in\"\n"), &["config"])
        .exits(2)
        .says("there are outside, inside");
    run(
        &dir(SHIPS),
        &["annotate", "a.txt", "--config", "other.toml"],
    )
    .exits(2)
    .says("other.toml: ");
    // Commands that do not annotate do not read it.
    run(&dir("a\n"), &["rules"]).exits(0);
}
