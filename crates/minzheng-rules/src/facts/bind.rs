//! A case against a vocabulary: every fact checked, every row in its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document::{Document, Tree};
use super::scalar::{Scalar, read, read_figure};
use super::{FactStatus, Provenance};
use crate::date::Day;
use crate::error::{Diagnostic, Diagnostics, nearest};
use crate::lang::Type;
use crate::number::Rounding;
use crate::pack::PackSet;
use crate::pack::load_hex;
use crate::scalar::V;

/// Most rows one entity of a case may have.
const MAX_ROWS: usize = 1_000;

/// A row of a case: the index of its entity and its place among the rows of that entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowRef {
    /// Index of the entity.
    pub entity: usize,
    /// Place among its rows.
    pub row: usize,
}

/// A figure for this case alone; it wins over every pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Index of the parameter.
    pub parameter: usize,
    /// One number per key; `None`: every value of the key.
    pub keys: Vec<Option<i64>>,
    /// The value in the engine's unit.
    pub value: i64,
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
    pub(crate) provenance: BTreeMap<(usize, usize), Provenance>,
    pub(crate) texts: BTreeMap<(usize, usize), String>,
    pub(crate) overlays: Vec<Overlay>,
    pub(crate) warnings: Diagnostics,
    pub(crate) digest: String,
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
        &self.digest
    }

    /// Facts that were read as unknown because they lie outside their declared bounds, and the like.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// Adds figures that win over every pack, for a what-if.
    pub fn add_overlays(&mut self, more: impl IntoIterator<Item = Overlay>) {
        let data = Arc::make_mut(&mut self.data);
        data.overlays.extend(more);
        data.seal();
    }

    /// The same facts decided on another day.
    #[must_use]
    pub fn with_dates(mut self, on: Day, known_on: Day) -> Self {
        let data = Arc::make_mut(&mut self.data);
        data.on = on;
        data.known_on = known_on;
        data.seal();
        self
    }

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

    pub(crate) fn status(&self, fact: usize, row: usize) -> FactStatus {
        self.provenance
            .get(&(fact, row))
            .map_or(self.default_status, |p| p.status)
    }
}

impl Data {
    /// Digests everything that can change an answer.
    pub(super) fn seal(&mut self) {
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
        }
        for id in self.ids.iter().flatten() {
            hash.update(id.as_bytes());
            hash.update([0]);
        }
        hash.update(self.default_status.word());
        self.digest = load_hex(&hash.finalize());
    }
}

impl PackSet {
    /// Checks a case against the vocabulary and lays it out.
    ///
    /// # Errors
    /// Every finding at once, with its path in the case: `E-FACT-…` for facts, `E-ROW-…` for rows, `E-FINDING-…`, `E-OVERLAY-…`,
    /// `E-VALUE-…` for values that are not of their type.
    pub fn bind(&self, document: &Document) -> Result<Input, Diagnostics> {
        let mut binder = Binder {
            set: self,
            findings: Diagnostics::new(),
            input: self.empty_input(),
        };
        binder.run(&document.tree);
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
        input.seal();
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
            provenance: BTreeMap::new(),
            texts: BTreeMap::new(),
            overlays: Vec::new(),
            warnings: Diagnostics::new(),
            digest: String::new(),
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

/// A row as written: its entity, its path, and its fields.
type Written<'t> = (usize, String, &'t [(String, Tree)]);

fn text<'t>(fields: &'t [(String, Tree)], key: &str) -> Option<&'t str> {
    fields
        .iter()
        .find(|(k, _)| k == key)
        .and_then(|(_, v)| match v {
            Tree::Leaf(Scalar::Text(t)) => Some(t.as_str()),
            _ => None,
        })
}

fn field_day(value: &Tree) -> Option<Day> {
    match value {
        Tree::Leaf(Scalar::Day(d)) => *d,
        Tree::Leaf(Scalar::Text(t)) => Day::parse(t),
        _ => None,
    }
}

impl Binder<'_> {
    fn fail(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings
            .push(Diagnostic::error(code, message).path(path).help(help));
    }

    fn run(&mut self, tree: &Tree) {
        let Tree::Table(top) = tree else {
            self.fail("E-DOC-SHAPE", "", "the case is not a table", "");
            return;
        };
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
                    Tree::Leaf(Scalar::Text(word)) => self.default_status(word),
                    _ => self.fail("E-FACT-STATUS", key, "the status is not a word", ""),
                },
                "schema" | "title" | "note" => {}
                "finding" => findings.extend(self.tables(key, value)),
                "overlay" => overlays.extend(self.tables(key, value)),
                name => match self.set.entity_index(name) {
                    Some(0) => match value {
                        Tree::Table(fields) => written.push((0, name.to_owned(), fields)),
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
                        let near = nearest(name, known.chain(others))
                            .map(|n| format!("did you mean `{n}`?"));
                        self.fail("E-DOC-KEY", name, "unknown key", near.unwrap_or_default());
                    }
                },
            }
        }
        match on {
            Some(day) => self.input.on = day,
            None if top.iter().any(|(key, _)| key == "on") => {}
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
                    &[],
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

    fn tables<'t>(&mut self, key: &str, value: &'t Tree) -> Vec<(String, &'t [(String, Tree)])> {
        let Tree::List(items) = value else {
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
                Tree::Table(fields) => out.push((path, fields.as_slice())),
                _ => self.fail("E-DOC-SHAPE", &path, "this is a table", ""),
            }
        }
        out
    }

    /// Gives every row its id.
    fn rows(&mut self, written: &[Written<'_>]) {
        for (entity, path, fields) in written {
            let number = self.input.rows.get(*entity).copied().unwrap_or(0);
            if number >= MAX_ROWS {
                self.fail("E-ROW-MANY", path, format!("more than {MAX_ROWS} rows"), "");
                return;
            }
            let id = match fields.iter().find(|(k, _)| k == "id") {
                None => format!("{}", number.saturating_add(1)),
                Some((_, Tree::Leaf(Scalar::Text(id)))) if !id.is_empty() && id.len() <= 64 => {
                    id.clone()
                }
                Some(_) => {
                    self.fail(
                        "E-ROW-ID",
                        path,
                        "the id is not a word of at most 64 bytes",
                        "it is your own key, never an identity number",
                    );
                    String::new()
                }
            };
            if id.len() == 18 && id.bytes().take(17).all(|b| b.is_ascii_digit()) {
                self.fail(
                    "E-ROW-ID",
                    path,
                    "the id looks like an identity number",
                    "use a key of your own",
                );
            }
            let ids = self.input.ids.get_mut(*entity);
            let twice = ids.as_ref().is_some_and(|ids| ids.contains(&id));
            if let Some(ids) = ids {
                ids.push(id);
            }
            if twice {
                self.fail("E-ROW-TWICE", path, "two rows have the same id", "");
            }
            if let Some(n) = self.input.rows.get_mut(*entity) {
                *n = n.saturating_add(1);
            }
        }
    }

    fn layout(&mut self) {
        let mut at = 0_usize;
        for fact in &self.set.facts {
            self.input.columns.push(at);
            let n = self.input.rows.get(fact.entity).copied().unwrap_or(0);
            let missing = V::missing(fact.ty, fact.low, fact.high);
            self.input.values.extend(core::iter::repeat_n(missing, n));
            at = at.saturating_add(n);
        }
    }

    fn row_named(&self, entity: usize, id: &str) -> Option<usize> {
        self.input.ids.get(entity)?.iter().position(|i| i == id)
    }

    fn link(&mut self, written: &[Written<'_>]) {
        for (entity, path, fields) in written {
            let Some(parent) = self.set.entities.get(*entity).and_then(|e| e.parent) else {
                continue;
            };
            let above = if parent == 0 {
                Some(0)
            } else {
                let of = text(fields, "of");
                let found = of.and_then(|id| self.row_named(parent, id));
                if found.is_none() {
                    let what = self.set.entities.get(parent).map_or("", |e| e.id.as_str());
                    self.fail(
                        "E-ROW-OF",
                        path,
                        format!("`of` names no row of `{what}`"),
                        "it is the id of the row above",
                    );
                }
                found
            };
            if let Some(parents) = self.input.parents.get_mut(*entity) {
                parents.push(above.unwrap_or(0));
            }
            let links = self
                .set
                .entities
                .get(*entity)
                .map(|e| e.links.clone())
                .unwrap_or_default();
            for (index, (name, to)) in links.iter().enumerate() {
                let given = fields.iter().any(|(k, _)| k == name);
                let target = text(fields, name).and_then(|id| self.row_named(*to, id));
                if given && target.is_none() {
                    let what = self.set.entities.get(*to).map_or("", |e| e.id.as_str());
                    self.fail(
                        "E-ROW-LINK",
                        path,
                        format!("`{name}` names no row of `{what}`"),
                        "",
                    );
                }
                if let Some(column) = self
                    .input
                    .links
                    .get_mut(*entity)
                    .and_then(|l| l.get_mut(index))
                {
                    column.push(target);
                }
            }
        }
    }

    fn facts(&mut self, written: &[Written<'_>]) {
        let mut next: Vec<usize> = vec![0; self.set.entities.len()];
        for (entity, path, fields) in written {
            let row = next.get(*entity).copied().unwrap_or(0);
            if let Some(n) = next.get_mut(*entity) {
                *n = n.saturating_add(1);
            }
            let links = self
                .set
                .entities
                .get(*entity)
                .map(|e| e.links.as_slice())
                .unwrap_or_default();
            for (key, value) in *fields {
                if key == "id"
                    || (*entity > 0 && key == "of")
                    || links.iter().any(|(l, _)| l == key)
                {
                    continue;
                }
                let at = format!("{path}.{key}");
                match self.set.name_of(*entity, key) {
                    Some(crate::pack::NameOf::Fact(fact)) => self.fact(fact, row, &at, value),
                    Some(crate::pack::NameOf::Formula(_)) => {
                        self.fail(
                            "E-FACT-FORMULA",
                            &at,
                            "this is computed, not given",
                            "an official's determination goes into [[finding]]",
                        );
                    }
                    _ => {
                        let known = self
                            .set
                            .facts
                            .iter()
                            .filter(|f| f.entity == *entity && !f.finding)
                            .map(|f| f.id.as_str());
                        let near = nearest(key, known).map(|n| format!("did you mean `{n}`?"));
                        self.fail("E-FACT-NAME", &at, "unknown fact", near.unwrap_or_default());
                    }
                }
            }
        }
    }

    fn fact(&mut self, fact: usize, row: usize, path: &str, value: &Tree) {
        let (scalar, per, provenance) = match value {
            Tree::Leaf(scalar) => (Some(scalar.clone()), None, None),
            Tree::List(_) => (Some(Scalar::List), None, None),
            Tree::Table(fields) => {
                let Some((scalar, per, provenance)) = self.detailed(path, fields) else {
                    return;
                };
                (scalar, per, Some(provenance))
            }
        };
        let Some(def) = self.set.facts.get(fact) else {
            return;
        };
        let (ty, low, high) = (def.ty, def.low, def.high);
        let status = provenance
            .as_ref()
            .map_or(self.input.default_status, |p| p.status);
        let unknown = matches!(
            status,
            FactStatus::Pending | FactStatus::Refused | FactStatus::Unavailable
        );
        let mut provenance = provenance;
        match (scalar, status) {
            (
                Some(_),
                FactStatus::Nothing
                | FactStatus::Pending
                | FactStatus::Refused
                | FactStatus::Unavailable,
            ) => {
                self.fail(
                    "E-FACT-STATUS",
                    path,
                    format!("status `{}` goes without a value", status.word()),
                    "",
                );
            }
            (None, FactStatus::Nothing) => {
                let numeric = matches!(
                    ty,
                    Type::Bool
                        | Type::Count
                        | Type::Money { .. }
                        | Type::Ratio
                        | Type::Days
                        | Type::Months
                );
                if numeric {
                    self.put(fact, row, V::known(0));
                } else {
                    self.fail(
                        "E-FACT-STATUS",
                        path,
                        format!("a {ty} cannot be nothing"),
                        "leave it out where it is not known",
                    );
                }
            }
            (None, _) if unknown => {}
            (None, _) => self.fail(
                "E-FACT-VALUE",
                path,
                "the value is missing",
                "give value = …, or a status that says why there is none",
            ),
            (Some(scalar), _) => {
                match read(self.set, ty, &scalar, per.as_deref(), None) {
                    Err(bad) => self.fail(bad.code, path, bad.message, bad.help),
                    Ok(found) => {
                        if ty == Type::Text {
                            if let Scalar::Text(words) = &scalar {
                                self.input.texts.insert((fact, row), words.clone());
                            }
                        } else if low.is_some_and(|l| found.value < l)
                            || high.is_some_and(|h| found.value > h)
                        {
                            if low == Some(0) && found.value < 0 {
                                self.fail(
                                    "E-FACT-RANGE",
                                    path,
                                    "the value is negative",
                                    "give amounts as positive numbers",
                                );
                                return;
                            }
                            let finding = Diagnostic::warning(
                                "W-FACT-RANGE",
                                "the value is outside its sensible bounds and is read as unknown",
                            );
                            self.findings.push(finding.path(path).help(
                                "check the unit; more than a fortune or a lifetime is refused",
                            ));
                            let entry = provenance.get_or_insert_with(|| plain(status));
                            entry.out_of_range = true;
                            self.put(fact, row, V::UNKNOWN);
                        } else {
                            let value = if ty == Type::Place {
                                self.set.places.resolve(found.value)
                            } else {
                                found.value
                            };
                            self.put(fact, row, V::known(value));
                        }
                    }
                }
            }
        }
        if let Some(provenance) = provenance {
            self.input.provenance.insert((fact, row), provenance);
        }
    }

    fn put(&mut self, fact: usize, row: usize, value: V) {
        let start = self.input.columns.get(fact).copied().unwrap_or(usize::MAX);
        if let Some(slot) = self.input.values.get_mut(start.saturating_add(row)) {
            *slot = value;
        }
    }

    fn detailed(
        &mut self,
        path: &str,
        fields: &[(String, Tree)],
    ) -> Option<(Option<Scalar>, Option<String>, Provenance)> {
        let (mut scalar, mut per) = (None, None);
        let mut provenance = plain(self.input.default_status);
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("value", Tree::Leaf(v)) => scalar = Some(v.clone()),
                ("value", Tree::List(_)) => scalar = Some(Scalar::List),
                ("value", Tree::Table(_)) => scalar = Some(Scalar::Table),
                ("per", Tree::Leaf(Scalar::Text(t))) => per = Some(t.clone()),
                ("window", Tree::Leaf(Scalar::Text(t))) => provenance.window.clone_from(t),
                ("source", Tree::Leaf(Scalar::Text(t))) => provenance.source.clone_from(t),
                ("reason", Tree::Leaf(Scalar::Text(t))) => provenance.reason.clone_from(t),
                ("as_of", v) if field_day(v).is_some() => provenance.as_of = field_day(v),
                ("status", Tree::Leaf(Scalar::Text(t))) => {
                    match FactStatus::ALL.into_iter().find(|(w, _)| w == t) {
                        Some((_, s)) => provenance.status = s,
                        None => {
                            let near = nearest(t, FactStatus::ALL.map(|(w, _)| w))
                                .map(|n| format!("did you mean `{n}`?"));
                            self.fail(
                                "E-FACT-STATUS",
                                path,
                                "unknown status",
                                near.unwrap_or_default(),
                            );
                            return None;
                        }
                    }
                }
                ("per" | "window" | "source" | "reason" | "as_of" | "status", _) => {
                    self.fail(
                        "E-FACT-SHAPE",
                        &format!("{path}.{key}"),
                        "not of its form",
                        "words are strings, as_of is a day",
                    );
                    return None;
                }
                _ => {
                    let known = [
                        "value", "per", "window", "source", "as_of", "status", "reason",
                    ];
                    let near = nearest(key, known).map(|n| format!("did you mean `{n}`?"));
                    self.fail(
                        "E-FACT-SHAPE",
                        &format!("{path}.{key}"),
                        "unknown part of a fact",
                        near.unwrap_or_default(),
                    );
                    return None;
                }
            }
        }
        Some((scalar, per, provenance))
    }

    fn finding(&mut self, path: &str, fields: &[(String, Tree)]) {
        let Some(of) = text(fields, "of") else {
            self.fail(
                "E-FINDING-OF",
                path,
                "`of` names the condition or formula",
                "",
            );
            return;
        };
        let formula = self
            .set
            .formulas_by_id
            .get(of)
            .and_then(|i| self.set.formulas.get(*i));
        let Some((formula, fact)) = formula.and_then(|f| f.finding.map(|fact| (f, fact))) else {
            let known = self
                .set
                .formulas
                .iter()
                .filter(|f| f.finding.is_some())
                .map(|f| f.id.as_str());
            let near = nearest(of, known).map(|n| format!("did you mean `{n}`?"));
            self.fail(
                "E-FINDING-OF",
                path,
                "no condition or attestable formula has this id",
                near.unwrap_or_default(),
            );
            return;
        };
        let entity = formula.entity;
        let row = match (entity, text(fields, "row")) {
            (0, None) => Some(0),
            (0, Some(_)) => None,
            (_, Some(id)) => self.row_named(entity, id),
            (_, None) => None,
        };
        let Some(row) = row else {
            let help = if entity == 0 {
                "leave `row` out"
            } else {
                "give the id of the row"
            };
            self.fail(
                "E-FINDING-ROW",
                path,
                "`row` does not name a row of the finding's entity",
                help,
            );
            return;
        };
        let mut provenance = plain(FactStatus::Attested);
        let mut rest: Vec<(String, Tree)> = vec![(
            "status".to_owned(),
            Tree::Leaf(Scalar::Text("attested".to_owned())),
        )];
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("of" | "row", _) => {}
                ("by", Tree::Leaf(Scalar::Text(t))) => provenance.by.clone_from(t),
                ("ground", Tree::Leaf(Scalar::Text(t))) => provenance.reason.clone_from(t),
                ("on", v) if field_day(v).is_some() => provenance.as_of = field_day(v),
                ("value" | "per", v) => rest.push((key.clone(), v.clone())),
                _ => {
                    self.fail(
                        "E-FINDING-SHAPE",
                        &format!("{path}.{key}"),
                        "unknown or malformed part of a finding",
                        "a finding has of, row, value, by, on, ground",
                    );
                    return;
                }
            }
        }
        self.fact(fact, row, path, &Tree::Table(rest));
        self.input.provenance.insert((fact, row), provenance);
    }

    fn overlay(&mut self, path: &str, fields: &[(String, Tree)]) {
        let Some(name) = text(fields, "parameter") else {
            self.fail("E-OVERLAY-NAME", path, "`parameter` names the figure", "");
            return;
        };
        let value = fields.iter().find(|(k, _)| k == "value").map(|(_, v)| v);
        let Some(Tree::Leaf(value)) = value else {
            self.fail(
                "E-OVERLAY-VALUE",
                path,
                "`value` is missing or not one value",
                "",
            );
            return;
        };
        let mut rounding = None;
        let mut keys: Vec<(String, Scalar)> = Vec::new();
        for (key, field) in fields {
            match (key.as_str(), field) {
                ("parameter" | "value", _) => {}
                ("rounding", Tree::Leaf(Scalar::Text(word))) => {
                    rounding = Rounding::ALL.into_iter().find(|r| r.word() == word);
                    if rounding.is_none() {
                        let help = "write half_up, up, down or exact";
                        self.fail("E-OVERLAY-SHAPE", path, "unknown rounding", help);
                    }
                }
                ("key", Tree::Table(table)) => {
                    keys.extend(table.iter().filter_map(|(k, v)| match v {
                        Tree::Leaf(s) => Some((k.clone(), s.clone())),
                        _ => None,
                    }));
                }
                _ => {
                    self.fail(
                        "E-OVERLAY-SHAPE",
                        &format!("{path}.{key}"),
                        "unknown part of an overlay",
                        "it has parameter, value, key and rounding",
                    );
                    return;
                }
            }
        }
        match self.set.overlay(name, value, &keys, rounding) {
            Ok(overlay) => self.input.overlays.push(overlay),
            Err(finding) => self.findings.push(finding.path(path)),
        }
    }
}

fn plain(status: FactStatus) -> Provenance {
    Provenance {
        status,
        source: String::new(),
        as_of: None,
        window: String::new(),
        reason: String::new(),
        by: String::new(),
        out_of_range: false,
    }
}

impl PackSet {
    /// An overlay from words, as a command line gives them: a parameter id, a value, and keys.
    ///
    /// # Errors
    /// `E-OVERLAY-NAME`, `E-OVERLAY-KEY`, or the `E-VALUE-…` of the value.
    pub fn overlay_from_words(
        &self,
        name: &str,
        value: &str,
        keys: &[(String, String)],
    ) -> Result<Overlay, Diagnostic> {
        let keys: Vec<(String, Scalar)> = keys
            .iter()
            .map(|(k, v)| (k.clone(), Scalar::Text(v.clone())))
            .collect();
        let is_count = self
            .parameter(name)
            .is_some_and(|p| matches!(p.ty, Type::Count | Type::Days | Type::Months));
        let is_bool = self.parameter(name).is_some_and(|p| p.ty == Type::Bool);
        let scalar = match value.parse::<i64>() {
            Ok(number) if is_count => Scalar::Int(number),
            _ if is_bool && (value == "true" || value == "false") => Scalar::Bool(value == "true"),
            _ => Scalar::Text(value.to_owned()),
        };
        self.overlay(name, &scalar, &keys, None)
    }

    pub(crate) fn overlay(
        &self,
        name: &str,
        value: &Scalar,
        keys: &[(String, Scalar)],
        rounding: Option<Rounding>,
    ) -> Result<Overlay, Diagnostic> {
        let found = self
            .params_by_id
            .get(name)
            .and_then(|i| self.parameters.get(*i).map(|p| (*i, p)));
        let Some((index, parameter)) = found else {
            let near = nearest(name, self.params_by_id.keys().map(String::as_str))
                .map(|n| format!("did you mean `{n}`?"));
            return Err(
                Diagnostic::error("E-OVERLAY-NAME", format!("unknown parameter `{name}`"))
                    .help(near.unwrap_or_default()),
            );
        };
        let value = read_figure(self, parameter.ty, value, rounding).map_err(|bad| {
            Diagnostic::error(bad.code, format!("`{name}`: {}", bad.message)).help(bad.help)
        })?;
        let mut given = vec![None; parameter.keys.len()];
        for (key, scalar) in keys {
            let at = parameter.keys.iter().position(|k| k.name == *key);
            let known = at.and_then(|at| parameter.keys.get(at).map(|k| (at, k)));
            let Some((at, def)) = known else {
                return Err(Diagnostic::error(
                    "E-OVERLAY-KEY",
                    format!("`{name}` has no key `{key}`"),
                ));
            };
            let read = match scalar {
                Scalar::Text(t) if def.ty == Type::Count => {
                    t.parse().ok().map(Scalar::Int).unwrap_or(scalar.clone())
                }
                other => other.clone(),
            };
            let code = read_key(self, def.ty, &read).map_err(|bad| {
                Diagnostic::error(
                    bad.code,
                    format!("key `{key}` of `{name}`: {}", bad.message),
                )
                .help(bad.help)
            })?;
            if let Some(slot) = given.get_mut(at) {
                *slot = Some(code);
            }
        }
        Ok(Overlay {
            parameter: index,
            keys: given,
            value: value.value,
        })
    }
}

fn read_key(set: &PackSet, ty: Type, scalar: &Scalar) -> Result<i64, super::scalar::BadValue> {
    read(set, ty, scalar, None, None).map(|r| r.value)
}
