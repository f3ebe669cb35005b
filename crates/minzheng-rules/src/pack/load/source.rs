//! The files of a pack before they are read, and their digest.

use sha2::{Digest, Sha256};

use crate::pack::{Node, NodeError};

/// Most bytes a pack may hold.
pub const MAX_PACK_BYTES: usize = 8 << 20;

/// One file of a pack.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path inside the pack, with forward slashes.
    pub path: String,
    text: Text,
}

#[derive(Debug, Clone)]
enum Text {
    Given(String),
    /// A text that lives as long as the program, with its outline.
    BuiltIn(&'static str, &'static str),
}

impl SourceFile {
    /// A file from a path and a text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: Text::Given(text.into()),
        }
    }

    /// A file that lives as long as the program, with the text's [outline](Node::outline): it is neither copied nor parsed. With
    /// the outline of another text, or none, it is parsed as any other.
    ///
    /// ```
    /// use minzheng_rules::pack::SourceFile;
    /// let file = SourceFile::built_in("pack.toml", "[pack]", "");
    /// assert_eq!(file, SourceFile::new("pack.toml", "[pack]"));
    /// ```
    pub fn built_in(path: &str, text: &'static str, outline: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            text: Text::BuiltIn(text, outline),
        }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        match &self.text {
            Text::Given(text) => text,
            Text::BuiltIn(text, _) => text,
        }
    }

    /// What stands in it.
    pub(super) fn read(&self) -> Result<Node, NodeError> {
        match &self.text {
            Text::Given(text) => Node::parse(text),
            Text::BuiltIn(text, outline) => Node::outlined(text, outline),
        }
    }
}

/// By path and text.
impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, self.text()) == (&other.path, other.text())
    }
}

impl Eq for SourceFile {}

/// The files of one pack, before they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource {
    files: Vec<SourceFile>,
}

impl PackSource {
    /// A pack from its files, in any order.
    pub fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// The files by path.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// SHA-256 over paths and texts, in hexadecimal. Tests, the files below `cases/`, decide nothing and do not count.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for file in self.files.iter().filter(|f| !f.path.starts_with("cases/")) {
            for part in [file.path.as_str(), file.text()] {
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        hex(&hash.finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // writing to a string cannot fail
        let _ = write!(text, "{byte:02x}");
    }
    text
}
