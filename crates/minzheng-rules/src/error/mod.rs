//! Findings about packs and facts: a stable code, a place, words and a way out.

use core::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input works, but somebody should look at it.
    Warning,
}

/// One finding: what is wrong, where, and what to do.
///
/// The message is lower-case and holds no personal data. The code is stable: `E-…` for errors, `L-…` for lints.
///
/// ```
/// use minzheng_rules::error::Diagnostic;
/// let d = Diagnostic::error("E-NAME", "unknown name `wagee`").help("did you mean `wage`?").at("a.toml", 3, 9);
/// assert_eq!(d.to_string(), "a.toml:3:9: error[E-NAME]: unknown name `wagee` (did you mean `wage`?)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    code: &'static str,
    severity: Severity,
    message: String,
    help: String,
    file: String,
    line: u32,
    column: u32,
    path: String,
}

impl Diagnostic {
    /// A finding that refuses the input.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            help: String::new(),
            file: String::new(),
            line: 0,
            column: 0,
            path: String::new(),
        }
    }

    /// A finding that lets the input through.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds the place in a file; line and column count from 1, 0 is "not known".
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: u32, column: u32) -> Self {
        self.file = file.into();
        self.line = line;
        self.column = column;
        self
    }

    /// Adds the path inside the input, as `person[2].wage`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Error or warning.
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do; empty where nothing can be said.
    pub fn help_text(&self) -> &str {
        &self.help
    }

    /// The file, or an empty string.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1; 0 where not known.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column in characters, counted from 1; 0 where not known.
    pub const fn column(&self) -> u32 {
        self.column
    }

    /// The path inside the input, or an empty string.
    pub fn input_path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:", self.file)?;
            if self.line > 0 {
                write!(f, "{}:", self.line)?;
                if self.column > 0 {
                    write!(f, "{}:", self.column)?;
                }
            }
            f.write_str(" ")?;
        }
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}[{}]: ", self.code)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl core::error::Error for Diagnostic {}

/// All findings of one reading, in file order; at least one is an error when it is returned as an `Err`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No finding yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Diagnostic) {
        self.0.push(finding);
    }

    /// The findings.
    pub fn iter(&self) -> core::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first error, or the first finding.
    pub fn first(&self) -> Option<&Diagnostic> {
        self.0
            .iter()
            .find(|d| d.severity == Severity::Error)
            .or_else(|| self.0.first())
    }

    /// Sorts by file, line, column and code, so that the order does not depend on how it was found.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.code, &a.message)
                .cmp(&(&b.file, b.line, b.column, b.code, &b.message))
        });
        self.0.dedup();
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = core::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(finding: Diagnostic) -> Self {
        Self(vec![finding])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.0.extend(iter);
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(finding, f)?;
        }
        Ok(())
    }
}

impl core::error::Error for Diagnostics {}

/// The candidate nearest to `word` by edit distance, if one is near enough to be a slip of the keyboard.
///
/// ```
/// use minzheng_rules::error::nearest;
/// assert_eq!(nearest("wagee", ["birth", "wage"]), Some("wage"));
/// assert_eq!(nearest("xyz", ["birth", "wage"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0..=2 => 1,
        3..=6 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The question whether the nearest candidate was meant, as help for an unknown word.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().take(80).enumerate() {
        let mut previous = i;
        let mut left = i.saturating_add(1);
        for (slot, cb) in row.iter_mut().skip(1).zip(&b) {
            let cost = previous.saturating_add(usize::from(ca != *cb));
            previous = *slot;
            left = cost
                .min(previous.saturating_add(1))
                .min(left.saturating_add(1));
            *slot = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_counts_changes() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("abc", "abc"), 0);
    }

    #[test]
    fn a_far_word_is_not_suggested() {
        assert_eq!(nearest("wagee", ["wage", "birth"]), Some("wage"));
        assert_eq!(nearest("xyz", ["household_size"]), None);
    }
}
