//! From what stands in a file to the type of a row.
//!
//! The visitor of a row meets one reader of values and one of tables, whatever it is read from: a type of row is compiled
//! once. The library's own reader has three of tables, for a table, a value with its place and a date.

use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Key, Node, NodeError, Value};

/// How `toml::Spanned` asks for a value with its place, and `toml::value::Datetime` for a date.
const SPANNED: &str = "$__serde_spanned_private_Spanned";
const SPAN: [&str; 3] = [
    "$__serde_spanned_private_start",
    "$__serde_spanned_private_end",
    "$__serde_spanned_private_value",
];
const DATE: &str = "$__toml_private_datetime";

impl Error for NodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            at: None,
        }
    }
}

/// A value to read.
#[derive(Clone, Copy)]
pub(super) enum Reader<'de> {
    Node(&'de Node),
    /// The place of a value that is read with its place.
    Place(usize),
    /// The words of a date.
    Words(&'de Node),
}

impl<'de> Reader<'de> {
    pub(super) const fn of(node: &'de Node) -> Self {
        Self::Node(node)
    }

    const fn at(self) -> usize {
        match self {
            Self::Node(node) | Self::Words(node) => node.at,
            Self::Place(at) => at,
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        let node = match self {
            Self::Node(node) => node,
            Self::Place(at) => return visitor.visit_u64(u64::try_from(at).unwrap_or(u64::MAX)),
            Self::Words(node) => {
                return match &node.value {
                    Value::Date(date) => visitor.visit_string(date.to_string()),
                    _ => Err(NodeError::new("expected a date", node.at)),
                };
            }
        };
        match &node.value {
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(list) => visitor.visit_seq(Items(list.iter())),
            Value::Table(table) => visitor.visit_map(Fields::Table(table.iter(), None)),
            Value::Date(_) => visitor.visit_map(Fields::Date(DATE, Some(node))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        match self {
            Self::Node(node) if name == SPANNED => visitor.visit_map(Fields::Spanned(node, 0)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        match self {
            Self::Node(node) if node.text().is_some() => {
                let word = node.text().unwrap_or_default();
                visitor.visit_enum(BorrowedStrDeserializer::new(word))
            }
            _ => Err(NodeError::new("expected a word", self.at())),
        }
    }

    forward_to_deserialize_any! {
        bool u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 char str string seq bytes byte_buf map unit
        ignored_any unit_struct tuple_struct tuple identifier
    }
}

struct Items<'de>(core::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = NodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, NodeError> {
        let Some(node) = self.0.next() else {
            return Ok(None);
        };
        let read = seed.deserialize(Reader::of(node));
        read.map(Some).map_err(|error| error.or_at(node.at))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// What a visitor sees as a table.
enum Fields<'de> {
    /// The entries of a table, and the value whose key was read.
    Table(core::slice::Iter<'de, (Key, Node)>, Option<&'de Node>),
    /// A value with its place: how many of its three fields were read.
    Spanned(&'de Node, usize),
    /// A date under the key that stands for it.
    Date(&'static str, Option<&'de Node>),
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = NodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, NodeError> {
        let (word, at) = match self {
            Self::Table(entries, value) => match entries.next() {
                Some((key, node)) => {
                    *value = Some(node);
                    (key.word.as_ref(), key.at)
                }
                None => return Ok(None),
            },
            Self::Spanned(node, read) => match SPAN.get(*read) {
                Some(key) => (*key, node.at),
                None => return Ok(None),
            },
            Self::Date(key, node) => match node {
                Some(node) => (*key, node.at),
                None => return Ok(None),
            },
        };
        let key: BorrowedStrDeserializer<'de, NodeError> = BorrowedStrDeserializer::new(word);
        let read = seed.deserialize(key.into_deserializer());
        read.map(Some).map_err(|error| error.or_at(at))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, NodeError> {
        let value = match self {
            Self::Table(_, value) => value.take().map(Reader::Node),
            Self::Spanned(node, read) => {
                *read = read.saturating_add(1);
                Some(match read {
                    1 | 2 => Reader::Place(node.at),
                    _ => Reader::Node(node),
                })
            }
            Self::Date(_, node) => node.take().map(Reader::Words),
        };
        let value = value.ok_or_else(|| NodeError::custom("a value without a key"))?;
        seed.deserialize(value)
            .map_err(|error| error.or_at(value.at()))
    }
}
