//! The outline of a text: what its parser found in it, as words that point into it.
//!
//! A built-in pack is parsed once, when its outline is written, and not at every start of every program. An outline is read
//! only for the very text it was drawn from; for any other the text is parsed.

use std::borrow::Cow;

use super::{Key, Node, Value};

/// The marks of values; each number is written in digits of five bits, lowest first, a sixth bit saying that more follow.
mod mark {
    pub(super) const FALSE: u64 = 0;
    pub(super) const TRUE: u64 = 1;
    pub(super) const INTEGER: u64 = 2;
    pub(super) const FLOAT: u64 = 3;
    pub(super) const DATE: u64 = 4;
    pub(super) const LIST: u64 = 5;
    pub(super) const TABLE: u64 = 6;
    /// A text that does not stand in the file as it is, for it has escapes: its characters follow.
    pub(super) const SPELT: u64 = 7;
    /// A text that stands in the file, this many bytes (and more marks for more) after the place of its value.
    pub(super) const TEXT: u64 = 8;
}

/// The first digit: `0`.
const ZERO: u8 = 48;
/// Texts stand at most so far behind the place of their value: three quotes and a line's end.
const MOST_QUOTES: usize = 5;
/// As deep as TOML is read.
const MAX_DEPTH: usize = 128;

/// A number that differs wherever the text differs, but for chance.
fn sum(text: &str) -> u64 {
    text.as_bytes().chunks(8).fold(0, |sum: u64, chunk| {
        let word = chunk.iter().rev();
        let word = word.fold(0, |word: u64, byte| (word << 8) | u64::from(*byte));
        (sum ^ word)
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(23)
    })
}

/// Writes the outline of a text.
pub(super) fn draw(text: &str, root: &Node) -> String {
    let mut pen = Pen {
        text,
        out: String::new(),
        at: 0,
    };
    pen.number(sum(text));
    pen.number(u64::try_from(text.len()).unwrap_or(u64::MAX));
    pen.node(root);
    pen.out
}

struct Pen<'t> {
    text: &'t str,
    out: String,
    at: usize,
}

impl Pen<'_> {
    fn number(&mut self, mut number: u64) {
        loop {
            let digit = u8::try_from(number & 31).unwrap_or_default();
            number >>= 5;
            let more = if number == 0 { 0 } else { 32 };
            self.out
                .push(char::from(ZERO.saturating_add(digit).saturating_add(more)));
            if number == 0 {
                return;
            }
        }
    }

    fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    fn signed(&mut self, number: i64) {
        self.number((number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned());
    }

    /// The place, as it differs from the one before.
    fn place(&mut self, at: usize) {
        let (new, old) = (i64::try_from(at), i64::try_from(self.at));
        self.signed(
            new.unwrap_or_default()
                .wrapping_sub(old.unwrap_or_default()),
        );
        self.at = at;
    }

    fn words(&mut self, word: &str) {
        let stands = |skip: &usize| {
            let start = self.at.saturating_add(*skip);
            self.text.get(start..start.saturating_add(word.len())) == Some(word)
        };
        match (0..=MOST_QUOTES).find(stands) {
            Some(skip) => {
                self.number(mark::TEXT.saturating_add(u64::try_from(skip).unwrap_or_default()));
                self.count(word.len());
            }
            None => {
                self.number(mark::SPELT);
                self.count(word.chars().count());
                word.chars()
                    .for_each(|c| self.number(u64::from(u32::from(c))));
            }
        }
    }

    fn node(&mut self, node: &Node) {
        self.place(node.at);
        match &node.value {
            Value::Bool(false) => self.number(mark::FALSE),
            Value::Bool(true) => self.number(mark::TRUE),
            Value::Integer(number) => {
                self.number(mark::INTEGER);
                self.signed(*number);
            }
            Value::Float(number) => {
                self.number(mark::FLOAT);
                self.number(number.to_bits());
            }
            Value::Date(date) => {
                self.number(mark::DATE);
                self.words(&date.to_string());
            }
            Value::Text(text) => self.words(text),
            Value::List(list) => {
                self.number(mark::LIST);
                self.count(list.len());
                for inner in list {
                    self.node(inner);
                }
            }
            Value::Table(table) => {
                self.number(mark::TABLE);
                self.count(table.len());
                for (key, inner) in table {
                    self.place(key.at);
                    self.words(&key.word);
                    self.node(inner);
                }
            }
        }
    }
}

/// The file that an outline was drawn from; nothing, where it was drawn from another text.
pub(super) fn read(text: &'static str, outline: &str) -> Option<Node> {
    let mut eye = Eye {
        text,
        left: outline.as_bytes().iter(),
        at: 0,
        depth: 0,
    };
    let is_same = eye.number()? == sum(text) && eye.count()? == text.len();
    if !is_same {
        return None;
    }
    eye.node().filter(|_| eye.left.as_slice().is_empty())
}

struct Eye<'o> {
    text: &'static str,
    left: core::slice::Iter<'o, u8>,
    at: usize,
    depth: usize,
}

impl Eye<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for place in (0..64).step_by(5) {
            let digit = self.left.next()?.checked_sub(ZERO)?;
            number |= u64::from(digit & 31) << place;
            if digit & 32 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn count(&mut self) -> Option<usize> {
        self.number().and_then(|n| usize::try_from(n).ok())
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ (number & 1).cast_signed().wrapping_neg())
    }

    fn place(&mut self) -> Option<usize> {
        let step = isize::try_from(self.signed()?).ok()?;
        self.at = self.at.checked_add_signed(step)?;
        Some(self.at)
    }

    fn words(&mut self, mark: u64) -> Option<Cow<'static, str>> {
        let count = self.count()?;
        if mark == mark::SPELT {
            let mut word = String::new();
            for _ in 0..count {
                word.push(char::from_u32(u32::try_from(self.number()?).ok()?)?);
            }
            return Some(Cow::Owned(word));
        }
        let skip = usize::try_from(mark.checked_sub(mark::TEXT)?).ok()?;
        let start = self.at.checked_add(skip)?;
        let word = self.text.get(start..start.checked_add(count)?)?;
        Some(Cow::Borrowed(word))
    }

    fn node(&mut self) -> Option<Node> {
        let at = self.place()?;
        let value = match self.number()? {
            mark::FALSE => Value::Bool(false),
            mark::TRUE => Value::Bool(true),
            mark::INTEGER => Value::Integer(self.signed()?),
            mark::FLOAT => Value::Float(f64::from_bits(self.number()?)),
            mark::DATE => {
                let mark = self.number()?;
                Value::Date(self.words(mark)?.parse().ok()?)
            }
            mark::LIST => Value::List(self.many(Self::node)?),
            mark::TABLE => Value::Table(self.many(Self::entry)?),
            mark => Value::Text(self.words(mark)?),
        };
        Some(Node { at, value })
    }

    fn entry(&mut self) -> Option<(Key, Node)> {
        let at = self.place()?;
        let mark = self.number()?;
        let word = self.words(mark)?;
        Some((Key { at, word }, self.node()?))
    }

    fn many<T>(&mut self, one: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        // each takes two digits at least
        if self.depth >= MAX_DEPTH || count > self.left.as_slice().len() {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            all.push(one(self)?);
        }
        self.depth = self.depth.saturating_sub(1);
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id = \"a\"\nday = 2026-01-02\nspelt = \"a\\tb\\u00e9\"\nmany = [1, -2, 9_000]\n\
        \"a key\" = true\nno = false\nlong = \"\"\"\n一行\n两行\"\"\"\nfloat = -1.5\n[[part]]\nx.y = '''z'''\n[[part]]\n";

    fn parsed() -> Node {
        Node::parse(TEXT).unwrap()
    }

    #[test]
    fn an_outline_gives_back_what_the_parser_found() {
        let outline = draw(TEXT, &parsed());
        assert_eq!(read(TEXT, &outline), Some(parsed()));
    }

    #[test]
    fn an_outline_of_another_text_or_a_broken_one_is_not_read() {
        let outline = draw(TEXT, &parsed());
        assert_eq!(read("id = \"b\"", &outline), None);
        for end in 0..outline.len() {
            assert_eq!(read(TEXT, outline.get(..end).unwrap_or_default()), None);
        }
        assert_eq!(read(TEXT, &format!("{outline}0")), None);
        assert_eq!(read(TEXT, "没有"), None);
    }
}
