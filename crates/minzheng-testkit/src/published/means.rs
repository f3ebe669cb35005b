//! What the family has, and the days of its application.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Refusal;
use super::build::Build;
use super::vocabulary::property_fact;
use super::words::{Flow, Table, shape};

impl Build<'_> {
    /// Income of the household as the case states it, less what the rules leave out and the case says is in it.
    pub(super) fn income(&mut self) -> Result<(), Refusal> {
        if let Some(total) = self.stated_income()? {
            let counted = self.sum(
                total
                    .saturating_sub(self.exclusions()?)
                    .saturating_sub(self.deduction()?)
                    .max(0),
            );
            self.find("counted_income", None, format!("{counted}/year"));
        }
        if let (Some(own), Some(id)) = (self.income_of_person()?, self.subjects.first().cloned()) {
            let own = format!("{}/year", self.sum(own));
            for of in ["own_income", "tekun_income", "obligor_income"] {
                self.find(of, Some(&id), own.clone());
            }
        }
        Ok(())
    }

    /// The income of the one person of the case, per year: one amount, or several added up.
    fn income_of_person(&self) -> Result<Option<i64>, Refusal> {
        let items = match self.case.facts().get("income") {
            None => return Ok(None),
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut total = 0_i64;
        for item in items {
            let each = Flow::read("income", item)?.yearly("income")?;
            total = total.saturating_add(each);
        }
        Ok(Some(total))
    }

    /// The income of the family per year: stated of all, of each, assumed, or added up.
    fn stated_income(&mut self) -> Result<Option<i64>, Refusal> {
        let (facts, assume) = (self.case.facts(), self.case.assume());
        if assume.truth("stated_income_is_counted_income")? != Some(false) {
            if let Some(all) = facts.yearly("household_income")? {
                return Ok(Some(all));
            }
            if let Some(each) = facts.yearly("per_capita_income")? {
                return Ok(self.size.and_then(|n| each.checked_mul(n)));
            }
        }
        if let Some(all) = assume.yearly("household_income")? {
            return Ok(Some(all));
        }
        if let Some(least) = assume.yearly("household_income_at_least")? {
            self.lower_bound = true;
            return Ok(Some(least));
        }
        self.sum_of_members()
    }

    /// What the stated income holds of kinds that do not count, per year.
    fn exclusions(&self) -> Result<i64, Refusal> {
        let (facts, assume) = (self.case.facts(), self.case.assume());
        let inside = assume.truth("stated_income_includes_reward")? == Some(true)
            || assume.truth("stated_income_includes_excluded_kinds")? == Some(true);
        let mut out = 0_i64;
        if !inside {
            return Ok(out);
        }
        for one in facts
            .get("exclusions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let words = &["amount", "period", "per", "excluded_by_rule"];
            let one = Table::read("exclusions", one, &[words])?;
            if one.truth("excluded_by_rule")? == Some(false) {
                continue;
            }
            let Some(amount) = one.flow("amount")? else {
                return shape("exclusions.amount", "an amount, as the income includes it");
            };
            let times = if one.text("per")? == Some("person") {
                self.size.unwrap_or(1)
            } else {
                1
            };
            let each = amount.yearly("exclusions.amount")?;
            out = out.saturating_add(each.saturating_mul(times));
        }
        Ok(out)
    }

    /// What the place deducts from the stated income for added spending, per year: an amount, or the stated spending.
    fn deduction(&self) -> Result<i64, Refusal> {
        let (facts, assume) = (self.case.facts(), self.case.assume());
        if assume.truth("stated_income_is_counted_income")? == Some(true) {
            return Ok(0);
        }
        let at = "rigid_expenditure_deducted";
        match self.case.overlay().get(at) {
            None | Some(Value::Bool(false)) => return Ok(0),
            Some(Value::Bool(true)) => {}
            Some(amount) => return Flow::read(at, amount)?.yearly(at),
        }
        let mut out = 0_i64;
        let members = facts.get("members").and_then(Value::as_array);
        let expenses = members
            .into_iter()
            .flatten()
            .filter_map(|m| m.get("expenses").and_then(Value::as_array));
        for expense in expenses.flatten() {
            let expense = Table::read("expenses", expense, &[&["amount", "period", "per"]])?;
            if let Some(amount) = expense.flow("amount")? {
                out = out.saturating_add(amount.yearly("expenses.amount")?);
            }
        }
        Ok(out)
    }

    /// The income that is stated of members; a lower bound where one of them says nothing of it.
    fn sum_of_members(&mut self) -> Result<Option<i64>, Refusal> {
        let (facts, assume) = (self.case.facts(), self.case.assume());
        let chosen = assume.texts("counted_members")?;
        let counted = |m: &&Value| {
            let name = m.get("ref").and_then(Value::as_str);
            (chosen.as_ref()).is_none_or(|c| c.iter().any(|id| Some(id.as_str()) == name))
        };
        let listed = facts.get("members").and_then(Value::as_array);
        let members: Vec<&Value> = listed.into_iter().flatten().filter(counted).collect();
        let all = assume.truth("all_members_counted")? == Some(true);
        if (!all && self.size != i64::try_from(members.len()).ok())
            || !members.iter().any(|m| m.get("income").is_some())
        {
            return Ok(None);
        }
        let left_out = self.case.overlay().texts("excluded_income")?;
        let left_out = left_out.unwrap_or_default();
        let replaces = assume.truth("found_income_replaces_declared")? == Some(true);
        let (mut total, mut open) = (0_i64, false);
        for member in members {
            let items = match member.get("income").filter(|v| !v.is_null()) {
                None => {
                    open = true;
                    continue;
                }
                Some(Value::Array(items)) => items.as_slice(),
                Some(one) => std::slice::from_ref(one),
            };
            for item in items {
                let words = &["amount", "declared", "found", "period"];
                let item = Table::read("income", item, &[words])?;
                if item
                    .text("kind")?
                    .is_some_and(|k| left_out.iter().any(|l| l == k))
                {
                    continue;
                }
                let found = if replaces { item.flow("found")? } else { None };
                let amount = match found {
                    Some(found) => Some(found),
                    None => item.flow("amount")?.or(item.flow("declared")?),
                };
                match amount {
                    Some(amount) => total = total.saturating_add(amount.yearly("income.amount")?),
                    None => open = true,
                }
            }
        }
        self.lower_bound |= open;
        Ok(Some(total))
    }

    pub(super) fn property(&mut self) -> Result<(), Refusal> {
        let items = match self.case.facts().get("property") {
            Some(Value::Array(items)) => items,
            Some(Value::String(word)) => {
                if word.starts_with("within limits") {
                    self.within_limits(true);
                }
                return Ok(());
            }
            Some(_) => return shape("property", "a list, or words"),
            None => return Ok(()),
        };
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for item in items {
            let item = Table::read("property", item, &[&["amount", "count_at_least"]])?;
            let kind = item.text("kind")?.unwrap_or_default().to_lowercase();
            let number = item.count("count_at_least")?;
            self.lower_bound |= number.is_some();
            let number = number.unwrap_or(1);
            let amount = item.fen("amount")?;
            let (fact, property_kind) = property_fact(&kind)?;
            match (fact, amount) {
                ("motorcycles", _) => {
                    // which class it is, is assumed by the case
                    let class = self.case.assume().text("motor_scooter_class")?;
                    self.add("vehicles", 0);
                    if !kind.contains("scooter") || class.is_some_and(|c| c.contains("motorcycle"))
                    {
                        self.add("motorcycles", number);
                    }
                }
                ("vehicles", amount) => {
                    self.add("vehicles", number);
                    if let Some(amount) = amount {
                        add("vehicle_value", amount, &mut sums);
                    }
                }
                ("houses" | "non_residential", _) => self.add(fact, number),
                (_, Some(amount)) => add(fact, amount, &mut sums),
                (_, None) => {}
            }
            self.property_kind = Some(property_kind);
        }
        for (fact, fen) in sums {
            let sum = self.sum(fen);
            self.household.insert(fact.to_owned(), json!(sum));
        }
        Ok(())
    }

    /// Adds to a number that the household has.
    fn add(&mut self, fact: &str, number: i64) {
        let before = self.household.get(fact).and_then(Value::as_i64);
        let all = before.unwrap_or(0).saturating_add(number);
        self.household.insert(fact.to_owned(), json!(all));
    }

    pub(super) fn procedure(&mut self) -> Result<(), Refusal> {
        for (word, fact) in [
            ("publicity_from", "publicity_from"),
            ("application", "accepted_on"),
        ] {
            if let Some(day) = self.case.facts().day(word)? {
                self.household
                    .insert(fact.to_owned(), json!(day.to_string()));
            }
        }
        let dated = ["first_month", "paid_by"]
            .iter()
            .any(|w| self.case.expect().has(w));
        if dated || self.case.assume().truth("approved_on_time")? == Some(true) {
            self.household
                .insert("decided_on".to_owned(), json!(self.case.on.to_string()));
        }
        Ok(())
    }
}

fn add<'f>(fact: &'f str, fen: i64, sums: &mut BTreeMap<&'f str, i64>) {
    let sum = sums.entry(fact).or_insert(0);
    *sum = sum.saturating_add(fen);
}
