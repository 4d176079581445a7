//! An object of JSON, its values unread until they are asked for.

use super::{Claim, Claimed};
use crate::{
    document::Meta,
    read::{Fields, meta_field, object_fields, string_of},
};
use serde_json::{Map, Value};

/// The fields of an object.
pub(super) struct Object<'a>(Fields<'a>);

impl<'a> Object<'a> {
    pub(super) fn of(json: &'a str) -> Result<Object<'a>, serde_json::Error> {
        object_fields(json).map(Object)
    }

    /// A value as it stands in the file; none where there is none, or null.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let value = self.0.iter().find(|(n, _)| n == name)?.1;
        (value != "null").then_some(value)
    }

    /// A field that is a string, null or absent.
    pub(super) fn string(&self, name: &str) -> Result<Option<String>, String> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        string_of(value).map_err(|_| format!("field {name:?} is not a string"))
    }

    /// A field that is a string or a number, null or absent.
    pub(super) fn id(&self, name: &str) -> Result<Option<String>, String> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match serde_json::from_str(value) {
            Ok(Value::String(id)) => Ok(Some(id)),
            Ok(Value::Number(_)) => Ok(Some(value.to_owned())),
            _ => Err(format!("field {name:?} is neither a string nor a number")),
        }
    }

    /// A field that is a list.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<Value>>, String> {
        let Some(value) = self.get(name) else {
            return match self.0.iter().any(|(n, _)| n == name) {
                true => Err(format!("field {name:?} is not an array")),
                false => Ok(None),
            };
        };
        match serde_json::from_str(value) {
            Ok(Value::Array(list)) => Ok(Some(list)),
            _ => Err(format!("field {name:?} is not an array")),
        }
    }

    /// A field that is an object, unread.
    pub(super) fn object(&self, name: &str) -> Result<Option<Object<'a>>, String> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let object = Object::of(value).map_err(|_| format!("field {name:?} is not an object"));
        object.map(Some)
    }

    /// The other fields as meta; those of the object `meta` stand for themselves.
    pub(super) fn meta(&self, known: &[&str]) -> Meta {
        let mut fields: Vec<_> = Vec::new();
        for (name, value) in &self.0 {
            match &**name {
                known_name if known.contains(&known_name) => {}
                "meta" => match object_fields(value) {
                    Ok(inner) => fields.extend(inner),
                    Err(_) if *value == "null" => {}
                    Err(_) => fields.push((name.clone(), *value)),
                },
                _ => fields.push((name.clone(), *value)),
            }
        }
        let mut meta = Meta::new();
        for field in fields {
            let (name, value) = meta_field(field);
            // Of two fields with one name the last counts.
            meta.retain(|(n, _)| *n != name);
            meta.push((name, value));
        }
        meta
    }
}

/// A field of a value that is a string, null or absent.
pub(super) fn string<'o>(
    object: &'o Map<String, Value>,
    name: &str,
) -> Result<Option<&'o str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(string)) => Ok(Some(string)),
        Some(_) => Err(format!("field {name:?} is not a string")),
    }
}

/// A field of a value that is a whole number.
pub(super) fn number(object: &Map<String, Value>, name: &str) -> Result<u64, String> {
    match object.get(name) {
        Some(value) => value
            .as_u64()
            .ok_or_else(|| format!("field {name:?} is not a whole number from 0 on")),
        None => Err(format!("no field {name:?}")),
    }
}

impl Claim {
    /// Takes what objects of all formats call by the same names, as records do: `entity`, `name`, `also`, `origin`, `score`, `zone`,
    /// and all other fields but the `known` ones as attributes. What is no string, number or flag is counted as unread.
    pub(super) fn take_fields(
        &mut self,
        object: &Map<String, Value>,
        known: &[&str],
        claimed: &mut Claimed,
    ) {
        for (name, value) in object {
            match (&**name, value) {
                (_, Value::Null) => {}
                (name, _) if known.contains(&name) => {}
                ("entity", Value::String(s)) => self.entity = Some(s.clone()),
                ("name", Value::String(s)) => self.name = Some(s.clone()),
                ("origin", Value::String(s)) => self.origin = Some(s.clone()),
                ("zone", Value::String(s)) => self.zone = Some(s.clone()),
                ("score", Value::Number(n)) => self.score = n.as_f64(),
                ("also", Value::Array(ids)) if ids.iter().all(Value::is_string) => {
                    let ids = ids.iter().filter_map(Value::as_str);
                    self.also = ids.map(str::to_owned).collect();
                }
                ("attributes", Value::Object(attributes)) => {
                    for (name, value) in attributes {
                        self.attribute(name, value, claimed);
                    }
                }
                (name, value) => self.attribute(name, value, claimed),
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &Value, claimed: &mut Claimed) {
        let value = match value {
            Value::Null => return,
            Value::String(s) => s.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return claimed.unread("lists and objects in fields of spans", 1);
            }
        };
        self.attributes.push((name.to_owned(), value));
    }
}
