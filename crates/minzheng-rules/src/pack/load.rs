//! Files to a checked pack set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::value::Datetime;

use super::model::{
    Calendar, CalendarYear, Cell, Cite, Code, CodeList, Dated, Entity, Fact, Formula, Instrument,
    Key, Level, Origin, PackInfo, PackTest, Parameter, Programme, Relation, RelationKind, Rule,
    SetBy, Status, Words,
};
use super::place::{NATION, Place, parse_code};
use super::raw;
use super::set::{NameOf, PackSet, RowNotes};
use crate::date::Day;
use crate::error::{Diagnostic, Diagnostics, nearest};
use crate::facts::scalar::{Scalar, day as toml_day, read, read_figure};
use crate::lang::{self, Period, Type};
use crate::number::Rounding;
use crate::scalar::MAX_KEYS;

/// Most bytes a pack may hold.
pub const MAX_PACK_BYTES: usize = 8 << 20;
/// Most rules, rows and words a pack set may hold.
const MAX_ITEMS: usize = 200_000;

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path inside the pack, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// A file from a path and a text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }
}

/// The files of one pack, before they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource {
    files: Vec<SourceFile>,
}

impl PackSource {
    /// A pack from its files, in any order.
    pub fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// The files by path.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// SHA-256 over paths and texts, in hexadecimal. Tests, the files below `cases/`, decide nothing and do not count.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for file in self.files.iter().filter(|f| !f.path.starts_with("cases/")) {
            for part in [&file.path, &file.text] {
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        hex(&hash.finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // writing to a string cannot fail
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A file with the starts of its lines, so that a byte position becomes a line and a column.
struct Lines<'a> {
    file: Arc<str>,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(file: &str, text: &'a str) -> Self {
        let after = text.match_indices('\n').map(|(i, _)| i.saturating_add(1));
        Self {
            file: Arc::from(file),
            text,
            starts: core::iter::once(0).chain(after).collect(),
        }
    }

    fn position(&self, byte: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|s| *s <= byte);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let column = self
            .text
            .get(start..byte)
            .map_or(0, |t| t.chars().count())
            .saturating_add(1);
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            u32::try_from(column).unwrap_or(u32::MAX),
        )
    }

    /// Where the content of a string value starts: after its opening quotes.
    fn content(&self, value: &Spanned<String>) -> usize {
        let start = value.span().start;
        let rest = self.text.get(start..).unwrap_or("");
        for quotes in ["\"\"\"", "'''"] {
            if let Some(body) = rest.strip_prefix(quotes) {
                let newline = if body.starts_with("\r\n") {
                    2
                } else {
                    usize::from(body.starts_with('\n'))
                };
                return start.saturating_add(3).saturating_add(newline);
            }
        }
        start.saturating_add(1)
    }
}

/// A raw file with the pack it belongs to.
struct Read<'a> {
    pack: usize,
    lines: Lines<'a>,
    file: raw::File,
}

impl Read<'_> {
    fn origin(&self, byte: usize) -> Origin {
        Origin {
            pack: self.pack,
            file: Arc::clone(&self.lines.file),
            line: self.lines.position(byte).0,
        }
    }

    fn finding(&self, code: &'static str, byte: usize, message: impl Into<String>) -> Diagnostic {
        let (line, column) = self.lines.position(byte);
        Diagnostic::error(code, message).at(self.lines.file.as_ref(), line, column)
    }
}

impl PackSet {
    /// Reads packs, lowest layer first, and checks them against each other.
    ///
    /// # Errors
    /// Every finding at once, each with file, line and a way out; see `docs/reference/errors.md` for the codes.
    pub fn load(sources: &[PackSource]) -> Result<Self, Diagnostics> {
        let mut loader = Loader {
            set: Self::default(),
            findings: Diagnostics::new(),
            levels: Vec::new(),
        };
        loader.builtin();
        let files = loader.read(sources);
        loader.build(&files);
        let Loader {
            set, mut findings, ..
        } = loader;
        findings.sort();
        if findings.has_errors() {
            Err(findings)
        } else {
            Ok(set)
        }
    }
}

struct Loader {
    set: PackSet,
    findings: Diagnostics,
    levels: Vec<(Level, i64)>,
}

/// A version or condition before its expression is checked.
struct PendingRule {
    file: usize,
    formula: usize,
    text: Spanned<String>,
    ground: raw::Ground,
    start: usize,
}

impl Loader {
    fn builtin(&mut self) {
        let words = [
            ("四舍五入", "half up"),
            ("进位", "up"),
            ("舍去", "down"),
            ("须为整", "exact"),
        ];
        let codes = Rounding::ALL
            .into_iter()
            .zip(words)
            .map(|(rule, (zh, en))| Code {
                id: rule.word().to_owned(),
                words: Words {
                    zh: zh.to_owned(),
                    en: en.to_owned(),
                },
            });
        let title = Words {
            zh: "取整方法".to_owned(),
            en: "rounding".to_owned(),
        };
        self.set.lists.push(CodeList {
            id: "rounding".to_owned(),
            title,
            codes: codes.collect(),
            origin: Origin::default(),
        });
    }

    fn read<'a>(&mut self, sources: &'a [PackSource]) -> Vec<Read<'a>> {
        let mut files = Vec::new();
        for (pack, source) in sources.iter().enumerate() {
            let bytes = source
                .files
                .iter()
                .fold(0_usize, |sum, f| sum.saturating_add(f.text.len()));
            if bytes > MAX_PACK_BYTES {
                let message = format!("the pack holds {bytes} bytes, more than {MAX_PACK_BYTES}");
                self.findings
                    .push(Diagnostic::error("E-PACK-SIZE", message).help("split it into layers"));
                self.levels.push((Level::Nation, NATION));
                continue;
            }
            let first = files.len();
            for file in &source.files {
                let lines = Lines::new(&file.path, &file.text);
                match toml::Deserializer::parse(&file.text).and_then(raw::File::deserialize) {
                    Ok(raw) => files.push(Read {
                        pack,
                        lines,
                        file: raw,
                    }),
                    Err(error) => {
                        let (line, column) =
                            error.span().map_or((0, 0), |s| lines.position(s.start));
                        let message = error.message().replace('\n', "; ");
                        self.findings
                            .push(Diagnostic::error("E-PACK-TOML", message).at(
                                file.path.clone(),
                                line,
                                column,
                            ));
                    }
                }
            }
            self.info(pack, source, files.get(first..).unwrap_or(&[]));
        }
        files
    }

    fn info(&mut self, pack: usize, source: &PackSource, files: &[Read<'_>]) {
        let mut heads = files
            .iter()
            .filter_map(|f| f.file.pack.as_ref().map(|p| (f, p)));
        let Some((file, head)) = heads.next() else {
            // a file that was not read may hold it
            if files.len() == source.files.len() {
                let names: Vec<&str> = source
                    .files
                    .iter()
                    .map(|f| f.path.as_str())
                    .take(3)
                    .collect();
                let message = format!("the pack has no [pack] table (files: {})", names.join(", "));
                self.findings
                    .push(Diagnostic::error("E-PACK-HEAD", message).help("write it in pack.toml"));
            }
            self.levels.push((Level::Nation, NATION));
            return;
        };
        if let Some((other, second)) = heads.next() {
            self.findings.push(other.finding(
                "E-PACK-HEAD",
                second.span().start,
                "a second [pack] table",
            ));
        }
        let at = head.span().start;
        let head = head.get_ref();
        let place = parse_code(&head.place).unwrap_or_else(|| {
            self.findings.push(file.finding(
                "E-VALUE-PLACE",
                at,
                "`place` is not a six-digit code",
            ));
            NATION
        });
        let reviewed_on = toml_day(&head.reviewed_on).unwrap_or_else(|| {
            self.findings
                .push(file.finding("E-VALUE-DATE", at, "`reviewed_on` is not a day"));
            Day::MIN
        });
        for below in &head.extends {
            if !self.set.packs.iter().any(|p| p.id == *below) {
                let finding = file.finding(
                    "E-PACK-LAYER",
                    at,
                    format!("the pack `{below}` below is not loaded"),
                );
                self.findings
                    .push(finding.help("load the packs lowest layer first"));
            }
        }
        if self.set.packs.iter().any(|p| p.id == head.id) {
            self.findings.push(file.finding(
                "E-PACK-LAYER",
                at,
                format!("the pack `{}` is loaded twice", head.id),
            ));
        }
        debug_assert_eq!(pack, self.levels.len());
        self.levels.push((head.level, place));
        self.set.packs.push(PackInfo {
            id: head.id.clone(),
            title: head.title.clone(),
            publisher: head.publisher.clone(),
            version: head.version.clone(),
            level: head.level,
            place,
            extends: head.extends.clone(),
            reviewed_on,
            digest: source.digest(),
        });
    }

    fn build(&mut self, files: &[Read<'_>]) {
        let items = files
            .iter()
            .map(|f| f.file.value.len().saturating_add(f.file.formula.len()))
            .fold(0, usize::saturating_add);
        if items > MAX_ITEMS {
            self.findings.push(Diagnostic::error(
                "E-PACK-SIZE",
                format!("more than {MAX_ITEMS} rows"),
            ));
            return;
        }
        self.instruments(files);
        self.places(files);
        self.entities(files);
        self.codes(files);
        self.facts(files);
        self.parameters(files);
        self.values(files);
        self.calendars(files);
        let mut pending = Vec::new();
        self.formulas(files, &mut pending);
        self.programmes(files, &mut pending);
        self.versions(files, &mut pending);
        self.name_entities();
        self.programme_parts(files);
        self.rules(files, &pending);
        self.relations(files);
        self.circles();
        self.tests(files);
        self.dates();
    }

    fn date(
        &mut self,
        file: &Read<'_>,
        at: usize,
        what: &str,
        value: Option<&Datetime>,
    ) -> Option<Day> {
        let value = value?;
        let day = toml_day(value);
        if day.is_none() {
            let finding = file.finding(
                "E-VALUE-DATE",
                at,
                format!("`{what}` is not a day of the calendar"),
            );
            self.findings.push(finding.help("write 2026-07-01"));
        }
        day
    }

    fn id(&mut self, file: &Read<'_>, at: usize, id: &str, dotted: bool) {
        let part = |p: &str| {
            p.starts_with(|c: char| c.is_ascii_lowercase())
                && p.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let parts: Vec<&str> = id.split('.').collect();
        let shape = if dotted {
            parts.len() >= 2
        } else {
            parts.len() == 1
        };
        if !shape || !parts.iter().all(|p| part(p)) || ["on", "in", "true", "false"].contains(&id) {
            let wanted = if dotted { "group.name" } else { "a_name" };
            let finding = file.finding(
                "E-PACK-ID",
                at,
                format!("`{id}` is not an id of the form {wanted}"),
            );
            self.findings.push(
                finding.help("small letters, digits and underscores, beginning with a letter"),
            );
        }
    }

    fn twice(&mut self, file: &Read<'_>, at: usize, what: &str, id: &str) {
        let finding = file.finding(
            "E-PACK-TWICE",
            at,
            format!("the {what} `{id}` is defined twice"),
        );
        self.findings.push(
            finding.help("a layer adds [[value]] or [[version]] rows, it does not define again"),
        );
    }

    fn unknown<'n>(
        &mut self,
        file: &Read<'_>,
        at: usize,
        what: &str,
        id: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let near = nearest(id, known).map(|n| format!("did you mean `{n}`?"));
        let finding = file.finding("E-PACK-NAME", at, format!("unknown {what} `{id}`"));
        self.findings.push(finding.help(near.unwrap_or_default()));
    }

    fn instruments(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.instrument {
                let (at, raw) = (row.span().start, row.get_ref());
                if self.set.instruments.contains_key(&raw.id) {
                    self.twice(file, at, "instrument", &raw.id);
                }
                if raw
                    .copy
                    .as_deref()
                    .is_some_and(|c| c != "official" && c != "unofficial")
                {
                    self.findings.push(file.finding(
                        "E-PACK-VALUE",
                        at,
                        "`copy` is `official` or `unofficial`",
                    ));
                }
                let instrument = Instrument {
                    id: raw.id.clone(),
                    title: raw.title.clone(),
                    title_en: raw.title_en.clone(),
                    number: raw.number.clone(),
                    issuer: raw.issuer.clone(),
                    published: self.date(file, at, "published", raw.published.as_ref()),
                    in_force: self.date(file, at, "in_force", raw.in_force.as_ref()),
                    until: self.date(file, at, "until", raw.until.as_ref()),
                    replaces: raw.replaces.clone(),
                    copy: raw.copy.clone(),
                    note: raw.note.clone(),
                    origin: file.origin(at),
                };
                self.set.instruments.insert(raw.id.clone(), instrument);
            }
        }
    }

    fn places(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.place {
                let (at, raw) = (row.span().start, row.get_ref());
                let mut code = |text: &Option<String>| {
                    let text = text.as_ref()?;
                    let code = parse_code(text);
                    if code.is_none() {
                        let finding = file.finding(
                            "E-VALUE-PLACE",
                            at,
                            format!("`{text}` is not a six-digit place code"),
                        );
                        self.findings.push(finding);
                    }
                    code
                };
                let (Some(own), parent, alias_of) = (
                    code(&Some(raw.code.clone())),
                    code(&raw.parent),
                    code(&raw.alias_of),
                ) else {
                    continue;
                };
                let level = raw.level.unwrap_or(Level::County);
                let (name, note) = (raw.name.clone(), raw.note.clone());
                let place = Place {
                    code: own,
                    name,
                    parent,
                    level,
                    alias_of,
                    note,
                    origin: file.origin(at),
                };
                if self.set.places.insert(place).is_some() {
                    self.twice(file, at, "place", &raw.code);
                }
            }
        }
        for code in self.set.places.circles() {
            let message = format!("the place {code:06} lies above itself");
            let (name, line) = self.set.places.get(code).map_or((String::new(), 0), |p| {
                (p.origin.file.to_string(), p.origin.line)
            });
            self.findings
                .push(Diagnostic::error("E-PACK-CIRCLE", message).at(name, line, 0));
        }
    }

    fn entities(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.entity {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, false);
                if self.set.entity_index(&raw.id).is_some() {
                    self.twice(file, at, "entity", &raw.id);
                    continue;
                }
                let parent = raw.parent.as_ref().and_then(|p| self.set.entity_index(p));
                if let Some(name) = raw.parent.as_ref().filter(|_| parent.is_none()) {
                    let known: Vec<String> =
                        self.set.entities.iter().map(|e| e.id.clone()).collect();
                    self.unknown(
                        file,
                        at,
                        "entity above",
                        name,
                        known.iter().map(String::as_str),
                    );
                } else if parent.is_none() != self.set.entities.is_empty() {
                    let finding = file.finding(
                        "E-PACK-ENTITY",
                        at,
                        "exactly one entity, the first, has no parent",
                    );
                    self.findings.push(finding);
                }
                self.set.entities.push(Entity {
                    id: raw.id.clone(),
                    title: raw.title.clone(),
                    parent,
                    collection: raw
                        .collection
                        .clone()
                        .unwrap_or_else(|| format!("{}s", raw.id)),
                    complete: None,
                    links: Vec::new(),
                });
            }
        }
        for file in files {
            for row in &file.file.entity {
                for (name, to) in &row.get_ref().links {
                    let at = row.span().start;
                    let Some(own) = self.set.entity_index(&row.get_ref().id) else {
                        continue;
                    };
                    match self.set.entity_index(to) {
                        Some(target) => {
                            if let Some(entity) = self.set.entities.get_mut(own) {
                                entity.links.push((name.clone(), target));
                            }
                        }
                        None => self.unknown(file, at, "entity", to, []),
                    }
                }
            }
        }
        if self.set.entities.is_empty() && !files.is_empty() {
            self.findings.push(
                Diagnostic::error("E-PACK-ENTITY", "the packs declare no entity")
                    .help("add [[entity]]"),
            );
        }
    }

    fn add_list(
        &mut self,
        file: &Read<'_>,
        at: usize,
        id: &str,
        title: &Words,
        rows: &[raw::CodeRow],
    ) -> usize {
        if self.set.list_index(id).is_some() {
            self.twice(file, at, "code list", id);
        }
        let mut codes: Vec<Code> = Vec::new();
        for row in rows {
            if codes.iter().any(|c| c.id == row.id) {
                self.twice(file, at, "code", &row.id);
            }
            codes.push(Code {
                id: row.id.clone(),
                words: Words {
                    zh: row.zh.clone(),
                    en: row.en.clone(),
                },
            });
        }
        self.set.lists.push(CodeList {
            id: id.to_owned(),
            title: title.clone(),
            codes,
            origin: file.origin(at),
        });
        self.set.lists.len().saturating_sub(1)
    }

    fn codes(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.codes {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, false);
                self.add_list(file, at, &raw.id, &raw.title, &raw.values);
            }
        }
    }

    fn ty(&mut self, file: &Read<'_>, word: &Spanned<String>) -> Type {
        let text = word.get_ref().as_str();
        match text {
            "bool" => Type::Bool,
            "count" => Type::Count,
            "ratio" => Type::Ratio,
            "money" => Type::money(Period::Once),
            "money/month" => Type::money(Period::Month),
            "money/year" => Type::money(Period::Year),
            "date" => Type::Date,
            "days" => Type::Days,
            "months" => Type::Months,
            "place" => Type::Place,
            "text" => Type::Text,
            "shown" => Type::Shown,
            _ => {
                let at = word.span().start;
                if let Some(list) = text.strip_prefix("code:") {
                    if let Some(index) = self.set.list_index(list) {
                        return Type::Code(index);
                    }
                    let known: Vec<String> = self.set.lists.iter().map(|l| l.id.clone()).collect();
                    self.unknown(
                        file,
                        at,
                        "code list",
                        list,
                        known.iter().map(String::as_str),
                    );
                } else {
                    let known = [
                        "bool",
                        "count",
                        "ratio",
                        "money",
                        "money/month",
                        "money/year",
                        "date",
                        "days",
                        "months",
                        "place",
                        "text",
                        "shown",
                    ];
                    self.unknown(file, at, "type", text, known);
                }
                Type::Bool
            }
        }
    }

    fn bound(
        &mut self,
        file: &Read<'_>,
        at: usize,
        ty: Type,
        value: Option<&toml::Value>,
    ) -> Option<i64> {
        let value = value?;
        // a bound of money is given in yuan, in the type's own period
        let per = match ty {
            Type::Money {
                period: Period::Month,
                ..
            } => Some("month"),
            Type::Money {
                period: Period::Year,
                ..
            } => Some("year"),
            _ => None,
        };
        match read(&self.set, ty, &Scalar::from(value), per, None) {
            Ok(read) => Some(read.value),
            Err(bad) => {
                self.findings.push(
                    file.finding(bad.code, at, format!("bound: {}", bad.message))
                        .help(bad.help),
                );
                None
            }
        }
    }

    /// The entity a row says it belongs to, or a finding that there is none.
    fn entity_named(&mut self, file: &Read<'_>, at: usize, name: &str) -> Option<usize> {
        let found = self.set.entity_index(name);
        if found.is_none() {
            let known: Vec<String> = self.set.entities.iter().map(|e| e.id.clone()).collect();
            self.unknown(file, at, "entity", name, known.iter().map(String::as_str));
        }
        found
    }

    fn facts(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.fact {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, false);
                let Some(entity) = self.entity_named(file, at, &raw.entity) else {
                    continue;
                };
                let ty = self.ty(file, &raw.ty);
                if ty == Type::Shown {
                    self.findings.push(file.finding(
                        "E-TYPE",
                        at,
                        "a fact cannot be a shown value",
                    ));
                }
                let low = self.bound(file, at, ty, raw.low.as_ref());
                let high = self.bound(file, at, ty, raw.high.as_ref());
                if low.zip(high).is_some_and(|(l, h)| l > h) {
                    self.findings
                        .push(file.finding("E-PACK-VALUE", at, "`low` is above `high`"));
                }
                self.set.facts.push(Fact {
                    id: raw.id.clone(),
                    entity,
                    ty,
                    low,
                    high,
                    title: raw.title.clone(),
                    question: raw.question.clone(),
                    answered_by: raw.answered_by.clone(),
                    sensitivity: raw.sensitivity.clone(),
                    note: raw.note.clone(),
                    origin: file.origin(at),
                    finding: false,
                });
            }
        }
        for file in files {
            for row in &file.file.entity {
                let (at, raw) = (row.span().start, row.get_ref());
                let Some(own) = self.set.entity_index(&raw.id) else {
                    continue;
                };
                let (Some(name), Some(parent)) = (
                    &raw.complete,
                    self.set.entities.get(own).and_then(|e| e.parent),
                ) else {
                    continue;
                };
                let found = self
                    .set
                    .facts
                    .iter()
                    .position(|f| f.id == *name && f.entity == parent && f.ty == Type::Bool);
                if found.is_none() {
                    let finding = file.finding(
                        "E-PACK-ENTITY",
                        at,
                        format!("`complete` names no yes/no fact `{name}` of the entity above"),
                    );
                    self.findings.push(finding);
                }
                if let Some(entity) = self.set.entities.get_mut(own) {
                    entity.complete = found;
                }
            }
        }
    }

    fn set_by(&mut self, file: &Read<'_>, at: usize, rows: &[raw::SetBy]) -> Vec<SetBy> {
        rows.iter()
            .map(|row| SetBy {
                level: row.level,
                from: self.date(file, at, "from", row.from.as_ref()),
                until: self.date(file, at, "until", row.until.as_ref()),
            })
            .collect()
    }

    fn place_fact(&mut self, file: &Read<'_>, at: usize, name: Option<&String>) -> Option<usize> {
        let name = name?;
        let found = self
            .set
            .facts
            .iter()
            .position(|f| f.id == *name && f.entity == 0 && f.ty == Type::Place);
        if found.is_none() {
            let finding = file.finding(
                "E-PACK-NAME",
                at,
                format!("`{name}` is no fact of type place of the root entity"),
            );
            self.findings.push(finding);
        }
        found
    }

    fn parameters(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.parameter {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, true);
                let ty = self.ty(file, &raw.ty);
                let mut keys = Vec::new();
                for key in &raw.keys {
                    let (name, ty) = match key.split_once(':') {
                        Some((name, "count")) => (name, Some(Type::Count)),
                        Some(_) => (key.as_str(), None),
                        None => (key.as_str(), self.set.list_index(key).map(Type::Code)),
                    };
                    match ty {
                        Some(ty) => keys.push(Key {
                            name: name.to_owned(),
                            ty,
                        }),
                        None => {
                            let known: Vec<String> =
                                self.set.lists.iter().map(|l| l.id.clone()).collect();
                            self.unknown(
                                file,
                                at,
                                "code list for a key",
                                key,
                                known.iter().map(String::as_str),
                            );
                        }
                    }
                }
                if keys.len() > MAX_KEYS {
                    let message = format!("a parameter has at most {MAX_KEYS} keys");
                    self.findings
                        .push(file.finding("E-PACK-VALUE", at, message));
                }
                let parameter = Parameter {
                    id: raw.id.clone(),
                    ty,
                    title: raw.title.clone(),
                    keys,
                    place_fact: self.place_fact(file, at, raw.place.as_ref()),
                    set_by: self.set_by(file, at, &raw.set_by),
                    setter: raw.setter.clone(),
                    low: self.bound(file, at, ty, raw.low.as_ref()),
                    high: self.bound(file, at, ty, raw.high.as_ref()),
                    ambiguity: None,
                    is_setting: false,
                    note: raw.note.clone(),
                    cite: self.cites(file, &raw.cite),
                    status: raw.status.unwrap_or(Status::Unconfirmed),
                    rows: Vec::new(),
                    origin: file.origin(at),
                };
                self.add_parameter(file, at, parameter);
            }
            for row in &file.file.setting {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, true);
                let list = self.add_list(file, at, &raw.id, &raw.title, &raw.values);
                let place_fact = self.place_fact(file, at, raw.place_fact());
                let mut parameter = Parameter {
                    id: raw.id.clone(),
                    ty: Type::Code(list),
                    title: raw.title.clone(),
                    keys: Vec::new(),
                    place_fact,
                    set_by: self.set_by(file, at, &raw.set_by),
                    setter: raw.setter.clone(),
                    low: None,
                    high: None,
                    ambiguity: raw.ambiguity,
                    is_setting: true,
                    note: raw.note_words().clone(),
                    cite: Vec::new(),
                    status: Status::Operational,
                    rows: Vec::new(),
                    origin: file.origin(at),
                };
                let default = Scalar::Text(raw.default.get_ref().clone());
                match read(&self.set, parameter.ty, &default, None, None) {
                    Ok(value) => {
                        let mut ground = raw.ground();
                        ground.place = None;
                        let mut dated = self.ground(file, at, &ground, "setting");
                        dated.from = Day::MIN;
                        dated.published = Day::MIN;
                        let cell = Cell {
                            keys: Vec::new(),
                            value: value.value,
                            published_as: None,
                            block: 0,
                        };
                        parameter.cite.clone_from(&dated.cite);
                        parameter.status = dated.status;
                        parameter.rows.push(dated.map(cell));
                    }
                    Err(bad) => {
                        let finding = file.finding(
                            "E-PACK-VALUE",
                            raw.default.span().start,
                            "the default is not one of the values",
                        );
                        self.findings.push(finding.help(bad.help));
                    }
                }
                self.add_parameter(file, at, parameter);
            }
        }
    }

    fn add_parameter(&mut self, file: &Read<'_>, at: usize, parameter: Parameter) {
        if self
            .set
            .params_by_id
            .insert(parameter.id.clone(), self.set.parameters.len())
            .is_some()
        {
            self.twice(file, at, "parameter", &parameter.id);
        }
        self.set.parameters.push(parameter);
    }

    fn cites(&mut self, file: &Read<'_>, cites: &[Spanned<String>]) -> Vec<Cite> {
        let mut out = Vec::new();
        for cite in cites {
            let (instrument, article) = cite
                .get_ref()
                .split_once('#')
                .unwrap_or((cite.get_ref(), ""));
            if !self.set.instruments.contains_key(instrument) {
                let known: Vec<String> = self.set.instruments.keys().cloned().collect();
                self.unknown(
                    file,
                    cite.span().start,
                    "instrument",
                    instrument,
                    known.iter().map(String::as_str),
                );
            }
            out.push(Cite {
                instrument: instrument.to_owned(),
                article: article.to_owned(),
            });
        }
        out
    }

    /// The dates, place, ground and status of a row; what it left out is kept for the lint.
    fn ground(&mut self, file: &Read<'_>, at: usize, raw: &raw::Ground, what: &str) -> Dated<()> {
        let from = self.date(file, at, "from", raw.from.as_ref());
        let published = self.date(file, at, "published", raw.published.as_ref());
        let until = self.date(file, at, "until", raw.until.as_ref());
        let until_published = self.date(file, at, "until_published", raw.until_published.as_ref());
        let review_by = self.date(file, at, "review_by", raw.review_by.as_ref());
        if raw.from.is_none() && what != "setting" && what != "calendar" {
            let finding = file.finding(
                "E-PACK-DATE",
                at,
                "`from`, the first day in force, is missing",
            );
            self.findings.push(finding.help("write from = 2026-07-01"));
        }
        let start = from.unwrap_or(Day::MIN);
        if until.is_some_and(|last| last < start) {
            self.findings
                .push(file.finding("E-PACK-DATE", at, "`until` is before `from`"));
        }
        let (level, home) = self
            .levels
            .get(file.pack)
            .copied()
            .unwrap_or((Level::Nation, NATION));
        let place = match &raw.place {
            Some(text) => match parse_code(text) {
                Some(code) => {
                    if home != NATION && !self.set.places.is_within(code, home) {
                        let finding = file.finding(
                            "E-PACK-LAYER",
                            at,
                            format!("the place {code:06} is outside the pack's place {home:06}"),
                        );
                        self.findings.push(finding);
                    }
                    (code != NATION).then_some(code)
                }
                None => {
                    self.findings.push(file.finding(
                        "E-VALUE-PLACE",
                        at,
                        format!("`{text}` is not a six-digit place code"),
                    ));
                    None
                }
            },
            None => (level != Level::Nation).then_some(home),
        };
        let cite = self.cites(file, &raw.cite);
        let status = raw.status.unwrap_or(Status::Unconfirmed);
        if matches!(status, Status::Law | Status::Local) {
            let read = cite.iter().any(|c| {
                self.set
                    .instruments
                    .get(&c.instrument)
                    .is_some_and(|i| i.copy.is_some())
            });
            if !read {
                let finding = file.finding(
                    "E-PACK-CITE",
                    at,
                    format!(
                        "status `{}` without an instrument that was read",
                        status.word()
                    ),
                );
                self.findings.push(
                    finding.help(
                        "cite an instrument that has a `copy`, or say status = \"unconfirmed\"",
                    ),
                );
            }
        }
        let origin = file.origin(at);
        let notes = RowNotes {
            no_published: published.is_none() && what != "setting" && what != "calendar",
            no_status: raw.status.is_none(),
            what: what.to_owned(),
        };
        self.set.raw_status.insert(origin.clone(), notes);
        let published = published.unwrap_or(start);
        Dated {
            place,
            from: start,
            until: until.map(|last| (last, until_published.unwrap_or(published))),
            published,
            status,
            cite,
            note: raw.note.clone(),
            review_by,
            origin,
            value: (),
        }
    }

    fn values(&mut self, files: &[Read<'_>]) {
        let mut block = 0_usize;
        for file in files {
            for row in &file.file.value {
                let (at, raw) = (row.span().start, row.get_ref());
                let name = raw.parameter.get_ref();
                let Some(index) = self.set.params_by_id.get(name).copied() else {
                    let known: Vec<String> = self.set.params_by_id.keys().cloned().collect();
                    self.unknown(
                        file,
                        raw.parameter.span().start,
                        "parameter",
                        name,
                        known.iter().map(String::as_str),
                    );
                    continue;
                };
                let Some(parameter) = self.set.parameters.get(index).cloned() else {
                    continue;
                };
                let dated = self.ground(file, at, &raw.ground(), "value");
                self.may_set(file, at, &parameter, &dated);
                let rounding = match raw.rounding.as_deref() {
                    None => None,
                    Some(word) => {
                        let rule = Rounding::ALL.into_iter().find(|r| r.word() == word);
                        if rule.is_none() {
                            self.unknown(
                                file,
                                at,
                                "rounding",
                                word,
                                Rounding::ALL.map(Rounding::word),
                            );
                        }
                        rule
                    }
                };
                block = block.saturating_add(1);
                let mut cells: Vec<(usize, BTreeMap<String, toml::Value>)> = Vec::new();
                if let Some(value) = &raw.value {
                    let single = BTreeMap::from([("value".to_owned(), value.get_ref().clone())]);
                    cells.push((value.span().start, single));
                }
                cells.extend(
                    raw.rows
                        .iter()
                        .map(|r| (r.span().start, r.get_ref().clone())),
                );
                if cells.is_empty() {
                    let finding = file.finding("E-PACK-VALUE", at, "the row has no value");
                    self.findings
                        .push(finding.help("write value = … or rows = […]"));
                }
                for (at, cell) in cells {
                    if let Some(cell) = self.cell(file, at, &parameter, cell, rounding, block) {
                        self.add_cell(file, at, index, dated.clone().map(cell));
                    }
                }
            }
        }
    }

    fn may_set(&mut self, file: &Read<'_>, at: usize, parameter: &Parameter, row: &Dated<()>) {
        if parameter.origin.pack == file.pack || row.status == Status::Reference {
            return;
        }
        let level = self.levels.get(file.pack).map_or(Level::Nation, |l| l.0);
        let allowed = parameter.set_by.iter().any(|s| {
            s.level == level
                && s.from.is_none_or(|d| row.from >= d)
                && s.until.is_none_or(|d| row.from <= d)
        });
        if !allowed {
            let who: Vec<&str> = parameter.set_by.iter().map(|s| s.level.word()).collect();
            let help = if who.is_empty() {
                "no layer may".to_owned()
            } else {
                format!("it is set by: {}", who.join(", "))
            };
            let message = format!(
                "a pack of level {} may not set `{}` from {}",
                level.word(),
                parameter.id,
                row.from
            );
            self.findings
                .push(file.finding("E-PACK-DELEGATION", at, message).help(help));
        }
    }

    fn cell(
        &mut self,
        file: &Read<'_>,
        at: usize,
        parameter: &Parameter,
        mut raw: BTreeMap<String, toml::Value>,
        rounding: Option<Rounding>,
        block: usize,
    ) -> Option<Cell> {
        let fail = |set: &mut Self, what: &str, bad: crate::facts::scalar::BadValue| {
            let finding = file.finding(
                bad.code,
                at,
                format!("{what} of `{}`: {}", parameter.id, bad.message),
            );
            set.findings.push(finding.help(bad.help));
        };
        let Some(value) = raw.remove("value") else {
            self.findings
                .push(file.finding("E-PACK-VALUE", at, "the row has no `value`"));
            return None;
        };
        let value = match read_figure(&self.set, parameter.ty, &Scalar::from(&value), rounding) {
            Ok(value) => value,
            Err(bad) => {
                fail(self, "value", bad);
                return None;
            }
        };
        if parameter.low.is_some_and(|low| value.value < low)
            || parameter.high.is_some_and(|high| value.value > high)
        {
            let message = format!(
                "the value of `{}` is outside its declared bounds",
                parameter.id
            );
            self.findings
                .push(file.finding("E-PACK-RANGE", at, message));
        }
        let mut keys = Vec::new();
        for key in &parameter.keys {
            let Some(raw_key) = raw.remove(&key.name) else {
                self.findings.push(file.finding(
                    "E-PACK-VALUE",
                    at,
                    format!("the key `{}` is missing", key.name),
                ));
                return None;
            };
            match read(&self.set, key.ty, &Scalar::from(&raw_key), None, None) {
                Ok(key) => keys.push(key.value),
                Err(bad) => {
                    fail(self, &format!("key `{}`", key.name), bad);
                    return None;
                }
            }
        }
        if let Some(extra) = raw.keys().next() {
            let known: Vec<String> = parameter.keys.iter().map(|k| k.name.clone()).collect();
            self.unknown(file, at, "key", extra, known.iter().map(String::as_str));
        }
        Some(Cell {
            keys,
            value: value.value,
            published_as: value.published_as,
            block,
        })
    }

    fn add_cell(&mut self, file: &Read<'_>, at: usize, index: usize, row: Dated<Cell>) {
        let Some(parameter) = self.set.parameters.get_mut(index) else {
            return;
        };
        let rival = parameter.rows.iter().find(|r| {
            let meets = r.from <= row.until.map_or(Day::MAX, |u| u.0)
                && row.from <= r.until.map_or(Day::MAX, |u| u.0);
            r.place == row.place
                && r.value.keys == row.value.keys
                && r.published == row.published
                && meets
        });
        if let Some(rival) = rival {
            let message = format!(
                "two rows of `{}` are in force together and were published on the same day (the other is at {}:{})",
                parameter.id, rival.origin.file, rival.origin.line
            );
            self.findings.push(
                file.finding("E-PACK-OVERLAP", at, message)
                    .help("give `published` or `until`"),
            );
        }
        parameter.rows.push(row);
    }

    fn calendars(&mut self, files: &[Read<'_>]) {
        let mut calendar = Calendar::default();
        for file in files {
            for row in &file.file.calendar {
                let (at, raw) = (row.span().start, row.get_ref());
                let mut days = |what: &str, list: &[Datetime]| {
                    let mut out: Vec<Day> = list
                        .iter()
                        .filter_map(|d| self.date(file, at, what, Some(d)))
                        .collect();
                    if out.iter().any(|d| d.year() != raw.year) {
                        self.findings.push(file.finding(
                            "E-PACK-DATE",
                            at,
                            format!("a day of `{what}` is of another year"),
                        ));
                    }
                    out.sort_unstable();
                    out.dedup();
                    out
                };
                let (rest, work) = (
                    days("rest_days", &raw.rest_days),
                    days("work_days", &raw.work_days),
                );
                let dated = self.ground(file, at, &raw.ground(), "calendar");
                let year = CalendarYear {
                    year: raw.year,
                    rest,
                    work,
                    status: dated.status,
                    cite: dated.cite,
                };
                if calendar.years.insert(raw.year, year).is_some() {
                    self.twice(file, at, "calendar", &raw.year.to_string());
                }
            }
        }
        self.set.calendar = calendar;
    }

    /// Makes room for a formula or condition, with the fact for its finding.
    fn add_formula(
        &mut self,
        file: &Read<'_>,
        at: usize,
        mut formula: Formula,
        attestable: bool,
    ) -> usize {
        let index = self.set.formulas.len();
        if attestable {
            formula.finding = Some(self.set.facts.len());
            self.set.facts.push(Fact {
                id: format!("finding:{}", formula.id),
                entity: formula.entity,
                ty: formula.ty,
                low: None,
                high: None,
                title: formula.title.clone(),
                question: Words::default(),
                answered_by: vec!["official".to_owned()],
                sensitivity: "internal".to_owned(),
                note: Words::default(),
                origin: formula.origin.clone(),
                finding: true,
            });
        }
        if self
            .set
            .formulas_by_id
            .insert(formula.id.clone(), index)
            .is_some()
        {
            self.twice(file, at, "formula", &formula.id);
        }
        self.set.formulas.push(formula);
        index
    }

    fn formulas(&mut self, files: &[Read<'_>], pending: &mut Vec<PendingRule>) {
        for (number, file) in files.iter().enumerate() {
            for row in &file.file.formula {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, false);
                let Some(entity) = self.entity_named(file, at, &raw.entity) else {
                    continue;
                };
                let ty = self.ty(file, &raw.ty);
                let formula = Formula {
                    id: raw.id.clone(),
                    entity,
                    ty,
                    title: raw.title.clone(),
                    finding: None,
                    delegated: raw.delegated.clone(),
                    versions: Vec::new(),
                    origin: file.origin(at),
                };
                let index = self.add_formula(file, at, formula, raw.attestable);
                let inline = raw.expr.clone().map(|text| (text, raw.ground()));
                self.pend(number, file, at, index, inline, &raw.version, pending);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call for formulas and conditions alike"
    )]
    fn pend(
        &mut self,
        number: usize,
        file: &Read<'_>,
        at: usize,
        formula: usize,
        inline: Option<(Spanned<String>, raw::Ground)>,
        versions: &[Spanned<raw::Version>],
        pending: &mut Vec<PendingRule>,
    ) {
        if inline.is_some() != versions.is_empty() {
            let finding = file.finding(
                "E-PACK-VERSION",
                at,
                "give either `expr` or version tables, and at least one",
            );
            self.findings.push(finding);
        }
        if let Some((text, ground)) = inline {
            pending.push(PendingRule {
                file: number,
                formula,
                text,
                ground,
                start: at,
            });
        }
        for version in versions {
            if version.get_ref().of.is_some() {
                let finding = file.finding(
                    "E-PACK-VERSION",
                    version.span().start,
                    "`of` stands only in a top-level [[version]]",
                );
                self.findings.push(finding);
            }
            pending.push(PendingRule {
                file: number,
                formula,
                text: version.get_ref().expr.clone(),
                ground: version.get_ref().ground(),
                start: version.span().start,
            });
        }
    }

    fn programmes(&mut self, files: &[Read<'_>], pending: &mut Vec<PendingRule>) {
        for (number, file) in files.iter().enumerate() {
            for row in &file.file.programme {
                let (at, raw) = (row.span().start, row.get_ref());
                self.id(file, at, &raw.id, false);
                let Some(entity) = self.entity_named(file, at, &raw.entity) else {
                    continue;
                };
                if self.set.programmes.iter().any(|p| p.id == raw.id) {
                    self.twice(file, at, "programme", &raw.id);
                }
                let span = self.ground(file, at, &raw.ground(), "programme");
                let mut conditions = Vec::new();
                for condition in &raw.condition {
                    let (at, raw_condition) = (condition.span().start, condition.get_ref());
                    self.id(file, at, &raw_condition.id, false);
                    let formula = Formula {
                        id: format!("{}/{}", raw.id, raw_condition.id),
                        entity,
                        ty: Type::Bool,
                        title: raw_condition.title.clone(),
                        finding: None,
                        delegated: raw_condition.delegated.clone(),
                        versions: Vec::new(),
                        origin: file.origin(at),
                    };
                    let index = self.add_formula(file, at, formula, true);
                    conditions.push(index);
                    let inline = raw_condition
                        .expr
                        .clone()
                        .map(|text| (text, raw_condition.ground()));
                    self.pend(
                        number,
                        file,
                        at,
                        index,
                        inline,
                        &raw_condition.version,
                        pending,
                    );
                }
                self.set.programmes.push(Programme {
                    id: raw.id.clone(),
                    entity,
                    order: raw.order,
                    title: raw.title.clone(),
                    conditions,
                    amount: None,
                    first_month: None,
                    review_date: None,
                    valid_until: None,
                    figures: Vec::new(),
                    span,
                });
            }
        }
        self.set
            .programmes
            .sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    }

    fn programme_parts(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.programme {
                let (at, raw) = (row.span().start, row.get_ref());
                let Some(index) = self.set.programmes.iter().position(|p| p.id == raw.id) else {
                    continue;
                };
                let entity = self.set.programmes.get(index).map_or(0, |p| p.entity);
                let mut part = |name: Option<&String>, what: &str| {
                    let name = name?;
                    let found = self.set.formulas_by_id.get(name).copied();
                    let formula = found
                        .and_then(|i| self.set.formulas.get(i))
                        .filter(|f| f.entity == entity);
                    let Some(formula) = formula else {
                        let known: Vec<String> = self.set.formulas_by_id.keys().cloned().collect();
                        let near = nearest(name, known.iter().map(String::as_str))
                            .map(|n| format!("did you mean `{n}`?"));
                        let finding = file.finding(
                            "E-PACK-NAME",
                            at,
                            format!("`{what}` names no formula `{name}` of the programme's entity"),
                        );
                        self.findings.push(finding.help(near.unwrap_or_default()));
                        return None;
                    };
                    let fits = match what {
                        "amount" => matches!(formula.ty, Type::Money { scale: 0, .. }),
                        "figures" => true,
                        _ => formula.ty == Type::Date,
                    };
                    if !fits {
                        self.findings.push(file.finding(
                            "E-TYPE",
                            at,
                            format!("`{what}` is of type {}", formula.ty),
                        ));
                    }
                    found
                };
                let amount = part(raw.amount.as_ref(), "amount");
                let first_month = part(raw.first_month.as_ref(), "first_month");
                let review_date = part(raw.review_date.as_ref(), "review_date");
                let valid_until = part(raw.valid_until.as_ref(), "valid_until");
                let figures = raw
                    .figures
                    .iter()
                    .filter_map(|f| part(Some(f.get_ref()), "figures"))
                    .collect();
                if let Some(programme) = self.set.programmes.get_mut(index) {
                    programme.amount = amount;
                    programme.first_month = first_month;
                    programme.review_date = review_date;
                    programme.valid_until = valid_until;
                    programme.figures = figures;
                }
            }
        }
    }

    fn versions(&mut self, files: &[Read<'_>], pending: &mut Vec<PendingRule>) {
        for (number, file) in files.iter().enumerate() {
            for row in &file.file.version {
                let (at, raw) = (row.span().start, row.get_ref());
                let Some(of) = &raw.of else {
                    self.findings.push(file.finding(
                        "E-PACK-VERSION",
                        at,
                        "`of` names the formula or condition",
                    ));
                    continue;
                };
                let Some(formula) = self.set.formulas_by_id.get(of.get_ref()).copied() else {
                    let known: Vec<String> = self.set.formulas_by_id.keys().cloned().collect();
                    self.unknown(
                        file,
                        of.span().start,
                        "formula",
                        of.get_ref(),
                        known.iter().map(String::as_str),
                    );
                    continue;
                };
                let level = self.levels.get(file.pack).map_or(Level::Nation, |l| l.0);
                let owner = self.set.formulas.get(formula);
                let allowed = owner
                    .is_some_and(|f| f.origin.pack == file.pack || f.delegated.contains(&level));
                if !allowed {
                    let message = format!(
                        "a pack of level {} may not give a version of `{}`",
                        level.word(),
                        of.get_ref()
                    );
                    self.findings
                        .push(file.finding("E-PACK-DELEGATION", at, message));
                }
                pending.push(PendingRule {
                    file: number,
                    formula,
                    text: raw.expr.clone(),
                    ground: raw.ground(),
                    start: at,
                });
            }
        }
    }

    /// Gives every entity its names; a name may be used once.
    fn name_entities(&mut self) {
        let mut names: Vec<BTreeMap<String, NameOf>> =
            vec![BTreeMap::new(); self.set.entities.len()];
        let mut clash: Vec<(String, Origin)> = Vec::new();
        let mut put = |entity: usize, name: &str, what: NameOf, origin: &Origin| {
            if let Some(map) = names.get_mut(entity)
                && map.insert(name.to_owned(), what).is_some()
            {
                clash.push((name.to_owned(), origin.clone()));
            }
        };
        for (i, fact) in self
            .set
            .facts
            .iter()
            .enumerate()
            .filter(|(_, f)| !f.finding)
        {
            put(fact.entity, &fact.id, NameOf::Fact(i), &fact.origin);
        }
        for (i, formula) in self
            .set
            .formulas
            .iter()
            .enumerate()
            .filter(|(_, f)| !f.id.contains('/'))
        {
            put(
                formula.entity,
                &formula.id,
                NameOf::Formula(i),
                &formula.origin,
            );
        }
        for (i, programme) in self.set.programmes.iter().enumerate() {
            put(
                programme.entity,
                &programme.id,
                NameOf::Programme(i),
                &programme.span.origin,
            );
        }
        let nowhere = Origin::default();
        for (i, entity) in self.set.entities.iter().enumerate() {
            if let Some(parent) = entity.parent {
                put(parent, &entity.collection, NameOf::Rows(i), &nowhere);
            }
            for (link, (name, _)) in entity.links.iter().enumerate() {
                put(i, name, NameOf::Link(link), &nowhere);
            }
        }
        for (name, origin) in clash {
            let finding = Diagnostic::error(
                "E-PACK-TWICE",
                format!("the name `{name}` is used twice in one entity"),
            );
            self.findings
                .push(finding.at(origin.file.as_ref(), origin.line, 0));
        }
        let groups: BTreeSet<String> = self
            .set
            .params_by_id
            .keys()
            .filter_map(|id| id.split('.').next().map(str::to_owned))
            .collect();
        for (entity, map) in names.iter().enumerate() {
            for group in groups.iter().filter(|g| map.contains_key(*g)) {
                let id = self.set.entities.get(entity).map_or("", |e| e.id.as_str());
                let message = format!("`{group}` is a name of `{id}` and a group of parameters");
                self.findings
                    .push(Diagnostic::error("E-PACK-TWICE", message));
            }
        }
        self.set.names = names;
    }

    fn rules(&mut self, files: &[Read<'_>], pending: &[PendingRule]) {
        for rule in pending {
            let Some(file) = files.get(rule.file) else {
                continue;
            };
            let dated = self.ground(file, rule.start, &rule.ground, "rule");
            let Some(formula) = self.set.formulas.get(rule.formula) else {
                continue;
            };
            let (home, want, id) = (formula.entity, formula.ty, formula.id.clone());
            let text = rule.text.get_ref();
            let typed =
                lang::parse(text).and_then(|tree| lang::check(&self.set, home, &tree, Some(want)));
            let typed = match typed {
                Ok(typed) => typed,
                Err(error) => {
                    let base = file.lines.content(&rule.text);
                    let (line, column) = file.lines.position(base.saturating_add(error.span.start));
                    let words = error.span.of(text);
                    let shown: String = words.chars().take(60).collect();
                    let message = format!(
                        "in `{id}`: {}: `{}`",
                        error.finding.message(),
                        shown.replace('\n', " ")
                    );
                    let finding = Diagnostic::error(error.finding.code(), message)
                        .help(error.finding.help_text());
                    self.findings
                        .push(finding.at(file.lines.file.as_ref(), line, column));
                    continue;
                }
            };
            let row = dated.map(Rule {
                text: Arc::from(text.as_str()),
                typed: Arc::new(typed),
            });
            let Some(formula) = self.set.formulas.get_mut(rule.formula) else {
                continue;
            };
            let rival = formula.versions.iter().find(|r| {
                let meets = r.from <= row.until.map_or(Day::MAX, |u| u.0)
                    && row.from <= r.until.map_or(Day::MAX, |u| u.0);
                r.place == row.place && r.published == row.published && meets
            });
            if let Some(rival) = rival {
                let message = format!(
                    "two versions of `{id}` are in force together and were published on the same day (the other is at {}:{})",
                    rival.origin.file, rival.origin.line
                );
                let finding = file.finding("E-PACK-OVERLAP", rule.start, message);
                self.findings
                    .push(finding.help("give `published` or `until`"));
            }
            formula.versions.push(row);
        }
    }

    fn relations(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.relation {
                let (at, raw) = (row.span().start, row.get_ref());
                let span = self.ground(file, at, &raw.ground(), "relation");
                let mut programme = |name: &Spanned<String>| {
                    let found = self
                        .set
                        .programmes
                        .iter()
                        .position(|p| p.id == *name.get_ref());
                    if found.is_none() {
                        let known: Vec<String> =
                            self.set.programmes.iter().map(|p| p.id.clone()).collect();
                        let near = nearest(name.get_ref(), known.iter().map(String::as_str))
                            .map(|n| format!("did you mean `{n}`?"));
                        let finding = file.finding(
                            "E-PACK-NAME",
                            name.span().start,
                            format!("unknown programme `{}`", name.get_ref()),
                        );
                        self.findings.push(finding.help(near.unwrap_or_default()));
                    }
                    found
                };
                let (Some(first), Some(second)) = (programme(&raw.first), programme(&raw.second))
                else {
                    continue;
                };
                let entity_of = |i: usize| self.set.programmes.get(i).map_or(0, |p| p.entity);
                let (ef, es) = (entity_of(first), entity_of(second));
                let above = self.set.entities.get(es).and_then(|e| e.parent) == Some(ef);
                let amounts = matches!(
                    raw.kind,
                    RelationKind::HigherOf | RelationKind::TopsUp | RelationKind::Choose
                );
                if ef != es && (!above || amounts) {
                    let finding = file.finding("E-PACK-RELATION", at, "the two programmes are not of one entity, nor the first of the entity above");
                    self.findings.push(finding);
                    continue;
                }
                let choice = raw.choice.as_ref().and_then(|name| {
                    match self.set.name_of(ef, name.get_ref()) {
                        Some(NameOf::Fact(i)) => Some(i),
                        _ => None,
                    }
                });
                let less =
                    raw.less
                        .as_ref()
                        .and_then(|name| match self.set.name_of(ef, name.get_ref()) {
                            Some(NameOf::Formula(i)) => Some(i),
                            _ => None,
                        });
                if (raw.kind == RelationKind::Choose) != choice.is_some()
                    || (raw.kind == RelationKind::TopsUp) != less.is_some()
                {
                    let finding = file.finding("E-PACK-RELATION", at, "`choose` needs `choice`, a fact; `tops_up` needs `less`, a formula; others need neither");
                    self.findings.push(finding);
                    continue;
                }
                self.set.relations.push(Relation {
                    kind: raw.kind,
                    first,
                    second,
                    choice,
                    less,
                    span,
                });
            }
        }
    }

    /// Formulas, outcomes and relations must not turn in a circle, whatever versions are in force.
    fn circles(&mut self) {
        if self.findings.has_errors() {
            return;
        }
        let circles = crate::ir::circles(&self.set);
        for (words, origin) in circles {
            let finding = Diagnostic::error(
                "E-PACK-CIRCLE",
                format!("the rules turn in a circle: {words}"),
            );
            self.findings.push(
                finding
                    .at(origin.file.as_ref(), origin.line, 0)
                    .help("one of them must not need the other"),
            );
        }
    }

    fn tests(&mut self, files: &[Read<'_>]) {
        for file in files {
            for row in &file.file.test {
                let at = row.span().start;
                let mut table = row.get_ref().clone();
                let mut word = |key: &str| {
                    table
                        .remove(key)
                        .and_then(|v| v.as_str().map(str::to_owned))
                };
                let (Some(id), title) = (word("id"), word("title")) else {
                    self.findings
                        .push(file.finding("E-PACK-TEST", at, "the test has no `id`"));
                    continue;
                };
                let expect = match table.remove("expect") {
                    Some(toml::Value::Table(expect)) if !expect.is_empty() => {
                        expect.into_iter().collect()
                    }
                    _ => {
                        self.findings.push(file.finding(
                            "E-PACK-TEST",
                            at,
                            format!("the test `{id}` expects nothing"),
                        ));
                        continue;
                    }
                };
                if self.set.tests.iter().any(|t| t.id == id) {
                    self.twice(file, at, "test", &id);
                }
                self.set.tests.push(PackTest {
                    id,
                    title: title.unwrap_or_default(),
                    document: table,
                    expect,
                    origin: file.origin(at),
                });
            }
        }
    }

    fn dates(&mut self) {
        let mut on: BTreeSet<Day> = BTreeSet::new();
        let mut known: BTreeSet<Day> = BTreeSet::new();
        {
            let mut see = |from: Day, until: Option<(Day, Day)>, published: Day| {
                on.insert(from);
                known.insert(published);
                if let Some((last, published)) = until {
                    on.insert(last.next());
                    known.insert(published);
                }
            };
            let set = &self.set;
            set.parameters
                .iter()
                .flat_map(|p| &p.rows)
                .for_each(|r| see(r.from, r.until, r.published));
            set.formulas
                .iter()
                .flat_map(|f| &f.versions)
                .for_each(|r| see(r.from, r.until, r.published));
            set.programmes
                .iter()
                .for_each(|p| see(p.span.from, p.span.until, p.span.published));
            set.relations
                .iter()
                .for_each(|r| see(r.span.from, r.span.until, r.span.published));
        }
        self.set.breakpoints = on.into_iter().collect();
        self.set.knowledge = known.into_iter().collect();
    }
}

impl<T> Dated<T> {
    /// The same row with another value.
    pub(crate) fn map<U>(self, value: U) -> Dated<U> {
        Dated {
            place: self.place,
            from: self.from,
            until: self.until,
            published: self.published,
            status: self.status,
            cite: self.cite,
            note: self.note,
            review_by: self.review_by,
            origin: self.origin,
            value,
        }
    }
}
