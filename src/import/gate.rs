//! Lists of GATE. A `.def` has lines `file.lst:majorType:minorType:language:annotationType`, all but the first two optional; a `.lst`
//! one entry a line, behind a tab (or `:`) its features: `North Korea<TAB>id=Q423<TAB>iso=KP`.

use super::{Entity, ImportOptions, Importer, Name, Parsed};
use crate::{read, span::Label};
use std::path::Path;

pub(super) struct Gate;

impl Importer for Gate {
    fn attributes(&self, _: &ImportOptions) -> Vec<String> {
        vec!["features".to_owned()]
    }

    fn gathers(&self) -> bool {
        true
    }

    fn cut(&self) -> read::Format {
        read::Format::Jsonl
    }

    fn is_index(&self, source: &Path) -> bool {
        source.extension().is_some_and(|e| e == "def")
    }

    fn files(&self, _: &Path, text: &str) -> Option<Vec<(String, String)>> {
        if text.is_empty() || text.starts_with('#') {
            return Some(Vec::new());
        }
        let (file, types) = text.split_once(':')?;
        // A list outside of its folder is somebody else's.
        let is_beside = !file.is_empty() && !file.contains(['/', '\\']);
        is_beside.then(|| vec![(file.to_owned(), types.to_owned())])
    }

    fn parse<'a>(
        &self,
        text: &'a str,
        context: &str,
        options: &ImportOptions,
    ) -> Result<Parsed<'a>, String> {
        let types: Vec<&str> = context.split(':').map(str::trim).collect();
        // `location:country` before `country` before `location`, and what the annotation is called before all.
        let both = types.iter().take(2).copied().collect::<Vec<_>>().join(":");
        let named = [3, 1, 0].map(|i| types.get(i).copied().unwrap_or_default());
        let classes = [&*both].into_iter().chain(named).filter(|c| !c.is_empty());
        let label = match options.label_of(classes) {
            Some(label) => label,
            None if options.classes.is_empty() => {
                let class = [3, 0]
                    .iter()
                    .find_map(|&i| types.get(i).copied().filter(|t| !t.is_empty()));
                let class = class.unwrap_or_default().to_uppercase().replace(' ', "_");
                Label::new(&class).map_err(|e| e.to_string())?
            }
            None => return Ok(Parsed::Left("a type that is not asked for", both)),
        };
        let (name, features) = match text.split_once('\t') {
            Some((name, features)) => (name, features.split('\t').collect::<Vec<_>>()),
            None => match text.split_once(':').filter(|(_, rest)| rest.contains('=')) {
                Some((name, features)) => (name, features.split(':').collect()),
                None => (text, Vec::new()),
            },
        };
        let (mut id, mut others) = ("", Vec::new());
        for feature in features.iter().map(|f| f.trim()).filter(|f| !f.is_empty()) {
            match feature.split_once('=') {
                None => return Err(format!("feature {feature:?} is not NAME=VALUE")),
                Some(("id", value)) => id = value,
                Some(_) => others.push(feature),
            }
        }
        if name.trim().is_empty() {
            return Err("features without a name".to_owned());
        }
        Ok(Parsed::Entity(Entity {
            id: id.into(),
            label,
            names: vec![Name::full(name)],
            attributes: vec![others.join("; ")],
            rank: 0,
            priority: 0,
            hints: Vec::new(),
        }))
    }
}
