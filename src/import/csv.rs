//! CSV and TSV with a header: columns with the names that lists have (`id`, `name`, `aliases` …, `codes`, `weak`, `label`), or those
//! that the user maps to them. Several names in a cell are separated by `|`, or by `;` where it has no `|`.

use super::{Entity, ImportOptions, Importer, Name, NameKind, Parsed};
use crate::{error::Error, gazetteer::AliasKind, read, span::Label};

pub(super) struct Csv;

/// The columns of names, and what they hold.
const NAMES: [(&str, NameKind); 8] = [
    ("name", NameKind::Plain(AliasKind::Full)),
    ("aliases", NameKind::Plain(AliasKind::Full)),
    ("short", NameKind::Plain(AliasKind::Short)),
    ("acronyms", NameKind::Plain(AliasKind::Acronym)),
    ("demonyms", NameKind::Plain(AliasKind::Demonym)),
    ("former", NameKind::Plain(AliasKind::Former)),
    ("codes", NameKind::Code),
    ("weak", NameKind::Weak),
];

impl Importer for Csv {
    fn attributes(&self, options: &ImportOptions) -> Vec<String> {
        let mapped = options
            .columns
            .iter()
            .filter_map(|(to, _)| to.strip_prefix('@'));
        mapped.map(str::to_owned).collect()
    }

    fn gathers(&self) -> bool {
        true
    }

    fn cut(&self) -> read::Format {
        read::Format::Csv
    }

    fn check(&self, options: &ImportOptions) -> Result<(), Error> {
        for (to, _) in &options.columns {
            let known = NAMES.iter().any(|(name, _)| name == to)
                || matches!(&**to, "id" | "label" | "priority")
                || to.len() > 1 && to.starts_with('@');
            if !known {
                let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
                return Err(Error::invalid(format!(
                    "no column {to:?}: there are id, label, priority, {}, and @NAME for an attribute",
                    names.join(", ")
                )));
            }
        }
        Ok(())
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        _: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        // A row comes with its header above it.
        let header = text.lines().next().unwrap_or_default();
        let most = |d: &u8| header.bytes().filter(|b| b == d).count();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .rev()
            .max_by_key(most)
            .unwrap_or(b',');
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(text.as_bytes());
        let columns = rows.headers().map_err(|e| e.to_string())?.clone();
        let Some(row) = rows.records().next() else {
            return Ok(Parsed::Nothing);
        };
        let row = row.map_err(|e| e.to_string())?;
        if row.len() != columns.len() {
            return Err(format!(
                "{} cells, but the header has {} columns",
                row.len(),
                columns.len()
            ));
        }
        let cell = |wanted: &str| {
            let named = options
                .columns
                .iter()
                .find(|(to, _)| to == wanted)
                .map_or(wanted, |(_, from)| from);
            let i = columns
                .iter()
                .position(|c| c.trim().trim_start_matches('\u{feff}') == named)?;
            row.get(i).map(str::trim).filter(|c| !c.is_empty())
        };
        let label = match (cell("label"), options.label) {
            (Some(class), label) => match options.label_of([class]) {
                Some(found) => found,
                None if options.classes.is_empty() && label.is_none() => {
                    Label::new(class).map_err(|e| e.to_string())?
                }
                None => {
                    return Ok(Parsed::Left(
                        "a label that is not asked for",
                        class.to_owned(),
                    ));
                }
            },
            (None, Some(label)) => label,
            (None, None) => {
                return Err("no label: give --label NAME, or a column \"label\"".to_owned());
            }
        };
        let mut names = Vec::new();
        for (column, kind) in NAMES {
            let Some(cell) = cell(column) else { continue };
            let separator = if cell.contains('|') { '|' } else { ';' };
            match column {
                "name" => names.push(Name::new(cell.to_owned(), kind)),
                _ => names.extend(cell.split(separator).map(|n| Name::new(n.to_owned(), kind))),
            }
        }
        if cell("name").is_none() {
            return Err("no name: --columns name=COLUMN says which column has it".to_owned());
        }
        let priority = match cell("priority") {
            None => 0,
            Some(p) => p
                .parse()
                .ok()
                .filter(|p| (-100..=100).contains(p))
                .ok_or_else(|| format!("priority is a whole number from -100 to 100, not {p:?}"))?,
        };
        let attributes = self.attributes(options);
        let attributes = attributes
            .iter()
            .map(|key| cell(&format!("@{key}")).unwrap_or_default().to_owned());
        Ok(Parsed::Entity(Entity {
            id: cell("id").unwrap_or_default().to_owned().into(),
            label,
            names,
            attributes: attributes.collect(),
            rank: 0,
            priority,
            hints: Vec::new(),
        }))
    }
}
