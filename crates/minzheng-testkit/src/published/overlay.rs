//! The case's own figures and local rules on the family: dibao, the edge, property, the single entry, the procedure.

use serde_json::{Value, json};

use super::Refusal;
use super::build::Build;
use super::vocabulary::{ADDON_GROUPS, addon_group, hukou};
use super::words::{Flow, Table, shape, unknown, untold, whole};

impl Build<'_> {
    pub(super) fn figures_of_dibao(&mut self) -> Result<(), Refusal> {
        self.standard()?;
        self.amount_method()?;
        self.income_rules()?;
        self.edge_line()?;
        self.category_supplement()?;
        self.deposit_limit()?;
        self.vehicles()?;
        self.single_entry()?;
        self.procedure_of_place()
    }

    fn standard(&mut self) -> Result<(), Refusal> {
        let standards = match self.case.overlay().get("dibao_standard") {
            None => return Ok(()),
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        for standard in standards {
            let flow = Flow::read("dibao_standard", standard)?;
            let value = self.money("dibao_standard", flow)?;
            let area = match standard.get("hukou").and_then(Value::as_str) {
                None => None,
                Some(word) => match hukou(word) {
                    None => return unknown("dibao_standard.hukou", word),
                    area => area,
                },
            };
            match area {
                Some(area) if standards.len() > 1 || self.household.contains_key("hukou") => {
                    self.figure_at("standard.dibao", "hukou", area, value);
                }
                area => {
                    if let Some(area) = area {
                        self.household.insert("hukou".to_owned(), json!(area));
                    }
                    self.figure("standard.dibao", value);
                }
            }
        }
        Ok(())
    }

    fn amount_method(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        if let Some(word) = overlay.text("amount_method")? {
            self.figure("setting.amount_method", word);
        }
        if let (Some(tiers), false) = (overlay.get("tiers"), self.case.is_payroll()) {
            let tiers = Table::open("tiers", tiers)?.rows().values();
            for (value, code) in tiers.zip(["tier_a", "tier_b", "tier_c"]) {
                let rate = self.money("tiers", Flow::read("tiers", value)?)?;
                self.figure_at("tier.amount", "tier", code, rate);
            }
        }
        if let Some(word) = overlay.text("rounding")? {
            self.figure("setting.gap_rounding", word);
        }
        Ok(())
    }

    fn income_rules(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        if let Some(window) = overlay.get("income_window") {
            let word = window
                .as_str()
                .map_or_else(|| window.to_string(), str::to_owned);
            let window = if word.starts_with("12") || word.starts_with("twelve") {
                "twelve_months"
            } else if word.starts_with('6') || word.starts_with("six") {
                "six_months"
            } else {
                return unknown("income_window", &word);
            };
            self.figure("setting.income_window", window);
        }
        match overlay.get("rigid_expenditure_deducted") {
            None => {}
            Some(Value::Bool(true)) => self.figure("setting.rigid_deduction", "assessed"),
            Some(Value::Bool(false)) => self.figure("setting.rigid_deduction", "none"),
            Some(value) => {
                let at = "rigid_expenditure_deducted";
                let value = self.money(at, Flow::read(at, value)?)?;
                self.household
                    .insert("rigid_deduction".to_owned(), json!(value));
            }
        }
        Ok(())
    }

    fn edge_line(&mut self) -> Result<(), Refusal> {
        let words = &["amount", "multiple", "qualifies_when", "period", "per"];
        let Some(line) = self.case.overlay().table("edge_line", words)? else {
            return Ok(());
        };
        match (line.get("multiple"), line.flow("amount")?) {
            (Some(multiple), _) => self.figure("multiple.edge", plain(multiple)),
            (None, Some(amount)) => {
                let multiple = self.multiple_of_standard(amount)?;
                self.figure("multiple.edge", multiple);
            }
            (None, None) => return shape("edge_line", "a multiple or an amount"),
        }
        let Some(word) = line.text("qualifies_when")? else {
            return Ok(());
        };
        let says = |list: &[&str]| list.iter().any(|w| word.contains(w));
        if says(&[
            "<=",
            "at_or_below",
            "at or below",
            "not above",
            "at most",
            "不超过",
            "不高于",
        ]) {
            self.figure("setting.edge_operator", "at_or_below");
        } else if says(&["<", "below", "under", "低于"]) {
            self.figure("setting.edge_operator", "below");
        } else {
            return unknown("edge_line.qualifies_when", word);
        }
        Ok(())
    }

    /// How many times the standard an amount is.
    fn multiple_of_standard(&self, amount: Flow) -> Result<String, Refusal> {
        let standard = match self.case.overlay().get("dibao_standard") {
            Some(Value::Array(list)) => list.last(),
            one => one,
        };
        let standard = match standard {
            Some(standard) => Flow::read("dibao_standard", standard)?.yearly("dibao_standard")?,
            None => 0,
        };
        let amount = amount.yearly("edge_line.amount")?.saturating_mul(10_000);
        let scaled = whole(
            amount,
            standard,
            "edge_line.amount",
            "it is no multiple of the standard with four decimals",
        )?;
        let (units, rest) = (scaled.div_euclid(10_000), scaled.rem_euclid(10_000));
        Ok(format!("{units}.{rest:04}"))
    }

    fn category_supplement(&mut self) -> Result<(), Refusal> {
        let Some(supplement) = self.case.overlay().get("category_supplement") else {
            return Ok(());
        };
        let each = Flow::read("category_supplement", supplement)?;
        let each = self.money("category_supplement", each)?;
        self.figure("setting.addon_shape", "fixed");
        if let Some(members) = self.case.assume().texts("qualifying_members")? {
            for id in self.ids() {
                let value = if members.contains(&id) {
                    each.as_str()
                } else {
                    "0/month"
                };
                self.find("add_on", Some(&id), value);
            }
            return Ok(());
        }
        // nobody says who is in a group: the rules do
        let groups = match supplement.get("groups") {
            Some(Value::Array(groups)) => groups.as_slice(),
            _ => return shape("qualifying_members", "a list of members, or groups beside"),
        };
        for code in ADDON_GROUPS {
            self.figure_at("addon.amount", "addon_group", code, "0/month");
        }
        for word in groups.iter().filter_map(Value::as_str) {
            let code = addon_group("category_supplement.groups", word)?;
            self.figure_at("addon.amount", "addon_group", code, each.as_str());
        }
        Ok(())
    }

    fn deposit_limit(&mut self) -> Result<(), Refusal> {
        let words = &["amount", "per", "fails_when", "age_uplift", "period"];
        let Some(limit) = self.case.overlay().table("deposit_limit", words)? else {
            return Ok(());
        };
        let Some(amount) = limit.fen("amount")? else {
            return shape("deposit_limit", "an amount");
        };
        let each = if limit.text("per")? == Some("household") {
            whole(
                amount,
                self.size.unwrap_or(0),
                "deposit_limit",
                "the limit of the household is not whole per person",
            )?
        } else {
            amount
        };
        let test = self.programme_test();
        self.figure(&format!("setting.financial_limit_{test}"), "fixed");
        self.figure("limit.financial_fixed", self.sum(each));
        let operator = match limit.text("fails_when")? {
            Some(">=" | "at or above" | "reached") => "below",
            None | Some(">" | "above" | "exceeded") => "at_or_below",
            Some(other) => return unknown("deposit_limit.fails_when", other),
        };
        self.figure("setting.financial_limit_operator", operator);
        if let Some(uplift) = limit.table("age_uplift", &["from_age", "factor"])? {
            let (Some(from), Some(factor)) = (uplift.count("from_age")?, uplift.get("factor"))
            else {
                return shape("age_uplift", "from_age and factor");
            };
            self.figure_at("limit.financial_age_factor", "age", from, plain(factor));
        }
        Ok(())
    }

    fn vehicles(&mut self) -> Result<(), Refusal> {
        let (overlay, assume) = (self.case.overlay(), self.case.assume());
        let words = &[
            "owned_car_excludes",
            "independent_of_income",
            "debts_netted",
        ];
        if let Some(rule) = overlay.table("vehicle_rule", words)? {
            if rule.truth("owned_car_excludes")? == Some(true) {
                self.figure("limit.vehicles", 0);
                // the rule knows no exempt vehicle unless the case says so
                if !overlay.has("motor_vehicle_exempt")
                    && !assume.has("item_compensates_a_disability")
                {
                    self.household
                        .insert("vehicles_exempt".to_owned(), json!(0));
                }
            }
            if rule.truth("debts_netted")? == Some(true) {
                return untold("debts_netted", "no rule sets debts against property");
            }
        }
        if let Some(list) = overlay.texts("motor_vehicle_includes")? {
            let motorcycle = list.iter().any(|w| w.contains("motorcycle"));
            let word = if motorcycle {
                "included"
            } else {
                "not_included"
            };
            self.figure("setting.motorcycles", word);
        }
        Ok(())
    }

    fn single_entry(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        if let Some(word) = overlay.text("support_relation_tested_against")? {
            self.figure("setting.support_tested_against", word);
        }
        let cohabitants = [
            "income_of_cohabitants_counted",
            "property_of_cohabitants_counted",
        ];
        let words = &[
            "from",
            cohabitants[0],
            cohabitants[1],
            "maintenance_received_or_due_counted",
            "married_person_admitted",
        ];
        let at = "single_entry_adult_unemployed_severely_disabled";
        let Some(rule) = overlay.table(at, words)? else {
            return Ok(());
        };
        let admitted = |yes: bool| if yes { "admitted" } else { "not_admitted" };
        let open = rule.day("from")?.is_none_or(|from| from <= self.case.on);
        self.figure("setting.unemployed_disabled", admitted(open));
        for word in cohabitants {
            if rule.truth(word)? == Some(true) {
                return untold(word, "no rule counts it for a person alone");
            }
        }
        if let Some(counted) = rule.truth("maintenance_received_or_due_counted")? {
            let word = if counted {
                "own_and_support"
            } else {
                "own_alone"
            };
            self.figure("setting.unemployed_disabled_income", word);
        }
        if let Some(married) = rule.truth("married_person_admitted")? {
            self.figure("setting.unemployed_disabled_married", admitted(married));
        }
        Ok(())
    }

    fn procedure_of_place(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        for (word, parameter) in [
            ("publicity_days", "procedure.publicity"),
            (
                "decision_working_days_after_publicity",
                "procedure.decide_after_publicity",
            ),
        ] {
            if let Some(days) = overlay.count(word)? {
                self.figure(parameter, days);
            }
        }
        let first = match overlay.text("paid_from")? {
            None | Some("month after approval") => None,
            Some("month after application") => Some("month_after"),
            Some("month of application") => Some("application_month"),
            Some("month of reaching the age") => Some("age_month"),
            Some(other) => return unknown("paid_from", other),
        };
        if let Some(first) = first {
            self.figure("setting.old_age_first_month", first);
        }
        match overlay.count("pay_by_day_of_month")? {
            None | Some(10) => Ok(()),
            Some(_) => untold("pay_by_day_of_month", "the rule pays by the tenth"),
        }
    }
}

/// A number as it is written, with or without quotes.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
