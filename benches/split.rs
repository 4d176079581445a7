//! `wiretag split` on a large set with planted near-duplicates: time, memory, and how many pairs stay together.
//!
//! `cargo bench --bench split -- [DOCUMENTS]`, a million if nothing is said. A fifth of the stories have one to three near-duplicates.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench reports on the terminal"
)]

#[path = "common/stories.rs"]
mod stories;

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    time::Instant,
};
use stories::Stories;
use wiretag::{OutputFolder, Split, read::Sources};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().find_map(|a| a.parse().ok());
    let count: usize = count.unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let input = folder.path().join("stories.jsonl");
    let pairs = generate(&input, count)?;
    let bytes = fs::metadata(&input)?.len();
    println!(
        "{count} documents, {:.0} MB of JSONL, {pairs} planted pairs",
        bytes as f64 / 1e6
    );
    let start = Instant::now();
    let set = folder.path().join("set");
    let name = input.display().to_string();
    let report = Split::default().run(
        || Sources::new([name.as_str()]),
        OutputFolder::create(&set)?,
        &mut |problem| eprintln!("{problem}"),
    )?;
    println!("{:.1} s, {} at most", start.elapsed().as_secs_f64(), peak());
    for part in &report.parts {
        println!("{:5} {:8} documents", part.side, part.counts.documents);
    }
    println!("{:?}", report.left_out);
    evaluate(&set, pairs)
}

/// Writes stories; a document's id is its family and its number in it. Gives how many near-duplicates of a first story there are.
fn generate(path: &Path, count: usize) -> std::io::Result<usize> {
    let mut stories = Stories::new(6);
    let mut rng = fastrand::Rng::with_seed(7);
    let mut out = BufWriter::new(File::create(path)?);
    let (mut written, mut pairs, mut family) = (0, 0, 0);
    while written < count {
        let copies = if rng.u8(..5) == 0 { rng.usize(1..4) } else { 0 };
        for (i, story) in stories.family(copies).iter().enumerate() {
            out.write_all(story.line(&format!("{family}.{i}"), "{}").as_bytes())?;
            written += 1;
        }
        pairs += copies;
        family += 1;
    }
    out.flush()?;
    Ok(pairs)
}

/// Says how many planted pairs are on one side, and how many documents without a near-duplicate were joined to others.
fn evaluate(set: &Path, pairs: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut sides: HashMap<String, Vec<(String, &str)>> = HashMap::new();
    for side in ["train", "dev", "test"] {
        for id in ids(&set.join(format!("{side}.jsonl")), "id")? {
            let (family, member) = id.split_once('.').expect("ids have two parts");
            let family = sides.entry(family.to_owned()).or_default();
            family.push((member.to_owned(), side));
        }
    }
    let mut parted = 0;
    for family in sides.values() {
        let first = family.iter().find(|(member, _)| member == "0");
        let others = family.iter().filter(|(member, _)| member != "0");
        parted += others
            .filter(|(_, side)| first.is_some_and(|(_, s)| s != side))
            .count();
    }
    let members = ids(&set.join("duplicates.jsonl"), "id")?;
    let leaders = ids(&set.join("duplicates.jsonl"), "of")?;
    let left_out = ids(&set.join("left-out.jsonl"), "id")?.len();
    let (mut found, mut joined) = (0, 0);
    for (member, leader) in members.iter().zip(&leaders) {
        let family = |id: &str| id.split('.').next().map(str::to_owned);
        match family(member) == family(leader) {
            true => found += 1,
            false => joined += 1,
        }
    }
    let all: usize = sides.values().map(Vec::len).sum();
    println!(
        "planted pairs on one side: {:.3} %",
        100.0 * (pairs - parted) as f64 / pairs as f64
    );
    println!(
        "in one cluster: {:.3} %",
        100.0 * found as f64 / pairs as f64
    );
    println!(
        "documents joined to another story: {:.4} %",
        100.0 * joined as f64 / all as f64
    );
    println!("left out: {left_out}");
    Ok(())
}

/// A field of each line, a string.
fn ids(path: &Path, field: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let lines = BufReader::new(File::open(path)?).lines();
    lines
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(&line?)?;
            Ok(value[field].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

/// The most memory that the process had, where the system tells it.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    peak.unwrap_or("unknown memory").trim().to_owned()
}
