//! What the case takes for granted where its source is silent.

use serde_json::{Value, json};

use super::Refusal;
use super::build::Build;
use super::vocabulary::care_level;
use super::words::{Flow, unknown};

impl Build<'_> {
    pub(super) fn assumptions(&mut self) -> Result<(), Refusal> {
        let assume = self.case.assume();
        let subjects = self.subjects.clone();
        let programme = self.case.programme.clone();
        if let Some(value) = assume.truth("property_within_limits")? {
            self.within_limits(value);
        }
        if let Some(value) = assume.truth("registered_at_the_place")? {
            for test in [programme.as_str(), "dibao", "edge", "rigid"] {
                self.find_all(&format!("{test}/registration"), &json!(value));
            }
        }
        if assume.truth("no_exclusive_programme")? == Some(true) {
            self.no_rival();
            for id in &subjects {
                for fact in ["other_living_allowance", "other_care_allowance"] {
                    self.say(id, fact, json!({ "status": "none" }));
                }
            }
            for condition in ["no_work_injury_care", "no_full_child_subsidy"] {
                self.find_all(&format!("{programme}/{condition}"), &json!(true));
            }
            if programme == "dibao_single" {
                for id in &subjects {
                    self.say(id, "no_exclusion", true);
                }
            }
        }
        // no word of a case says it: whoever is assessed is alive
        for id in &subjects {
            if !self.person(id).contains_key("alive") {
                self.say(id, "alive", true);
                self.say(id, "declared_dead", false);
            }
        }
        // no word of a case says it: whoever publishes a case on the care subsidy takes the need of care for granted
        if programme == "disability_care" {
            self.find_all("disability_care/long_term", &json!(true));
        }
        if assume.truth("tekun_conditions_hold")? == Some(true) {
            self.all_conditions("tekun");
            if programme == "tekun" {
                self.no_rival();
            } else {
                self.find_all("orphan/parents", &json!(false));
            }
        }
        if assume.truth("every_person_qualifies")? == Some(true) {
            self.all_conditions(&programme);
        }
        for (word, fact) in [
            ("own_property_within_limits", "own_property_within_limits"),
            ("has_civil_capacity", "civil_capacity"),
            ("declared_missing", "declared_missing"),
            ("in_prison", "in_prison"),
            ("is_tekun", "tekun_recipient"),
            ("is_dibao", "dibao_recipient"),
            ("adopted", "adopted"),
            ("lives_together_long_term", "lives_together"),
        ] {
            if let Some(value) = assume.truth(word)? {
                for id in self.about(word) {
                    self.say(&id, fact, value);
                }
            }
        }
        for (word, of) in [
            (
                "own_income_below_local_disposable_income",
                "obligor_income_low",
            ),
            ("property_within_low_income_rule", "obligor_property_low"),
            ("own_income_below_standard", "tekun/income"),
            ("property_within_tekun_rule", "tekun/property"),
        ] {
            if let Some(value) = assume.truth(word)? {
                self.find_of(of, &self.about(word), &json!(value));
            }
        }
        for id in self.about("disabilities") {
            if let Some(value) = assume.get("disabilities") {
                self.disabilities(&id, value)?;
            }
            if let Some(grade) = assume.count("disability_grade")? {
                self.say(&id, "disability_grade", grade);
            }
        }
        for word in ["obligors", "other_obligors"] {
            match assume.text(word)? {
                None => {}
                Some("none") => {
                    for id in &subjects {
                        self.say(id, "obligors_complete", true);
                    }
                }
                Some(other) => return unknown(word, other),
            }
        }
        for id in &subjects {
            if assume.truth("adult")? == Some(true) && !self.person(id).contains_key("birth") {
                // thirty stands for every age of full age
                let birth = self.case.on.add_months(-366).to_string();
                self.say(id, "birth", birth);
            }
            if let Some(value) = assume.truth("cannot_live_independently")? {
                self.say(id, "can_live_independently", !value);
            }
            match assume.truth("exclusion_applies")? {
                Some(false) => self.say(id, "no_exclusion", true),
                Some(true) => self.find("excluded", Some(id), true),
                None => {}
            }
            match assume.truth("provincial_additions_apply")? {
                Some(true) => {
                    self.figure("setting.provincial_additions", "asked");
                    self.say(id, "provincial_inclusion", true);
                }
                Some(false) => self.figure("setting.provincial_additions", "none"),
                None => {}
            }
            if let Some(income) = self.assumed_money("own_income")? {
                self.find("own_income", Some(id), income);
            }
            if let Some(value) = self.assumed_money("maintenance_received_or_due")? {
                self.say(id, "support_received", value.clone());
                self.say(id, "support_due", value);
            }
            match assume.get("other_aid_received") {
                None => {}
                Some(Value::String(word)) if word == "none" => {
                    self.find("child_aid", Some(id), "0/month");
                    self.find("counts_as_dibao", Some(id), false);
                }
                Some(_) => {
                    let aid = self.assumed_money("other_aid_received")?;
                    self.find("child_aid", Some(id), aid);
                }
            }
            if let Some(word) = assume.text("care_level")? {
                let overlay = self.case.overlay();
                let rates = overlay.get("tekun_care_rates");
                let of_place = overlay.has("tekun_care")
                    || rates.is_some_and(|rates| rates.get(word).is_some());
                let level = match care_level(word) {
                    Some(level) => level,
                    // a label of the place, whose rate stands in the overlay: the middle level stands for it
                    None if of_place => "half",
                    None => continue,
                };
                self.find("care_level", Some(id), level);
            }
        }
        match assume.truth("item_compensates_a_disability")? {
            None => {}
            Some(yes) => {
                self.household
                    .insert("vehicles_exempt".to_owned(), json!(i64::from(yes)));
            }
        }
        for (word, who) in [
            ("both_terms_running", vec!["father", "mother"]),
            ("mother_in_custody", vec!["mother"]),
        ] {
            if let Some(value) = assume.truth(word)? {
                for id in who {
                    self.say(id, "in_prison", value);
                }
            }
        }
        Ok(())
    }

    fn assumed_money(&self, word: &str) -> Result<Option<String>, Refusal> {
        match self.case.assume().get(word) {
            Some(value) => self.money(word, Flow::read(word, value)?).map(Some),
            None => Ok(None),
        }
    }
}
