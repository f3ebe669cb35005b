//! What a run comes to, by league and programme.

use core::ops::Range;
use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type};
use arrow_array::{ArrayRef, RecordBatch};
use serde::{Deserialize, Serialize};

use crate::error::Findings;
use crate::export::{AnswerTable, Status};
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
            for (key, status) in (0..).zip(Status::ALL) {
                let slot = match status {
                    Status::Eligible => &mut self.eligible,
                    Status::NotEligible => &mut self.not_eligible,
                    Status::Undetermined => &mut self.undetermined,
                    Status::NotInForce => &mut self.not_in_force,
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
pub(crate) mod fen {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(sum: &i128, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&sum.to_string())
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<i128, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// How often a warning model said what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelTally {
    /// People or households that it points at.
    pub hit: u64,
    /// Those for whom something is missing to tell.
    pub unknown: u64,
    /// Those that it looks at and does not point at.
    pub miss: u64,
    /// Those that it does not look at.
    pub outside: u64,
    /// Those of places that have switched it off.
    pub off: u64,
}

impl ModelTally {
    /// Adds what others come to.
    pub(crate) fn add(&mut self, more: &Self) {
        self.hit = self.hit.saturating_add(more.hit);
        self.unknown = self.unknown.saturating_add(more.unknown);
        self.miss = self.miss.saturating_add(more.miss);
        self.outside = self.outside.saturating_add(more.outside);
        self.off = self.off.saturating_add(more.off);
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub programmes: BTreeMap<String, Tally>,
    /// By id of the warning model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, ModelTally>,
    /// By id of the warning model and word of the class, what became of the hits or alerts of the period before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: Classes,
}

impl League {
    fn add(&mut self, more: &Self) {
        self.households = self.households.saturating_add(more.households);
        self.people = self.people.saturating_add(more.people);
        self.set_aside = self.set_aside.saturating_add(more.set_aside);
        for (id, tally) in &more.programmes {
            self.programmes.entry(id.clone()).or_default().add(tally);
        }
        for (id, tally) in &more.models {
            self.models.entry(id.clone()).or_default().add(tally);
        }
        add_classes(&mut self.classes, &more.classes);
    }
}

fn add_classes(sums: &mut Classes, more: &Classes) {
    for (id, classes) in more {
        let own = sums.entry(id.clone()).or_default();
        for (class, many) in classes {
            let sum = own.entry(class.clone()).or_default();
            *sum = sum.saturating_add(*many);
        }
    }
}

/// Counts by model and word of the class.
type Classes = BTreeMap<String, BTreeMap<String, u64>>;

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

    /// All leagues together, by warning model.
    ///
    /// ```
    /// assert!(minzheng_arrow::Summary::default().models().is_empty());
    /// ```
    pub fn models(&self) -> BTreeMap<String, ModelTally> {
        let mut out: BTreeMap<String, ModelTally> = BTreeMap::new();
        for (id, tally) in self.leagues.values().flat_map(|l| &l.models) {
            out.entry(id.clone()).or_default().add(tally);
        }
        out
    }

    /// All leagues together: by warning model and word of the class, what became of the hits or alerts of the period before.
    ///
    /// ```
    /// assert!(minzheng_arrow::Summary::default().classes().is_empty());
    /// ```
    pub fn classes(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut out = Classes::new();
        for league in self.leagues.values() {
            add_classes(&mut out, &league.classes);
        }
        out
    }

    /// Counts one hit or alert of a place and model under a class.
    pub(crate) fn class(&mut self, place: Option<i64>, model: &str, class: &str) {
        let league = self.leagues.entry(league(place)).or_default();
        let own = league.classes.entry(model.to_owned()).or_default();
        let sum = own.entry(class.to_owned()).or_default();
        *sum = sum.saturating_add(1);
    }

    /// Adds what a batch comes to.
    pub(super) fn count(
        &mut self,
        imported: &Imported<'_>,
        tables: &[AnswerTable],
        batches: &[RecordBatch],
    ) {
        let Counted {
            spans,
            leagues,
            of: mut counted,
        } = self.begin(imported);
        for (table, batch) in tables.iter().zip(batches) {
            let spans: Vec<_> = spans
                .iter()
                .map(|(at, span)| (*at, imported.rows_between(table.entity, span)))
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
        self.end(leagues, &counted);
    }

    /// Counts the findings, households and people of a batch, those by league apart.
    pub(crate) fn begin(&mut self, imported: &Imported<'_>) -> Counted {
        let cases = imported.batch.cases();
        count_findings(&mut self.findings, &imported.findings);
        let mut spans: Vec<(usize, Range<usize>)> = Vec::new();
        let mut leagues: BTreeMap<String, usize> = BTreeMap::new();
        for (league, cases) in self::spans(cases, |case| imported.place(case)) {
            let many = leagues.len();
            spans.push((*leagues.entry(league).or_insert(many), cases));
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
                .saturating_add(wide(imported.rows_between(1, span).len()));
            own.set_aside = own.set_aside.saturating_add(wide(aside));
        }
        Counted {
            spans,
            leagues,
            of: counted,
        }
    }

    /// Adds what the leagues of a batch come to.
    pub(crate) fn end(&mut self, leagues: BTreeMap<String, usize>, counted: &[League]) {
        for (league, at) in leagues {
            let Some(own) = counted.get(at) else { continue };
            self.households = self.households.saturating_add(own.households);
            self.people = self.people.saturating_add(own.people);
            self.set_aside = self.set_aside.saturating_add(own.set_aside);
            self.leagues.entry(league).or_default().add(own);
        }
    }
}

/// The leagues of a batch while they are counted.
pub(crate) struct Counted {
    /// The place of a league in `of`, and households of it that follow each other.
    pub(crate) spans: Vec<(usize, Range<usize>)>,
    pub(crate) leagues: BTreeMap<String, usize>,
    pub(crate) of: Vec<League>,
}

/// Counts findings by their code, those that are not kept under an empty one.
pub(crate) fn count_findings(by_code: &mut BTreeMap<String, u64>, findings: &Findings) {
    let mut add = |code: &str, many: u64| {
        let sum = by_code.entry(code.to_owned()).or_default();
        *sum = sum.saturating_add(many);
    };
    let mut kept = 0_u64;
    for finding in findings {
        add(finding.code, 1);
        kept = kept.saturating_add(1);
    }
    let more = findings.count().saturating_sub(kept);
    if more > 0 {
        add("", more);
    }
}

/// Households that follow each other and are of one league, by the first four digits of their place; empty where it is unknown.
pub(crate) fn spans(
    cases: usize,
    place: impl Fn(usize) -> Option<i64>,
) -> Vec<(String, Range<usize>)> {
    let of = |case: usize| place(case).map(|p| p.div_euclid(100));
    let (mut out, mut case) = (Vec::new(), 0);
    while case < cases {
        let own = of(case);
        let mut end = case.saturating_add(1);
        while end < cases && of(end) == own {
            end = end.saturating_add(1);
        }
        out.push((league(place(case)), case..end));
        case = end;
    }
    out
}

/// The first four digits of a place; empty where it is unknown.
fn league(place: Option<i64>) -> String {
    place.map_or_else(String::new, |code| format!("{:04}", code.div_euclid(100)))
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Format;
    use crate::{RunInputs, RunOptions, run};
    use minzheng::packs::{self, BuiltIn};
    use minzheng_rules::date::Day;
    use minzheng_rules::scenario::Engine;
    use std::fs;

    /// A summary counts what the tables say, word by word, and so do the samples.
    #[test]
    fn a_summary_counts_the_words_of_the_tables() -> Result<(), Box<dyn std::error::Error>> {
        let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
        let dir = std::env::temp_dir().join(format!("minzheng-summary-{}", std::process::id()));
        fs::create_dir_all(&dir)?;
        fs::write(
            dir.join("households.csv"),
            "household_id,registration_place\nh1,159921\nh2,159921\n",
        )?;
        fs::write(
            dir.join("people.csv"),
            "household_id,birth,alive,in_prison\nh1,1930-01-01,true,false\nh1,1990-01-01,true,false\nh2,1930-01-01,,\n",
        )?;
        let inputs = RunInputs {
            households: dir.join("households.csv"),
            people: dir.join("people.csv"),
            records: None,
        };
        let mut options = RunOptions::default();
        options.import.on = Day::parse("2026-08-25");
        options.format = Format::Csv;
        options.explain = 9;
        let summary = run(&engine, &inputs, &dir.join("out"), &options, &mut |_| {})?;
        let mut told: BTreeMap<(String, String), u64> = BTreeMap::new();
        for table in ["households", "people"] {
            let text = fs::read_to_string(dir.join("out").join(table).join("part-00000.csv"))?;
            let mut lines = text.lines();
            let heads: Vec<&str> = lines.next().ok_or("no head")?.split(',').collect();
            for line in lines {
                for (head, word) in heads.iter().zip(line.split(',')) {
                    if let Some(id) = head.strip_suffix(".status") {
                        let many = told.entry((id.to_owned(), word.to_owned())).or_default();
                        *many = many.saturating_add(1);
                    }
                }
            }
        }
        // a sample is filed under the outcome that its explanation gives
        let samples = fs::read_to_string(dir.join("out/explained/part-00000.jsonl"))?;
        let mut of_households = 0_u64;
        for line in samples.lines() {
            let sample: serde_json::Value = serde_json::from_str(line)?;
            if sample["row"].is_null() {
                let programme = &sample["explanation"]["programmes"][0];
                assert_eq!(sample["outcome"], programme["verdict"], "{line}");
                of_households = of_households.saturating_add(1);
            }
        }
        assert!(of_households > 2, "{samples}");
        fs::remove_dir_all(&dir)?;
        let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (id, tally) in summary.programmes() {
            for (status, many) in [
                (Status::Eligible, tally.eligible),
                (Status::NotEligible, tally.not_eligible),
                (Status::Undetermined, tally.undetermined),
                (Status::NotInForce, tally.not_in_force),
            ] {
                if many > 0 {
                    counted.insert((id.clone(), status.word().to_owned()), many);
                }
            }
        }
        assert_eq!(counted, told);
        let met = |word: &str| told.keys().any(|(_, w)| w == word);
        assert!(met("not_eligible") && met("undetermined"), "{told:?}");
        Ok(())
    }
}
