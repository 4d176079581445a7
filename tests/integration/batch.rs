//! Long runs: whatever ends one, `--resume` goes on with it, and the output is that of a run without a break. Shards are the whole.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::{
    cli::{Dir, Ran},
    strict,
};
use fastrand::Rng;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use std::{
    fs,
    io::{Read, Write},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

const OUTPUTS: [&str; 3] = ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst"];

/// Runs `annotate` with the lists of the directory.
fn annotate(dir: &Dir, args: &[&str]) -> Ran {
    Ran::of(command(dir, args).output().unwrap())
}

fn command(dir: &Dir, args: &[&str]) -> Command {
    dir.wiretag(&[&["annotate", "--no-builtin", "-g", "lists"], args].concat())
}

/// Articles, files of many documents (one packed), broken ones, and ids that are there twice.
fn write_input(dir: &Dir, lines: usize) {
    let mut random = Rng::with_seed(7);
    for name in ["b.jsonl", "d.jsonl", "f.jsonl"] {
        let mut file = String::new();
        for i in 0..lines {
            let words = random.usize(1..400);
            let words: Vec<&str> = (0..words)
                .map(|_| match random.u8(..100) {
                    0 => "Iran Air",
                    1 => "NATO",
                    2 => "é🚀",
                    n => ["said", "the", "of", "a", "talks", "with"][n as usize % 6],
                })
                .collect();
            let text = words.join(" ");
            file.push_str(&match random.u8(..) {
                0 => "{\"text\": \n".to_owned(),
                1 => format!("{{\"id\":\"double\",\"text\":\"{text}\"}}\n"),
                _ => format!("{{\"id\":\"{name}{i}\",\"text\":\"{text}\"}}\n"),
            });
        }
        match name {
            "d.jsonl" => {
                let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
                packed.write_all(file.as_bytes()).unwrap();
                dir.write("in/d.jsonl.gz", packed.finish().unwrap());
            }
            _ => {
                dir.write(&format!("in/{name}"), file);
            }
        }
    }
    dir.write("in/a.txt", "Iran Air and NATO")
        .write("in/c.txt", "")
        .write("in/e.txt", b"\0\0")
        .write("in/g.txt", "The DPRK.");
}

fn unpack(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    match name.rsplit_once('.').unwrap().1 {
        "gz" => MultiGzDecoder::new(bytes).read_to_end(&mut whole).unwrap(),
        "zst" => zstd::Decoder::new(bytes)
            .unwrap()
            .read_to_end(&mut whole)
            .unwrap(),
        _ => (&mut { bytes }).read_to_end(&mut whole).unwrap(),
    };
    whole
}

/// What the last message sums up, its speed left out.
fn summary(ran: &Ran) -> Vec<&str> {
    let last = ran.err.lines().last().unwrap();
    last.split(", ")
        .filter(|part| !part.ends_with("MB/s"))
        .collect()
}

fn len(dir: &Dir, name: &str) -> u64 {
    fs::metadata(dir.path(name)).map_or(0, |m| m.len())
}

fn has(dir: &Dir, name: &str) -> bool {
    dir.path(name).exists()
}

/// Waits until the part has so many bytes or the run has ended; says whether it goes on.
fn reaches(dir: &Dir, child: &mut Child, part: &str, bytes: u64) -> bool {
    while child.try_wait().unwrap().is_none() {
        if len(dir, part) >= bytes && has(dir, part) {
            return true;
        }
        thread::sleep(Duration::from_micros(300));
    }
    false
}

#[test]
fn a_run_that_is_killed_twenty_times_ends_in_the_same_bytes() {
    let dir = Dir::new();
    write_input(&dir, 4_000);
    let mut random = Rng::with_seed(4);
    for output in OUTPUTS {
        let whole = annotate(&dir, &["in", "-j", "2", "-o", output]).exits(1);
        let expected = fs::read(dir.path(output)).unwrap();
        assert!(expected.len() > 30_000);
        assert_eq!(
            strict::read(&unpack(output, &expected)).len() as u64,
            documents(&whole)
        );
        let part = format!("{output}.part");
        assert!(!has(&dir, &part) && !has(&dir, &format!("{output}.state")));
        for threads in ["1", "2"] {
            fs::remove_file(dir.path(output)).unwrap();
            let args = [
                "in",
                "-j",
                threads,
                "-o",
                output,
                "--resume",
                "--checkpoint",
                "1",
            ];
            let mut kills = 0;
            for n in 0..400 {
                if kills == 20 {
                    break;
                }
                if has(&dir, output) {
                    // Faster than this test: it is whole, and begins again.
                    assert!(fs::read(dir.path(output)).unwrap() == expected);
                    fs::remove_file(dir.path(output)).unwrap();
                    fs::remove_file(dir.path(&format!("{output}.state"))).unwrap();
                }
                let step = expected.len() as u64 / 20;
                // Some end before they have written anything.
                let moment = match n % 5 {
                    0 => 0,
                    _ => len(&dir, &part) + random.u64(0..step * 3 / 2),
                };
                let mut child = command(&dir, &args).stderr(Stdio::null()).spawn().unwrap();
                if reaches(&dir, &mut child, &part, moment) {
                    thread::sleep(Duration::from_micros(random.u64(0..3_000)));
                    kills += 1;
                }
                child.kill().unwrap();
                child.wait().unwrap();
                if has(&dir, output) {
                    continue;
                }
                // Where the power goes, what was not flushed may be anything.
                if has(&dir, &format!("{output}.state")) {
                    let mut file = fs::OpenOptions::new();
                    let mut part = file.append(true).open(dir.path(&part)).unwrap();
                    part.write_all(&b"torn"[..random.usize(..4)]).unwrap();
                }
            }
            assert_eq!(kills, 20, "{output} -j {threads}");
            let finished = has(&dir, output);
            let ran = annotate(&dir, &args).exits(if finished { 0 } else { 1 });
            assert!(
                fs::read(dir.path(output)).unwrap() == expected,
                "{output} -j {threads} differs after {kills} kills"
            );
            if !finished {
                assert_eq!(summary(&ran), summary(&whole), "{output} -j {threads}");
            }
            annotate(&dir, &args).exits(0).says("finished before");
            assert!(!has(&dir, &part));
            fs::remove_file(dir.path(&format!("{output}.state"))).unwrap();
        }
    }
}

fn documents(ran: &Ran) -> u64 {
    let last = ran.err.lines().last().unwrap();
    last.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_run_that_is_interrupted_says_so_and_keeps_what_it_did() {
    let dir = Dir::new();
    write_input(&dir, 4_000);
    annotate(&dir, &["in", "-o", "whole.jsonl"]).exits(1);
    let ran = interrupted(&dir);
    ran.says("interrupted: out.jsonl.part holds what was finished, the same command with --resume goes on");
    // The part is whole as it is.
    let part = fs::read(dir.path("out.jsonl.part")).unwrap();
    let whole = fs::read(dir.path("whole.jsonl")).unwrap();
    assert!(!part.is_empty() && part.len() < whole.len() && whole.starts_with(&part));
    assert_eq!(part.last(), Some(&b'\n'));
    annotate(&dir, &["in", "-o", "out.jsonl", "--resume"]).exits(1);
    assert!(fs::read(dir.path("out.jsonl")).unwrap() == whole);
    // Without --resume an interrupted run is started anew, and says that.
    fs::rename(dir.path("out.jsonl"), dir.path("out.jsonl.part")).unwrap();
    annotate(&dir, &["in", "-o", "out.jsonl"])
        .exits(1)
        .says("of an interrupted run, is started anew (--resume goes on)");
    assert!(fs::read(dir.path("out.jsonl")).unwrap() == whole);
    assert!(!has(&dir, "out.jsonl.state"));
}

#[test]
fn a_full_disk_ends_the_run_and_costs_nothing() {
    let dir = Dir::new();
    write_input(&dir, 2_000);
    for output in OUTPUTS {
        annotate(&dir, &["in", "-o", output]).exits(1);
        let expected = fs::read(dir.path(output)).unwrap();
        fs::remove_file(dir.path(output)).unwrap();
        for threads in ["1", "2"] {
            let args = [
                "in",
                "-j",
                threads,
                "-o",
                output,
                "--resume",
                "--checkpoint",
                "300K",
            ];
            let program = env!("CARGO_BIN_EXE_wiretag");
            // Files may have half of that, in blocks of 512 bytes.
            let blocks = expected.len() / 1024;
            let line = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let mut limited = Command::new("sh");
            limited
                .args([
                    "-c",
                    &line,
                    program,
                    "annotate",
                    "--no-builtin",
                    "-g",
                    "lists",
                ])
                .args(args)
                .current_dir(dir.path(""));
            let ran = Ran::of(limited.output().unwrap()).exits(2);
            ran.says(&format!("{output}.part: File too large"));
            ran.says(&format!(
                "{output}.part holds what was finished, the same command with --resume goes on"
            ));
            assert!(!has(&dir, output));
            // What was finished is a file of its kind.
            let part = fs::read(dir.path(&format!("{output}.part"))).unwrap();
            assert!(!part.is_empty() && part.len() < expected.len() && expected.starts_with(&part));
            assert!(!strict::read(&unpack(output, &part)).is_empty());
            annotate(&dir, &args).exits(1);
            assert!(
                fs::read(dir.path(output)).unwrap() == expected,
                "{output} -j {threads}"
            );
            fs::remove_file(dir.path(output)).unwrap();
            fs::remove_file(dir.path(&format!("{output}.state"))).unwrap();
        }
    }
    assert!(!has(&dir, "out.jsonl.part"));
}

/// What is done to a run before it is resumed, with which further arguments, and the reason why it is refused.
type Refusal = (fn(&Dir), &'static [&'static str], &'static str);

/// Runs `in -o out.jsonl` and interrupts it when it has written something.
fn interrupted(dir: &Dir) -> Ran {
    let mut child = command(dir, &["in", "-o", "out.jsonl"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(reaches(dir, &mut child, "out.jsonl.part", 1));
    signal(&child, "-INT");
    Ran::of(child.wait_with_output().unwrap()).exits(130)
}

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_run_that_is_not_the_same_is_refused_with_the_reason() {
    let refusals: [Refusal; 12] = [
        (
            |dir| {
                dir.write("in/a.txt", "Iran Air or NATO");
            },
            &[],
            "out.jsonl.state: is the state of another run: input was \"7 files of ",
        ),
        (
            |dir| {
                dir.write("in/h.txt", "Iran");
            },
            &[],
            "is the state of another run: input was \"7 files of ",
        ),
        (
            |dir| fs::remove_file(dir.path("in/g.txt")).unwrap(),
            &[],
            "is the state of another run: input was \"7 files of ",
        ),
        (
            |dir| {
                dir.write("lists/more.tsv", "# label: X\nid\tname\nx/x\tXanadu\n");
            },
            &[],
            "is the state of another run: -g was \"2 files of ",
        ),
        (
            |_| {},
            &["--offsets", "byte"],
            "is the state of another run: --offsets was \"codepoint\", is \"byte\"",
        ),
        (
            |_| {},
            &["--shard", "1/2"],
            "is the state of another run: --shard was \"1/1\", is \"1/2\"",
        ),
        (
            |dir| fs::remove_file(dir.path("out.jsonl.part")).unwrap(),
            &[],
            "out.jsonl.part: is gone, but its state is there",
        ),
        (
            |dir| {
                dir.write("out.jsonl.part", "{}\n");
            },
            &[],
            "out.jsonl.part: has 3 bytes where its state says ",
        ),
        (
            |dir| fs::remove_file(dir.path("out.jsonl.state")).unwrap(),
            &[],
            "out.jsonl.part: has no state beside it",
        ),
        (
            |dir| {
                dir.write("out.jsonl.state", "{}\n");
            },
            &[],
            "out.jsonl.state: is no state of wiretag, or damaged",
        ),
        (
            |dir| {
                dir.write("out.jsonl.state", "{\"wiretag_state\":99}\n");
            },
            &[],
            "out.jsonl.state: is of another version of wiretag",
        ),
        (
            |dir| {
                let state = fs::read(dir.path("out.jsonl.state")).unwrap();
                let at = state.windows(7).position(|w| w == b"version").unwrap() + 10;
                dir.write(
                    "out.jsonl.state",
                    [&state[..at], b"9", &state[at..]].concat(),
                );
            },
            &[],
            "is the state of another run: version was \"90.",
        ),
    ];
    for (change, more, reason) in refusals {
        let dir = Dir::new();
        write_input(&dir, 3_000);
        interrupted(&dir);
        change(&dir);
        let before = len(&dir, "out.jsonl.part");
        let args = [&["in", "-o", "out.jsonl", "--resume"], more].concat();
        let ran = annotate(&dir, &args).exits(2);
        ran.says(reason);
        ran.says("; run without --resume to start anew");
        assert_eq!(len(&dir, "out.jsonl.part"), before, "{reason}");
        // That is the way out.
        let args = [&["in", "-o", "out.jsonl"], more].concat();
        annotate(&dir, &args).exits(1);
        assert!(!has(&dir, "out.jsonl.part") && !has(&dir, "out.jsonl.state"));
    }
}

#[test]
fn a_finished_output_is_refused_if_it_is_another() {
    let dir = Dir::new();
    dir.write("in/a.txt", "Iran").write("old.jsonl", "old\n");
    annotate(&dir, &["in", "-o", "old.jsonl", "--resume"])
        .exits(2)
        .says("old.jsonl: is there without a state that says what it is; run without --resume to start anew");
    assert_eq!(fs::read(dir.path("old.jsonl")).unwrap(), b"old\n");
    annotate(&dir, &["in", "-o", "out.jsonl", "--resume"]).exits(0);
    annotate(&dir, &["in", "-o", "out.jsonl", "--resume"])
        .exits(0)
        .says("out.jsonl: finished before: 1 document");
    let ran = annotate(&dir, &["in", "-o", "out.jsonl", "--resume", "--attributes"]).exits(2);
    ran.says("--attributes was \"false\", is \"true\"");
    let mut out = fs::OpenOptions::new()
        .append(true)
        .open(dir.path("out.jsonl"))
        .unwrap();
    out.write_all(b"more\n").unwrap();
    annotate(&dir, &["in", "-o", "out.jsonl", "--resume"])
        .exits(2)
        .says("out.jsonl: has ");
    // Without --resume it is written anew, and its state goes.
    annotate(&dir, &["in", "-o", "out.jsonl"]).exits(0);
    assert!(!has(&dir, "out.jsonl.state"));
}

#[test]
fn a_kill_between_the_last_steps_does_no_harm() {
    let dir = Dir::new();
    dir.write("in/a.txt", "Iran").write("in/b.txt", "NATO");
    let args = ["in", "-o", "out.jsonl", "--resume"];
    annotate(&dir, &args).exits(0);
    let whole = fs::read(dir.path("out.jsonl")).unwrap();
    let state = fs::read(dir.path("out.jsonl.state")).unwrap();
    let again = || {
        annotate(&dir, &args).exits(0);
        assert_eq!(fs::read(dir.path("out.jsonl")).unwrap(), whole);
        assert!(!has(&dir, "out.jsonl.part") && has(&dir, "out.jsonl.state"));
    };
    // The state says that it is finished, and it was not renamed yet.
    fs::rename(dir.path("out.jsonl"), dir.path("out.jsonl.part")).unwrap();
    again();
    // A part was made, and no state yet.
    fs::remove_file(dir.path("out.jsonl")).unwrap();
    fs::remove_file(dir.path("out.jsonl.state")).unwrap();
    dir.write("out.jsonl.part", "");
    again();
    // A state was being written.
    dir.write("out.jsonl.state.new", &state[..9]);
    again();
}

#[test]
fn what_cannot_be_resumed_says_so() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran");
    annotate(&dir, &["a.txt", "--resume"])
        .exits(2)
        .says("--output <FILE>");
    annotate(&dir, &["a.txt", "--resume", "-o", "-"])
        .exits(2)
        .says("--resume needs a file behind -o");
    annotate(&dir, &["-", "--resume", "-o", "out.jsonl"])
        .exits(2)
        .says("standard input and pipes can't be read again: --resume needs files");
    annotate(&dir, &["a.txt", "--shard", "3/2"])
        .exits(2)
        .says("no shard 3/2: write 1/2 to 2/2");
    annotate(&dir, &["a.txt", "--shard", "two"])
        .exits(2)
        .says("write 1/4");
}

#[test]
fn two_runs_do_not_write_one_file() {
    let dir = Dir::new();
    write_input(&dir, 4_000);
    let mut child = command(&dir, &["in", "-o", "out.jsonl"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(reaches(&dir, &mut child, "out.jsonl.part", 1));
    signal(&child, "-STOP");
    for more in [&[][..], &["--resume"]] {
        let args = [&["in", "-o", "out.jsonl"], more].concat();
        annotate(&dir, &args)
            .exits(2)
            .says("out.jsonl.part: another run writes it");
    }
    signal(&child, "-CONT");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_run_does_not_read_what_it_writes() {
    let dir = Dir::new();
    dir.write("in/a.txt", "Iran").write("in/b.txt", "NATO");
    for _ in 0..2 {
        let ran = annotate(&dir, &["in", "in/*", "-o", "in/out.jsonl", "--resume"]).exits(0);
        assert!(
            ran.err.contains("4 documents") && !ran.err.contains("twice"),
            "{}",
            ran.err
        );
    }
    // Named, the output itself is input, but not when it is to be resumed.
    fs::remove_file(dir.path("in/out.jsonl.state")).unwrap();
    let ran = annotate(&dir, &["in/out.jsonl", "-o", "in/out.jsonl"]).exits(0);
    assert!(ran.err.contains("4 documents"), "{}", ran.err);
}

#[test]
fn packed_output_without_a_document_is_a_file_of_its_kind() {
    let dir = Dir::new();
    dir.write("in/a.jsonl", "\n");
    for output in OUTPUTS {
        annotate(&dir, &["in", "-o", output]).exits(0);
        let packed = fs::read(dir.path(output)).unwrap();
        assert_eq!(packed.is_empty(), output == "out.jsonl");
        assert_eq!(unpack(output, &packed), b"");
    }
}

#[test]
fn all_shards_together_are_the_whole() {
    let dir = Dir::new();
    write_input(&dir, 300);
    // Broken documents have numbers too: the ids tell which were written.
    let whole = annotate(&dir, &["in"]).exits(1);
    let lines: Vec<&str> = whole.text().lines().collect();
    let errors = |ran: &Ran| -> usize {
        let last = ran.err.lines().last().unwrap();
        let problems = last
            .split(", ")
            .find(|part| part.contains("problem"))
            .unwrap();
        problems
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap_or(0)
    };
    for count in 1..=5 {
        let mut shards = Vec::new();
        let mut all_errors = 0;
        for index in 1..=count {
            let shard = format!("{index}/{count}");
            let threads = if index % 2 == 0 { "1" } else { "2" };
            let ran = annotate(&dir, &["in", "--shard", &shard, "-j", threads]);
            all_errors += errors(&ran);
            shards.push(ran);
        }
        assert_eq!(all_errors, errors(&whole), "{count} shards");
        let mut shards: Vec<_> = shards.iter().map(|r| r.text().lines().peekable()).collect();
        // Each line of the whole is the next of one shard.
        for line in &lines {
            let found = shards.iter_mut().find_map(|s| s.next_if_eq(line));
            assert!(found.is_some(), "{count} shards: {line}");
        }
        assert!(
            shards.iter_mut().all(|s| s.next().is_none()),
            "{count} shards"
        );
    }
    // Where all can be read, they take turns.
    let good: String = (0..100)
        .map(|i| format!("{{\"id\":{i},\"text\":\"Iran\"}}\n"))
        .collect();
    dir.write("good.jsonl", good);
    let whole = annotate(&dir, &["good.jsonl"]).exits(0);
    let shards: Vec<Ran> = ["1/3", "2/3", "3/3"]
        .map(|shard| annotate(&dir, &["good.jsonl", "--shard", shard]).exits(0))
        .into();
    let mut turns: Vec<_> = shards.iter().map(|r| r.text().lines()).collect();
    let merged: Vec<&str> = (0..100).map(|i| turns[i % 3].next().unwrap()).collect();
    assert_eq!(merged, whole.text().lines().collect::<Vec<_>>());
}
