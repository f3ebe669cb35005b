//! What the family has, and the days of its application.

use serde_json::{Value, json};

use super::Refusal;
use super::build::Build;
use super::words::{Table, shape, unknown, yuan};

impl Build<'_> {
    /// Income of the household as the case states it, less what the rules leave out and the case says is in it.
    pub(super) fn income(&mut self) -> Result<(), Refusal> {
        if let Some(total) = self.stated_income()? {
            let counted = total.saturating_sub(self.exclusions()?).max(0);
            let scaled = yuan(counted.saturating_mul(self.scale));
            self.find("counted_income", None, format!("{scaled}/year"));
        }
        if let (Some(income), Some(id)) = (
            self.case.facts().figure("income")?,
            self.subjects.first().cloned(),
        ) {
            self.find("own_income", Some(&id), income);
        }
        Ok(())
    }

    /// The income of the family per year: stated of all, of each, assumed, or added up.
    fn stated_income(&mut self) -> Result<Option<i64>, Refusal> {
        let (facts, assume) = (self.case.facts(), self.case.assume());
        if let Some(all) = facts.yearly("household_income")? {
            return Ok(Some(all));
        }
        if let Some(each) = facts.yearly("per_capita_income")? {
            return Ok(self.size.and_then(|n| each.checked_mul(n)));
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
        for one in facts.list("exclusions")?.into_iter().flatten() {
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

    /// The income that is stated of members; a lower bound where one of them says nothing of it.
    fn sum_of_members(&mut self) -> Result<Option<i64>, Refusal> {
        let (facts, assume) = (self.case.facts(), self.case.assume());
        let Some(members) = facts.list("members")? else {
            return Ok(None);
        };
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
        let facts = self.case.facts();
        let items = match facts.get("property") {
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
        for item in items {
            let item = Table::read("property", item, &[&["amount", "count_at_least"]])?;
            let kind = item.text("kind")?.unwrap_or_default().to_lowercase();
            let has = |list: &[&str]| list.iter().any(|w| kind.contains(w));
            let number = item.count("count_at_least")?;
            self.lower_bound |= number.is_some();
            let amount = item.fen("amount")?.map(yuan);
            let number = number.unwrap_or(1);
            if has(&["scooter", "motorcycle", "moped", "摩托"]) {
                // which class it is, is assumed by the case
                self.household.insert("vehicles".to_owned(), json!(0));
                if self
                    .case
                    .assume()
                    .text("motor_scooter_class")?
                    .is_some_and(|c| c.contains("motorcycle"))
                    || !kind.contains("scooter")
                {
                    self.household
                        .insert("motorcycles".to_owned(), json!(number));
                }
                self.property_kind = Some("motor_vehicle");
            } else if has(&["deposit", "cash", "savings", "存款"]) {
                self.household.insert("deposits".to_owned(), json!(amount));
                self.property_kind = Some("financial");
            } else if has(&["securit", "fund", "stock", "share"]) {
                self.household
                    .insert("securities".to_owned(), json!(amount));
                self.property_kind = Some("financial");
            } else if has(&["insurance"]) {
                self.household
                    .insert("insurance_value".to_owned(), json!(amount));
                self.property_kind = Some("financial");
            } else if has(&["non-residential", "shop", "office"]) {
                self.household
                    .insert("non_residential".to_owned(), json!(number));
                self.property_kind = Some("real_estate");
            } else if has(&["house", "dwelling", "flat", "apartment", "home", "房"]) {
                self.household.insert("houses".to_owned(), json!(number));
                self.property_kind = Some("real_estate");
            } else if has(&[
                "car", "vehicle", "truck", "van", "tractor", "ship", "boat", "车",
            ]) {
                self.household.insert("vehicles".to_owned(), json!(number));
                if let Some(amount) = amount {
                    self.household
                        .insert("vehicle_value".to_owned(), json!(amount));
                }
                self.property_kind = Some("motor_vehicle");
            } else if has(&["business", "company", "capital", "enterprise"]) {
                self.household
                    .insert("business_capital".to_owned(), json!(amount));
                self.property_kind = Some("business");
            } else {
                return unknown("property.kind", &kind);
            }
        }
        self.household.retain(|_, v| !v.is_null());
        Ok(())
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
