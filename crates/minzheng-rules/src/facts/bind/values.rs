//! The facts of rows: each value read as its type, with where it comes from.

use core::fmt;

use serde_json::Value;

use super::{Binder, Fields, Written, field_day};
use crate::error::{Diagnostic, did_you_mean};
use crate::facts::scalar::{Scalar, read};
use crate::facts::{FactStatus, OtherValue, Provenance};
use crate::lang::Type;
use crate::pack::NameOf;
use crate::scalar::V;

/// Where a fact stands: its row and its key. It is put into words only where something is wrong.
#[derive(Clone, Copy)]
pub(super) struct At<'p> {
    pub(super) row: &'p str,
    pub(super) key: Option<&'p str>,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row)?;
        self.key.map_or(Ok(()), |key| write!(f, ".{key}"))
    }
}

impl Binder<'_> {
    pub(super) fn facts(&mut self, written: &[Written<'_>]) {
        let mut next: Vec<usize> = vec![0; self.set.entities.len()];
        for (entity, path, fields) in written {
            let row = next.get(*entity).copied().unwrap_or(0);
            if let Some(n) = next.get_mut(*entity) {
                *n = n.saturating_add(1);
            }
            let links = self
                .set
                .entities
                .get(*entity)
                .map(|e| e.links.as_slice())
                .unwrap_or_default();
            for (key, value) in *fields {
                if key == "id"
                    || (*entity > 0 && key == "of")
                    || links.iter().any(|(l, _)| l == key)
                {
                    continue;
                }
                let at = At {
                    row: path,
                    key: Some(key),
                };
                match self.set.name_of(*entity, key) {
                    Some(NameOf::Fact(fact)) => self.fact(fact, row, at, value),
                    Some(NameOf::Formula(_)) => {
                        self.fail(
                            "E-FACT-FORMULA",
                            at,
                            "this is computed, not given",
                            "an official's determination goes into [[finding]]",
                        );
                    }
                    _ => {
                        let known = self
                            .set
                            .facts
                            .iter()
                            .filter(|f| f.entity == *entity && !f.finding)
                            .map(|f| f.id.as_str());
                        let near = did_you_mean(key, known);
                        self.fail("E-FACT-NAME", at, "unknown fact", near.unwrap_or_default());
                    }
                }
            }
        }
    }

    pub(super) fn fact(&mut self, fact: usize, row: usize, path: At<'_>, value: &Value) {
        let (scalar, per, provenance) = match value {
            Value::Object(fields) => {
                let Some((scalar, per, provenance)) = self.detailed(path, fields) else {
                    return;
                };
                (scalar, per, Some(provenance))
            }
            one => (Some(Scalar::from(one)), None, None),
        };
        let Some(def) = self.set.facts.get(fact) else {
            return;
        };
        let (ty, low, high) = (def.ty, def.low, def.high);
        let status = provenance
            .as_ref()
            .map_or(self.input.default_status, |p| p.status);
        let unknown = matches!(
            status,
            FactStatus::Pending | FactStatus::Refused | FactStatus::Unavailable
        );
        let mut provenance = provenance;
        match (scalar, status) {
            (
                Some(_),
                FactStatus::Nothing
                | FactStatus::Pending
                | FactStatus::Refused
                | FactStatus::Unavailable,
            ) => {
                self.fail(
                    "E-FACT-STATUS",
                    path,
                    format!("status `{}` goes without a value", status.word()),
                    "",
                );
            }
            (None, FactStatus::Nothing) => {
                if ty == Type::Bool || ty.is_quantity() {
                    self.put(fact, row, V::known(0));
                } else {
                    self.fail(
                        "E-FACT-STATUS",
                        path,
                        format!("a {ty} cannot be nothing"),
                        "leave it out where it is not known",
                    );
                }
            }
            (None, _) if unknown => {}
            (None, _) => self.fail(
                "E-FACT-VALUE",
                path,
                "the value is missing",
                "give value = …, or a status that says why there is none",
            ),
            (Some(scalar), _) => {
                match read(self.set, ty, scalar, per, None) {
                    Err(bad) => self.fail(bad.code, path, bad.message, bad.help),
                    Ok(found) => {
                        if ty == Type::Text {
                            if let Scalar::Text(words) = scalar {
                                self.input.texts.insert((fact, row), words.to_owned());
                            }
                        } else if low.is_some_and(|l| found.value < l)
                            || high.is_some_and(|h| found.value > h)
                        {
                            if low == Some(0) && found.value < 0 {
                                self.fail(
                                    "E-FACT-RANGE",
                                    path,
                                    "the value is negative",
                                    "give amounts as positive numbers",
                                );
                                return;
                            }
                            let finding = Diagnostic::warning(
                                "W-FACT-RANGE",
                                "the value is outside its sensible bounds and is read as unknown",
                            );
                            self.findings.push(finding.path(path.to_string()).help(
                                "check the unit; more than a fortune or a lifetime is refused",
                            ));
                            let entry = provenance.get_or_insert_with(|| plain(status));
                            entry.out_of_range = true;
                            self.put(fact, row, V::UNKNOWN);
                        } else {
                            let value = if ty == Type::Place {
                                self.set.places.resolve(found.value)
                            } else {
                                found.value
                            };
                            self.put(fact, row, V::known(value));
                        }
                    }
                }
            }
        }
        if let Some(mut provenance) = provenance {
            if let Value::Object(fields) = value {
                provenance.also = self.others(ty, path, fields);
            }
            self.input.provenance.insert((fact, row), provenance);
        }
    }

    fn put(&mut self, fact: usize, row: usize, value: V) {
        let finding = self.set.facts.get(fact).is_some_and(|f| f.finding);
        self.input.has_findings |= finding && value.is_known();
        let start = self.input.columns.get(fact).copied().unwrap_or(usize::MAX);
        if let Some(slot) = self.input.values.get_mut(start.saturating_add(row)) {
            *slot = value;
        }
    }

    /// The values that stand beside the one taken: `also = [{ value, status, source, as_of, reason }]`.
    fn others(&mut self, ty: Type, path: At<'_>, fields: &Fields) -> Vec<OtherValue> {
        let Some(Value::Array(list)) = fields.get("also") else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (index, other) in list.iter().enumerate() {
            let at = format!("{path}.also[{index}]");
            let at = At {
                row: &at,
                key: None,
            };
            let Value::Object(fields) = other else {
                self.fail("E-FACT-SHAPE", at, "not a table", "write { value = … }");
                continue;
            };
            if ["also", "window"]
                .iter()
                .any(|part| fields.contains_key(*part))
            {
                self.fail("E-FACT-SHAPE", at, "unknown part of another value", "");
                continue;
            }
            let Some((scalar, per, provenance)) = self.detailed(at, fields) else {
                continue;
            };
            let value = match scalar {
                Some(scalar) => match read(self.set, ty, scalar, per, None) {
                    Ok(found) => V::known(found.value),
                    Err(bad) => {
                        self.fail(bad.code, at, bad.message, bad.help);
                        continue;
                    }
                },
                None if provenance.status == FactStatus::Nothing => V::known(0),
                None => V::UNKNOWN,
            };
            out.push(OtherValue {
                value,
                status: provenance.status,
                source: provenance.source,
                as_of: provenance.as_of,
                reason: provenance.reason,
            });
        }
        out
    }

    fn detailed<'t>(
        &mut self,
        path: At<'_>,
        fields: &'t Fields,
    ) -> Option<(Option<Scalar<'t>>, Option<&'t str>, Provenance)> {
        let (mut scalar, mut per) = (None, None);
        let mut provenance = plain(self.input.default_status);
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("value", v) => scalar = Some(Scalar::from(v)),
                ("per", Value::String(t)) => per = Some(t.as_str()),
                ("window", Value::String(t)) => provenance.window.clone_from(t),
                ("source", Value::String(t)) => provenance.source.clone_from(t),
                ("reason", Value::String(t)) => provenance.reason.clone_from(t),
                ("as_of", v) if field_day(v).is_some() => provenance.as_of = field_day(v),
                ("status", Value::String(t)) => {
                    match FactStatus::ALL.into_iter().find(|(w, _)| w == t) {
                        Some((_, s)) => provenance.status = s,
                        None => {
                            let near = did_you_mean(t, FactStatus::ALL.map(|(w, _)| w));
                            self.fail(
                                "E-FACT-STATUS",
                                path,
                                "unknown status",
                                near.unwrap_or_default(),
                            );
                            return None;
                        }
                    }
                }
                // read once the type of the fact is known
                ("also", Value::Array(_)) => {}
                ("also" | "per" | "window" | "source" | "reason" | "as_of" | "status", _) => {
                    self.fail(
                        "E-FACT-SHAPE",
                        format_args!("{path}.{key}"),
                        "not of its form",
                        "words are strings, as_of is a day",
                    );
                    return None;
                }
                _ => {
                    let known = [
                        "value", "per", "window", "source", "as_of", "status", "reason", "also",
                    ];
                    let near = did_you_mean(key, known);
                    self.fail(
                        "E-FACT-SHAPE",
                        format_args!("{path}.{key}"),
                        "unknown part of a fact",
                        near.unwrap_or_default(),
                    );
                    return None;
                }
            }
        }
        Some((scalar, per, provenance))
    }
}

/// The provenance of a fact of which nothing but its status is said.
pub(super) fn plain(status: FactStatus) -> Provenance {
    Provenance {
        status,
        source: String::new(),
        as_of: None,
        window: String::new(),
        reason: String::new(),
        by: String::new(),
        out_of_range: false,
        also: Vec::new(),
    }
}
