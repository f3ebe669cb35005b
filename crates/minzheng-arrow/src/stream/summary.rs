//! What a run comes to, by league and programme.

use core::ops::Range;
use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type};
use arrow_array::{ArrayRef, RecordBatch};
use minzheng_rules::explain::Verdict;
use serde::{Deserialize, Serialize};

use crate::export::{AnswerTable, STATUSES};
use crate::import::Imported;

/// How often a programme came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Rows that are entitled.
    pub eligible: u64,
    /// Rows that are not.
    pub not_eligible: u64,
    /// Rows for which something is unknown.
    pub undetermined: u64,
    /// Rows for which the programme was not in force.
    pub not_in_force: u64,
    /// The sum of the known amounts in fen, in the period of the programme.
    #[serde(with = "fen")]
    pub amount: i128,
}

impl Tally {
    fn add(&mut self, more: &Self) {
        self.eligible = self.eligible.saturating_add(more.eligible);
        self.not_eligible = self.not_eligible.saturating_add(more.not_eligible);
        self.undetermined = self.undetermined.saturating_add(more.undetermined);
        self.not_in_force = self.not_in_force.saturating_add(more.not_in_force);
        self.amount = self.amount.saturating_add(more.amount);
    }

    /// Counts some rows of a column of statuses or amounts.
    fn count(&mut self, column: &ArrayRef, rows: &Range<usize>) {
        if let Some(words) = column.as_dictionary_opt::<Int8Type>() {
            let keys = words.keys().values().get(rows.clone()).unwrap_or_default();
            let many = |key: i8| wide(keys.iter().filter(|k| **k == key).count());
            for (key, verdict) in (0..).zip(STATUSES) {
                let slot = match verdict {
                    Some(Verdict::Eligible) => &mut self.eligible,
                    Some(Verdict::NotEligible) => &mut self.not_eligible,
                    Some(Verdict::Undetermined) => &mut self.undetermined,
                    None => &mut self.not_in_force,
                };
                *slot = slot.saturating_add(many(key));
            }
        } else if let Some(amounts) = column.as_primitive_opt::<Decimal128Type>() {
            // what stands where an amount is null is zero
            let values = amounts.values().get(rows.clone()).unwrap_or_default();
            let sum = values.iter().fold(0_i128, |sum, v| sum.saturating_add(*v));
            self.amount = self.amount.saturating_add(sum);
        }
    }
}

/// Sums as text: they may be larger than what a reader of JSON takes.
mod fen {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(sum: &i128, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&sum.to_string())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<i128, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// One league: what its households come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct League {
    /// Households.
    pub households: u64,
    /// People in them.
    pub people: u64,
    /// Households that were not decided because something is wrong with their rows.
    pub set_aside: u64,
    /// By id of the programme.
    pub programmes: BTreeMap<String, Tally>,
}

impl League {
    fn add(&mut self, more: &Self) {
        self.households = self.households.saturating_add(more.households);
        self.people = self.people.saturating_add(more.people);
        self.set_aside = self.set_aside.saturating_add(more.set_aside);
        for (id, tally) in &more.programmes {
            self.programmes.entry(id.clone()).or_default().add(tally);
        }
    }
}

/// What a run comes to. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Households.
    pub households: u64,
    /// People in them.
    pub people: u64,
    /// Households that were not decided because something is wrong with their rows.
    pub set_aside: u64,
    /// Findings by their code, those beyond [`ImportOptions::most_findings`](crate::ImportOptions) under an empty one.
    pub findings: BTreeMap<String, u64>,
    /// By the first four digits of the place a household is registered at; empty where it is unknown.
    pub leagues: BTreeMap<String, League>,
}

impl Summary {
    /// Adds what another part comes to.
    pub(super) fn add(&mut self, more: &Self) {
        self.households = self.households.saturating_add(more.households);
        self.people = self.people.saturating_add(more.people);
        self.set_aside = self.set_aside.saturating_add(more.set_aside);
        for (code, many) in &more.findings {
            let sum = self.findings.entry(code.clone()).or_default();
            *sum = sum.saturating_add(*many);
        }
        for (name, league) in &more.leagues {
            self.leagues.entry(name.clone()).or_default().add(league);
        }
    }

    /// All leagues together, by programme.
    ///
    /// ```
    /// assert!(minzheng_arrow::Summary::default().programmes().is_empty());
    /// ```
    pub fn programmes(&self) -> BTreeMap<String, Tally> {
        let mut out: BTreeMap<String, Tally> = BTreeMap::new();
        for (id, tally) in self.leagues.values().flat_map(|l| &l.programmes) {
            out.entry(id.clone()).or_default().add(tally);
        }
        out
    }

    /// Adds what a batch comes to.
    pub(super) fn count(
        &mut self,
        imported: &Imported<'_>,
        tables: &[AnswerTable],
        batches: &[RecordBatch],
    ) {
        let cases = imported.batch.cases();
        for finding in &imported.findings {
            let many = self.findings.entry(finding.code.to_owned()).or_default();
            *many = many.saturating_add(1);
        }
        let kept = self.findings.values().sum();
        if let Some(more) = imported
            .findings
            .count()
            .checked_sub(kept)
            .filter(|n| *n > 0)
        {
            self.findings.insert(String::new(), more);
        }
        let mut spans: Vec<(usize, Range<usize>)> = Vec::new();
        let mut leagues: BTreeMap<Option<i64>, usize> = BTreeMap::new();
        let league = |case: usize| imported.place(case).map(|p| p.div_euclid(100));
        let mut case = 0;
        while case < cases {
            let own = league(case);
            let mut end = case.saturating_add(1);
            while end < cases && league(end) == own {
                end = end.saturating_add(1);
            }
            let many = leagues.len();
            spans.push((*leagues.entry(own).or_insert(many), case..end));
            case = end;
        }
        let mut counted = vec![League::default(); leagues.len()];
        for (at, span) in &spans {
            let Some(own) = counted.get_mut(*at) else {
                continue;
            };
            let aside = span.clone().filter(|c| imported.is_set_aside(*c)).count();
            own.households = own.households.saturating_add(wide(span.len()));
            own.people = own
                .people
                .saturating_add(wide(rows(imported, 1, span).len()));
            own.set_aside = own.set_aside.saturating_add(wide(aside));
        }
        for (table, batch) in tables.iter().zip(batches) {
            let spans: Vec<_> = spans
                .iter()
                .map(|(at, span)| (*at, rows(imported, table.entity, span)))
                .collect();
            for (field, array) in table.schema.fields().iter().zip(batch.columns()) {
                let named = |word: &str| field.name().strip_suffix(word);
                let Some(id) = named(".status").or_else(|| named(".amount")) else {
                    continue;
                };
                let mut sums = vec![Tally::default(); leagues.len()];
                for (at, span) in &spans {
                    if let Some(sum) = sums.get_mut(*at) {
                        sum.count(array, span);
                    }
                }
                for (own, sum) in counted.iter_mut().zip(&sums) {
                    own.programmes.entry(id.to_owned()).or_default().add(sum);
                }
            }
        }
        for (league, at) in leagues {
            let Some(own) = counted.get(at) else { continue };
            self.households = self.households.saturating_add(own.households);
            self.people = self.people.saturating_add(own.people);
            self.set_aside = self.set_aside.saturating_add(own.set_aside);
            let name = league.map_or_else(String::new, |l| format!("{l:04}"));
            self.leagues.entry(name).or_default().add(own);
        }
    }
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The rows of an entity that belong to households one after the other.
fn rows(imported: &Imported<'_>, entity: usize, cases: &Range<usize>) -> Range<usize> {
    let start = imported.rows(entity, cases.start).start;
    start..imported.rows(entity, cases.end.saturating_sub(1)).end
}
