//! All integration tests, in one binary.

// Long runs: killed, out of space, refused, resumed, in shards.
#[cfg(unix)]
mod batch;
// Spans on words: columns and GLiNER there and back, what does not fit, labels and zones.
mod alignment;
// Marked text in, the same marked text out, with both engines: `tests/cases/*.txt`.
mod cases;
// Annotated files with damage, and good ones.
mod check;
// The program as its users meet it: arguments, inputs, faults, outputs, exit codes.
mod cli;
mod compiled;
// wiretag.toml.
mod config;
// What changed between two outputs or lists.
mod diff;
// Scores of predictions against gold, and the files that they are read from.
mod eval;
// Why a text is annotated as it is: every kind of decision in words, and rules by their names.
mod explain;
// Which file of `src/` may import which, and who touches files, threads and `unsafe`.
mod floors;
// Formats of annotation tools: converted from any to any.
mod formats;
// Whole outputs over articles, against `tests/golden/`.
mod golden;
// Names from and to other systems: a sample of each format and a damaged twin: `tests/import/`.
mod import;
// Every format of input, good, broken and hostile: `tests/inputs/`.
mod inputs;
// What is wrong with lists: planted faults, clean lists, repairs.
mod lint;
// Every line of the shipped lists: clean in lint, form, order, ids; every alias is found in a sentence of its own.
mod lists;
// Precision on texts off the domain, against a floor: `tests/off-domain/`.
mod off_domain;
// Names that a corpus uses and the lists lack.
mod mine;
// Patterns of users: the documented subset, what is refused, contexts, and the competition with names.
mod patterns;
// What the token index finds equals what the automaton and a naive search find, on random lists and texts.
mod properties;
// The README's commands print what the README shows.
mod readme;
// The page of a report: what is in it, and that none of it can run.
mod report;
// Sets that are split into train, dev and test.
mod rules;
mod split;
// Counts over annotated files.
mod stats;
// A reader of our JSONL written apart from the writer, for the tests above.
mod strict;
// Tables of Parquet, read and written.
mod tables;
// Formats to train on: DocBin, Parquet, votes.
mod training;
// Annotated articles in the terminal.
mod view;
