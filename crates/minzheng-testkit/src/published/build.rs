//! The household that a case becomes, while it is put together.

use minzheng_rules::facts::Document;
use minzheng_rules::pack::model::RelationKind;
use minzheng_rules::scenario::{Assessment, Engine};
use serde_json::{Map, Value, json};

use super::Refusal;
use super::case::Case;
use super::vocabulary::OF_OBLIGOR;
use super::words::{Flow, Table, untold, yuan};

pub(super) const PLACE: &str = "000000";

/// The condition that fails where a programme is known not to be had.
pub(super) fn denied(programme: &str) -> Option<&'static str> {
    Some(match programme {
        "tekun" => "tekun/obligors",
        "orphan" => "orphan/parents",
        "de_facto_orphan" => "de_facto_orphan/parents",
        "dibao" => "dibao/income",
        "dibao_single" => "dibao_single/ground",
        "edge" => "edge/income",
        "rigid" => "rigid/income",
        _ => return None,
    })
}

pub(super) struct Build<'e> {
    pub(super) engine: &'e Engine,
    pub(super) case: &'e Case,
    pub(super) household: Map<String, Value>,
    pub(super) persons: Vec<Map<String, Value>>,
    pub(super) obligors: Vec<Value>,
    pub(super) parents: Vec<Value>,
    findings: Vec<Value>,
    overlays: Vec<Value>,
    /// Rows the answer is about.
    pub(super) subjects: Vec<String>,
    pub(super) size: Option<i64>,
    /// The kind of income of the one item that is asked about.
    pub(super) income_kind: Option<&'static str>,
    pub(super) property_kind: Option<&'static str>,
    /// The income is a lower bound, or a count is: what fails at it fails above it, and nothing else may be read from it.
    pub(super) lower_bound: bool,
    /// How many times as large the engine sees the case's money: twelve, where a standard per year has no whole fen per month.
    pub(super) scale: i64,
}

impl<'e> Build<'e> {
    pub(super) fn new(engine: &'e Engine, case: &'e Case) -> Result<Self, Refusal> {
        let mut build = Self::empty(engine, case);
        build.find_scale()?;
        build.family()?;
        build.single_persons()?;
        build.children()?;
        build.income()?;
        build.property()?;
        build.procedure()?;
        build.figures_of_dibao()?;
        build.figures_of_persons()?;
        build.assumptions()?;
        build.given()?;
        Ok(build)
    }

    /// A household of which nothing is said.
    pub(super) fn empty(engine: &'e Engine, case: &'e Case) -> Self {
        Self {
            engine,
            case,
            household: Map::new(),
            persons: Vec::new(),
            obligors: Vec::new(),
            parents: Vec::new(),
            findings: Vec::new(),
            overlays: Vec::new(),
            subjects: Vec::new(),
            size: None,
            income_kind: None,
            property_kind: None,
            lower_bound: false,
            scale: 1,
        }
    }

    pub(super) fn person(&mut self, id: &str) -> &mut Map<String, Value> {
        let at = self
            .persons
            .iter()
            .position(|p| p.get("id").and_then(Value::as_str) == Some(id));
        let at = at.unwrap_or_else(|| {
            let mut row = Map::new();
            row.insert("id".to_owned(), json!(id));
            self.persons.push(row);
            self.persons.len().saturating_sub(1)
        });
        #[expect(clippy::indexing_slicing, reason = "the row was found or pushed above")]
        &mut self.persons[at]
    }

    pub(super) fn say(&mut self, id: &str, fact: &str, value: impl Into<Value>) {
        self.person(id).insert(fact.to_owned(), value.into());
    }

    pub(super) fn find(&mut self, of: &str, row: Option<&str>, value: impl Into<Value>) {
        let mut finding = Map::new();
        finding.insert("of".to_owned(), json!(of));
        if let Some(row) = row {
            finding.insert("row".to_owned(), json!(row));
        }
        self.findings
            .retain(|f| f.get("of") != finding.get("of") || f.get("row") != finding.get("row"));
        finding.insert("value".to_owned(), value.into());
        self.findings.push(Value::Object(finding));
    }

    /// A finding on a condition or formula of whatever entity it belongs to: every subject, or the household.
    pub(super) fn find_all(&mut self, of: &str, value: &Value) {
        let rows = self.subjects.clone();
        self.find_of(of, &rows, value);
    }

    /// A finding on a condition or formula of whatever entity it belongs to: the rows, or the household.
    pub(super) fn find_of(&mut self, of: &str, rows: &[String], value: &Value) {
        match self.engine.packs().formula(of).map(|f| f.entity) {
            Some(0) => self.find(of, None, value.clone()),
            Some(_) => {
                for row in rows {
                    self.find(of, Some(row), value.clone());
                }
            }
            None => {}
        }
    }

    /// Whom a word speaks of: the obligor or the candidate, where it is a word on one and the case has one; else the subjects.
    pub(super) fn about(&self, word: &str) -> Vec<String> {
        let role = if OF_OBLIGOR.contains(&word) {
            "obligor"
        } else if word == "member_counted" {
            "candidate"
        } else {
            return self.subjects.clone();
        };
        if self.case.facts().has(role) {
            vec![role.to_owned()]
        } else {
            self.subjects.clone()
        }
    }

    pub(super) fn figure(&mut self, parameter: &str, value: impl Into<Value>) {
        self.put(json!({ "parameter": parameter, "value": value.into() }));
    }

    /// The later of two words on one figure holds.
    fn put(&mut self, overlay: Value) {
        let same = |o: &Value| {
            ["parameter", "key"]
                .iter()
                .all(|k| o.get(k) == overlay.get(k))
        };
        self.overlays.retain(|o| !same(o));
        self.overlays.push(overlay);
    }

    pub(super) fn figure_at(
        &mut self,
        parameter: &str,
        key: &str,
        of: impl Into<Value>,
        value: impl Into<Value>,
    ) {
        let key = Map::from_iter([(key.to_owned(), of.into())]);
        self.figure_by(parameter, &key, value);
    }

    pub(super) fn figure_by(
        &mut self,
        parameter: &str,
        key: &Map<String, Value>,
        value: impl Into<Value>,
    ) {
        self.put(json!({ "parameter": parameter, "value": value.into(), "key": key }));
    }

    /// A sum of the case's money as the engine sees it.
    pub(super) fn sum(&self, fen: i64) -> String {
        yuan(fen.saturating_mul(self.scale))
    }

    /// The case's money every so many months as the engine sees it.
    pub(super) fn money(&self, at: &str, flow: Flow) -> Result<String, Refusal> {
        let fen = flow.fen.saturating_mul(self.scale);
        Flow { fen, ..flow }.figure(at)
    }

    /// Another programme that would stand against this one is known not to be had.
    pub(super) fn no_rival(&mut self) {
        let packs = self.engine.packs();
        let id = |i: usize| packs.programmes().get(i).map_or("", |p| p.id.as_str());
        let income_known = ["household_income", "per_capita_income"]
            .iter()
            .any(|k| self.case.facts().has(k));
        let mut rivals: Vec<&'static str> = Vec::new();
        for relation in packs.relations() {
            let (first, second) = (id(relation.first), id(relation.second));
            let rival = match relation.kind {
                RelationKind::Precedes | RelationKind::Excludes
                    if second == self.case.programme =>
                {
                    first
                }
                RelationKind::Choose if second == self.case.programme => first,
                RelationKind::Choose if first == self.case.programme => second,
                _ => continue,
            };
            // what the stated income decides is left to the rules
            if !(income_known && matches!(rival, "dibao" | "edge")) {
                rivals.extend(denied(rival));
            }
        }
        for rival in rivals {
            self.find_all(rival, &json!(false));
        }
    }

    pub(super) fn all_conditions(&mut self, programme: &str) {
        let packs = self.engine.packs();
        let conditions: Vec<String> = packs
            .programme(programme)
            .map(|p| {
                p.conditions
                    .iter()
                    .filter_map(|c| packs.formulas().get(*c))
                    .map(|f| f.id.clone())
                    .collect()
            })
            .unwrap_or_default();
        for condition in conditions {
            self.find_all(&condition, &json!(true));
        }
    }

    /// Facts and findings in the words of the packs, which a question adds where the vocabulary of cases has no word.
    fn given(&mut self) -> Result<(), Refusal> {
        let given = self.case.given();
        given.only(&[&["household", "person", "obligor", "finding", "overlay"]])?;
        if let Some(household) = given.get("household") {
            let rows = Table::open("given.household", household)?.rows();
            self.household.extend(rows.clone());
        }
        for person in given.list("person")?.into_iter().flatten() {
            let row = Table::open("given.person", person)?;
            let id = row.text("id")?.unwrap_or("person");
            self.person(id).extend(row.rows().clone());
        }
        self.obligors
            .extend(given.list("obligor")?.unwrap_or_default().iter().cloned());
        self.findings
            .extend(given.list("finding")?.unwrap_or_default().iter().cloned());
        self.overlays
            .extend(given.list("overlay")?.unwrap_or_default().iter().cloned());
        Ok(())
    }

    /// A standard per year with no whole fen per month cannot be written per month.
    fn find_scale(&mut self) -> Result<(), Refusal> {
        let overlay = self.case.overlay();
        let single = overlay.get("dibao_standard").is_some_and(Value::is_object);
        if !single || self.case.is_payroll() {
            return Ok(());
        }
        let yearly = overlay.yearly("dibao_standard")?;
        if yearly.and_then(|y| y.checked_rem(12)) == Some(0) {
            return Ok(());
        }
        // the money of the case goes in twelve times as large; only what cuts whole yuan would cut elsewhere
        if overlay
            .text("rounding")?
            .is_some_and(|r| r != "once_at_the_end")
        {
            return untold(
                "rounding",
                "beside a standard per year that is no whole number of fen per month",
            );
        }
        self.scale = 12;
        Ok(())
    }

    /// The persons of the case by their names.
    pub(super) fn ids(&self) -> Vec<String> {
        self.persons
            .iter()
            .filter_map(|p| p.get("id").and_then(Value::as_str))
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn is_of_persons(&self) -> bool {
        self.engine
            .packs()
            .programme(&self.case.programme)
            .is_some_and(|p| p.entity != 0)
    }

    /// The means test of the case: its own, or that of dibao.
    pub(super) fn programme_test(&self) -> &'static str {
        match self.case.programme.as_str() {
            "edge" => "edge",
            "rigid" => "rigid",
            _ => "dibao",
        }
    }

    pub(super) fn within_limits(&mut self, value: bool) {
        // property within the limits of dibao is within the wider ones; property over one limit says nothing of another
        let tests: &[&str] = if value {
            &["dibao", "edge", "rigid"]
        } else {
            &[self.programme_test()]
        };
        for test in tests {
            let condition = format!("{test}/property");
            if self
                .engine
                .packs()
                .formula(&condition)
                .is_some_and(|f| f.entity == 0)
            {
                self.find(&condition, None, value);
            }
        }
    }

    pub(super) fn document(&self) -> Value {
        let mut household = self.household.clone();
        for key in ["registration_place", "handling_place"] {
            household
                .entry(key.to_owned())
                .or_insert_with(|| json!(PLACE));
        }
        let persons: Vec<Value> = self.persons.iter().cloned().map(Value::Object).collect();
        json!({
            "on": self.case.on.to_string(),
            "default_status": "verified",
            "household": household,
            "person": persons,
            "obligor": self.obligors,
            "parent": self.parents,
            "finding": self.findings,
            "overlay": self.overlays,
        })
    }

    pub(super) fn assess(&self, document: Value) -> Result<Assessment, Refusal> {
        let refused = |e: &dyn core::fmt::Display| Refusal::Engine(e.to_string());
        let document = Document::from_value("case", document).map_err(|e| refused(&e))?;
        self.engine.assess(&document).map_err(|e| refused(&e))
    }
}
