//! FollowTheMoney, as OpenSanctions publishes it: an entity a line, its properties lists of strings; nested targets have entities in
//! some of the lists.

use super::{Entity, ImportOptions, Importer, Name, NameKind, Parsed, json};
use crate::gazetteer::AliasKind;
use serde::Deserialize;
use std::borrow::Cow;

pub(super) struct FollowTheMoney;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    schema: Cow<'a, str>,
    #[serde(borrow, default)]
    caption: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    properties: Properties<'a>,
    #[serde(borrow, default)]
    datasets: Vec<Cow<'a, str>>,
}

/// The properties that say names, and some for attributes; all others are skipped.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties<'a> {
    #[serde(borrow)]
    name: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    alias: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    weak_alias: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    previous_name: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    abbreviation: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    country: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    topics: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    wikidata_id: Vec<Cow<'a, str>>,
}

impl Importer for FollowTheMoney {
    fn attributes(&self, _: &ImportOptions) -> Vec<String> {
        ["schema", "country", "topics", "wikidata", "datasets"]
            .map(str::to_owned)
            .to_vec()
    }

    fn classes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("Person", "PERSON"),
            ("Organization", "ORG"),
            ("Company", "ORG"),
            ("PublicBody", "ORG"),
            ("LegalEntity", "ORG"),
        ]
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        _: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        let line: Line<'a> = json(text, "entity of FollowTheMoney (id, schema, properties)")?;
        let Some(label) = options.label_of([&*line.schema]) else {
            return Ok(Parsed::Left(
                "a schema that is not asked for",
                line.schema.into_owned(),
            ));
        };
        let p = line.properties;
        let mut names: Vec<Name<'a>> = line
            .caption
            .into_iter()
            .filter(|c| *c != line.id)
            .map(Name::full)
            .collect();
        let kinds = [
            (p.name, NameKind::Plain(AliasKind::Full)),
            (p.alias, NameKind::Plain(AliasKind::Full)),
            (p.abbreviation, NameKind::Plain(AliasKind::Acronym)),
            (p.previous_name, NameKind::Plain(AliasKind::Former)),
            (p.weak_alias, NameKind::Weak),
        ];
        for (list, kind) in kinds {
            names.extend(list.into_iter().map(|text| Name::new(text, kind)));
        }
        if names.is_empty() {
            return Ok(Parsed::Left(
                "an entity without a name",
                line.id.into_owned(),
            ));
        }
        let attributes = vec![
            line.schema.into_owned(),
            p.country.join(","),
            p.topics.join(","),
            p.wikidata_id.join(","),
            line.datasets.join(","),
        ];
        Ok(Parsed::Entity(Entity {
            id: line.id,
            label,
            names,
            attributes,
            rank: 0,
            priority: 0,
            hints: Vec::new(),
        }))
    }
}
