//! MessagePack read off a slice: nothing is copied, and nothing is allocated on the word of a length.

use rmp::{
    Marker,
    decode::{RmpRead, read_array_len, read_bin_len, read_int, read_map_len, read_str_from_slice},
};
use serde_json::Value;

/// What is left of a message.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    rest: &'a [u8],
}

/// Something read, or why it could not be.
pub(super) type Read<T> = Result<T, &'static str>;

const SHORT: &str = "the data ends too early";

/// How deep values are turned into JSON.
const DEPTH: u32 = 64;

impl<'a> Message<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Message<'a> {
        Message { rest: bytes }
    }

    pub(super) fn string(&mut self) -> Read<&'a str> {
        let read = read_str_from_slice(self.rest);
        let (string, rest) = read.map_err(|_| "no string in UTF-8 where one is needed")?;
        self.rest = rest;
        Ok(string)
    }

    pub(super) fn bytes(&mut self) -> Read<&'a [u8]> {
        let len = read_bin_len(&mut self.rest).map_err(|_| "no bytes where some are needed")?;
        self.take(u64::from(len))
    }

    pub(super) fn number(&mut self) -> Read<u64> {
        read_int(&mut self.rest).map_err(|_| "no whole number where one is needed")
    }

    /// How many values a list has; they come next.
    pub(super) fn list(&mut self) -> Read<u32> {
        read_array_len(&mut self.rest).map_err(|_| "no list where one is needed")
    }

    /// How many keys a map has; each comes next, with its value behind it.
    pub(super) fn map(&mut self) -> Read<u32> {
        read_map_len(&mut self.rest).map_err(|_| "no map where one is needed")
    }

    /// What kind of value comes next.
    pub(super) fn peek(&self) -> Read<Marker> {
        self.rest
            .first()
            .map(|&byte| Marker::from_u8(byte))
            .ok_or(SHORT)
    }

    /// Passes over a value and gives its bytes. Takes time linear in them.
    pub(super) fn skip(&mut self) -> Read<Message<'a>> {
        let from = self.rest;
        let mut values = 1_u64;
        while values > 0 {
            values -= 1;
            let head = self.head()?;
            self.take(head.bytes)?;
            values += head.values;
        }
        let len = from.len() - self.rest.len();
        Ok(Message::new(&from[..len]))
    }

    /// A value as JSON has it; none if it is bytes or an extension, or holds such, or keys that are no strings.
    pub(super) fn json(&mut self) -> Read<Option<Value>> {
        self.json_in(DEPTH)
    }

    fn json_in(&mut self, depth: u32) -> Read<Option<Value>> {
        let here = *self;
        let head = self.head()?;
        Ok(match head.kind {
            Kind::Null => Some(Value::Null),
            Kind::Flag(flag) => Some(Value::Bool(flag)),
            Kind::Unsigned(n) => Some(n.into()),
            Kind::Signed(n) => Some(n.into()),
            // NaN and the infinities are none.
            Kind::Float(n) => Some(n.into()),
            Kind::String => {
                *self = here;
                Some(self.string()?.into())
            }
            Kind::List if depth > 0 => {
                let mut list = Some(Vec::new());
                for _ in 0..head.values {
                    let value = self.json_in(depth - 1)?;
                    list = list.zip(value).map(|(mut list, value)| {
                        list.push(value);
                        list
                    });
                }
                list.map(Value::Array)
            }
            Kind::Map if depth > 0 => {
                let mut map = Some(serde_json::Map::new());
                for _ in 0..head.values / 2 {
                    let key = self.json_in(depth - 1)?;
                    let value = self.json_in(depth - 1)?;
                    map = match (map, key, value) {
                        (Some(mut map), Some(Value::String(key)), Some(value)) => {
                            map.insert(key, value);
                            Some(map)
                        }
                        _ => None,
                    };
                }
                map.map(Value::Object)
            }
            Kind::List | Kind::Map | Kind::Other => {
                *self = here;
                self.skip()?;
                None
            }
        })
    }

    fn take(&mut self, len: u64) -> Read<&'a [u8]> {
        let len = usize::try_from(len).map_err(|_| SHORT)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The head of a value: of numbers all of it.
    fn head(&mut self) -> Read<Head> {
        let marker = self.peek()?;
        self.take(1)?;
        let rest = &mut self.rest;
        let short = |_| SHORT;
        let bytes = |kind, bytes: u32| Head {
            kind,
            bytes: bytes.into(),
            values: 0,
        };
        let values = |kind, values: u64| Head {
            kind,
            bytes: 0,
            values,
        };
        let plain = |kind| bytes(kind, 0);
        Ok(match marker {
            Marker::Null => plain(Kind::Null),
            Marker::False => plain(Kind::Flag(false)),
            Marker::True => plain(Kind::Flag(true)),
            Marker::FixPos(n) => plain(Kind::Unsigned(n.into())),
            Marker::FixNeg(n) => plain(Kind::Signed(n.into())),
            Marker::U8 => plain(Kind::Unsigned(rest.read_data_u8().map_err(short)?.into())),
            Marker::U16 => plain(Kind::Unsigned(rest.read_data_u16().map_err(short)?.into())),
            Marker::U32 => plain(Kind::Unsigned(rest.read_data_u32().map_err(short)?.into())),
            Marker::U64 => plain(Kind::Unsigned(rest.read_data_u64().map_err(short)?)),
            Marker::I8 => plain(Kind::Signed(rest.read_data_i8().map_err(short)?.into())),
            Marker::I16 => plain(Kind::Signed(rest.read_data_i16().map_err(short)?.into())),
            Marker::I32 => plain(Kind::Signed(rest.read_data_i32().map_err(short)?.into())),
            Marker::I64 => plain(Kind::Signed(rest.read_data_i64().map_err(short)?)),
            Marker::F32 => plain(Kind::Float(rest.read_data_f32().map_err(short)?.into())),
            Marker::F64 => plain(Kind::Float(rest.read_data_f64().map_err(short)?)),
            Marker::FixStr(n) => bytes(Kind::String, n.into()),
            Marker::Str8 => bytes(Kind::String, rest.read_data_u8().map_err(short)?.into()),
            Marker::Str16 => bytes(Kind::String, rest.read_data_u16().map_err(short)?.into()),
            Marker::Str32 => bytes(Kind::String, rest.read_data_u32().map_err(short)?),
            Marker::Bin8 => bytes(Kind::Other, rest.read_data_u8().map_err(short)?.into()),
            Marker::Bin16 => bytes(Kind::Other, rest.read_data_u16().map_err(short)?.into()),
            Marker::Bin32 => bytes(Kind::Other, rest.read_data_u32().map_err(short)?),
            Marker::FixArray(n) => values(Kind::List, n.into()),
            Marker::Array16 => values(Kind::List, rest.read_data_u16().map_err(short)?.into()),
            Marker::Array32 => values(Kind::List, rest.read_data_u32().map_err(short)?.into()),
            Marker::FixMap(n) => values(Kind::Map, 2 * u64::from(n)),
            Marker::Map16 => values(
                Kind::Map,
                2 * u64::from(rest.read_data_u16().map_err(short)?),
            ),
            Marker::Map32 => values(
                Kind::Map,
                2 * u64::from(rest.read_data_u32().map_err(short)?),
            ),
            // Behind the length of an extension stands a byte for its type.
            Marker::FixExt1 => bytes(Kind::Other, 2),
            Marker::FixExt2 => bytes(Kind::Other, 3),
            Marker::FixExt4 => bytes(Kind::Other, 5),
            Marker::FixExt8 => bytes(Kind::Other, 9),
            Marker::FixExt16 => bytes(Kind::Other, 17),
            Marker::Ext8 => extension(rest.read_data_u8().map_err(short)?.into()),
            Marker::Ext16 => extension(rest.read_data_u16().map_err(short)?.into()),
            Marker::Ext32 => extension(rest.read_data_u32().map_err(short)?),
            Marker::Reserved => return Err("a byte that MessagePack does not have"),
        })
    }
}

fn extension(len: u32) -> Head {
    Head {
        kind: Kind::Other,
        bytes: u64::from(len) + 1,
        values: 0,
    }
}

/// What a value is, and what stands behind its head: so many bytes, or so many values.
struct Head {
    kind: Kind,
    bytes: u64,
    values: u64,
}

enum Kind {
    Null,
    Flag(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    String,
    List,
    Map,
    Other,
}
