//! The terminal view: a document's text with its spans in the colour of their label, and a legend with counts.

use super::{Feature, Writer, byte_spans};
use crate::record::Record;
use anstyle::{AnsiColor, Color, Style};
use std::{collections::BTreeMap, fmt::Write};

/// The writer of the terminal view. It writes escape sequences; for streams that show none, [`super::marked`] is the better format.
#[derive(Clone, Copy, Debug)]
pub struct View;

impl Writer for View {
    fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        let mut page = String::with_capacity(record.text.len() * 2);
        let heading = Style::new().bold().underline();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut done = 0;
        let mut push = |part: std::fmt::Arguments<'_>| {
            page.write_fmt(part)
                .expect("writing to a string does not fail")
        };
        push(format_args!(
            "{heading}{}{heading:#}\n\n",
            visible(&record.id)
        ));
        for (span, label) in byte_spans(record) {
            let style = label_style(label);
            push(format_args!(
                "{}{style}{}{style:#}",
                visible(&record.text[done..span.start]),
                visible(&record.text[span.clone()])
            ));
            *counts.entry(label).or_default() += 1;
            done = span.end;
        }
        push(format_args!(
            "{}\n\n",
            visible(record.text[done..].trim_end())
        ));
        let mut gap = "";
        for (label, count) in counts {
            let style = label_style(label);
            push(format_args!("{gap}{style}{label}{style:#} {count}"));
            gap = "   ";
        }
        push(format_args!("\n\n"));
        out.extend_from_slice(page.as_bytes());
    }

    // What it shows is not read back: that details are not shown needs no word.
    fn lacks(&self) -> &'static [Feature] {
        &[Feature::Overlaps, Feature::Lost]
    }
}

/// The text without characters that would command the terminal.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// The style of a label in the terminal view, for others that show labels beside it.
pub fn label_style(label: &str) -> Style {
    let color = match label {
        "COUNTRY" => AnsiColor::BrightBlue,
        "NATIONALITY" => AnsiColor::BrightCyan,
        "ORG" => AnsiColor::BrightYellow,
        "PERSON" => AnsiColor::BrightMagenta,
        "WEAPON" => AnsiColor::BrightRed,
        "LOCATION" => AnsiColor::BrightGreen,
        // A label of the user's keeps its colour from run to run.
        _ => [
            AnsiColor::Cyan,
            AnsiColor::Yellow,
            AnsiColor::Magenta,
            AnsiColor::Green,
        ][label.bytes().map(usize::from).sum::<usize>() % 4],
    };
    Style::new().bold().fg_color(Some(Color::Ansi(color)))
}
