//! [`Table`]: rows for people, as aligned text, Markdown or CSV.

use std::fmt::Write;

/// A table with a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// Names of the columns and their sides.
    pub columns: Vec<(&'static str, Align)>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Row>,
}

/// The side that the cells of a column keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A row of a [`Table`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<String>,
    /// Lines that belong to it.
    pub notes: Vec<String>,
}

impl Table {
    /// An empty table; columns of words stand on the left, of numbers on the right.
    pub(crate) fn new(
        title: impl Into<String>,
        words: &[&'static str],
        numbers: &[&'static str],
    ) -> Table {
        let side = |names: &[&'static str], side| names.iter().map(move |n| (*n, side)).collect();
        let mut columns: Vec<_> = side(words, Align::Left);
        columns.extend::<Vec<_>>(side(numbers, Align::Right));
        Table {
            title: title.into(),
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row without notes.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row {
            cells: cells.into_iter().collect(),
            notes: Vec::new(),
        });
    }

    /// The table without its title in lines of text, columns aligned, notes below their rows. Nothing if it has no rows.
    pub fn aligned(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let header = self.columns.iter().map(|(name, _)| (*name).to_owned());
        let header: Vec<String> = header.collect();
        let cells = || self.rows.iter().map(|r| &r.cells);
        let width = |column: usize| {
            let all = cells().chain([&header]);
            let lens = all.map(|row| printable(&row[column]).chars().count());
            lens.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        let line = |row: &[String]| {
            let mut line = String::new();
            for ((cell, &width), (_, side)) in row.iter().zip(&widths).zip(&self.columns) {
                let gap = if line.is_empty() { "" } else { "  " };
                let cell = printable(cell);
                // Writing to a string does not fail.
                let _ = match side {
                    Align::Left => write!(line, "{gap}{cell:width$}"),
                    Align::Right => write!(line, "{gap}{cell:>width$}"),
                };
            }
            line.truncate(line.trim_end().len());
            line.push('\n');
            line
        };
        let mut out = line(&header);
        for row in &self.rows {
            out.push_str(&line(&row.cells));
            for note in &row.notes {
                out.push_str(&format!("    {}\n", printable(note)));
            }
        }
        out
    }

    /// The table without its title in Markdown; notes make a last column. Nothing if it has no rows.
    pub fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let notes = self.rows.iter().any(|r| !r.notes.is_empty());
        let mut out = String::from("|");
        for (name, _) in &self.columns {
            out.push_str(&format!(" {name} |"));
        }
        out.push_str(if notes { " examples |\n|" } else { "\n|" });
        for (_, side) in &self.columns {
            out.push_str(match side {
                Align::Left => "---|",
                Align::Right => "--:|",
            });
        }
        out.push_str(if notes { "---|\n" } else { "\n" });
        for row in &self.rows {
            out.push('|');
            for cell in &row.cells {
                out.push_str(&format!(" {} |", escaped(cell)));
            }
            if notes {
                let notes: Vec<String> = row.notes.iter().map(|n| escaped(n)).collect();
                out.push_str(&format!(" {} |", notes.join("<br>")));
            }
            out.push('\n');
        }
        out
    }

    /// The table without its title and notes as CSV (RFC 4180), with a row of names.
    pub fn csv(&self) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        let header: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let rows = self.rows.iter().map(|r| &r.cells);
        let written = out
            .write_record(&header)
            .and_then(|()| rows.into_iter().try_for_each(|row| out.write_record(row)));
        written.expect("rows have as many cells as columns, and memory takes them");
        let bytes = out.into_inner().expect("memory takes what is left");
        String::from_utf8(bytes).expect("cells are UTF-8")
    }
}

/// Text without characters that do something to a terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        if "\\|`*_[]<>#".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new("t", &["label"], &["F1"]);
        table.row(["ORG".to_owned(), "0.5000".to_owned()]);
        table.row(["a|b\u{1b}[1m".to_owned(), "1".to_owned()]);
        table.rows[0].notes.push("d1: … [AT&T] said".to_owned());
        table
    }

    #[test]
    fn text_is_aligned_and_moves_no_terminal() {
        assert_eq!(
            table().aligned(),
            "label        F1\nORG      0.5000\n    d1: … [AT&T] said\na|b\u{fffd}[1m       1\n"
        );
    }

    #[test]
    fn markdown_shows_cells_as_they_are() {
        assert_eq!(
            table().markdown(),
            "| label | F1 | examples |\n|---|--:|---|\n| ORG | 0.5000 | d1: … \\[AT&T\\] said |\n| a\\|b\u{fffd}\\[1m | 1 |  |\n"
        );
    }

    #[test]
    fn csv_quotes_what_it_must() {
        let mut table = Table::new("t", &["surface"], &["spans"]);
        table.row(["Acme, \"Inc.\"".to_owned(), "3".to_owned()]);
        assert_eq!(table.csv(), "surface,spans\n\"Acme, \"\"Inc.\"\"\",3\n");
    }
}
