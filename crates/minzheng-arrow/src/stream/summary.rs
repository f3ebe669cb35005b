//! What a run comes to, by league and programme.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type};
use arrow_array::{Array as _, RecordBatch};
use serde::{Deserialize, Serialize};

use crate::export::AnswerTable;
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
        count_findings(&mut self.findings, imported);
        for (league, cases) in leagues(imported) {
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
        let rows = |entity: usize| imported.rows_of(entity, cases.clone());
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
                    let mut counts = [0_u64; 4];
                    let keys = words.keys().values().get(rows.clone()).unwrap_or_default();
                    for key in keys {
                        let slot = usize::try_from(*key).ok().and_then(|k| counts.get_mut(k));
                        if let Some(slot) = slot {
                            *slot = slot.saturating_add(1);
                        }
                    }
                    let [eligible, not_eligible, undetermined, not_in_force] = counts;
                    tally(&mut own.programmes, id).add(&Tally {
                        eligible,
                        not_eligible,
                        undetermined,
                        not_in_force,
                        amount: 0,
                    });
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

/// Adds how many findings there are of every code.
pub(crate) fn count_findings(counts: &mut BTreeMap<String, u64>, imported: &Imported<'_>) {
    let mut kept = 0_u64;
    for finding in &imported.findings {
        let many = counts.entry(finding.code.to_owned()).or_default();
        *many = many.saturating_add(1);
        kept = kept.saturating_add(1);
    }
    let more = imported.findings.count().saturating_sub(kept);
    if more > 0 {
        let many = counts.entry(String::new()).or_default();
        *many = many.saturating_add(more);
    }
}

/// The households in their order, cut by league: the first four digits of the place of registration, empty where it is unknown.
pub(crate) fn leagues(imported: &Imported<'_>) -> Vec<(String, core::ops::Range<usize>)> {
    let cases = imported.batch.cases();
    let league = |case: usize| imported.place(case).map(|p| p.div_euclid(100));
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
