//! What stands in a file of a pack: tables, lists and values, each with the byte where it begins.
//!
//! Every row of a pack is read from here, the rows of rules at once and those kept for a host when it asks, so that a type
//! of row has one reader. A text that lives as long as the program is not copied.

mod outline;
mod read;

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use self::read::Reader;

type Text = Cow<'static, str>;

/// A value of a file as written, with the byte where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub(crate) at: usize,
    pub(crate) value: Value,
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    Integer(i64),
    /// Kept for the finding that it is none of the values of a pack.
    Float(f64),
    Text(Text),
    Date(Datetime),
    List(Vec<Node>),
    /// By key.
    Table(Vec<(Key, Node)>),
}

/// A key of a table, with the byte where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) at: usize,
    pub(crate) word: Text,
}

/// Why a text is no TOML, or why something in it cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeError {
    message: String,
    at: Option<usize>,
}

impl NodeError {
    /// What is wrong, in words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The byte of the text where it stands, as far as it is known.
    pub const fn at(&self) -> Option<usize> {
        self.at
    }

    fn new(message: impl fmt::Display, at: usize) -> Self {
        Self {
            message: message.to_string(),
            at: Some(at),
        }
    }

    /// The error at this place, where it has none that is more exact.
    pub(crate) fn or_at(self, at: usize) -> Self {
        let at = self.at.or(Some(at));
        Self { at, ..self }
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NodeError {}

impl Node {
    /// The table that a TOML text is.
    ///
    /// ```
    /// use minzheng_rules::pack::Node;
    /// let file = Node::parse("[[warning.model]]\nid = \"wages\"")?;
    /// let model = file.get("warning").and_then(|w| w.get("model")).and_then(|m| m.items().next());
    /// assert_eq!(model.and_then(|m| m.get("id")?.text()), Some("wages"));
    /// # Ok::<(), minzheng_rules::pack::NodeError>(())
    /// ```
    ///
    /// # Errors
    /// Where the text is no TOML, or holds a number beyond 64 bits.
    pub fn parse(text: &str) -> Result<Self, NodeError> {
        let table = DeTable::parse(text).map_err(|error| NodeError {
            message: error.message().replace('\n', "; "),
            at: error.span().map(|span| span.start),
        })?;
        let at = table.span().start;
        let value = keep_table(table.into_inner())?;
        Ok(Self { at, value })
    }

    /// What was found in a text that lives as long as the program, as its outline tells it; where the outline is of another
    /// text, the text is parsed.
    ///
    /// # Errors
    /// As [`Node::parse`].
    pub(crate) fn outlined(text: &'static str, outline: &str) -> Result<Self, NodeError> {
        outline::read(text, outline).map_or_else(|| Self::parse(text), Ok)
    }

    /// The outline of a text, for [`SourceFile::built_in`](super::SourceFile::built_in): one line of letters.
    ///
    /// # Errors
    /// As [`Node::parse`].
    pub fn outline(text: &str) -> Result<String, NodeError> {
        let root = Self::parse(text)?;
        Ok(outline::draw(text, &root))
    }

    /// Reads it as a type.
    ///
    /// # Errors
    /// Where a key is unknown or missing, or a value of another kind.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, NodeError> {
        T::deserialize(Reader::of(self)).map_err(|error| error.or_at(self.at))
    }

    /// What stands under a key of a table.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.table().iter();
        entries.find(|(k, _)| k.word == key).map(|(_, node)| node)
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a list holds; nothing, where it is none.
    pub fn items(&self) -> core::slice::Iter<'_, Self> {
        match &self.value {
            Value::List(items) => items.iter(),
            _ => [].iter(),
        }
    }

    /// The entries of a table.
    pub(crate) fn into_table(self) -> Result<Vec<(Key, Self)>, NodeError> {
        match self.value {
            Value::Table(table) => Ok(table),
            _ => Err(NodeError::new("expected a table", self.at)),
        }
    }

    /// The tables of a list of tables.
    pub(crate) fn into_rows(self) -> Result<Vec<Self>, NodeError> {
        let wrong = |at| NodeError::new("expected a list of tables", at);
        let Value::List(rows) = self.value else {
            return Err(wrong(self.at));
        };
        match rows.iter().find(|r| !matches!(r.value, Value::Table(_))) {
            Some(other) => Err(wrong(other.at)),
            None => Ok(rows),
        }
    }

    /// The keys of a table with what stands under them; nothing, where it is none.
    pub(crate) fn table(&self) -> &[(Key, Self)] {
        match &self.value {
            Value::Table(table) => table,
            _ => &[],
        }
    }
}

fn keep_table(table: DeTable<'_>) -> Result<Value, NodeError> {
    let entry = |(key, value): (Spanned<Cow<'_, str>>, _)| {
        let at = key.span().start;
        let word = Cow::Owned(key.into_inner().into_owned());
        Ok((Key { at, word }, keep(value)?))
    };
    let entries = table.into_iter().map(entry);
    entries.collect::<Result<_, _>>().map(Value::Table)
}

fn keep(value: Spanned<DeValue<'_>>) -> Result<Node, NodeError> {
    let at = value.span().start;
    let value = match value.into_inner() {
        DeValue::Boolean(truth) => Value::Bool(truth),
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
            .map(Value::Integer)
            .map_err(|_| NodeError::new("integer number overflowed", at))?,
        DeValue::Float(digits) => (digits.as_str().parse())
            .map(Value::Float)
            .map_err(|_| NodeError::new("floating-point number overflowed", at))?,
        DeValue::String(text) => Value::Text(Cow::Owned(text.into_owned())),
        DeValue::Datetime(date) => Value::Date(date),
        DeValue::Array(list) => {
            let list: Result<_, _> = list.into_iter().map(keep).collect();
            Value::List(list?)
        }
        DeValue::Table(table) => keep_table(table)?,
    };
    Ok(Node { at, value })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: Spanned<String>,
        on: Option<Datetime>,
        colour: Option<Colour>,
        #[serde(default)]
        parts: Vec<Spanned<Row>>,
        rest: Option<toml::Value>,
    }

    const TEXT: &str = "id = \"a\"\non = 2026-01-02\ncolour = \"red\"\n\
        rest = { one = [1, true, \"x\", 2026-01-02], two = 1.5 }\n[[parts]]\nid = '''b'''\n";

    fn read(text: &'static str) -> Result<Row, NodeError> {
        Node::parse(text).and_then(|node| node.read())
    }

    #[test]
    fn a_row_is_read_as_toml_itself_reads_it() {
        let row = read(TEXT).unwrap();
        assert_eq!(row, toml::from_str(TEXT).unwrap());
        assert_eq!(row.id.span().start, 5);
        assert_eq!(Some(row.parts[0].span().start), TEXT.find("[[parts]]"));
    }

    #[test]
    fn an_error_stands_where_its_cause_stands() {
        for (text, word, at) in [
            ("id = \"a\"\nodd = 1", "unknown field `odd`", 9),
            ("[[parts]]\nid = \"b\"", "missing field `id`", 0),
            ("id = \"a\"\n[[parts]]", "missing field `id`", 9),
            ("id = 3", "invalid type: integer `3`, expected a string", 5),
            (
                "id = \"a\"\ncolour = \"blue\"",
                "unknown variant `blue`",
                18,
            ),
            (
                "id = \"a\"\nrest = [1, 99999999999999999999]",
                "overflowed",
                20,
            ),
            ("id = ", "string values must be quoted", 5),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message().contains(word), "{error}");
            assert_eq!(error.at(), Some(at), "{error}");
        }
    }
}
