//! Front matter of Markdown: fields about the page above it, in YAML between lines of `---` or TOML between lines of `+++`.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Front matter is short; a page that opens with `---` and has the next far below is a page with two rules.
const MAX_BYTES: usize = 256 << 10;

/// The fields of the front matter that are strings, numbers, dates or truth values, and the page below it. None if there is no front
/// matter. Fields that hold lists or fields, and all fields of what can't be read, are left out.
pub(super) fn split(page: &str) -> Option<(Vec<(String, String)>, &str)> {
    let (first, rest) = page.split_once('\n')?;
    let (fence, ends): (_, &[&str]) = match first.trim_end() {
        "---" => ("---", &["---", "..."]),
        "+++" => ("+++", &["+++"]),
        _ => return None,
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if ends.contains(&line.trim_end()) {
            let (matter, below) = (&rest[..at], &rest[at + line.len()..]);
            let fields = if fence == "---" {
                yaml(matter)?
            } else {
                toml(matter)
            };
            return Some((fields, below));
        }
        at += line.len();
        if at > MAX_BYTES {
            return None;
        }
    }
    None
}

/// The flat fields of a mapping; none where it is not one but text between two rules.
fn yaml(matter: &str) -> Option<Vec<(String, String)>> {
    let looks_like_field = matter
        .lines()
        .find(|l| !l.trim().is_empty() && !l.starts_with('#'))
        .is_none_or(|l| {
            let name = l.split(':').next().unwrap_or_default();
            name.len() < l.len() && !name.trim().contains(' ')
        });
    let mut fields = Vec::new();
    let mut name: Option<String> = None;
    // How far inside the outermost mapping, of which the depth is 1.
    let mut depth = 0;
    for event in Parser::new_from_str(matter) {
        let Ok((event, _)) = event else {
            return looks_like_field.then(Vec::new);
        };
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if depth == 0 && !matches!(event, Event::MappingStart(..)) {
                    return None;
                }
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth -= 1;
                if depth == 1 {
                    name = None;
                }
            }
            Event::Scalar(..) if depth == 0 => return (matter.trim().is_empty()).then(Vec::new),
            Event::Scalar(value, style, ..) if depth == 1 => match name.take() {
                None => name = Some(value.into_owned()),
                Some(name) => {
                    let null = style == ScalarStyle::Plain
                        && ["", "~", "null", "Null", "NULL"].contains(&&*value);
                    if !null {
                        fields.push((name, value.into_owned()));
                    }
                }
            },
            Event::Alias(_) if depth == 1 => name = None,
            _ => {}
        }
    }
    Some(fields)
}

fn toml(matter: &str) -> Vec<(String, String)> {
    let Ok(table) = matter.parse::<toml::Table>() else {
        return Vec::new();
    };
    let flat = table.into_iter().filter_map(|(name, value)| {
        let value = match value {
            toml::Value::String(value) => value,
            toml::Value::Integer(value) => value.to_string(),
            toml::Value::Float(value) => value.to_string(),
            toml::Value::Boolean(value) => value.to_string(),
            toml::Value::Datetime(value) => value.to_string(),
            toml::Value::Array(_) | toml::Value::Table(_) => return None,
        };
        Some((name, value))
    });
    flat.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(page: &str) -> Option<String> {
        let (fields, below) = split(page)?;
        let fields: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
        Some(format!("{} / {below}", fields.join(" ")))
    }

    #[test]
    fn flat_fields_are_read_and_others_left_out() {
        assert_eq!(
            fields("---\ntitle: \"Köln: talks\"\ndate: 2024-05-01\ntags: [a, b]\nby:\n  name: X\ndraft: false\nnone: ~\n---\nText\n").unwrap(),
            "title=Köln: talks date=2024-05-01 draft=false / Text\n"
        );
        assert_eq!(
            fields(
                "+++\ntitle = 'Talks'\ndate = 2024-05-01T10:00:00Z\nn = 3\n[x]\ny = 1\n+++\nText"
            )
            .unwrap(),
            "date=2024-05-01T10:00:00Z n=3 title=Talks / Text"
        );
        assert_eq!(fields("---\na: [1\n---\nText").unwrap(), " / Text");
        assert_eq!(
            fields("---\na: &x {b: *x}\nc: *x\nd: e\n---\n").unwrap(),
            "d=e / "
        );
    }

    #[test]
    fn text_between_rules_is_no_front_matter() {
        for page in [
            "---\nIran said no.\n---\n",
            "---\n- one\n- two\n---\n",
            "--- \n",
            "----\na: b\n----\n",
            "---\na: b\n",
            "Text\n---\na: b\n---\n",
        ] {
            assert_eq!(fields(page), None, "{page}");
        }
    }
}
