//! What is still to be asked: households with an open programme, decided again by the scalar program.

use arrow_array::ArrayRef;
use minzheng_rules::columnar::{Answer, Columns};
use minzheng_rules::explain::{MissingKind, MissingName};
use minzheng_rules::pack::PackSet;
use minzheng_rules::scalar::V;
use minzheng_rules::scenario::Assessment;
use minzheng_rules::truth::Truth;

use super::Exporter;
use super::arrays::lists;
use crate::contract::table_name;
use crate::import::Imported;

impl Exporter {
    /// By programme of the answer the column of what is missing.
    pub(super) fn missing(
        &self,
        columns: &Columns<'_>,
        imported: &Imported<'_>,
        answer: &Answer,
    ) -> Vec<ArrayRef> {
        let mut found: Vec<Vec<Vec<String>>> = vec![Vec::new(); self.programmes.len()];
        for case in 0..imported.batch.cases() {
            // a household is decided again once, however many of its programmes are open
            let mut assessed: Option<Assessment> = None;
            for (programme, lists) in self.programmes.iter().zip(&mut found) {
                let rows = imported.rows(programme.entity, case);
                for (at, row) in rows.enumerate() {
                    let value = |output: usize| Some(answer.columns.get(output)?.value(row));
                    let is_open = match value(programme.eligible).map(V::truth) {
                        Some(Truth::Unknown) => true,
                        Some(Truth::True) => {
                            let amount = programme.amount.and_then(value);
                            amount.is_some_and(|v| !v.is_known())
                        }
                        _ => false,
                    };
                    if !is_open || imported.is_set_aside(case) {
                        lists.push(Vec::new());
                        continue;
                    }
                    let assessed = assessed.get_or_insert_with(|| {
                        let id = |entity: usize, row: usize| imported.keys.key(entity, row);
                        columns.assess(&imported.batch, case, id)
                    });
                    let names = assessed.missing_names(programme.index, at);
                    let words = names.iter().map(|name| word(assessed.packs(), name));
                    lists.push(words.take(self.missing).collect());
                }
            }
        }
        let column =
            |rows: &Vec<Vec<String>>| lists(rows.iter().map(|row| row.iter().map(String::as_str)));
        found.iter().map(column).collect()
    }
}

/// The column that can give it, or the figure or rule that lacks.
fn word(set: &PackSet, name: &MissingName) -> String {
    let entity = name.entity.and_then(|entity| set.entities().get(entity));
    let table = entity.map_or_else(String::new, |e| table_name(&e.id));
    let id = &name.id;
    match name.kind {
        MissingKind::Fact | MissingKind::Link => format!("{table}.{id}"),
        MissingKind::Finding => format!("{table}.finding:{id}"),
        MissingKind::Parameter => format!("figure:{id}"),
        MissingKind::Rule => format!("rule:{id}"),
    }
}
