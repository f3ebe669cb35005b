//! `[[finding]]`: what an official determined of a condition or formula.

use serde_json::Value;

use super::values::{At, plain};
use super::{Binder, Fields, field_day, text};
use crate::error::did_you_mean;
use crate::facts::FactStatus;

impl Binder<'_> {
    pub(super) fn finding(&mut self, path: &str, fields: &Fields) {
        let Some(of) = text(fields, "of") else {
            self.fail(
                "E-FINDING-OF",
                path,
                "`of` names the condition or formula",
                "",
            );
            return;
        };
        let formula = self
            .set
            .formulas_by_id
            .get(of)
            .and_then(|i| self.set.formulas.get(*i));
        let Some((formula, fact)) = formula.and_then(|f| f.finding.map(|fact| (f, fact))) else {
            let known = self
                .set
                .formulas
                .iter()
                .filter(|f| f.finding.is_some())
                .map(|f| f.id.as_str());
            let near = did_you_mean(of, known);
            self.fail(
                "E-FINDING-OF",
                path,
                "no condition or attestable formula has this id",
                near.unwrap_or_default(),
            );
            return;
        };
        let entity = formula.entity;
        let row = match (entity, text(fields, "row")) {
            (0, None) => Some(0),
            (0, Some(_)) => None,
            (_, Some(id)) => self.row_named(entity, id),
            (_, None) => None,
        };
        let Some(row) = row else {
            let help = if entity == 0 {
                "leave `row` out"
            } else {
                "give the id of the row"
            };
            self.fail(
                "E-FINDING-ROW",
                path,
                "`row` does not name a row of the finding's entity",
                help,
            );
            return;
        };
        let mut provenance = plain(FactStatus::Attested);
        let mut rest = Fields::from_iter([("status".to_owned(), Value::from("attested"))]);
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("of" | "row", _) => {}
                ("by", Value::String(t)) => provenance.by.clone_from(t),
                ("ground", Value::String(t)) => provenance.reason.clone_from(t),
                ("on", v) if field_day(v).is_some() => provenance.as_of = field_day(v),
                ("value" | "per", v) => {
                    rest.insert(key.clone(), v.clone());
                }
                _ => {
                    self.fail(
                        "E-FINDING-SHAPE",
                        format_args!("{path}.{key}"),
                        "unknown or malformed part of a finding",
                        "a finding has of, row, value, by, on, ground",
                    );
                    return;
                }
            }
        }
        let at = At {
            row: path,
            key: None,
        };
        self.fact(fact, row, at, &Value::Object(rest));
        self.input.provenance.insert((fact, row), provenance);
    }
}
