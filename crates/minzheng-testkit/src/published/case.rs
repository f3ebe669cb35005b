//! A case in one reading: its tables, with what the reading adds.

use minzheng_rules::date::Day;
use minzheng_rules::scenario::Engine;
use serde_json::{Map, Value};

use super::Refusal;
use super::vocabulary::{ASSUME, EXPECT, FACTS, OVERLAY};
use super::words::{Table, day, shape, unknown};

pub(super) struct Case {
    pub(super) on: Day,
    pub(super) programme: String,
    facts: Map<String, Value>,
    overlay: Map<String, Value>,
    assume: Map<String, Value>,
    expect: Map<String, Value>,
    given: Map<String, Value>,
}

impl Case {
    pub(super) fn read(
        engine: &Engine,
        case: &Value,
        reading: Option<&str>,
    ) -> Result<Self, Refusal> {
        let on = day("on", case.get("on").unwrap_or(&Value::Null))?;
        let programme = case
            .get("programme")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if engine.packs().programme(programme).is_none() {
            return unknown("programme", programme);
        }
        let mut read = Self::empty(on, programme);
        for (part, rows) in read.parts() {
            rows.clone_from(&group(case, part)?);
        }
        if let Some(name) = reading {
            read.take_reading(case, name)?;
        }
        read.facts().only(&[FACTS])?;
        read.overlay().only(&[OVERLAY])?;
        read.assume().only(&[ASSUME])?;
        if let Some(word) =
            (read.expect.keys()).find(|w| !EXPECT.contains(&w.as_str()) && !w.contains(':'))
        {
            return Err(Refusal::UnknownWord(read.expect().place(word)));
        }
        Ok(read)
    }

    /// A case that says nothing.
    pub(super) fn empty(on: Day, programme: &str) -> Self {
        Self {
            on,
            programme: programme.to_owned(),
            facts: Map::new(),
            overlay: Map::new(),
            assume: Map::new(),
            expect: Map::new(),
            given: Map::new(),
        }
    }

    fn parts(&mut self) -> [(&'static str, &mut Map<String, Value>); 5] {
        [
            ("facts", &mut self.facts),
            ("overlay", &mut self.overlay),
            ("assume", &mut self.assume),
            ("expect", &mut self.expect),
            ("given", &mut self.given),
        ]
    }

    /// A reading adds to the overlay and the assumptions, and to what is expected.
    fn take_reading(&mut self, case: &Value, name: &str) -> Result<(), Refusal> {
        let find = |group: &str| case.get(group).and_then(|g| g.get(name));
        let (Some(setting), Some(Value::Object(answer))) = (find("settings"), find("readings"))
        else {
            return Err(Refusal::UnknownWord(format!("readings.{name}")));
        };
        Table::read("settings", setting, &[&["overlay", "assume"]])?;
        self.overlay.extend(group(setting, "overlay")?);
        self.assume.extend(group(setting, "assume")?);
        self.expect.extend(answer.clone());
        Ok(())
    }

    pub(super) fn facts(&self) -> Table<'_> {
        Table::of("facts", &self.facts)
    }

    pub(super) fn overlay(&self) -> Table<'_> {
        Table::of("overlay", &self.overlay)
    }

    pub(super) fn assume(&self) -> Table<'_> {
        Table::of("assume", &self.assume)
    }

    pub(super) fn expect(&self) -> Table<'_> {
        Table::of("expect", &self.expect)
    }

    /// Facts and findings in the words of the packs.
    pub(super) fn given(&self) -> Table<'_> {
        Table::of("given", &self.given)
    }

    pub(super) fn is_payroll(&self) -> bool {
        self.expect.get("per").and_then(Value::as_str) == Some("payroll")
    }
}

/// One group of words; none where it is absent.
fn group(from: &Value, key: &str) -> Result<Map<String, Value>, Refusal> {
    match from.get(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(rows)) => Ok(rows.clone()),
        Some(_) => shape(key, "a table"),
    }
}
