//! Rows of packs that this crate reads itself, as types: with file and line, unknown keys refused.

use minzheng_rules::error::{Diagnostic, Diagnostics, nearest};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{HostRow, Origin, Status};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads a row.
///
/// # Errors
/// A finding of this code where a key is unknown, missing, or of another kind.
pub(crate) fn read<T: DeserializeOwned>(
    row: &HostRow,
    code: &'static str,
) -> Result<T, Diagnostic> {
    row.row.read().map_err(|error| {
        let words = error.message().trim();
        let mut quoted = words.split('`').skip(1).step_by(2);
        let known = |prefix: &str| words.strip_prefix(prefix).is_some();
        let unknown = ["unknown field", "unknown variant"]
            .into_iter()
            .find(|p| known(p));
        let (message, help) = match (unknown, quoted.next()) {
            (Some(_), Some(word)) => {
                let help = nearest(word, quoted).map(|near| format!("did you mean `{near}`?"));
                (format!("`{word}` is not known here"), help)
            }
            _ => (words.lines().next().unwrap_or_default().to_owned(), None),
        };
        finding(&row.origin, code, message).help(help.unwrap_or_default())
    })
}

/// A finding about a row.
pub(crate) fn finding(
    origin: &Origin,
    code: &'static str,
    message: impl Into<String>,
) -> Diagnostic {
    Diagnostic::error(code, message).at(origin.file.as_ref(), origin.line, 0)
}

/// The finding that nothing is called so, with the nearest name.
pub(crate) fn unknown<'n>(
    origin: &Origin,
    code: &'static str,
    what: &str,
    word: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let help = nearest(word, known).map(|near| format!("did you mean `{near}`?"));
    finding(origin, code, format!("unknown {what} `{word}`")).help(help.unwrap_or_default())
}

/// The finding that a row says it is `law` and cites no text that was read.
pub(crate) fn unread_law(
    packs: &PackSet,
    row: &HostRow,
    status: Status,
    id: &str,
) -> Option<Diagnostic> {
    let was_read = row.cite.iter().any(|cite| {
        let text = packs.instrument(&cite.instrument);
        text.is_some_and(|i| i.copy.is_some())
    });
    let is_bare = status == Status::Law && !was_read;
    is_bare.then(|| {
        let message = format!("`{id}` is `law` and cites no text that was read");
        let help = "cite one, or write another status";
        finding(&row.origin, "E-CATALOG-STATUS", message).help(help)
    })
}

/// The place that a row speaks for: one of the packs, its own pack's or below.
///
/// # Errors
/// What is wrong, in words, and a way out.
pub(crate) fn own_place(
    packs: &PackSet,
    row: &HostRow,
    text: &str,
) -> Result<i64, (String, &'static str)> {
    let code = text.parse::<i64>().ok();
    let Some(code) = code.filter(|code| packs.places().get(*code).is_some()) else {
        let message = format!("`{text}` is no place of the packs");
        return Err((message, "write the six digits of a place"));
    };
    let own = packs.packs().get(row.origin.pack).map(|p| p.place);
    if own.is_some_and(|own| !packs.places().is_within(code, own)) {
        let message = format!("`{text}` lies outside of the pack's own place");
        return Err((message, "a pack speaks for its place and those below"));
    }
    Ok(code)
}

/// Small letters, digits and underscores, beginning with a letter.
pub(crate) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// `[[catalog.replaces]]`: sections that a layer writes anew instead of adding to those below.
const REPLACES: &str = "catalog.replaces";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replaces {
    sections: Vec<Section>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Section {
    Department,
    Keeper,
    Line,
    Item,
    Resource,
    Element,
    Evidence,
    Quality,
}

impl Section {
    const fn host(self) -> &'static str {
        match self {
            Self::Department => "catalog.department",
            Self::Keeper => "catalog.keeper",
            Self::Line => "catalog.line",
            Self::Item => "catalog.item",
            Self::Resource => "catalog.resource",
            Self::Element => "catalog.element",
            Self::Evidence => "verification.evidence",
            Self::Quality => "catalog.quality",
        }
    }
}

/// What is wrong with the rows that replace.
pub(crate) fn replacements(packs: &PackSet) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for row in packs.host_rows(REPLACES) {
        if let Err(found) = read::<Replaces>(row, "E-CATALOG-SHAPE") {
            findings.push(found);
        }
    }
    findings
}

/// The rows of a section that stand: where a layer replaces it, its own and those above.
pub(crate) fn standing<'p>(
    packs: &'p PackSet,
    section: &str,
) -> impl Iterator<Item = &'p HostRow> + use<'p> {
    let first = packs
        .host_rows(REPLACES)
        .iter()
        .filter(|row| {
            let replaced = read::<Replaces>(row, "E-CATALOG-SHAPE");
            replaced.is_ok_and(|r| r.sections.iter().any(|s| s.host() == section))
        })
        .map(|row| row.origin.pack)
        .max();
    packs
        .host_rows(section)
        .iter()
        .filter(move |row| Some(row.origin.pack) >= first)
}
