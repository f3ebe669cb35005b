//! A file of a pack, and the places in it that findings point to.

use std::sync::Arc;

use toml::Spanned;

use super::raw;
use crate::error::{Diagnostic, did_you_mean};
use crate::pack::model::Origin;

/// A text with the starts of its lines, so that a byte position becomes a line and a column.
pub(super) struct Lines<'a> {
    file: Arc<str>,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &str, text: &'a str) -> Self {
        let after = text.match_indices('\n').map(|(i, _)| i.saturating_add(1));
        Self {
            file: Arc::from(file),
            text,
            starts: core::iter::once(0).chain(after).collect(),
        }
    }

    pub(super) fn position(&self, byte: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|s| *s <= byte);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let column = self
            .text
            .get(start..byte)
            .map_or(0, |t| t.chars().count())
            .saturating_add(1);
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            u32::try_from(column).unwrap_or(u32::MAX),
        )
    }

    /// Where the content of a string value starts: after its opening quotes.
    fn content(&self, value: &Spanned<String>) -> usize {
        let start = value.span().start;
        let rest = self.text.get(start..).unwrap_or("");
        for quotes in ["\"\"\"", "'''"] {
            if let Some(body) = rest.strip_prefix(quotes) {
                let newline = if body.starts_with("\r\n") {
                    2
                } else {
                    usize::from(body.starts_with('\n'))
                };
                return start.saturating_add(3).saturating_add(newline);
            }
        }
        start.saturating_add(1)
    }
}

/// A file that was read, with the pack it belongs to.
pub(super) struct PackFile<'a> {
    pub(super) pack: usize,
    pub(super) lines: Lines<'a>,
    pub(super) raw: raw::File,
}

impl PackFile<'_> {
    pub(super) fn spot(&self, byte: usize) -> Spot<'_> {
        Spot { file: self, byte }
    }
}

/// A place in a file: the row being read, or one of its values.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    file: &'a PackFile<'a>,
    byte: usize,
}

impl Spot<'_> {
    /// The pack the file belongs to.
    pub(super) fn pack(self) -> usize {
        self.file.pack
    }

    /// The place of a value of the same file.
    pub(super) fn of<T>(self, value: &Spanned<T>) -> Self {
        Self {
            byte: value.span().start,
            ..self
        }
    }

    /// The place of a byte inside a string value of the same file.
    pub(super) fn inside(self, value: &Spanned<String>, byte: usize) -> Self {
        Self {
            byte: self.file.lines.content(value).saturating_add(byte),
            ..self
        }
    }

    pub(super) fn origin(self) -> Origin {
        Origin {
            pack: self.file.pack,
            file: Arc::clone(&self.file.lines.file),
            line: self.file.lines.position(self.byte).0,
        }
    }

    pub(super) fn finding(self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        let (line, column) = self.file.lines.position(self.byte);
        Diagnostic::error(code, message).at(self.file.lines.file.as_ref(), line, column)
    }

    /// The finding that nothing is called `id`.
    pub(super) fn unknown<'n>(
        self,
        what: &str,
        id: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Diagnostic {
        self.finding("E-PACK-NAME", format!("unknown {what} `{id}`"))
            .help(did_you_mean(id, known).unwrap_or_default())
    }

    /// The finding that `id` was defined before.
    pub(super) fn twice(self, what: &str, id: &str) -> Diagnostic {
        self.finding(
            "E-PACK-TWICE",
            format!("the {what} `{id}` is defined twice"),
        )
        .help("a layer adds [[value]] or [[version]] rows, it does not define again")
    }
}
