//! The JSON dump of Wikidata: an array, an entity a line with a comma behind it.
//!
//! A line is read twice: first for its classes alone, all else skipped; those that are asked for then for what they hold. The flat
//! labels of the REST interface (`"en": "Iran"`) do as well, and `[]` where PHP means an empty object.

use super::{Entity, ImportOptions, Importer, Name, NameKind, Parsed, json};
use crate::{
    error::Error,
    gazetteer::{AliasKind, Validity},
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::{borrow::Cow, collections::HashMap, fmt, marker::PhantomData};

pub(super) struct Wikidata;

/// An object, or an empty list in its place.
struct Object<T>(Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Object(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|t| Object(Some(t)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                match seq.next_element::<IgnoredAny>()? {
                    None => Ok(Object(None)),
                    Some(_) => Err(serde::de::Error::custom("a list where an object should be")),
                }
            }
        }
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

/// A line, as far as it must be known to leave it.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    claims: Object<Classes<'a>>,
}

#[derive(Deserialize)]
struct Classes<'a> {
    #[serde(borrow, rename = "P31", default)]
    classes: Vec<Claim<'a>>,
}

/// A line that is taken.
#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(borrow, default)]
    labels: Object<HashMap<Cow<'a, str>, Text<'a>>>,
    #[serde(borrow, default)]
    aliases: Object<HashMap<Cow<'a, str>, Vec<Text<'a>>>>,
    #[serde(borrow, default)]
    descriptions: Object<HashMap<Cow<'a, str>, Text<'a>>>,
    #[serde(borrow, default)]
    claims: Object<Claims<'a>>,
    #[serde(borrow, default)]
    sitelinks: Object<HashMap<Cow<'a, str>, IgnoredAny>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims<'a> {
    /// Official name.
    #[serde(borrow, rename = "P1448")]
    official: Vec<Claim<'a>>,
    /// Name.
    #[serde(borrow, rename = "P2561")]
    name: Vec<Claim<'a>>,
    /// Short name.
    #[serde(borrow, rename = "P1813")]
    short: Vec<Claim<'a>>,
    /// Demonym.
    #[serde(borrow, rename = "P1549")]
    demonym: Vec<Claim<'a>>,
    /// ISO 3166-1 alpha-3; alpha-2 (`P297`) is too short to be a name.
    #[serde(borrow, rename = "P298")]
    code: Vec<Claim<'a>>,
    /// Country.
    #[serde(borrow, rename = "P17")]
    country: Vec<Claim<'a>>,
    /// Inception.
    #[serde(borrow, rename = "P571")]
    from: Vec<Claim<'a>>,
    /// Dissolved.
    #[serde(borrow, rename = "P576")]
    until: Vec<Claim<'a>>,
}

/// A text with its language, or bare.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text<'a> {
    Bare(#[serde(borrow)] Cow<'a, str>),
    Tagged {
        #[serde(borrow)]
        value: Cow<'a, str>,
    },
}

impl<'a> Text<'a> {
    fn value(self) -> Cow<'a, str> {
        match self {
            Text::Bare(value) | Text::Tagged { value } => value,
        }
    }
}

#[derive(Deserialize)]
struct Claim<'a> {
    #[serde(borrow)]
    mainsnak: Snak<'a>,
    #[serde(borrow, default)]
    rank: Cow<'a, str>,
    #[serde(borrow, default)]
    qualifiers: Object<Qualifiers<'a>>,
}

#[derive(Deserialize)]
struct Qualifiers<'a> {
    /// Start time.
    #[serde(borrow, rename = "P580", default)]
    from: Vec<Snak<'a>>,
    /// End time.
    #[serde(borrow, rename = "P582", default)]
    until: Vec<Snak<'a>>,
}

#[derive(Deserialize)]
struct Snak<'a> {
    #[serde(borrow, default)]
    datavalue: Option<DataValue<'a>>,
}

#[derive(Deserialize)]
struct DataValue<'a> {
    #[serde(borrow)]
    value: Value<'a>,
}

/// The values that are read, by their shapes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value<'a> {
    String(#[serde(borrow)] Cow<'a, str>),
    Text {
        #[serde(borrow)]
        text: Cow<'a, str>,
        #[serde(borrow)]
        language: Cow<'a, str>,
    },
    Entity {
        #[serde(borrow)]
        id: Cow<'a, str>,
    },
    /// Entities of old dumps have no id.
    Number {
        #[serde(rename = "numeric-id")]
        number: u64,
    },
    Time {
        #[serde(borrow)]
        time: Cow<'a, str>,
    },
    Other(IgnoredAny),
}

impl<'a> Claim<'a> {
    /// The value of a claim that holds: somebody knows it, and nobody deprecated it.
    fn value(&self) -> Option<&Value<'a>> {
        let holds = self.rank != "deprecated";
        self.mainsnak
            .datavalue
            .as_ref()
            .map(|d| &d.value)
            .filter(|_| holds)
    }

    fn entity(&self) -> Option<Cow<'_, str>> {
        match self.value()? {
            Value::Entity { id } => Some(Cow::Borrowed(id)),
            Value::Number { number } => Some(Cow::Owned(format!("Q{number}"))),
            _ => None,
        }
    }

    fn date(&self) -> Option<&str> {
        self.value()?.date()
    }

    fn has_ended(&self) -> bool {
        let qualifiers = self.qualifiers.0.as_ref();
        qualifiers.is_some_and(|q| !q.until.is_empty())
    }

    /// The days on which the claim holds. A date that no calendar has, or before our era, is none.
    fn validity(&self) -> Validity {
        let Some(qualifiers) = &self.qualifiers.0 else {
            return Validity::default();
        };
        let date = |list: &'_ [Snak<'a>]| {
            let mut dates = list
                .iter()
                .filter_map(|s| s.datavalue.as_ref()?.value.date());
            dates
                .find(|day| Validity::new(Some(day), None).is_ok())
                .map(str::to_owned)
        };
        let (from, until) = (date(&qualifiers.from), date(&qualifiers.until));
        Validity::new(from.as_deref(), until.as_deref()).unwrap_or_default()
    }
}

impl Value<'_> {
    /// A date as it stands in ISO 8601, or the month or year: `1948-09-09`, `1948`.
    fn date(&self) -> Option<&str> {
        let Value::Time { time } = self else {
            return None;
        };
        let day = time.trim_start_matches('+').split('T').next()?;
        Some(day.trim_end_matches("-00"))
    }
}

/// Names that have no language of their own.
const ANY: &str = "mul";

impl Importer for Wikidata {
    fn attributes(&self, _: &ImportOptions) -> Vec<String> {
        ["sitelinks", "country", "from", "until", "description"]
            .map(str::to_owned)
            .to_vec()
    }

    fn check(&self, options: &ImportOptions) -> Result<(), Error> {
        if options.classes.is_empty() && options.label.is_none() {
            return Err(Error::invalid(
                "say which classes to take, and the label of each: --class Q6256=COUNTRY --class Q5=PERSON",
            ));
        }
        Ok(())
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        _: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        let text = text.trim_end().trim_end_matches(',');
        if matches!(text, "" | "[" | "]") {
            return Ok(Parsed::Nothing);
        }
        let outline: Outline<'a> = json(text, "entity of Wikidata")?;
        let classes: Vec<Claim<'a>> = outline.claims.0.map(|c| c.classes).unwrap_or_default();
        let classes: Vec<Cow<'_, str>> = classes.iter().filter_map(Claim::entity).collect();
        let Some(label) = options.label_of(classes.iter().map(|c| &**c)) else {
            return Ok(Parsed::Left(
                "a class that is not asked for",
                outline.id.into_owned(),
            ));
        };
        let whole: Whole<'a> = json(text, "entity of Wikidata")?;
        let sitelinks = whole.sitelinks.0.map_or(0, |s| s.len() as u64);
        if sitelinks < options.least {
            return Ok(Parsed::Left(
                "fewer sitelinks than asked for",
                outline.id.into_owned(),
            ));
        }
        let claims = whole.claims.0.unwrap_or_default();
        let mut labels = whole.labels.0.unwrap_or_default();
        let mut aliases = whole.aliases.0.unwrap_or_default();
        let mut descriptions = whole.descriptions.0.unwrap_or_default();
        let languages = || options.languages.iter().map(String::as_str).chain([ANY]);
        let mut names: Vec<Name<'a>> = languages()
            .filter_map(|l| labels.remove(l))
            .map(|t| Name::full(t.value()))
            .collect();
        let others = languages().filter_map(|l| aliases.remove(l)).flatten();
        names.extend(others.map(|t| Name::full(t.value())));
        let kinds = [
            (&claims.official, AliasKind::Full),
            (&claims.name, AliasKind::Full),
            (&claims.short, AliasKind::Short),
            (&claims.demonym, AliasKind::Demonym),
        ];
        for (list, kind) in kinds {
            for claim in list {
                let Some(Value::Text { text, language }) = claim.value() else {
                    continue;
                };
                if languages().any(|l| l == language) {
                    let kind = if claim.has_ended() {
                        AliasKind::Former
                    } else {
                        kind
                    };
                    names.push(Name {
                        validity: claim.validity(),
                        ..Name::new(text.clone(), NameKind::Plain(kind))
                    });
                }
            }
        }
        let codes = claims
            .code
            .iter()
            .filter_map(Claim::value)
            .filter_map(|v| match v {
                Value::String(code) => Some(Name::new(code.clone(), NameKind::Code)),
                _ => None,
            });
        names.extend(codes);
        if names.is_empty() {
            return Ok(Parsed::Left(
                "an entity without a name in these languages",
                outline.id.into_owned(),
            ));
        }
        let description = languages().find_map(|l| descriptions.remove(l));
        let description = description.map(Text::value).unwrap_or_default();
        let date = |list: &[Claim<'_>]| {
            let date = list.iter().find_map(Claim::date);
            date.unwrap_or_default().to_owned()
        };
        let attributes = vec![
            sitelinks.to_string(),
            claims
                .country
                .iter()
                .find_map(Claim::entity)
                .unwrap_or_default()
                .into_owned(),
            date(&claims.from),
            date(&claims.until),
            description.to_string(),
        ];
        Ok(Parsed::Entity(Entity {
            id: outline.id,
            label,
            names,
            attributes,
            rank: sitelinks,
            priority: 0,
            hints: hints(&description),
        }))
    }
}

/// Words of descriptions that say nothing.
const EMPTY_WORDS: [&str; 12] = [
    "about", "after", "based", "before", "between", "located", "other", "since", "their", "under",
    "where", "which",
];

/// The words of a description that tell an entity from others of its name.
fn hints(description: &str) -> Vec<String> {
    const MOST: usize = 6;
    let words = description.split(|c: char| !c.is_alphanumeric());
    let mut hints: Vec<String> = Vec::new();
    for word in words.filter(|w| w.chars().count() > 4 && w.chars().all(char::is_alphabetic)) {
        let is_known = EMPTY_WORDS.contains(&word) || hints.iter().any(|h| h == word);
        if hints.len() < MOST && !is_known {
            hints.push(word.to_owned());
        }
    }
    hints
}
