//! The main table of GeoNames: 19 columns without a header, alternate names separated by commas.

use super::{Entity, ImportOptions, Importer, Name, NameKind, Parsed};
use crate::gazetteer::AliasKind;

pub(super) struct GeoNames;

impl Importer for GeoNames {
    fn attributes(&self, _: &ImportOptions) -> Vec<String> {
        ["country", "feature", "population", "latitude", "longitude"]
            .map(str::to_owned)
            .to_vec()
    }

    fn classes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("PCLI", "COUNTRY"),
            ("A", "LOCATION"),
            ("P", "LOCATION"),
            ("H", "LOCATION"),
            ("T", "LOCATION"),
        ]
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        _: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        if text.starts_with('#') {
            return Ok(Parsed::Nothing);
        }
        let cells: Vec<&str> = text.split('\t').collect();
        let &[
            id,
            name,
            ascii,
            alternates,
            latitude,
            longitude,
            class,
            code,
            country,
            ..,
            population,
            _,
            _,
            _,
            _,
        ] = &cells[..]
        else {
            return Err(format!("{} cells, GeoNames has 19", cells.len()));
        };
        if cells.len() != 19 {
            return Err(format!("{} cells, GeoNames has 19", cells.len()));
        }
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!(
                "the first cell is the number of a place, not {id:?}"
            ));
        }
        let population: u64 = match population.trim() {
            "" => 0,
            p => p
                .parse()
                .map_err(|_| format!("population {p:?} is no number"))?,
        };
        let both = format!("{class}.{code}");
        let Some(label) = options.label_of([&both, code, class]) else {
            return Ok(Parsed::Left(
                "a class that is not asked for",
                format!("{name} ({both})"),
            ));
        };
        if population < options.least {
            return Ok(Parsed::Left(
                "fewer inhabitants than asked for",
                name.to_owned(),
            ));
        }
        let mut names = vec![Name::full(name), Name::full(ascii)];
        // Names are without languages here: those in Latin letters are read in English news.
        let latin = |n: &&str| {
            n.chars()
                .all(|c| !c.is_alphabetic() || c < '\u{250}' || ('Ḁ'..='ỿ').contains(&c))
        };
        let alternates = alternates.split(',').map(str::trim);
        for other in alternates
            .filter(|n| !n.is_empty() && !n.contains("://"))
            .filter(latin)
        {
            let is_code = other.len() <= 4
                && other
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            let kind = if is_code {
                NameKind::Code
            } else {
                NameKind::Plain(AliasKind::Full)
            };
            names.push(Name::new(other, kind));
        }
        Ok(Parsed::Entity(Entity {
            id: format!("geonames/{id}").into(),
            label,
            names,
            attributes: [country, &both, &population.to_string(), latitude, longitude]
                .map(str::to_owned)
                .to_vec(),
            rank: population,
            priority: 0,
            hints: Vec::new(),
        }))
    }
}
