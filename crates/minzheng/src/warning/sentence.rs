//! The sentence of a hit: words with places for figures, their sources and days.

use minzheng_rules::pack::model::{Lang, Words};

use super::model::Named;

/// What stands at a place of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// `{died_on}`: the value in words.
    Value,
    /// `{died_on:source}`: who says so.
    Source,
    /// `{died_on:as_of}`: the day of which that speaks.
    AsOf,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Place(Named, Part),
}

/// A sentence in both languages, with places for figures.
///
/// A figure is a fact or formula of the model's own rows, `household.…` of the row above, or a parameter without keys. Text is
/// none: no name and no number of a document can stand in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub(super) zh: Vec<Piece>,
    pub(super) en: Vec<Piece>,
    pub(super) written: Words,
}

impl Sentence {
    /// As the pack writes it.
    pub const fn written(&self) -> &Words {
        &self.written
    }

    /// The figures it speaks of, each once, in order.
    pub fn figures(&self) -> Vec<&Named> {
        let mut out: Vec<&Named> = Vec::new();
        for piece in self.zh.iter().chain(&self.en) {
            if let Piece::Place(named, _) = piece
                && !out.contains(&named)
            {
                out.push(named);
            }
        }
        out
    }

    /// The sentence with what `says` puts at its places.
    pub(super) fn fill(&self, lang: Lang, says: impl Fn(&Named, Part) -> String) -> String {
        let pieces = match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        };
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Place(named, part) => out.push_str(&says(named, *part)),
            }
        }
        out
    }
}

/// Reads a template; `named` finds what a name means.
///
/// # Errors
/// What is wrong, in words, and a way out.
pub(super) fn parse(
    text: &str,
    named: impl Fn(&str) -> Result<Named, (String, String)>,
) -> Result<Vec<Piece>, (String, String)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('{') {
        if !words.is_empty() {
            out.push(Piece::Words(words.to_owned()));
        }
        let Some((place, after)) = after.split_once('}') else {
            let help = "close it, as in {died_on}".to_owned();
            return Err(("a place in the sentence is not closed".to_owned(), help));
        };
        let (name, part) = match place.split_once(':') {
            None => (place, Part::Value),
            Some((name, "source")) => (name, Part::Source),
            Some((name, "as_of")) => (name, Part::AsOf),
            Some((_, word)) => {
                let message = format!("`{word}` is nothing that is said of a figure");
                return Err((message, "write :source or :as_of, or nothing".to_owned()));
            }
        };
        let found = named(name)?;
        if part != Part::Value && !matches!(found, Named::Fact(..)) {
            let message = format!("`{name}` has no source of its own");
            return Err((message, "only facts have a source and a day".to_owned()));
        }
        out.push(Piece::Place(found, part));
        rest = after;
    }
    if rest.contains('}') {
        let help = "open it, as in {died_on}".to_owned();
        return Err(("a place in the sentence is not opened".to_owned(), help));
    }
    if !rest.is_empty() {
        out.push(Piece::Words(rest.to_owned()));
    }
    Ok(out)
}
