//! What the engine says to each key that a case expects.

use minzheng_rules::date::Day;
use minzheng_rules::lang::{Period, Type};
use minzheng_rules::scalar::V;
use minzheng_rules::scenario::Assessment;
use minzheng_rules::truth::Truth;
use serde_json::{Map, Value, json};

use super::Refusal;
use super::build::Build;
use super::words::{months, nearest, unknown, untold, whole};

impl Build<'_> {
    pub(super) fn decide(&self) -> Result<Map<String, Value>, Refusal> {
        let document = self.document();
        let answer = self.assess(document)?;
        let mut found = Map::new();
        for (key, wanted) in self.case.expect().rows() {
            let value = self.one(&answer, key, wanted)?;
            found.insert(key.clone(), value);
        }
        Ok(found)
    }

    fn say_truth(v: V) -> Value {
        v.truth()
            .known()
            .map_or_else(|| json!("undetermined"), Value::Bool)
    }

    /// A yes/no value of the household, or of every subject: yes where all say yes, no where one says no.
    fn yes_no(&self, answer: &Assessment, id: &str) -> Result<Value, Refusal> {
        Self::yes_no_of(answer, id, &self.subjects)
    }

    /// A yes/no value of the persons a word speaks of.
    fn yes_no_about(&self, answer: &Assessment, word: &str, id: &str) -> Result<Value, Refusal> {
        Self::yes_no_of(answer, id, &self.about(word))
    }

    fn yes_no_of(answer: &Assessment, id: &str, rows: &[String]) -> Result<Value, Refusal> {
        if let Some((v, _)) = answer.value(id, None) {
            return Ok(Self::say_truth(v));
        }
        let mut all = json!(true);
        let mut any = false;
        for row in rows {
            let Some((v, _)) = answer.value(id, Some(row)) else {
                continue;
            };
            any = true;
            match Self::say_truth(v) {
                Value::Bool(false) => return Ok(json!(false)),
                Value::Bool(true) => {}
                unknown => all = unknown,
            }
        }
        if any {
            Ok(all)
        } else {
            untold(
                id,
                "the case names nobody it is asked of, or no rule holds it that day",
            )
        }
    }

    /// What still holds where the income or a count is only a lower bound: a refusal.
    fn above(&self, found: Value) -> Value {
        if self.lower_bound && found == json!(true) {
            json!("undetermined")
        } else {
            found
        }
    }

    fn amount(&self, answer: &Assessment, id: &str) -> Result<Value, Refusal> {
        let span = self.case.expect().text("period")?.unwrap_or("month");
        let per = self.case.expect().text("per")?.unwrap_or("household");
        let figures: Vec<(V, Type)> = match answer.value(id, None) {
            Some(one) => vec![one],
            None => self
                .subjects
                .iter()
                .filter_map(|row| answer.value(id, Some(row)))
                .collect(),
        };
        let of_household = answer.value(id, None).is_some();
        let mut total: Option<i64> = None;
        for (v, ty) in &figures {
            let Some(fen) = v.get() else {
                return Ok(json!("undetermined"));
            };
            let times = match (ty, span) {
                (
                    Type::Money {
                        period: Period::Month,
                        ..
                    },
                    span,
                ) => months("period", span)?,
                (_, "once") => 1,
                _ => {
                    return untold(id, "the period does not fit the amount");
                }
            };
            let fen = fen.saturating_mul(times);
            // back to the case's own money, rounded once, half up
            let fen = nearest(fen, self.scale);
            total = match total {
                None => Some(fen),
                Some(_) if per == "person" && !of_household => {
                    if total != Some(fen) {
                        return untold(id, "the persons have different amounts");
                    }
                    total
                }
                Some(sum) => Some(sum.saturating_add(fen)),
            };
        }
        let Some(total) = total else {
            return untold(id, "there is no such amount");
        };
        if of_household && per == "person" {
            let why = "the amount is not whole per person";
            return whole(total, self.size.unwrap_or(0), id, why).map(|each| json!(each));
        }
        Ok(json!(total))
    }

    fn one(&self, answer: &Assessment, key: &str, wanted: &Value) -> Result<Value, Refusal> {
        let programme = &self.case.programme;
        let row = self.subjects.first().map(String::as_str);
        Ok(match key {
            "programme" => json!(programme),
            // how the amount is told, not an answer of its own
            "period" | "per" => wanted.clone(),
            "eligible" => {
                let found = self.yes_no(answer, &format!("{programme}.eligible"))?;
                self.above(found)
            }
            "amount_fen" if self.lower_bound => json!("undetermined"),
            "amount_fen" => self.amount(answer, &format!("{programme}.amount"))?,
            "base_fen" => self.amount(answer, "dibao_base")?,
            "supplement_fen" => self.amount(answer, "add_ons")?,
            "per_capita_income_fen_at_least" => {
                let income = answer
                    .value("counted_income", None)
                    .and_then(|(v, _)| v.get());
                let (Some(income), Some(size), Some(line)) = (income, self.size, wanted.as_i64())
                else {
                    return Ok(json!("undetermined"));
                };
                let span = self
                    .case
                    .facts()
                    .get("household_income")
                    .or_else(|| self.case.assume().get("household_income_at_least"));
                let yearly_figure =
                    span.and_then(|s| s.get("period")).and_then(Value::as_str) == Some("year");
                let parts = size
                    .saturating_mul(if yearly_figure { 1 } else { 12 })
                    .saturating_mul(self.scale);
                let each = income.checked_div(parts).unwrap_or(0);
                if each >= line {
                    json!(line)
                } else {
                    json!(each)
                }
            }
            "beneficiaries" => {
                let eligible = format!("{programme}.eligible");
                let has = |id: &String| {
                    let eligible = answer.truth(&eligible, Some(id));
                    eligible.and_then(Truth::known) == Some(true)
                };
                json!(self.ids().into_iter().filter(has).collect::<Vec<_>>())
            }
            "persons" if self.subjects.is_empty() => json!(self.size),
            "persons" => json!(self.subjects.len()),
            "member_counted" => self.yes_no_about(answer, key, "counted")?,
            "no_labour_ability" => self.yes_no(answer, "no_labour_ability")?,
            "obligor_unable" => self.yes_no_about(answer, key, "obligor_unable")?,
            "relative_is_obligor" => self.yes_no_about(answer, key, "duty_of_support")?,
            "counted_as_income" => {
                let id = if programme == "tekun" {
                    "tekun_income"
                } else {
                    "counted_income_of_person"
                };
                match answer.value(id, row).and_then(|(v, _)| v.get()) {
                    Some(0) => json!(false),
                    Some(_) => json!(true),
                    None => json!("undetermined"),
                }
            }
            "income_kind" => json!(self.income_kind.unwrap_or("nothing")),
            "counted_as_property" => {
                let of = match self.property_kind {
                    Some("motor_vehicle") => "vehicles_counted",
                    Some("financial") => "financial_assets",
                    _ => {
                        return untold(key, "no rule says it of this kind");
                    }
                };
                match answer.value(of, None).map(|(v, _)| v) {
                    Some(v) if v.lo > 0 => json!(true),
                    Some(v) if v.hi == 0 => json!(false),
                    _ => json!("undetermined"),
                }
            }
            "property_kind" => json!(self.property_kind),
            "property_within_limits" => {
                self.yes_no(answer, &format!("{}/property", self.programme_test()))?
            }
            "is_dibao" | "dibao_continues" => self.above(self.yes_no(answer, "dibao.eligible")?),
            "is_edge" => self.above(self.yes_no(answer, "edge.eligible")?),
            "disability_living_eligible" => self.yes_no(answer, "disability_living.eligible")?,
            "first_month" => {
                let packs = self.engine.packs();
                let formula = packs
                    .programme(programme)
                    .and_then(|p| p.first_month)
                    .and_then(|f| packs.formulas().get(f));
                let Some(formula) = formula else {
                    return untold(key, "the programme has no first month");
                };
                let found = Self::date(
                    answer,
                    &formula.id,
                    if formula.entity == 0 { None } else { row },
                );
                found.map_or_else(
                    || json!("undetermined"),
                    |d| json!(format!("{:04}-{:02}", d.year(), d.month())),
                )
            }
            "paid_by" => Self::date(answer, "dibao_paid_by", None)
                .map_or_else(|| json!("undetermined"), |d| json!(d.to_string())),
            "ends_when" => self.ends_when()?,
            other => return self.of_packs(answer, other),
        })
    }

    /// Keys in the words of the packs: `value:ID` a figure, `instrument:ID` the days of a text, `codes:ID` a list of codes.
    fn of_packs(&self, answer: &Assessment, key: &str) -> Result<Value, Refusal> {
        let packs = self.engine.packs();
        let row = self.subjects.first().map(String::as_str);
        let found = match key.split_once(':') {
            Some(("value", id)) => {
                let value = answer.value(id, None).or_else(|| answer.value(id, row));
                value.map(|(v, ty)| json!(packs.value_words(v, ty)))
            }
            Some(("instrument", id)) => packs.instrument(id).map(|text| {
                let day = |day: Option<Day>| day.map(|d| d.to_string());
                json!({ "published": day(text.published), "in_force": day(text.in_force) })
            }),
            Some(("codes", id)) => (packs.code_lists().iter())
                .find(|list| list.id == id)
                .map(|list| list.codes.iter().map(|c| json!(c.id)).collect()),
            _ => None,
        };
        found.map_or_else(|| unknown("expect", key), Ok)
    }

    fn date(answer: &Assessment, id: &str, row: Option<&str>) -> Option<Day> {
        answer
            .value(id, row)
            .and_then(|(v, _)| v.get())
            .and_then(Day::from_number)
    }

    /// Which event ends the entitlement: tried with a release of either parent on its own day.
    fn ends_when(&self) -> Result<Value, Refusal> {
        let (first, last) = (self.case.on.add_months(1), self.case.on.add_months(2));
        let mut ends = Vec::new();
        for (father, mother) in [(first, last), (last, first)] {
            let mut document = self.document();
            if let Some(parents) = document.get_mut("parent").and_then(Value::as_array_mut) {
                for parent in parents {
                    let until = if parent.get("kind") == Some(&json!("father")) {
                        father
                    } else {
                        mother
                    };
                    if let Some(parent) = parent.as_object_mut() {
                        parent.insert("unable_until".to_owned(), json!(until.to_string()));
                    }
                }
            }
            let answer = self.assess(document)?;
            let packs = self.engine.packs();
            let formula = packs
                .programme(&self.case.programme)
                .and_then(|p| p.valid_until)
                .and_then(|f| packs.formulas().get(f));
            ends.push(formula.and_then(|f| {
                Self::date(&answer, &f.id, self.subjects.first().map(String::as_str))
            }));
        }
        Ok(if ends.iter().all(|e| *e == Some(first)) {
            json!("first parent released")
        } else if ends.iter().all(|e| *e == Some(last)) {
            json!("last parent released")
        } else {
            json!("undetermined")
        })
    }
}
