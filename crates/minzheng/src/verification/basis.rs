//! What verifying stands on: the catalogue, the rows of evidence, how old an answer may be, how the report is laid out.

use std::sync::Arc;

use minzheng_rules::date::Day;
use minzheng_rules::error::{Diagnostic, Diagnostics};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{HostRow, Status, Words};
use serde::Deserialize;

use super::evidence::Evidence;
use crate::catalog::{Catalog, Cycle, Resource};
use crate::error::Error;
use crate::packs::rows::{finding, read};

/// The code of a row of these sections that is wrong.
const SHAPE: &str = "E-VERIFY-ROW";

/// The data of the packs that verifying stands on.
#[derive(Debug, Clone)]
pub struct Basis {
    /// The catalogue; of an [`Engine`](crate::Engine) the one that it has.
    pub catalog: Arc<Catalog>,
    /// How records become facts.
    pub evidence: Vec<Evidence>,
    freshness: Vec<Freshness>,
    material_times: Option<i64>,
    pub(crate) ledgers: Vec<Ledger>,
    /// What stands at the end of a report, each with its ground in words.
    pub(crate) notes: Vec<(Words, Vec<String>)>,
}

/// `[[verification.note]]`: a sentence at the end of the report.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: Words,
    #[serde(default, rename = "cite")]
    _cite: Vec<String>,
    #[serde(rename = "status")]
    _status: Status,
}

/// `[[verification.freshness]]`: how old an answer of an item with this cycle may be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Freshness {
    cycle: Cycle,
    months: i64,
    days: i64,
    #[serde(rename = "status")]
    _status: Status,
}

/// `[[verification.grading]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grading {
    material_times: i64,
    #[serde(rename = "status")]
    _status: Status,
}

/// `[[verification.ledger]]`: a part of the report.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    pub(crate) id: String,
    pub(crate) title: Words,
    /// Facts with their entity, as `person.wage`.
    pub(crate) facts: Vec<String>,
    /// Formulas that are shown below.
    pub(crate) totals: Vec<String>,
}

impl Basis {
    /// Reads it from packs.
    ///
    /// # Errors
    /// What [`Catalog::load`] and [`Evidence::load`] find; `E-VERIFY-ROW` with file and line for a row of
    /// `verification.freshness`, `verification.grading`, `verification.ledger` or `verification.note` that is wrong.
    ///
    /// ```
    /// use minzheng::catalog::Cycle;
    /// use minzheng::packs::{self, BuiltIn};
    /// use minzheng::verification::Basis;
    /// use minzheng_rules::date::Day;
    ///
    /// let basis = Basis::load(&packs::load(&BuiltIn::ALL, &[])?)?;
    /// let day = Day::parse("2026-07-31").ok_or("no such day")?;
    /// let last = basis.fresh_until(Cycle::Monthly, day).map(|d| d.to_string());
    /// assert_eq!(last.as_deref(), Some("2026-10-01"));
    /// assert_eq!(basis.fresh_until(Cycle::Irregular, day), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(packs: &PackSet) -> Result<Self, Error> {
        Self::over(packs, Arc::new(Catalog::load(packs)?))
    }

    /// The same over a catalogue that is read already.
    pub(crate) fn over(packs: &PackSet, catalog: Arc<Catalog>) -> Result<Self, Error> {
        let evidence = Evidence::load(packs, &catalog)?;
        let mut findings = Diagnostics::new();
        let mut freshness: Vec<Freshness> = Vec::new();
        for row in packs.host_rows("verification.freshness") {
            match read::<Freshness>(row, SHAPE) {
                Ok(found) if found.months < 0 || found.days < 0 => {
                    findings.push(wrong(row, "months and days are not negative"));
                }
                Ok(found) if freshness.iter().any(|f| f.cycle == found.cycle) => {
                    findings.push(wrong(row, "the cycle has a row already"));
                }
                Ok(found) => freshness.push(found),
                Err(found) => findings.push(found),
            }
        }
        let mut material_times = None;
        for row in packs.host_rows("verification.grading") {
            match read::<Grading>(row, SHAPE) {
                Ok(found) if found.material_times < 1 || material_times.is_some() => {
                    findings.push(wrong(
                        row,
                        "one row with a whole number from 1 on is wanted",
                    ));
                }
                Ok(found) => material_times = Some(found.material_times),
                Err(found) => findings.push(found),
            }
        }
        let mut ledgers = Vec::new();
        for row in packs.host_rows("verification.ledger") {
            match read::<Ledger>(row, SHAPE) {
                Ok(found) => {
                    findings.extend(names(packs, row, &found));
                    ledgers.push(found);
                }
                Err(found) => findings.push(found),
            }
        }
        let mut notes = Vec::new();
        for row in packs.host_rows("verification.note") {
            match read::<Note>(row, SHAPE) {
                Ok(found) => {
                    let cite = row.cite.iter().map(|c| packs.cite_words(c)).collect();
                    notes.push((found.text, cite));
                }
                Err(found) => findings.push(found),
            }
        }
        if findings.has_errors() {
            findings.sort();
            return Err(findings.into());
        }
        Ok(Self {
            catalog,
            evidence,
            freshness,
            material_times,
            ledgers,
            notes,
        })
    }

    /// The last day on which an answer of this as-of day is not stale; `None`: it does not grow stale.
    pub fn fresh_until(&self, cycle: Cycle, as_of: Day) -> Option<Day> {
        let row = self.freshness.iter().find(|f| f.cycle == cycle)?;
        Some(as_of.add_months(row.months).add_days(row.days))
    }

    /// A difference of more than this many times the tolerance is material; without a row every one beyond it.
    pub fn material_times(&self) -> i64 {
        self.material_times.unwrap_or(1)
    }

    /// An item by its id.
    pub(crate) fn item(&self, id: &str) -> Option<&Resource> {
        self.catalog.items().find(|r| r.id == id)
    }
}

fn wrong(row: &HostRow, message: &str) -> Diagnostic {
    finding(&row.origin, SHAPE, message)
}

/// Facts and formulas of a ledger that no pack has.
fn names(packs: &PackSet, row: &HostRow, ledger: &Ledger) -> Vec<Diagnostic> {
    let known = |word: &str| {
        packs.facts().any(|f| {
            let entity = packs.entities().get(f.entity).map_or("", |e| e.id.as_str());
            word.split_once('.') == Some((entity, f.id.as_str()))
        })
    };
    let facts = ledger.facts.iter().filter(|word| !known(word));
    let totals = ledger
        .totals
        .iter()
        .filter(|id| packs.formula(id).is_none());
    facts
        .map(|word| wrong(row, &format!("unknown fact `{word}`")))
        .chain(totals.map(|id| wrong(row, &format!("unknown formula `{id}`"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use minzheng_rules::pack::{PackSource, SourceFile};

    use super::*;
    use crate::packs::{self, BuiltIn};

    /// The codes and lines that a pack above the built-in ones with this text brings.
    fn findings(text: &str) -> Vec<(&'static str, u32)> {
        let head = "[pack]\nid = \"t\"\ntitle = { zh = \"例\", en = \"t\" }\npublisher = \"t\"\nversion = \"1\"\nlevel = \"county\"\nplace = \"159921\"\nextends = [\"demo\"]\nreviewed_on = 2026-01-01\n";
        let source = PackSource::new(vec![SourceFile::new("pack.toml", format!("{head}{text}"))]);
        let packs = packs::load(&BuiltIn::ALL, &[source]).unwrap();
        let error = Basis::load(&packs).err();
        let all = error.iter().flat_map(Error::findings);
        all.map(|f| (f.code(), f.line())).collect()
    }

    #[test]
    fn a_bad_row_has_its_code_and_its_line() {
        let ledger = "[[verification.ledger]]\nid = \"x\"\ntitle = { zh = \"例\", en = \"x\" }\n";
        let note =
            "[[verification.note]]\ntext = { zh = \"例\", en = \"x\" }\nstatus = \"operational\"\n";
        assert_eq!(findings(note), []);
        for text in [
            "[[verification.freshness]]\ncycle = \"monthly\"\nmonths = 1\ndays = 1\nstatus = \"operational\"\n",
            "[[verification.freshness]]\ncycle = \"irregular\"\nmonths = -1\ndays = 1\nstatus = \"operational\"\n",
            "[[verification.freshness]]\ncycle = \"hourly\"\nmonths = 1\ndays = 1\nstatus = \"operational\"\n",
            "[[verification.grading]]\nmaterial_times = 3\nstatus = \"operational\"\n",
            "[[verification.note]]\nwords = \"x\"\n",
            &format!("{ledger}facts = [\"person.wgae\"]\ntotals = []\n"),
            &format!("{ledger}facts = []\ntotals = [\"own_incme\"]\n"),
        ] {
            assert_eq!(findings(text), [(SHAPE, 10)], "{text}");
        }
    }
}
