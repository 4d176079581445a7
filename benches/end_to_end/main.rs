//! The whole job, from JSONL to JSONL with a plain list of names, against the same job written with aho-corasick and serde_json.
//!
//! `cargo bench --bench end_to_end [-- NAMES [MEGABYTES]]` (default: 100,000 names, 100 MB of text) runs both as processes on the
//! same files, in turn, and prints medians: machines are noisy, read the ratios. It fails if they do not find the same spans.
//!
//! `cargo bench --bench end_to_end -- growth [NAMES [MEGABYTES]]` (default: 100,000 names, 50 MB of text) runs wiretag on so much text
//! and on ten times as much, in turn, and prints speed and peak memory of both: neither is to depend on the length of the input.
//!
//! `cargo bench --bench end_to_end -- write FOLDER [NAMES [MEGABYTES]]` writes the list and the articles alone: `names.txt`,
//! `articles.jsonl`.

#![allow(
    clippy::print_stdout,
    reason = "the result of a bench is what it prints"
)]

#[path = "../common/mod.rs"]
mod common;
mod rival;

use common::Corpus;
use serde::Deserialize;
use std::{
    error::Error,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds --bench.
    let arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let arguments: Vec<String> = arguments.collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match &arguments[..] {
        ["rival", list, articles, output] => {
            rival::run(list.as_ref(), articles.as_ref(), output.as_ref())
        }
        ["growth", sizes @ ..] => growth(sizes),
        ["write", folder, sizes @ ..] => write(folder.as_ref(), sizes).map(|_| ()),
        sizes => compare(sizes),
    }
}

fn compare(sizes: &[&str]) -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("end_to_end");
    let bytes = write(&folder, sizes)?;
    let mut rival = Command::new(std::env::current_exe()?);
    rival.args(["rival", "names.txt", "articles.jsonl", "rival.jsonl"]);
    let mut runs = [
        ("aho-corasick and serde_json", rival),
        ("wiretag annotate -j 1", wiretag("1", "wiretag.jsonl")),
        ("wiretag annotate -j 2", wiretag("2", "wiretag-2.jsonl")),
    ];
    let mut times = [const { Vec::new() }; 3];
    for round in 0..=ROUNDS {
        for ((name, command), times) in runs.iter_mut().zip(&mut times) {
            let start = Instant::now();
            let status = command.current_dir(&folder).status()?;
            if !status.success() {
                return Err(format!("{name}: {status}").into());
            }
            // The first round fills the cache of files.
            if round > 0 {
                times.push(start.elapsed().as_secs_f64());
            }
        }
    }
    let documents = same_spans(&folder.join("rival.jsonl"), &folder.join("wiretag.jsonl"))?;
    if fs::read(folder.join("wiretag.jsonl"))? != fs::read(folder.join("wiretag-2.jsonl"))? {
        return Err("-j 1 and -j 2 wrote different bytes".into());
    }
    println!("{documents}, both found the same spans");
    for (k, (name, _)) in runs.iter().enumerate() {
        println!(
            "  {name:30} {:7.1} MB/s {:6.2}x",
            bytes as f64 / 1e6 / median(times[k].iter().copied()),
            ratio(&times[0], &times[k])
        );
    }
    println!(
        "  -j 2 is {:.2} times as fast as -j 1",
        ratio(&times[1], &times[2])
    );
    Ok(())
}

fn wiretag(threads: &str, output: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiretag"));
    command
        .args(
            "annotate --quiet --no-builtin --no-rules -g names.txt --label ENT --case any"
                .split(' '),
        )
        .args(["-j", threads, "articles.jsonl", "-o", output]);
    command
}

fn growth(sizes: &[&str]) -> Result<(), Box<dyn Error>> {
    let base = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("end_to_end_growth");
    let names = sizes.first().copied().unwrap_or("100000");
    let megabytes: usize = sizes.get(1).map_or(Ok(50), |s| s.parse())?;
    let mut inputs = Vec::new();
    for times in [1, 10] {
        let folder = base.join(times.to_string());
        let bytes = write(&folder, &[names, &(times * megabytes).to_string()])?;
        inputs.push((folder, bytes));
    }
    println!("threads  MB of text     MB/s  peak memory, MB");
    for threads in ["1", "2"] {
        let mut runs = [const { (Vec::new(), Vec::new()) }; 2];
        for round in 0..=ROUNDS {
            for ((folder, _), (times, peaks)) in inputs.iter().zip(&mut runs) {
                let start = Instant::now();
                let mut child = wiretag(threads, "out.jsonl").current_dir(folder).spawn()?;
                let mut peak = 0;
                let status = loop {
                    // It only rises: the last look before the end is as good as one at the end.
                    peak = peak_memory(child.id()).unwrap_or(peak);
                    if let Some(status) = child.try_wait()? {
                        break status;
                    }
                    std::thread::sleep(Duration::from_millis(5));
                };
                if !status.success() {
                    return Err(status.to_string().into());
                }
                if round > 0 {
                    times.push(start.elapsed().as_secs_f64());
                    peaks.push(peak as f64 / 1e6);
                }
            }
        }
        for ((_, bytes), (times, peaks)) in inputs.iter().zip(&runs) {
            println!(
                "{threads:>7}  {:10.0}  {:7.1}  {:15.1}",
                *bytes as f64 / 1e6,
                *bytes as f64 / 1e6 / median(times.iter().copied()),
                median(peaks.iter().copied())
            );
        }
    }
    Ok(())
}

/// The most memory that a process had until now, in bytes; none where the system does not tell, or for one that has ended.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// How much faster the second is: the median over pairs that ran one after the other.
fn ratio(first: &[f64], second: &[f64]) -> f64 {
    median(first.iter().zip(second).map(|(a, b)| a / b))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Writes the list and the articles; returns the bytes of text.
fn write(folder: &Path, sizes: &[&str]) -> Result<usize, Box<dyn Error>> {
    let size = |i: usize, default: usize| sizes.get(i).map_or(Ok(default), |s| s.parse());
    let (names, megabytes) = (size(0, 100_000)?, size(1, 100)?);
    fs::create_dir_all(folder)?;
    let mut corpus = Corpus::new();
    let names = corpus.names(names);
    fs::write(folder.join("names.txt"), names.join("\n") + "\n")?;
    let mut out = BufWriter::new(File::create(folder.join("articles.jsonl"))?);
    let (mut bytes, mut n) = (0, 0);
    // A few at a time: memory does not grow with the text.
    while bytes < megabytes * 1_000_000 {
        for text in corpus.documents(&names, 1_000_000) {
            let article = serde_json::json!({ "id": format!("article-{n}"), "text": text });
            serde_json::to_writer(&mut out, &article)?;
            out.write_all(b"\n")?;
            bytes += text.len();
            n += 1;
        }
    }
    out.flush()?;
    Ok(bytes)
}

#[derive(Deserialize)]
struct Record {
    id: String,
    text: String,
    spans: Vec<Span>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Span {
    start: usize,
    end: usize,
}

/// Compares two outputs, and says how much is in them.
fn same_spans(first: &Path, second: &Path) -> Result<String, Box<dyn Error>> {
    let mut second = BufReader::new(File::open(second)?).lines();
    let (mut documents, mut bytes, mut spans) = (0, 0, 0);
    for line in BufReader::new(File::open(first)?).lines() {
        let a: Record = serde_json::from_str(&line?)?;
        let b: Record = serde_json::from_str(&second.next().ok_or("a record is missing")??)?;
        if (&a.id, &a.text) != (&b.id, &b.text) {
            return Err(format!("{} and {}: other records", a.id, b.id).into());
        }
        if a.spans != b.spans {
            let mut all = a.spans.iter().chain(&b.spans);
            let one = all.find(|s| a.spans.contains(s) != b.spans.contains(s));
            return Err(format!("{}: one of the two did not find {one:?}", a.id).into());
        }
        documents += 1;
        bytes += a.text.len();
        spans += a.spans.len();
    }
    if second.next().is_some() {
        return Err("a record is missing".into());
    }
    Ok(format!(
        "{documents} documents, {:.0} MB of text, {spans} spans (one in {} bytes)",
        bytes as f64 / 1e6,
        bytes / spans.max(1)
    ))
}
