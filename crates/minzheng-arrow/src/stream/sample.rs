//! Why: the first rows of every programme and outcome, explained by the scalar program.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use serde_json::json;

use super::work::Shop;
use crate::export::{AnswerTable, Status};
use crate::import::Imported;

/// Folder of the explanations.
pub(super) const TABLE: &str = "explained";

/// How their files end.
pub(super) const END: &str = "jsonl";

/// The outcomes that are explained, each at the place of its key in the dictionary of statuses.
const OUTCOMES: [Status; 3] = [Status::Undetermined, Status::Eligible, Status::NotEligible];

/// How many of every programme or model and outcome are explained: undetermined or unknown, eligible or hit, not eligible or miss.
pub(crate) type Met = BTreeMap<String, [u64; 3]>;

/// The explanation of a row.
pub(crate) struct Sample {
    /// Id of the programme or model.
    pub(crate) of: String,
    /// Place of its outcome among the three that are counted.
    pub(crate) outcome: usize,
    pub(crate) line: String,
}

/// Explains the first rows of every programme and outcome of which there are not yet enough. Of a household that is set aside
/// the findings say why.
pub(super) fn samples(
    shop: &Shop<'_>,
    imported: &Imported<'_>,
    schemas: &[AnswerTable],
    tables: &[RecordBatch],
    met: &Met,
) -> Vec<Sample> {
    let mut out = Vec::new();
    let most = u64::try_from(shop.explain).unwrap_or(u64::MAX);
    let programmes = shop.engine.packs().programmes();
    for (table, batch) in schemas.iter().zip(tables) {
        for (field, array) in table.schema.fields().iter().zip(batch.columns()) {
            let id = field.name().strip_suffix(".status");
            let index = id.and_then(|id| programmes.iter().position(|p| p.id == id));
            let (Some(index), Some(id)) = (index, id) else {
                continue;
            };
            let Some(words) = array.as_dictionary_opt::<Int8Type>() else {
                continue;
            };
            let mut counts = met.get(id).copied().unwrap_or_default();
            if counts.iter().all(|n| *n >= most) {
                continue;
            }
            for case in 0..imported.batch.cases() {
                if imported.is_set_aside(case) {
                    continue;
                }
                for row in imported.rows(table.entity, case) {
                    let key = words.keys().values().get(row);
                    let status = key.and_then(|key| Status::of_key(*key));
                    let outcome = OUTCOMES.iter().position(|o| Some(*o) == status);
                    let Some(outcome) = outcome else { continue };
                    let Some(count) = counts.get_mut(outcome).filter(|n| **n < most) else {
                        continue;
                    };
                    *count = count.saturating_add(1);
                    let person = (table.entity > 0).then_some((table.entity, row));
                    out.push(Sample {
                        of: id.to_owned(),
                        outcome,
                        line: explained(shop, imported, case, person, index, outcome),
                    });
                }
                if counts.iter().all(|n| *n >= most) {
                    break;
                }
            }
        }
    }
    out
}

/// One line: whose, which programme, how it came out, and why.
fn explained(
    shop: &Shop<'_>,
    imported: &Imported<'_>,
    case: usize,
    person: Option<(usize, usize)>,
    programme: usize,
    outcome: usize,
) -> String {
    let set = shop.engine.packs();
    let id = |entity: usize, row: usize| imported.keys.key(entity, row);
    let assessed = shop.columns.assess(&imported.batch, case, id);
    let explanation = assessed.explain_programmes(&[programme]);
    let line = json!({
        "programme": set.programmes().get(programme).map(|p| p.id.as_str()),
        "outcome": OUTCOMES.get(outcome).map(|s| s.word()),
        "household": id(0, case),
        "row": person.map(|(entity, row)| id(entity, row)),
        "explanation": explanation.to_json(),
    });
    line.to_string()
}

/// The lines of samples that are still wanted; they are counted.
pub(super) fn chosen<'s>(samples: &'s [Sample], met: &mut Met, most: usize) -> Vec<&'s str> {
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let mut out = Vec::new();
    for sample in samples {
        let counts = met.entry(sample.of.clone()).or_default();
        if let Some(count) = counts.get_mut(sample.outcome).filter(|n| **n < most) {
            *count = count.saturating_add(1);
            out.push(sample.line.as_str());
        }
    }
    out
}

/// Adds what another part explains.
pub(super) fn add(met: &mut Met, more: &Met) {
    for (id, counts) in more {
        let own = met.entry(id.clone()).or_default();
        for (own, more) in own.iter_mut().zip(counts) {
            *own = own.saturating_add(*more);
        }
    }
}

/// What came between two counts.
pub(super) fn between(before: &Met, after: &Met) -> Met {
    let own = |(id, counts): (&String, &[u64; 3])| {
        let old = before.get(id).copied().unwrap_or_default();
        let mut more = *counts;
        for (more, old) in more.iter_mut().zip(old) {
            *more = more.saturating_sub(old);
        }
        (id.clone(), more)
    };
    let all = after.iter().map(own);
    all.filter(|(_, counts)| counts.iter().any(|n| *n > 0))
        .collect()
}
