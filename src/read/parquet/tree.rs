//! What is in a column: values, structs and lists of these, put together of the levels that are stored with the values.

use super::leaf::Leaf;
use crate::json::push_string;
use parquet::{
    basic::{ConvertedType, Repetition},
    schema::types::{SchemaDescriptor, Type},
};

/// A column, or a part of one. Levels of definition say how much of a value is there, levels of repetition which list goes on.
pub(super) enum Node {
    /// A value: the number of the leaf that has it.
    Value(usize),
    /// Fields by name; there from a level of definition on.
    Struct {
        there: i16,
        fields: Vec<(String, Node)>,
    },
    /// A list, or a map; there from a level of definition on, with something in it from the next.
    List {
        there: i16,
        /// The level of repetition of what goes on with it.
        goes_on: i16,
        item: Item,
    },
}

/// What is in a list.
pub(super) enum Item {
    Element(Box<Node>),
    /// A key and its value, if the map is none of keys alone.
    Pair(Box<Node>, Option<Box<Node>>),
}

/// Columns that are nested deeper are refused.
const DEEPEST: usize = 64;

/// The columns of a table.
pub(super) fn columns(schema: &SchemaDescriptor) -> Result<Vec<(String, Node)>, String> {
    let mut leaves = 0;
    let fields = schema.root_schema().get_fields().iter();
    let column = |field: &Type, leaves: &mut usize| {
        let node = node(field, Levels::default(), leaves);
        let node = node.map_err(|why| format!("column {:?} {why}", field.name()))?;
        Ok((field.name().to_owned(), node))
    };
    fields.map(|field| column(field, &mut leaves)).collect()
}

/// The levels around a part of a column.
#[derive(Clone, Copy, Default)]
struct Levels {
    definition: i16,
    repetition: i16,
    depth: usize,
}

impl Levels {
    fn optional(self) -> Levels {
        Levels {
            definition: self.definition + 1,
            ..self
        }
    }

    fn repeated(self) -> Levels {
        Levels {
            definition: self.definition + 1,
            repetition: self.repetition + 1,
            depth: self.depth + 1,
        }
    }
}

fn node(field: &Type, levels: Levels, leaves: &mut usize) -> Result<Node, String> {
    match field.get_basic_info().repetition() {
        Repetition::REQUIRED => content(field, levels, leaves),
        Repetition::OPTIONAL => content(field, levels.optional(), leaves),
        // A list as it was written before there were lists.
        Repetition::REPEATED => list(levels, |inside| {
            content(field, inside, leaves).map(|node| Item::Element(node.into()))
        }),
    }
}

/// The same for a field that is there.
fn content(field: &Type, levels: Levels, leaves: &mut usize) -> Result<Node, String> {
    if levels.depth > DEEPEST {
        return Err(format!("is nested more than {DEEPEST} times"));
    }
    if field.is_primitive() {
        *leaves += 1;
        return Ok(Node::Value(*leaves - 1));
    }
    let fields = field.get_fields();
    let only = match fields {
        [only] if only.get_basic_info().repetition() == Repetition::REPEATED => Some(&**only),
        _ => None,
    };
    match (field.get_basic_info().converted_type(), only) {
        (ConvertedType::LIST, Some(only)) => list(levels, |inside| {
            let element = match element_of(field, only) {
                Some(element) => node(element, inside, leaves)?,
                None => content(only, inside, leaves)?,
            };
            Ok(Item::Element(element.into()))
        }),
        (ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE, Some(only))
            if only.is_group() && (1..=2).contains(&only.get_fields().len()) =>
        {
            let pair = only.get_fields();
            list(levels, |inside| {
                let key = node(&pair[0], inside, leaves)?;
                let value = pair.get(1).map(|v| node(v, inside, leaves)).transpose()?;
                Ok(Item::Pair(key.into(), value.map(Into::into)))
            })
        }
        _ if fields.is_empty() => Err("has a struct without fields".to_owned()),
        _ => {
            let inside = Levels {
                depth: levels.depth + 1,
                ..levels
            };
            let fields = fields.iter().map(|field| {
                let node = node(field, inside, leaves)?;
                Ok((field.name().to_owned(), node))
            });
            Ok(Node::Struct {
                there: levels.definition,
                fields: fields.collect::<Result<_, String>>()?,
            })
        }
    }
}

fn list(levels: Levels, item: impl FnOnce(Levels) -> Result<Item, String>) -> Result<Node, String> {
    let inside = levels.repeated();
    Ok(Node::List {
        there: levels.definition,
        goes_on: inside.repetition,
        item: item(inside)?,
    })
}

/// What stands in the repeated group of a list, by the rules of the format for what was written before the third level; none if the
/// group is the element itself.
fn element_of<'t>(list: &Type, repeated: &'t Type) -> Option<&'t Type> {
    if !repeated.is_group() {
        return None;
    }
    let name = repeated.name();
    match repeated.get_fields() {
        [element] if name != "array" && name != format!("{}_tuple", list.name()) => Some(element),
        _ => None,
    }
}

/// Why a column can't be put together.
const UNFIT: &str = "the values of a column do not fit its levels";

impl Node {
    /// Appends what the next row has of it as JSON.
    pub(super) fn push(&self, leaves: &mut [Leaf], out: &mut Vec<u8>) -> Result<(), String> {
        let definition = leaves[self.first()].definition().ok_or(UNFIT)?;
        match self {
            Node::Value(leaf) => leaves[*leaf].push(out).ok_or(UNFIT)?,
            Node::Struct { there, .. } | Node::List { there, .. } if definition < *there => {
                self.pass(leaves)?;
                out.extend_from_slice(b"null");
            }
            Node::Struct { fields, .. } => {
                out.push(b'{');
                for (i, (name, node)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    push_string(name, out);
                    out.push(b':');
                    node.push(leaves, out)?;
                }
                out.push(b'}');
            }
            Node::List {
                there,
                goes_on,
                item,
            } => {
                let (open, close) = item.brackets();
                out.push(open);
                if definition == *there {
                    self.pass(leaves)?;
                } else {
                    item.push(leaves, out)?;
                    while leaves[self.first()].repetition() >= *goes_on {
                        out.push(b',');
                        item.push(leaves, out)?;
                    }
                }
                out.push(close);
            }
        }
        Ok(())
    }

    /// Leaves one place of each leaf behind: there is nothing in it.
    fn pass(&self, leaves: &mut [Leaf]) -> Result<(), String> {
        match self {
            Node::Value(leaf) => Ok(leaves[*leaf].pass().ok_or(UNFIT)?),
            Node::Struct { fields, .. } => {
                fields.iter().try_for_each(|(_, node)| node.pass(leaves))
            }
            Node::List { item, .. } => match item {
                Item::Element(node) => node.pass(leaves),
                Item::Pair(key, value) => {
                    key.pass(leaves)?;
                    value.iter().try_for_each(|node| node.pass(leaves))
                }
            },
        }
    }

    /// The number of its first leaf, whose levels tell what is there.
    fn first(&self) -> usize {
        match self {
            Node::Value(leaf) => *leaf,
            Node::Struct { fields, .. } => fields[0].1.first(),
            Node::List { item, .. } => match item {
                Item::Element(node) | Item::Pair(node, _) => node.first(),
            },
        }
    }
}

impl Item {
    fn brackets(&self) -> (u8, u8) {
        match self {
            Item::Element(_) => (b'[', b']'),
            Item::Pair(..) => (b'{', b'}'),
        }
    }

    fn push(&self, leaves: &mut [Leaf], out: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Item::Element(node) => node.push(leaves, out),
            Item::Pair(key, value) => {
                let mut name = Vec::new();
                key.push(leaves, &mut name)?;
                match name.starts_with(b"\"") {
                    true => out.extend_from_slice(&name),
                    false => push_string(&String::from_utf8_lossy(&name), out),
                }
                out.push(b':');
                match value {
                    Some(value) => value.push(leaves, out),
                    None => {
                        out.extend_from_slice(b"null");
                        Ok(())
                    }
                }
            }
        }
    }
}
