//! Who is in the case: the family, single persons, children and their parents.

use minzheng_rules::lang::{Period, Type};
use serde_json::{Value, json};

use super::Refusal;
use super::build::Build;
use super::vocabulary::{MEMBER, disability, hukou, income_fact, relation};
use super::words::{Table, shape, unknown};

impl Build<'_> {
    pub(super) fn family(&mut self) -> Result<(), Refusal> {
        let facts = self.case.facts();
        self.take_area(facts);
        let applicant = self.case.assume().text("applicant")?.map(str::to_owned);
        let mut listed = 0_i64;
        for group in ["members", "household"] {
            let Some(Value::Array(rows)) = facts.get(group) else {
                continue;
            };
            for (index, row) in rows.iter().enumerate() {
                listed = listed.saturating_add(1);
                if let Some(label) = row.as_str() {
                    let first = label.split([' ', ',']).next().unwrap_or_default();
                    let kind = relation(group, first)?;
                    self.say(&format!("{kind}{index}"), "relation", kind);
                    continue;
                }
                let row = Table::read(group, row, &[MEMBER])?;
                let id = row
                    .text("ref")?
                    .map_or_else(|| format!("m{index}"), str::to_owned);
                self.person(&id);
                self.facts_of_person(&id, row)?;
                let role = row.text("role")?.unwrap_or_default();
                let first = role.split([' ', ',']).next().unwrap_or_default();
                if applicant.as_deref() == Some(id.as_str())
                    || (applicant.is_none() && first == "applicant")
                {
                    self.say(&id, "relation", "self");
                } else if applicant.is_none()
                    && (rows.iter().any(|r| {
                        r.get("role")
                            .and_then(Value::as_str)
                            .is_some_and(|w| w.starts_with("applicant"))
                    }))
                    && let Ok(kind) = relation(group, first)
                {
                    self.say(&id, "relation", kind);
                }
            }
        }
        if let Some(id) = &applicant {
            self.say(id, "relation", "self");
            self.subjects = vec![id.clone()];
        } else if !self.persons.is_empty() && self.is_of_persons() {
            self.subjects = self.ids();
        }
        self.size = facts
            .count("household_size")?
            .or(self.case.assume().count("household_size")?);
        let all = self.case.assume().truth("all_members_counted")? == Some(true);
        if self.size.is_none() && all && listed > 0 {
            self.size = Some(listed);
        }
        let chosen = self.case.assume().texts("counted_members")?;
        if let Some(chosen) = &chosen {
            self.size = i64::try_from(chosen.len()).ok();
        }
        if let Some(size) = self.size {
            self.find("household_size", None, size);
        }
        if listed > 0 && (all || chosen.is_some() || self.size == Some(listed)) {
            self.household
                .insert("members_complete".to_owned(), json!(true));
            if !self.is_of_persons() {
                for id in self.ids() {
                    let counted = chosen.as_ref().is_none_or(|c| c.contains(&id));
                    self.find("counted", Some(&id), counted);
                }
            }
        }
        Ok(())
    }

    /// Town or country, where the word says it.
    fn take_area(&mut self, row: Table<'_>) {
        if let Some(area) = row.get("hukou").and_then(Value::as_str).and_then(hukou) {
            self.household.insert("hukou".to_owned(), json!(area));
        }
    }

    pub(super) fn facts_of_person(&mut self, id: &str, row: Table<'_>) -> Result<(), Refusal> {
        if let Some(age) = row.count("age")? {
            // an age is a year of possible days: the middle one stands for it
            let back = age.saturating_mul(12).saturating_add(6).saturating_neg();
            self.say(id, "birth", self.case.on.add_months(back).to_string());
        }
        if let Some(born) = row.day("born")? {
            self.say(id, "birth", born.to_string());
        }
        if let Some(word) = row.text("relation_to_applicant")? {
            self.say(id, "relation", relation("relation_to_applicant", word)?);
        }
        for (word, fact) in [
            ("employed", "employed"),
            ("lives_together_long_term", "lives_together"),
            ("is_tekun", "tekun_recipient"),
            ("is_dibao", "dibao_recipient"),
            ("in_prison", "in_prison"),
            ("sentenced", "sentenced"),
        ] {
            if let Some(value) = row.truth(word)? {
                self.say(id, fact, value);
            }
        }
        if row.truth("lives_alone")? == Some(true) {
            self.say(id, "relation", "self");
        }
        if row.truth("in_prison")? == Some(true) {
            self.say(id, "no_exclusion", false);
        }
        self.take_area(row);
        if let Some(word) = row.text("support")? {
            let form = match word {
                "dispersed" | "分散" | "home" => "dispersed",
                "concentrated" | "集中" | "institution" => "concentrated",
                _ => return unknown("support", word),
            };
            self.say(id, "support_form", form);
        }
        if let Some(word) = row.text("study")? {
            self.study(id, word)?;
        }
        match (row.get("disabilities"), row.get("disability")) {
            (Some(value), _) => self.disabilities(id, value)?,
            (None, Some(one)) => self.disabilities(id, &json!([one]))?,
            (None, None) => {}
        }
        Ok(())
    }

    pub(super) fn study(&mut self, id: &str, word: &str) -> Result<(), Refusal> {
        let lower = word.to_lowercase();
        let stages = [
            ("postgraduate", "postgraduate"),
            ("master", "postgraduate"),
            ("doctor", "postgraduate"),
            ("undergraduate", "bachelor"),
            ("bachelor", "bachelor"),
            ("university", "bachelor"),
            ("junior college", "junior_college"),
            ("higher vocational", "junior_college"),
            ("vocational", "vocational_secondary"),
            ("senior", "senior_high"),
            ("junior", "junior_high"),
            ("secondary", "senior_high"),
            ("primary", "primary"),
            ("kindergarten", "kindergarten"),
            ("none", "none"),
        ];
        let Some((_, code)) = stages.iter().find(|(w, _)| lower.contains(w)) else {
            return unknown("study", word);
        };
        self.say(id, "study", *code);
        if lower.contains("full-time") {
            self.say(id, "full_time_study", true);
        } else if lower.contains("part-time") {
            self.say(id, "full_time_study", false);
        }
        Ok(())
    }

    pub(super) fn disabilities(&mut self, id: &str, value: &Value) -> Result<(), Refusal> {
        let list = match value {
            Value::String(word) if word == "none" => &Vec::new(),
            Value::Array(list) => list,
            _ => return shape("disabilities", "a list, or none"),
        };
        self.say(id, "has_disability_card", !list.is_empty());
        let mut grade: Option<i64> = None;
        for one in list {
            let one = Table::read("disabilities", one, &[&["type", "grade", "severe"]])?;
            if let Some(g) = one.count("grade")? {
                grade = Some(grade.map_or(g, |least| least.min(g)));
            }
            if let Some(kind) = one.text("type")? {
                let kind = if list.len() > 1 {
                    "multiple"
                } else {
                    disability("disabilities", kind)?
                };
                self.say(id, "disability_kind", kind);
            }
            if let Some(severe) = one.truth("severe")? {
                self.find("severe_disability", Some(id), severe);
            }
        }
        if let Some(grade) = grade {
            self.say(id, "disability_grade", grade);
        }
        Ok(())
    }

    pub(super) fn single_persons(&mut self) -> Result<(), Refusal> {
        let facts = self.case.facts();
        for (word, id) in [
            ("candidate", "candidate"),
            ("person", "person"),
            ("obligor", "obligor"),
        ] {
            let Some(value) = facts.get(word) else {
                continue;
            };
            let row = Table::read(word, value, &[MEMBER])?;
            self.person(id);
            self.facts_of_person(id, row)?;
            self.relatives(id, row)?;
            match self.subjects.first().cloned() {
                // who applies comes before the one who owes support
                Some(person) if word == "obligor" => self.owes(&person, id),
                _ => self.subjects = vec![id.to_owned()],
            }
            if word == "person"
                && self.case.programme == "tekun"
                && self.case.expect().has("eligible")
            {
                // who applies, or is supported, is alive and there; what the case says of it comes after
                let defaults = [
                    ("alive", true),
                    ("declared_dead", false),
                    ("declared_missing", false),
                    ("labour_regained", false),
                ];
                for (fact, value) in defaults {
                    self.say(id, fact, value);
                }
                if !self.person(id).contains_key("in_prison") {
                    self.say(id, "in_prison", false);
                }
                if !self.person(id).contains_key("relation") {
                    self.say(id, "relation", "self");
                }
            }
            if self.case.expect().has("relative_is_obligor") {
                self.figure("setting.support_tested_against", "applicant");
                // a relative of none of the kinds of the code owes no support
                if self.person(id).get("relation") == Some(&json!("other")) {
                    self.say(id, "support_duty_applicant", false);
                }
            }
            if row.truth("lives_alone")? == Some(true) {
                self.household
                    .insert("members_complete".to_owned(), json!(true));
            }
        }
        if self.subjects.is_empty() && (facts.has("family") || facts.has("income_item")) {
            self.person("person");
            self.subjects = vec!["person".to_owned()];
        }
        if let Some(family) = facts.table("family", &["status"])? {
            let standing = match family.text("status")? {
                None => None,
                Some("dibao") => Some((true, false)),
                Some("low_income" | "edge") => Some((false, true)),
                Some("none" | "neither") => Some((false, false)),
                Some(other) => return unknown("family.status", other),
            };
            if let Some((dibao, low)) = standing {
                for id in self.subjects.clone() {
                    self.find("counts_as_dibao", Some(&id), dibao);
                    self.find("in_low_income_family", Some(&id), low);
                }
            }
        }
        if let Some(place @ Value::Object(_)) = facts.get("hukou") {
            let words = &["place", "registered_before", "registered_after"];
            let place = Table::read("hukou", place, &[words])?;
            // one day off the bound stands for "before" and "after"
            for (word, step) in [("registered_before", -1), ("registered_after", 1)] {
                if let Some(bound) = place.day(word)? {
                    let since = bound.add_days(step).to_string();
                    for id in self.subjects.clone() {
                        self.say(&id, "registered_since", since.clone());
                    }
                }
            }
        }
        if let Some(item) = facts.table("income_item", &["amount", "period"])? {
            let kind = income_fact("income_item.kind", item.text("kind")?.unwrap_or_default())?;
            self.income_kind = Some(kind.1);
            let Some(id) = self.subjects.first().cloned() else {
                return shape("income_item", "a person beside");
            };
            let money: Vec<String> = self
                .engine
                .packs()
                .facts()
                .filter(|f| f.entity == 1 && f.ty == Type::money(Period::Year))
                .map(|f| f.id.clone())
                .collect();
            for fact in money {
                self.say(
                    &id,
                    &fact,
                    if fact == kind.0 {
                        json!("1000/year")
                    } else {
                        json!({ "status": "none" })
                    },
                );
            }
        }
        Ok(())
    }

    /// The spouse and the children of a person, told as tables: they owe support.
    fn relatives(&mut self, of: &str, row: Table<'_>) -> Result<(), Refusal> {
        for (word, kind) in [("spouse", "spouse"), ("children", "child")] {
            let tables = match row.get(word) {
                Some(Value::Array(list)) => list.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => continue,
            };
            for (index, one) in tables.iter().enumerate().filter(|(_, v)| v.is_object()) {
                let one = Table::read(word, one, &[MEMBER])?;
                let id = format!("{of}-{kind}{index}");
                self.person(&id);
                self.facts_of_person(&id, one)?;
                self.say(&id, "relation", kind);
                self.owes(of, &id);
            }
        }
        Ok(())
    }

    /// Lists one person as an obligor of another, by the relation that is said of him.
    fn owes(&mut self, to: &str, id: &str) {
        let mut row = json!({ "id": id, "of": to, "person": id });
        match self.person(id).get("relation").and_then(Value::as_str) {
            // a relative of no other kind owes no support
            Some("other" | "parent_in_law" | "child_in_law") => return,
            Some(kind) => {
                let kind = json!(kind);
                row.as_object_mut()
                    .map(|r| r.insert("kind".to_owned(), kind));
            }
            None => {}
        }
        self.obligors.push(row);
    }

    pub(super) fn children(&mut self) -> Result<(), Refusal> {
        let facts = self.case.facts();
        // words in place of a list are read by people
        let Some(Value::Array(children)) = facts.get("children") else {
            return Ok(());
        };
        let bound = self.case.assume().count("children_below_age")?;
        for (index, child) in children.iter().enumerate() {
            let child = Table::read("children", child, &[MEMBER, &["age_below"]])?;
            let id = format!("child{index}");
            self.person(&id);
            self.facts_of_person(&id, child)?;
            if child
                .count("age_below")?
                .or(bound)
                .is_some_and(|age| age <= 18)
            {
                self.find(&format!("{}/minor", self.case.programme), Some(&id), true);
            }
            // to apply for a benefit is to choose it
            if matches!(
                self.case.programme.as_str(),
                "orphan" | "de_facto_orphan" | "tekun"
            ) {
                self.say(&id, "child_choice", self.case.programme.clone());
            }
            self.subjects.push(id);
        }
        let mut told = 0_u8;
        for kind in ["father", "mother"] {
            let Some(parent) = facts.get(kind) else {
                continue;
            };
            let parent = Table::read(
                kind,
                parent,
                &[&["state", "term_months", "court_declaration"], MEMBER],
            )?;
            told = told.saturating_add(1);
            self.person(kind);
            self.facts_of_person(kind, parent)?;
            let mut term = parent.count("term_months")?;
            if kind == "mother" && term.is_none() {
                term = self.case.assume().count("mother_term_months_at_least")?;
            }
            let declared = parent.truth("court_declaration")?;
            let mut record = json!({ "id": kind, "of": "", "person": kind, "kind": kind });
            let mut state = |key: &str, value: Value| {
                record
                    .as_object_mut()
                    .map(|r| r.insert(key.to_owned(), value))
            };
            match parent.text("state")? {
                Some("dead") => self.say(kind, "alive", false),
                Some("in_prison") => {
                    for (fact, value) in [
                        ("alive", true),
                        ("declared_dead", false),
                        ("declared_missing", false),
                        ("in_prison", true),
                    ] {
                        self.say(kind, fact, value);
                    }
                    if let Some(term) = term {
                        state("custody_months", json!(term));
                    }
                }
                Some("no_contact") => {
                    if let Some(declared) = declared {
                        self.say(kind, "declared_missing", declared);
                    }
                    if let Some(term) = term {
                        state("contact_lost_months", json!(term));
                    }
                }
                Some(other) => return unknown(&format!("{kind}.state"), other),
                None => {}
            }
            for child in self.subjects.clone() {
                let mut record = record.clone();
                if let Some(r) = record.as_object_mut() {
                    r.insert("id".to_owned(), json!(format!("{child}-{kind}")));
                    r.insert("of".to_owned(), json!(child));
                }
                self.parents.push(record);
            }
        }
        if told == 2 {
            for child in self.subjects.clone() {
                self.say(&child, "parents_complete", true);
                self.say(&child, "parents_not_found", false);
            }
        }
        Ok(())
    }
}
