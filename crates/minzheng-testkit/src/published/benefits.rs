//! The case's own figures and local rules on what is paid to a person: tekun, children, disability, old age.

use serde_json::{Map, Value, json};

use super::Refusal;
use super::build::Build;
use super::vocabulary::{DISABILITIES, care_level, disability};
use super::words::{Flow, Table, months, shape, unknown, untold};

impl Build<'_> {
    pub(super) fn figures_of_persons(&mut self) -> Result<(), Refusal> {
        self.standards()?;
        self.disability_living()?;
        self.disability_care_scope()?;
        self.disability_care_rates()?;
        self.old_age()
    }

    fn standards(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        for (word, parameter) in [
            ("tekun_basic", "standard.tekun_basic"),
            ("tekun_care", "standard.tekun_care"),
            ("child_standard", "standard.child"),
            ("old_age_rate", "standard.old_age"),
        ] {
            let Some(value) = overlay.get(word) else {
                continue;
            };
            let rate = self.money(word, Flow::read(word, value)?)?;
            self.figure(parameter, rate);
            if let Some(from) = value.get("from_age") {
                self.figure("limit.old_age_from", from.clone());
            }
        }
        self.rate()?;
        self.tekun_care_rates()
    }

    /// A rate that says not of what is that of the programme.
    fn rate(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        let Some(value) = overlay.get("rate").filter(|_| !self.case.is_payroll()) else {
            return Ok(());
        };
        let Some(parameter) = rate_of(&self.case.programme) else {
            return untold("rate", "the programme pays no rate a month");
        };
        let mut flow = Flow::read("rate", value)?;
        if let (false, Some(period)) = (value.get("period").is_some(), overlay.text("rate_period")?)
        {
            flow.months = months("rate_period", period)?;
        }
        let rate = self.money("rate", flow)?;
        self.figure(parameter, rate);
        if parameter == "standard.dibao_single" {
            self.figure("setting.single_amount", "place_figure");
        }
        Ok(())
    }

    fn tekun_care_rates(&mut self) -> Result<(), Refusal> {
        let at = "tekun_care_rates";
        let Some(rates) = self
            .case
            .overlay()
            .get(at)
            .filter(|_| !self.case.is_payroll())
        else {
            return Ok(());
        };
        let rates = Table::open(at, rates)?;
        // the rate of the level that is assumed, under whatever label the place has for it
        if let Some(label) = self.case.assume().text("care_level")?
            && let Some(value) = rates.get(label)
        {
            let rate = self.money(at, Flow::read(at, value)?)?;
            self.figure("standard.tekun_care", rate);
            return Ok(());
        }
        for (label, value) in rates.rows() {
            let rate = self.money(at, Flow::read(at, value)?)?;
            // under a label that nobody is said to have, it pays nobody
            if let Some(level) = care_level(label) {
                self.figure_at("standard.tekun_care", "care_level", level, rate);
            }
        }
        Ok(())
    }

    fn disability_living(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        let groups = ["dibao", "low_income", "severe_without_work"];
        let words: &[&[&str]] = &[&groups, &["amount", "period", "per"]];
        if let Some(rates) = overlay.get("disability_living_rate") {
            let at = "disability_living_rate";
            let rates = Table::read(at, rates, words)?;
            if let Some(all) = rates.flow("amount")? {
                let rate = self.money(at, all)?;
                self.figure("standard.disability_living", rate);
            }
            for group in groups {
                if let Some(own) = rates.flow(group)? {
                    let rate = self.money(at, own)?;
                    self.figure_at("standard.disability_living", "living_group", group, rate);
                    self.open_living_group(group);
                }
            }
        }
        for group in overlay
            .texts("disability_living_scope")?
            .into_iter()
            .flatten()
        {
            if !groups.contains(&group.as_str()) {
                return unknown("disability_living_scope", &group);
            }
            self.open_living_group(&group);
        }
        match overlay.text("stacking")? {
            None | Some("none" | "higher_of") => Ok(()),
            Some(other) => unknown("stacking", other),
        }
    }

    /// Families on dibao always have it; the place opens it to the others.
    fn open_living_group(&mut self, group: &str) {
        if group != "dibao" {
            self.figure(&format!("scope.living_{group}"), true);
        }
    }

    fn disability_care_scope(&mut self) -> Result<(), Refusal> {
        let Some(scope) = self.case.overlay().list("disability_care_scope")? else {
            return Ok(());
        };
        let mut reach: Vec<(&str, i64)> = DISABILITIES.iter().map(|kind| (*kind, 0)).collect();
        for one in scope {
            let one = Table::read("disability_care_scope", one, &[&["type", "grades"]])?;
            let grades = one.list("grades")?.unwrap_or_default();
            let Some(highest) = grades.iter().filter_map(Value::as_i64).max() else {
                return shape("disability_care_scope.grades", "a list of grades");
            };
            let only = match one.text("type")? {
                Some(word) => Some(disability("disability_care_scope", word)?),
                None => None,
            };
            for (kind, grade) in &mut reach {
                if only.is_none_or(|o| o == *kind) {
                    *grade = highest.max(*grade);
                }
            }
        }
        for (kind, grade) in reach {
            self.figure_at("scope.care_grade", "disability", kind, grade);
        }
        Ok(())
    }

    fn disability_care_rates(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        if self.case.is_payroll() {
            return Ok(());
        }
        if overlay.has("care_subsidy_poor_elders") {
            return untold(
                "care_subsidy_poor_elders",
                "no national rule holds such a subsidy",
            );
        }
        let at = "disability_care_rates";
        for rate in overlay.list(at)?.into_iter().flatten() {
            let words = &["grade", "poor", "amount", "rate", "period", "per"];
            let rate = Table::read(at, rate, &[words])?;
            let Some(amount) = rate.flow("amount")?.or(rate.flow("rate")?) else {
                return shape(at, "an amount");
            };
            let value = self.money(at, amount)?;
            let mut key = Map::new();
            if let Some(grade) = rate.count("grade")? {
                key.insert("disability_grade".to_owned(), json!(grade));
            }
            if let Some(poor) = rate.truth("poor")? {
                self.figure("setting.disability_care_by_status", "by_status");
                let status = if poor { "dibao" } else { "neither" };
                key.insert("aid_status".to_owned(), json!(status));
            }
            self.figure_by("standard.disability_care", &key, value);
        }
        Ok(())
    }

    fn old_age(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        if let Some(starts) = overlay.get("old_age_starts") {
            let starts = Table::open("old_age_starts", starts)?;
            let place = match overlay.text("old_age_paid_by")? {
                None | Some("place of registration") => "hukou",
                Some("place of residence") => "residence",
                Some(other) => return unknown("old_age_paid_by", other),
            };
            self.figure("setting.old_age_start", "from_day");
            if let Some(label) = self.case.facts().get(place).and_then(Value::as_str)
                && let Some(start) = starts.day(label)?
            {
                self.figure("start.old_age", start.to_string());
            }
        }
        let dated = overlay.has("reached_age_before") || overlay.has("registered_before");
        if let Some(age) = overlay.count("reached_age")? {
            if dated {
                self.figure("setting.old_age_kept", "reached_and_registered");
                self.figure("limit.old_age_kept_age", age);
            } else {
                self.figure("limit.old_age_from", age);
            }
        }
        for (word, parameter) in [
            ("reached_age_before", "limit.old_age_kept_before"),
            ("registered_before", "limit.old_age_registered_before"),
        ] {
            if let Some(before) = overlay.day(word)? {
                self.figure(parameter, before.to_string());
            }
        }
        if let Some(age) = overlay.count("otherwise_from_age")? {
            self.figure("limit.old_age_from", age);
        }
        Ok(())
    }
}

/// The figure that a programme pays a person a month.
pub(super) fn rate_of(programme: &str) -> Option<&'static str> {
    Some(match programme {
        "dibao_single" => "standard.dibao_single",
        "tekun" => "standard.tekun_basic",
        "disability_living" => "standard.disability_living",
        "disability_care" => "standard.disability_care",
        "old_age" => "standard.old_age",
        "orphan" | "de_facto_orphan" => "standard.child",
        _ => return None,
    })
}
