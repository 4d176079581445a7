//! Start-up with all built-in lists, and how it splits: `cargo bench --bench startup`.
//!
//! Medians of several rounds in one process. A process of its own pays for fresh memory on top:
//! `time wiretag annotate examples/articles/missile-test.txt` shows the whole.

#![allow(
    clippy::print_stdout,
    reason = "the result of a bench is what it prints"
)]

use std::time::Instant;
use wiretag::{Annotator, Document, Gazetteer};

const ROUNDS: usize = 9;

fn main() {
    let article = include_str!("../examples/articles/missile-test.txt");
    let doc = Document::new("a", article);
    let mut times = [const { Vec::new() }; 3];
    let mut names = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut builder = Gazetteer::builder();
        builder.add_builtin();
        let read = start.elapsed();
        let gazetteer = builder.build().expect("the shipped lists are good");
        names = gazetteer.alias_count();
        let built = start.elapsed();
        let annotator = Annotator::builder()
            .build(gazetteer)
            .expect("no labels are asked for");
        assert!(!annotator.annotate(&doc).is_empty());
        let done = start.elapsed();
        for (times, time) in times.iter_mut().zip([read, built - read, done - built]) {
            times.push(time.as_secs_f64() * 1e3);
        }
    }
    println!("{names} names");
    for (what, times) in ["read the lists", "index them", "annotate an article"]
        .iter()
        .zip(&mut times)
    {
        times.sort_by(f64::total_cmp);
        println!("  {what:20} {:7.1} ms", times[ROUNDS / 2]);
    }
}
