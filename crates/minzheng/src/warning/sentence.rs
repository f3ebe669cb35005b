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
    /// `{died_on:as_of}`: the day of which that speaks; of a formula the earliest among the facts that it rests on.
    AsOf,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Place(Named, Part),
    /// Left out where a figure in it is not known.
    Where(Vec<Self>),
}

impl Piece {
    fn figures<'p>(pieces: &'p [Self], out: &mut Vec<&'p Named>) {
        for piece in pieces {
            match piece {
                Self::Words(_) => {}
                Self::Place(named, _) if out.contains(&named) => {}
                Self::Place(named, _) => out.push(named),
                Self::Where(inner) => Self::figures(inner, out),
            }
        }
    }

    fn fill(
        pieces: &[Self],
        says: &impl Fn(&Named, Part) -> String,
        is_known: &impl Fn(&Named) -> bool,
        out: &mut String,
    ) {
        for piece in pieces {
            match piece {
                Self::Words(words) => out.push_str(words),
                Self::Place(named, part) => out.push_str(&says(named, *part)),
                Self::Where(inner) => {
                    let mut figures = Vec::new();
                    Self::figures(inner, &mut figures);
                    if figures.into_iter().all(is_known) {
                        Self::fill(inner, says, is_known, out);
                    }
                }
            }
        }
    }
}

/// A sentence in both languages, with places for figures.
///
/// A figure is a fact or formula of the model's own rows, `household.…` of the row above, or a parameter without keys. Text is
/// none: no name and no number of a document can stand in a sentence. What stands in `[…]` is left out where a figure in it is
/// not known.
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
        let mut out = Vec::new();
        Piece::figures(&self.zh, &mut out);
        Piece::figures(&self.en, &mut out);
        out
    }

    /// The sentence with what `says` puts at its places.
    pub(super) fn fill(
        &self,
        lang: Lang,
        says: impl Fn(&Named, Part) -> String,
        is_known: impl Fn(&Named) -> bool,
    ) -> String {
        let pieces = match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        };
        let mut out = String::new();
        Piece::fill(pieces, &says, &is_known, &mut out);
        out
    }
}

/// Reads a template; `named` finds what a name means.
///
/// # Errors
/// What is wrong, in words, and a way out.
pub(super) fn parse(
    text: &str,
    named: &impl Fn(&str) -> Result<Named, (String, String)>,
) -> Result<Vec<Piece>, (String, String)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('[') {
        places(words, named, &mut out)?;
        let Some((inner, after)) = after
            .split_once(']')
            .filter(|(inner, _)| !inner.contains('['))
        else {
            let help = "close it, and put none into another".to_owned();
            return Err(("a part in `[…]` is not closed".to_owned(), help));
        };
        let mut pieces = Vec::new();
        places(inner, named, &mut pieces)?;
        out.push(Piece::Where(pieces));
        rest = after;
    }
    if rest.contains(']') {
        let help = "open it, as in [, grade {disability_grade}]".to_owned();
        return Err(("a part in `[…]` is not opened".to_owned(), help));
    }
    places(rest, named, &mut out)?;
    Ok(out)
}

/// Reads words with places for figures.
fn places(
    text: &str,
    named: &impl Fn(&str) -> Result<Named, (String, String)>,
    out: &mut Vec<Piece>,
) -> Result<(), (String, String)> {
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
        let has = match found {
            Named::Fact(..) => true,
            Named::Formula(..) => part != Part::Source,
            Named::Parameter(_) => part == Part::Value,
        };
        if !has {
            let message = format!("`{name}` has no source of its own");
            let help = "a fact has a source and a day, a formula the day of its oldest fact";
            return Err((message, help.to_owned()));
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
    Ok(())
}
