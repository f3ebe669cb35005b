//! Payrolls: persons, rates and months. What one person is paid at a rate, the rules of the programme say.

use serde_json::{Map, Value, json};

use super::Refusal;
use super::build::Build;
use super::case::Case;
use super::words::{Flow, Table, months, nearest, shape, untold, whole, yuan};

/// Rates by label, of which those of the first two are rates for care.
const TABLES: [&str; 4] = ["tekun_care_rates", "disability_care_rates", "tiers", "rate"];

/// One rate for everybody, where no table names it.
const COMMON: [&str; 6] = [
    "rate",
    "tekun_basic",
    "tekun_care",
    "child_standard",
    "disability_living_rate",
    "old_age_rate",
];

/// What one person has a month.
#[derive(Clone, Copy)]
struct Rate {
    fen: i64,
    /// It is paid for care, not for living.
    care: bool,
}

/// One line of a payroll.
struct Line {
    label: String,
    persons: i64,
    rate: Rate,
    /// Months of its own.
    months: Option<i64>,
}

impl Build<'_> {
    pub(super) fn payroll(&self) -> Result<Map<String, Value>, Refusal> {
        let (facts, overlay, assume) = (self.case.facts(), self.case.overlay(), self.case.assume());
        if assume.truth("every_person_qualifies")? != Some(true) {
            return untold("payroll", "it is not said that every person qualifies");
        }
        if assume.truth("full_months")? == Some(false) {
            return untold(
                "full_months",
                "it is not said which part of a month is paid",
            );
        }
        let span = self.case.expect().text("period")?.unwrap_or("month");
        let units = match facts.count("months")? {
            Some(months) => months,
            None => months("period", span)?,
        };
        let lines = self.lines()?;
        let arrears = self.arrears()?;
        if lines.len() != 1 && arrears != 0 {
            return untold("arrears_person_months", "it is not said at which rate");
        }
        let (mut total, mut persons, mut parts) = (0_i64, 0_i64, Map::new());
        for line in lines {
            let person_months = line
                .persons
                .saturating_mul(line.months.unwrap_or(units))
                .saturating_add(arrears);
            let part = self.of_one(line.rate)?.saturating_mul(person_months);
            total = total.saturating_add(part);
            persons = persons.saturating_add(line.persons);
            let before = parts.get(&line.label).and_then(Value::as_i64).unwrap_or(0);
            parts.insert(line.label, json!(before.saturating_add(part)));
        }
        if let Some(unit) = overlay.count("total_rounded_to_yuan")? {
            let unit = unit.saturating_mul(100);
            total = nearest(total, unit).saturating_mul(unit);
        }
        let mut found = Map::new();
        for (key, wanted) in self.case.expect().rows() {
            let value = match key.as_str() {
                "programme" => json!(self.case.programme),
                "period" | "per" => wanted.clone(),
                "amount_fen" => json!(total),
                "persons" => json!(persons),
                "parts_fen" => Value::Object(parts.clone()),
                "eligible" => json!(true),
                _ => return untold(key, "a payroll does not say it"),
            };
            found.insert(key.clone(), value);
        }
        Ok(found)
    }

    /// Person-months of arrears that are paid beside.
    fn arrears(&self) -> Result<i64, Refusal> {
        let overlay = self.case.overlay();
        for word in ["arrears_included", "arrears"] {
            if overlay.truth(word)? == Some(false) {
                return Ok(0);
            }
        }
        let word = "arrears_person_months";
        let months = match self.case.assume().count(word)? {
            None => self.case.facts().count(word)?,
            assumed => assumed,
        };
        Ok(months.unwrap_or(0))
    }

    fn lines(&self) -> Result<Vec<Line>, Refusal> {
        let facts = self.case.facts();
        let mut out = Vec::new();
        for (word, label) in [
            ("groups", "kind"),
            ("tiers", "tier"),
            ("towns", "name"),
            ("by_level", "level"),
            ("persons_by_level", "level"),
        ] {
            for (index, row) in rows_of(facts, word, label)?.iter().enumerate() {
                self.line(word, label, index, row, &mut out)?;
            }
        }
        for area in ["urban", "rural"] {
            if facts.has(area) {
                out.push(self.area(facts, area, area, None)?);
            }
        }
        if out.is_empty() {
            let (Some(persons), Some(rate)) = (facts.count("persons")?, self.common()?) else {
                return shape("persons", "persons and a rate");
            };
            out.push(Line {
                label: "all".to_owned(),
                persons,
                rate,
                months: None,
            });
        }
        Ok(out)
    }

    /// A row of a group: one line, or one for town and one for country.
    fn line(
        &self,
        word: &str,
        label: &str,
        index: usize,
        row: &Value,
        out: &mut Vec<Line>,
    ) -> Result<(), Refusal> {
        let words = &[
            "tier",
            "level",
            "persons",
            "rate",
            "rate_per_quarter",
            "grade",
            "poor",
            "urban",
            "rural",
            "period",
            "months",
        ];
        let row = Table::read(word, row, &[words])?;
        let name = [label, "kind", "name", "level", "tier", "grade"]
            .iter()
            .find_map(|l| row.get(l))
            .map_or_else(
                || index.to_string(),
                |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned),
            );
        let rate = self.rate_of(row, &name)?;
        let Some(persons) = row.count("persons")? else {
            let areas: Vec<&str> = ["urban", "rural"]
                .into_iter()
                .filter(|area| row.has(area))
                .collect();
            if areas.is_empty() {
                return shape(&row.place("persons"), "how many they are");
            }
            for area in areas {
                out.push(self.area(row, area, &name, rate)?);
            }
            return Ok(());
        };
        let rate = match rate {
            Some(rate) => rate,
            None => self.of_everybody(row, &name)?,
        };
        out.push(Line {
            label: name,
            persons,
            rate,
            months: row.count("months")?,
        });
        Ok(())
    }

    /// The persons of town or country: a number, or a table with a rate of its own.
    fn area(
        &self,
        of: Table<'_>,
        area: &str,
        label: &str,
        rate: Option<Rate>,
    ) -> Result<Line, Refusal> {
        let (persons, own, months) = match of.get(area) {
            Some(row @ Value::Object(_)) => {
                let words = &["persons", "rate", "rate_per_quarter", "months", "period"];
                let row = Table::read(area, row, &[words])?;
                (
                    row.count("persons")?,
                    self.own_rate(row)?,
                    row.count("months")?,
                )
            }
            _ => (of.count(area)?, None, of.count("months")?),
        };
        let Some(persons) = persons else {
            return shape(&of.place(area), "how many they are");
        };
        let rate = match own.or(self.by_label(area)?).or(rate) {
            Some(rate) => rate,
            None => self.of_everybody(of, area)?,
        };
        Ok(Line {
            label: label.to_owned(),
            persons,
            rate,
            months,
        })
    }

    /// The rate of everybody, for a row that has none.
    fn of_everybody(&self, row: Table<'_>, name: &str) -> Result<Rate, Refusal> {
        self.common()?
            .map_or_else(|| shape(&row.place(name), "a rate"), Ok)
    }

    /// The rate of a row: its own, that of its grade, that of its label.
    fn rate_of(&self, row: Table<'_>, name: &str) -> Result<Option<Rate>, Refusal> {
        if let Some(own) = self.own_rate(row)? {
            return Ok(Some(own));
        }
        if let Some(rate) = self.by_grade(row)? {
            return Ok(Some(rate));
        }
        if let Some(rate) = self.by_label(name)? {
            return Ok(Some(rate));
        }
        let elders = "care_subsidy_poor_elders";
        match self.case.overlay().get(elders) {
            // it stands beside rates by grade, for those who have none
            Some(value) if !row.has("grade") => self.monthly(elders, value, true).map(Some),
            _ => Ok(None),
        }
    }

    fn own_rate(&self, row: Table<'_>) -> Result<Option<Rate>, Refusal> {
        let at = row.place("rate");
        if let Some(quarter) = row.fen("rate_per_quarter")? {
            let flow = Flow {
                fen: quarter,
                months: 3,
            };
            return per_month(&at, flow, false).map(Some);
        }
        match row.get("rate") {
            Some(rate) if rate.is_object() || !row.has("period") => {
                self.monthly(&at, rate, false).map(Some)
            }
            Some(_) => match row.flow("rate")? {
                Some(flow) => per_month(&at, flow, false).map(Some),
                None => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// The rate of a list by grade and standing that fits a row.
    fn by_grade(&self, row: Table<'_>) -> Result<Option<Rate>, Refusal> {
        let at = "disability_care_rates";
        let Some(Value::Array(rates)) = self.case.overlay().get(at) else {
            return Ok(None);
        };
        for rate in rates {
            let rate = Table::open(at, rate)?;
            let fits = ["grade", "poor", "level"]
                .iter()
                .all(|w| !rate.has(w) || rate.get(w) == row.get(w));
            let amount = rate.flow("amount")?.or(rate.flow("rate")?);
            if let (true, Some(flow)) = (fits, amount) {
                return per_month(at, flow, true).map(Some);
            }
        }
        Ok(None)
    }

    /// The rate of a table by label.
    fn by_label(&self, label: &str) -> Result<Option<Rate>, Refusal> {
        let (facts, overlay) = (self.case.facts(), self.case.overlay());
        let care = facts.get("care_rates_per_month");
        let tables = TABLES
            .iter()
            .map(|w| (overlay.get(w), w.contains("care")))
            .chain([(care, true)]);
        for (table, care) in tables {
            let value = table.and_then(|t| t.get(label));
            if let Some(value) = value.filter(|v| v.is_number() || v.is_object()) {
                return self.monthly(label, value, care).map(Some);
            }
        }
        Ok(None)
    }

    /// The rate of everybody.
    fn common(&self) -> Result<Option<Rate>, Refusal> {
        let overlay = self.case.overlay();
        for word in COMMON {
            // a table by label is no rate of everybody
            let by_label = |v: &Value| v.is_object() && v.get("amount").is_none();
            if let Some(value) = overlay.get(word).filter(|v| !by_label(v)) {
                return self.monthly(word, value, word == "tekun_care").map(Some);
            }
        }
        self.own_rate(self.case.facts())
    }

    /// A rate per month; a bare number is per `rate_period` of the place.
    fn monthly(&self, at: &str, value: &Value, care: bool) -> Result<Rate, Refusal> {
        let mut flow = Flow::read(at, value)?;
        if let (false, Some(period)) = (
            value.get("period").is_some(),
            self.case.overlay().text("rate_period")?,
        ) {
            flow.months = months("rate_period", period)?;
        }
        per_month(at, flow, care)
    }

    /// What the rules of the programme pay one person a month at a rate.
    fn of_one(&self, Rate { fen, care }: Rate) -> Result<i64, Refusal> {
        let (value, none) = (format!("{}/month", yuan(fen)), "0/month");
        let case = Case::empty(self.case.on, &self.case.programme);
        let mut one = Build::empty(self.engine, &case);
        one.subjects = vec!["one".to_owned()];
        one.size = Some(1);
        one.person("one");
        one.find("household_size", None, 1);
        one.all_conditions(&self.case.programme);
        match self.case.programme.as_str() {
            "dibao" => {
                one.find("counted_income", None, "0/year");
                if self.case.overlay().text("amount_method")? == Some("tiers") {
                    one.figure("setting.amount_method", "tiers");
                    one.find("dibao_tier", None, "tier_a");
                    one.figure_at("tier.amount", "tier", "tier_a", value);
                } else {
                    one.figure("standard.dibao", value);
                }
            }
            "dibao_single" => {
                one.no_rival();
                one.figure("setting.single_amount", "place_figure");
                one.figure("standard.dibao_single", value);
            }
            "tekun" => {
                one.no_rival();
                one.find("care_level", Some("one"), "half");
                one.figure(
                    "standard.tekun_basic",
                    if care { none } else { value.as_str() },
                );
                one.figure(
                    "standard.tekun_care",
                    if care { value.as_str() } else { none },
                );
            }
            "disability_living" | "disability_care" => {
                one.no_rival();
                one.find("counts_as_dibao", Some("one"), true);
                // the rate is the same for every group: the plainest person stands for all
                one.find("severe_disability", Some("one"), false);
                one.say("one", "other_living_allowance", json!({ "status": "none" }));
                one.say("one", "other_care_allowance", json!({ "status": "none" }));
                one.figure(&format!("standard.{}", self.case.programme), value);
            }
            "old_age" => one.figure("standard.old_age", value),
            "orphan" | "de_facto_orphan" => {
                one.no_rival();
                one.find("counts_as_dibao", Some("one"), false);
                one.find("child_aid", Some("one"), none);
                one.figure("standard.child", value);
            }
            _ => return untold("payroll", "the programme pays no rate a month"),
        }
        let answer = one.assess(one.document())?;
        let id = format!("{}.amount", self.case.programme);
        let found = answer
            .value(&id, None)
            .or_else(|| answer.value(&id, Some("one")));
        found.and_then(|(v, _)| v.get()).map_or_else(
            || untold(&id, "the rules leave the amount of one person open"),
            Ok,
        )
    }
}

fn per_month(at: &str, flow: Flow, care: bool) -> Result<Rate, Refusal> {
    let why = "the rate is not a whole number of fen per month";
    let fen = whole(flow.fen, flow.months, at, why)?;
    Ok(Rate { fen, care })
}

/// The rows of a group: a list of tables, or a table by label of tables or numbers of persons.
fn rows_of(facts: Table<'_>, word: &str, label: &str) -> Result<Vec<Value>, Refusal> {
    let rows = match facts.get(word) {
        None => return Ok(Vec::new()),
        Some(Value::Array(rows)) => return Ok(rows.clone()),
        Some(rows) => Table::open(word, rows)?.rows(),
    };
    let row = |(name, value): (&String, &Value)| {
        let mut row = match value {
            Value::Object(row) => row.clone(),
            persons => Map::from_iter([("persons".to_owned(), persons.clone())]),
        };
        row.insert(label.to_owned(), json!(name));
        Value::Object(row)
    };
    Ok(rows.iter().map(row).collect())
}
