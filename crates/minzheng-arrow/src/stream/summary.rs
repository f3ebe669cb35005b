//! What a run comes to, by league and programme.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type};
use arrow_array::{Array as _, RecordBatch};
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
            let own = self.leagues.entry(name.clone()).or_default();
            own.households = own.households.saturating_add(league.households);
            own.people = own.people.saturating_add(league.people);
            own.set_aside = own.set_aside.saturating_add(league.set_aside);
            for (id, tally) in &league.programmes {
                own.programmes.entry(id.clone()).or_default().add(tally);
            }
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
        count_findings(&mut self.findings, &imported.findings);
        for (league, cases) in spans(cases, |case| imported.place(case)) {
            self.span(imported, tables, batches, league, cases);
        }
    }

    /// Adds households of one league.
    fn span(
        &mut self,
        imported: &Imported<'_>,
        tables: &[AnswerTable],
        batches: &[RecordBatch],
        league: String,
        cases: core::ops::Range<usize>,
    ) {
        let own = self.leagues.entry(league).or_default();
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let households = wide(cases.len());
        let rows = |entity: usize| imported.rows_between(entity, &cases);
        let people = wide(rows(1).len());
        let aside = wide(cases.clone().filter(|c| imported.is_set_aside(*c)).count());
        own.households = own.households.saturating_add(households);
        own.people = own.people.saturating_add(people);
        own.set_aside = own.set_aside.saturating_add(aside);
        self.households = self.households.saturating_add(households);
        self.people = self.people.saturating_add(people);
        self.set_aside = self.set_aside.saturating_add(aside);
        for (table, batch) in tables.iter().zip(batches) {
            let rows = rows(table.entity);
            for (field, array) in table.schema.fields().iter().zip(batch.columns()) {
                let named = |word: &str| field.name().strip_suffix(word);
                if let Some(id) = named(".status")
                    && let Some(words) = array.as_dictionary_opt::<Int8Type>()
                {
                    let mut sums = Tally::default();
                    let keys = words.keys().values().get(rows.clone()).unwrap_or_default();
                    for status in keys.iter().filter_map(|key| Status::of_key(*key)) {
                        let slot = match status {
                            Status::Eligible => &mut sums.eligible,
                            Status::NotEligible => &mut sums.not_eligible,
                            Status::Undetermined => &mut sums.undetermined,
                            Status::NotInForce => &mut sums.not_in_force,
                        };
                        *slot = slot.saturating_add(1);
                    }
                    tally(&mut own.programmes, id).add(&sums);
                } else if let Some(id) = named(".amount")
                    && let Some(amounts) = array.as_primitive_opt::<Decimal128Type>()
                {
                    let known = rows.clone().filter(|row| amounts.is_valid(*row));
                    let values = amounts.values();
                    let known = known.filter_map(|row| values.get(row).copied());
                    let amount = known.fold(0_i128, i128::saturating_add);
                    tally(&mut own.programmes, id).add(&Tally {
                        amount,
                        ..Tally::default()
                    });
                }
            }
        }
    }
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
) -> Vec<(String, core::ops::Range<usize>)> {
    let league = |case: usize| place(case).map(|p| p.div_euclid(100));
    let (mut out, mut case) = (Vec::new(), 0);
    while case < cases {
        let own = league(case);
        let mut end = case.saturating_add(1);
        while end < cases && league(end) == own {
            end = end.saturating_add(1);
        }
        let name = own.map_or_else(String::new, |l| format!("{l:04}"));
        out.push((name, case..end));
        case = end;
    }
    out
}

fn tally<'l>(list: &'l mut BTreeMap<String, Tally>, id: &str) -> &'l mut Tally {
    list.entry(id.to_owned()).or_default()
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
