//! The rule language: text to tokens, to a tree with places, to a typed tree.

pub mod ast;
mod check;
mod lexer;
mod names;
mod parser;
mod types;

pub(crate) use check::check;
pub(crate) use names::{Named, Names, ParamShape};
pub use parser::parse;
pub(crate) use types::{AggKind, CmpOp, Row, TExpr, TOp};
pub use types::{Outcome, Period, Type};

use crate::error::Diagnostic;

/// Longest expression, in bytes.
pub const MAX_LENGTH: usize = 16_384;
/// Deepest expression, in nested operations.
pub const MAX_DEPTH: usize = 96;

/// A range of bytes of an expression's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The words of `text` in this range.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// What is wrong with an expression, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LangError {
    /// Where.
    pub span: Span,
    /// What, without a place.
    pub finding: Box<Diagnostic>,
}

impl LangError {
    pub(crate) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            finding: Box::new(Diagnostic::error(code, message)),
        }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.finding = Box::new(self.finding.as_ref().clone().help(help));
        self
    }
}

impl core::fmt::Display for LangError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "at {}: {}",
            self.span.start.saturating_add(1),
            self.finding
        )
    }
}

impl core::error::Error for LangError {}
