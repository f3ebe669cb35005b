//! What a verification of tables comes to: counts by item and fact, and the rows with something wrong in them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use minzheng::verification::adopt::Settled;
use minzheng_rules::facts::FactStatus;
use serde::Serialize;

use crate::error::{Effect, Finding, Findings};

/// One source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ItemTally {
    /// Rows of its table.
    pub rows: u64,
    /// Rows that are of a person of the tables.
    pub matched: u64,
    /// People who have a row.
    pub people: u64,
    /// Rows that are of nobody in the tables: people of elsewhere. They are counted and not listed.
    pub unmatched: u64,
    /// Rows whose identity number is missing or wrong.
    pub bad_keys: u64,
    /// Rows whose identity number two people of the tables have: whose they are cannot be told.
    pub ambiguous: u64,
    /// Rows whose number of the record another row has.
    pub twice: u64,
    /// People about whom the source said that it has records, and none came.
    pub lost: u64,
    /// People about whom the source said something else than that it has records, and one came.
    pub contradicted: u64,
    /// People about whom it has not answered.
    pub pending: u64,
    /// People about whom it will not answer.
    pub refused: u64,
    /// People about whom it cannot answer, those whose records are lost among them.
    pub unavailable: u64,
    /// People about whom its answer is too old on the day asked.
    pub stale: u64,
}

/// One fact: rows of its table by how the fact now stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FactTally {
    /// The records were taken.
    pub verified: u64,
    /// The declaration stands.
    pub declared: u64,
    /// Nothing is known.
    pub unknown: u64,
    /// How far declaration and records lie apart, by grade, where there are both.
    pub grades: BTreeMap<&'static str, u64>,
    /// Why, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// What a verification of tables comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct VerifySummary {
    /// Rows of households.
    pub households: u64,
    /// Rows of people.
    pub people: u64,
    /// People whose identity number another person has too.
    pub duplicate_people: u64,
    /// People without an identity number that can be matched.
    pub unmatchable_people: u64,
    /// By item; those that were asked.
    pub items: BTreeMap<String, ItemTally>,
    /// By fact, `person.wage`.
    pub facts: BTreeMap<String, FactTally>,
    /// Findings by code.
    pub findings: BTreeMap<&'static str, u64>,
    /// Bytes of the answers and figures by person and item, which are held until all are adopted.
    pub table_bytes: u64,
    /// Bytes of the table of people and of the records of the largest item while they are put together: what is needed beside the
    /// answers and figures by person and item.
    pub matching_bytes: u64,
}

/// Findings while they are made.
#[derive(Debug)]
pub(super) struct Notes {
    pub(super) findings: Findings,
    pub(super) by_code: BTreeMap<&'static str, u64>,
}

impl Notes {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            findings: Findings::new(most),
            by_code: BTreeMap::new(),
        }
    }

    /// Adds what was noted elsewhere, behind what is here.
    pub(super) fn add(&mut self, more: Self) {
        for (code, many) in more.by_code {
            let own = self.by_code.entry(code).or_default();
            *own = own.saturating_add(many);
        }
        self.findings.extend(more.findings);
    }

    /// A row with something wrong in it; the value is unknown.
    pub(super) fn row(
        &mut self,
        table: &str,
        row: impl Into<u64>,
        column: &str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        key: String,
    ) {
        let many = self.by_code.entry(code).or_default();
        *many = many.saturating_add(1);
        if !self.findings.has_room() {
            self.findings.count_one();
            return;
        }
        self.findings.push(Finding {
            code,
            table: Arc::from(table),
            row: row.into(),
            column: Arc::from(column),
            message: message.into(),
            effect: Effect::Unknown,
            key,
        });
    }
}

impl FactTally {
    /// Rows that came out alike.
    pub(super) fn alike(&mut self, settled: &Settled, rows: usize) {
        let more = u64::try_from(rows).unwrap_or(0);
        let to = match (settled.value, settled.status) {
            (None, _) => &mut self.unknown,
            (Some(_), FactStatus::Verified) => &mut self.verified,
            (Some(_), _) => &mut self.declared,
        };
        *to = to.saturating_add(more);
        let reason = |own: &mut u64| *own = own.saturating_add(more);
        reason(self.reasons.entry(settled.reason.code()).or_default());
        if let Some(difference) = settled.difference {
            reason(self.grades.entry(difference.grade.word()).or_default());
        }
    }

    /// Adds the rows of another.
    pub(super) fn add(&mut self, more: &Self) {
        for (own, more) in [
            (&mut self.verified, more.verified),
            (&mut self.declared, more.declared),
            (&mut self.unknown, more.unknown),
        ] {
            *own = own.saturating_add(more);
        }
        for (own, more) in [
            (&mut self.grades, &more.grades),
            (&mut self.reasons, &more.reasons),
        ] {
            for (word, many) in more {
                let own = own.entry(word).or_default();
                *own = own.saturating_add(*many);
            }
        }
    }
}

/// One more.
pub(super) const fn count(number: &mut u64) {
    *number = number.saturating_add(1);
}
