//! A case against a vocabulary: every fact checked, every row in its place.

mod findings;
mod overlays;
mod rows;
mod values;

use core::fmt;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use self::overlays::Overlay;
use super::document::Document;
use super::{FactStatus, Provenance};
use crate::date::Day;
use crate::error::{Diagnostic, Diagnostics, did_you_mean};
use crate::lang::Type;
use crate::pack::load_hex;
use crate::pack::{NameOf, PackSet};
use crate::scalar::V;

/// A row of a case: the index of its entity and its place among the rows of that entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowRef {
    /// Index of the entity.
    pub entity: usize,
    /// Place among its rows.
    pub row: usize,
}

/// A fact of a row as the case gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The value; an interval where it is not known.
    pub value: V,
    /// Its type.
    pub ty: Type,
    /// Where it comes from; none where the case does not speak of it.
    pub provenance: Option<Provenance>,
}

/// The facts of one case, laid out for evaluation; cheap to clone.
#[derive(Debug, Clone)]
pub struct Input {
    pub(super) data: Arc<Data>,
}

impl core::ops::Deref for Input {
    type Target = Data;

    fn deref(&self) -> &Data {
        &self.data
    }
}

/// What an [`Input`] holds.
#[derive(Debug, Clone)]
pub struct Data {
    pub(crate) on: Day,
    pub(crate) known_on: Day,
    pub(crate) default_status: FactStatus,
    /// Rows per entity.
    pub(crate) rows: Vec<usize>,
    /// The id of every row.
    pub(crate) ids: Vec<Vec<String>>,
    /// For every entity below another: the row above of each row.
    pub(crate) parents: Vec<Vec<usize>>,
    /// For every entity and link: the row it points to.
    pub(crate) links: Vec<Vec<Vec<Option<usize>>>>,
    /// Where the column of a fact begins in `values`.
    pub(crate) columns: Vec<usize>,
    pub(crate) values: Vec<V>,
    /// Whether an official's finding is known: then formulas may be something else than their rules give.
    pub(crate) has_findings: bool,
    pub(crate) provenance: BTreeMap<(usize, usize), Provenance>,
    pub(crate) texts: BTreeMap<(usize, usize), String>,
    pub(crate) overlays: Vec<Overlay>,
    pub(crate) warnings: Diagnostics,
    /// Worked out when it is first asked for: a receipt wants it, a decision does not.
    pub(crate) digest: OnceLock<String>,
}

impl Input {
    /// The day decided.
    pub fn on(&self) -> Day {
        self.on
    }

    /// The day as of which the law is read.
    pub fn known_on(&self) -> Day {
        self.known_on
    }

    /// The id of a row.
    pub fn row_id(&self, at: RowRef) -> &str {
        self.ids
            .get(at.entity)
            .and_then(|ids| ids.get(at.row))
            .map_or("", String::as_str)
    }

    /// How many rows an entity has.
    pub fn row_count(&self, entity: usize) -> usize {
        self.rows.get(entity).copied().unwrap_or(0)
    }

    /// SHA-256 of the facts, dates and overlays, in hexadecimal.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| self.digested())
    }

    /// Facts that were read as unknown because they lie outside their declared bounds, and the like.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// Adds figures that win over every pack, for a what-if.
    pub fn add_overlays(&mut self, more: impl IntoIterator<Item = Overlay>) {
        let data = Arc::make_mut(&mut self.data);
        data.overlays.extend(more);
        data.digest.take();
    }

    /// The same facts decided on another day.
    #[must_use]
    pub fn with_dates(mut self, on: Day, known_on: Day) -> Self {
        let data = Arc::make_mut(&mut self.data);
        data.on = on;
        data.known_on = known_on;
        data.digest.take();
        self
    }

    /// A fact of a row as the case gives it: its value, its type and where it comes from; `None` where no pack of the set
    /// declares such a fact, or where there is no such row.
    ///
    /// A fact that the case does not speak of has an unknown value and no provenance.
    pub fn given(&self, set: &PackSet, fact: &str, at: RowRef) -> Option<Given> {
        let Some(NameOf::Fact(index)) = set.name_of(at.entity, fact) else {
            return None;
        };
        if at.row >= self.row_count(at.entity) {
            return None;
        }
        let value = self.value(index, at.row);
        let provenance = self.provenance.get(&(index, at.row)).cloned();
        let plain = || values::plain(self.default_status);
        Some(Given {
            value,
            ty: set.facts.get(index)?.ty,
            provenance: provenance.or_else(|| value.is_known().then(plain)),
        })
    }

    pub(crate) fn status(&self, fact: usize, row: usize) -> FactStatus {
        self.provenance
            .get(&(fact, row))
            .map_or(self.default_status, |p| p.status)
    }
}

impl Data {
    #[inline]
    pub(crate) fn value(&self, fact: usize, row: usize) -> V {
        let start = self.columns.get(fact).copied().unwrap_or(usize::MAX);
        self.values
            .get(start.saturating_add(row))
            .copied()
            .unwrap_or(V::UNKNOWN)
    }

    /// The row that a link of a row points to.
    pub(crate) fn target(&self, entity: usize, link: usize, row: usize) -> Option<usize> {
        self.links
            .get(entity)?
            .get(link)?
            .get(row)
            .copied()
            .flatten()
    }

    /// The digest of everything that can change an answer.
    fn digested(&self) -> String {
        let mut hash = Sha256::new();
        let mut number = |n: i64| hash.update(n.to_be_bytes());
        number(self.on.number());
        number(self.known_on.number());
        for n in &self.rows {
            number(i64::try_from(*n).unwrap_or(i64::MAX));
        }
        let up = self.parents.iter().flatten().copied();
        let across = self
            .links
            .iter()
            .flatten()
            .flatten()
            .map(|l| l.unwrap_or(usize::MAX));
        for row in up.chain(across) {
            number(i64::try_from(row).unwrap_or(i64::MAX));
        }
        for v in &self.values {
            number(v.lo);
            number(v.hi);
        }
        for overlay in &self.overlays {
            number(i64::try_from(overlay.parameter).unwrap_or(i64::MAX));
            overlay
                .keys
                .iter()
                .for_each(|k| number(k.unwrap_or(i64::MIN)));
            number(overlay.value);
        }
        for ((fact, row), p) in &self.provenance {
            hash.update(format!(
                "{fact} {row} {} {} {:?} {} {} {}",
                p.status.word(),
                p.source,
                p.as_of,
                p.window,
                p.reason,
                p.by
            ));
            for other in &p.also {
                hash.update(format!(
                    "also {} {} {} {} {:?} {}",
                    other.value.lo,
                    other.value.hi,
                    other.status.word(),
                    other.source,
                    other.as_of,
                    other.reason
                ));
            }
        }
        for id in self.ids.iter().flatten() {
            hash.update(id.as_bytes());
            hash.update([0]);
        }
        hash.update(self.default_status.word());
        load_hex(&hash.finalize())
    }
}

impl PackSet {
    /// Checks a case against the vocabulary and lays it out.
    ///
    /// # Errors
    /// Every finding at once, with its path in the case: `E-FACT-…` for facts, `E-ROW-…` for rows, `E-FINDING-…`, `E-OVERLAY-…`,
    /// `E-VALUE-…` for values that are not of their type.
    pub fn bind(&self, document: &Document<'_>) -> Result<Input, Diagnostics> {
        let mut binder = Binder {
            set: self,
            findings: Diagnostics::new(),
            input: self.empty_input(),
        };
        binder.run(&document.fields);
        let Binder {
            mut findings,
            mut input,
            ..
        } = binder;
        findings.sort();
        if findings.has_errors() {
            return Err(Diagnostics::at_file(findings, &document.name));
        }
        input.warnings = findings;
        Ok(Input {
            data: Arc::new(input),
        })
    }

    pub(super) fn empty_input(&self) -> Data {
        Data {
            on: Day::MIN,
            known_on: Day::MAX,
            default_status: FactStatus::Declared,
            rows: vec![0; self.entities.len()],
            ids: vec![Vec::new(); self.entities.len()],
            parents: vec![Vec::new(); self.entities.len()],
            links: self
                .entities
                .iter()
                .map(|e| vec![Vec::new(); e.links.len()])
                .collect(),
            columns: Vec::new(),
            values: Vec::new(),
            has_findings: false,
            provenance: BTreeMap::new(),
            texts: BTreeMap::new(),
            overlays: Vec::new(),
            warnings: Diagnostics::new(),
            digest: OnceLock::new(),
        }
    }
}

impl Diagnostics {
    fn at_file(self, name: &str) -> Self {
        let mut out = Self::new();
        for finding in &self {
            out.push(finding.clone().at(name, finding.line(), finding.column()));
        }
        out
    }
}

struct Binder<'a> {
    set: &'a PackSet,
    findings: Diagnostics,
    input: Data,
}

/// The fields of a table of the case.
type Fields = Map<String, Value>;

/// A row as written: its entity, its path, and its fields.
type Written<'t> = (usize, String, &'t Fields);

fn text<'t>(fields: &'t Fields, key: &str) -> Option<&'t str> {
    fields.get(key).and_then(Value::as_str)
}

fn field_day(value: &Value) -> Option<Day> {
    value.as_str().and_then(Day::parse)
}

impl Binder<'_> {
    fn fail(
        &mut self,
        code: &'static str,
        path: impl fmt::Display,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let finding = Diagnostic::error(code, message).path(path.to_string());
        self.findings.push(finding.help(help));
    }

    fn run(&mut self, top: &Fields) {
        let nothing = Fields::new();
        let mut written: Vec<Written<'_>> = Vec::new();
        let (mut findings, mut overlays) = (Vec::new(), Vec::new());
        let mut on = None;
        for (key, value) in top {
            match key.as_str() {
                "on" | "known_on" => match field_day(value) {
                    Some(day) if key == "on" => on = Some(day),
                    Some(day) => self.input.known_on = day,
                    None => self.fail(
                        "E-VALUE-DATE",
                        key,
                        "not a day of the calendar",
                        "write 2026-07-01",
                    ),
                },
                "default_status" => match value {
                    Value::String(word) => self.default_status(word),
                    _ => self.fail("E-FACT-STATUS", key, "the status is not a word", ""),
                },
                "schema" | "title" | "note" => {}
                "finding" => findings.extend(self.tables(key, value)),
                "overlay" => overlays.extend(self.tables(key, value)),
                name => match self.set.entity_index(name) {
                    Some(0) => match value {
                        Value::Object(fields) => written.push((0, name.to_owned(), fields)),
                        _ => self.fail(
                            "E-DOC-SHAPE",
                            name,
                            "this is one table",
                            format!("write [{name}]"),
                        ),
                    },
                    Some(entity) => {
                        written.extend(
                            self.tables(name, value)
                                .into_iter()
                                .map(|(path, fields)| (entity, path, fields)),
                        );
                    }
                    None => {
                        let known = self.set.entities.iter().map(|e| e.id.as_str());
                        let others = [
                            "on",
                            "known_on",
                            "default_status",
                            "finding",
                            "overlay",
                            "title",
                            "note",
                        ];
                        let near = did_you_mean(name, known.chain(others));
                        self.fail("E-DOC-KEY", name, "unknown key", near.unwrap_or_default());
                    }
                },
            }
        }
        match on {
            Some(day) => self.input.on = day,
            None if top.contains_key("on") => {}
            None => self.fail(
                "E-DOC-DATE",
                "on",
                "the day decided is missing",
                "write on = 2026-07-01",
            ),
        }
        if !written.iter().any(|(e, _, _)| *e == 0) {
            written.insert(
                0,
                (
                    0,
                    self.set
                        .entities
                        .first()
                        .map_or_else(String::new, |e| e.id.clone()),
                    &nothing,
                ),
            );
        }
        written.sort_by_key(|(entity, _, _)| *entity);
        self.rows(&written);
        self.layout();
        self.link(&written);
        self.facts(&written);
        for (path, fields) in findings {
            self.finding(&path, fields);
        }
        for (path, fields) in overlays {
            self.overlay(&path, fields);
        }
    }

    fn default_status(&mut self, word: &str) {
        match FactStatus::ALL.into_iter().find(|(w, _)| *w == word) {
            Some((_, s @ (FactStatus::Declared | FactStatus::Verified | FactStatus::Attested))) => {
                self.input.default_status = s;
            }
            _ => self.fail(
                "E-FACT-STATUS",
                "default_status",
                "not a status for all facts",
                "write declared, verified or attested",
            ),
        }
    }

    fn tables<'t>(&mut self, key: &str, value: &'t Value) -> Vec<(String, &'t Fields)> {
        let Value::Array(items) = value else {
            self.fail(
                "E-DOC-SHAPE",
                key,
                "this is a list of tables",
                format!("write [[{key}]]"),
            );
            return Vec::new();
        };
        let mut out = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{key}[{index}]");
            match item {
                Value::Object(fields) => out.push((path, fields)),
                _ => self.fail("E-DOC-SHAPE", &path, "this is a table", ""),
            }
        }
        out
    }
}
