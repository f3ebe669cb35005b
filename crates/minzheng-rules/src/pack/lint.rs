//! What works but should be looked at: one stable code per kind of finding.

use std::collections::BTreeSet;

use super::model::{Cite, Dated, Level, Origin, Status, Words};
use super::{Node, PackSet};
use crate::date::Day;
use crate::error::{Diagnostic, Diagnostics};
use crate::lang::{TExpr, TOp, Type};

/// Looks a pack set over. Every finding is a warning with a code `L-…`, the file as `pack/path`, and the line; what each
/// code means stands in `docs/reference/errors.md`.
///
/// ```
/// use minzheng_rules::pack::{PackSet, PackSource, SourceFile, lint};
/// let pack = PackSource::new(vec![SourceFile::new("pack.toml", r#"
///     [pack]
///     id = "small"
///     title = { zh = "小包", en = "small pack" }
///     publisher = "example"
///     version = "1"
///     level = "nation"
///     place = "000000"
///     reviewed_on = 2026-01-01
///     [[entity]]
///     id = "case"
///     [[fact]]
///     id = "income"
///     entity = "case"
///     type = "money/month"
///     title = { zh = "收入", en = "income" }
///     question = { zh = "收入多少？", en = "What is the income?" }
/// "#)]);
/// let findings = lint(&PackSet::load(&[pack])?);
/// let codes: Vec<_> = findings.iter().map(|f| f.code()).collect();
/// assert_eq!(codes, ["L-UNUSED-FACT"]);
/// # Ok::<(), minzheng_rules::error::Diagnostics>(())
/// ```
pub fn lint(set: &PackSet) -> Diagnostics {
    let mut linter = Linter {
        set,
        findings: Diagnostics::new(),
        used: Used::default(),
    };
    linter.expressions();
    linter.used.others(set);
    linter.rows();
    linter.unused();
    linter.words();
    linter.parameters();
    linter.gaps();
    linter.findings.sort();
    linter.findings
}

impl PackSet {
    /// Looks the packs over; see [`lint`].
    pub fn lint(&self) -> Diagnostics {
        lint(self)
    }
}

/// What rules, rows and programmes read.
#[derive(Default)]
struct Used {
    facts: BTreeSet<usize>,
    parameters: BTreeSet<usize>,
    formulas: BTreeSet<usize>,
    lists: BTreeSet<usize>,
    instruments: BTreeSet<String>,
}

impl Used {
    fn ty(&mut self, ty: Type) {
        if let Type::Code(list) = ty {
            self.lists.insert(list);
        }
    }

    fn cites(&mut self, cites: &[Cite]) {
        self.instruments
            .extend(cites.iter().map(|c| c.instrument.clone()));
    }

    /// The code lists that a row of the host names as types, and the formulas it names; TOML itself is read to a bounded depth.
    fn named_within(&mut self, set: &PackSet, node: &Node) {
        if let Some(word) = node.text() {
            let list = word.strip_prefix("code:");
            self.lists.extend(list.and_then(|id| set.list_index(id)));
            self.formulas.extend(set.formulas_by_id.get(word));
        }
        let within = node.table().iter().map(|(_, value)| value);
        node.items()
            .chain(within)
            .for_each(|inner| self.named_within(set, inner));
    }

    /// What is read outside of expressions.
    fn others(&mut self, set: &PackSet) {
        self.facts
            .extend(set.entities.iter().filter_map(|e| e.complete));
        for row in set.host.values().flatten() {
            self.cites(&row.cite);
            self.named_within(set, &row.row);
        }
        // rules are read at the first place fact of the root
        self.facts.extend(
            set.facts
                .iter()
                .position(|f| f.entity == 0 && f.ty == Type::Place),
        );
        set.facts.iter().for_each(|f| self.ty(f.ty));
        for parameter in &set.parameters {
            self.facts.extend(parameter.place_fact);
            self.ty(parameter.ty);
            parameter.keys.iter().for_each(|k| self.ty(k.ty));
            parameter.rows.iter().for_each(|r| self.cites(&r.cite));
        }
        for formula in &set.formulas {
            self.ty(formula.ty);
            formula.versions.iter().for_each(|v| self.cites(&v.cite));
        }
        for programme in &set.programmes {
            self.cites(&programme.span.cite);
            let shown = [
                programme.amount,
                programme.first_month,
                programme.review_date,
                programme.valid_until,
            ];
            self.formulas.extend(shown.into_iter().flatten());
            self.formulas.extend(&programme.figures);
            self.formulas.extend(&programme.conditions);
        }
        for relation in &set.relations {
            self.cites(&relation.span.cite);
            self.facts.extend(relation.choice);
            self.formulas.extend(relation.less);
        }
        set.calendar.years().for_each(|y| self.cites(&y.cite));
        let replaced = set.instruments.values().flat_map(|i| &i.replaces).cloned();
        self.instruments.extend(replaced);
    }
}

struct Linter<'a> {
    set: &'a PackSet,
    findings: Diagnostics,
    used: Used,
}

impl Linter<'_> {
    fn warn(&mut self, code: &'static str, at: &Origin, message: impl Into<String>, help: &str) {
        let pack = self.set.packs.get(at.pack).map_or("", |p| p.id.as_str());
        let finding = Diagnostic::warning(code, message).help(help);
        self.findings
            .push(finding.at(format!("{pack}/{}", at.file), at.line, 0));
    }

    /// Reads every expression once: what it uses, where it asks whether something is known, and figures written into it.
    fn expressions(&mut self) {
        let set = self.set;
        for formula in &set.formulas {
            for version in &formula.versions {
                let text = &version.value.text;
                let mut units: BTreeSet<(usize, usize)> = BTreeSet::new();
                version.value.typed.visit(&mut |e| {
                    if let TOp::RoundTo(_, unit, _) = &e.op {
                        units.insert((unit.span.start, unit.span.end));
                    }
                });
                let mut nodes: Vec<TExpr> = Vec::new();
                version.value.typed.visit(&mut |e| nodes.push(e.clone()));
                for e in &nodes {
                    let shown = || e.span.of(text).replace('\n', " ");
                    match &e.op {
                        TOp::Fact(f) => {
                            self.used.facts.insert(*f);
                        }
                        TOp::Formula(f) => {
                            self.used.formulas.insert(*f);
                        }
                        TOp::Param(p, _) => {
                            self.used.parameters.insert(*p);
                        }
                        TOp::Has(_) | TOp::HasLink(_) => self.warn(
                            "L-HAS",
                            &version.origin,
                            format!(
                                "`{}` asks whether something is known: `{}`",
                                formula.id,
                                shown()
                            ),
                            "a fact given later can change an answer that rests on it",
                        ),
                        TOp::Coalesce(..) => self.warn(
                            "L-COALESCE",
                            &version.origin,
                            format!(
                                "`{}` gives a constant for what is unknown: `{}`",
                                formula.id,
                                shown()
                            ),
                            "a fact given later can change an answer that rests on it",
                        ),
                        TOp::Const(value)
                            if *value != 0
                                && matches!(e.ty, Type::Money { .. })
                                && !units.contains(&(e.span.start, e.span.end)) =>
                        {
                            self.warn(
                                "L-LITERAL",
                                &version.origin,
                                format!(
                                    "an amount stands in the rule of `{}`: `{}`",
                                    formula.id,
                                    shown()
                                ),
                                "give it a name, a date and a citation as a parameter",
                            );
                        }
                        _ => {}
                    }
                    self.used.ty(e.ty);
                }
            }
        }
    }

    /// What rows left out, and what their standing says.
    fn rows(&mut self) {
        let set = self.set;
        for (origin, notes) in &set.raw_status {
            let what = &notes.what;
            if notes.no_published {
                let help = "write published = …, or an earlier known_on sees it too early";
                self.warn(
                    "L-PUBLISHED",
                    origin,
                    format!("the {what} does not say when it was published"),
                    help,
                );
            }
            if notes.no_status {
                let help = "write status = \"law\", \"local\", \"operational\", \"unconfirmed\", \"reference\" or \"invented\"";
                self.warn(
                    "L-STATUS",
                    origin,
                    format!("the {what} has no status and is read as unconfirmed"),
                    help,
                );
            }
        }
        for row in set.parameters.iter().flat_map(|p| &p.rows) {
            self.row(row);
        }
        for row in set.formulas.iter().flat_map(|f| &f.versions) {
            self.row(row);
        }
        let spans = set
            .programmes
            .iter()
            .map(|p| &p.span)
            .chain(set.relations.iter().map(|r| &r.span));
        for row in spans {
            self.row(row);
        }
    }

    fn row<T>(&mut self, row: &Dated<T>) {
        let set = self.set;
        let reviewed = set.packs.get(row.origin.pack).map(|p| p.reviewed_on);
        if let Some((by, reviewed)) = row
            .review_by
            .zip(reviewed)
            .filter(|(by, reviewed)| by < reviewed)
        {
            let message = format!(
                "the row was to be looked at again by {by}; the pack was last read on {reviewed}"
            );
            self.warn(
                "L-REVIEW",
                &row.origin,
                message,
                "look at it and write the next day into review_by",
            );
        }
        let says_unconfirmed = set
            .raw_status
            .get(&row.origin)
            .is_some_and(|n| !n.no_status)
            && row.status == Status::Unconfirmed;
        let read = row.cite.iter().find(|c| {
            !c.article.is_empty()
                && set
                    .instruments
                    .get(&c.instrument)
                    .is_some_and(|i| i.copy.is_some())
        });
        if let Some(cite) = read.filter(|_| says_unconfirmed && row.note == Words::default()) {
            let message = format!(
                "unconfirmed, though `{}` was read and an article is cited",
                cite.instrument
            );
            self.warn(
                "L-UNCONFIRMED",
                &row.origin,
                message,
                "confirm it, or say in `note` what is open",
            );
        }
        for cite in &row.cite {
            let ended = set
                .instruments
                .get(&cite.instrument)
                .and_then(|i| i.until)
                .filter(|last| *last < row.from);
            if let Some(last) = ended {
                let message = format!(
                    "takes force on {}, after `{}` ended on {last}",
                    row.from, cite.instrument
                );
                self.warn(
                    "L-CITE-ENDED",
                    &row.origin,
                    message,
                    "cite the instrument in force, or mend the dates",
                );
            }
        }
    }

    fn unused(&mut self) {
        let set = self.set;
        for (index, parameter) in set.parameters.iter().enumerate() {
            if !self.used.parameters.contains(&index) {
                let message = format!("no rule reads the parameter `{}`", parameter.id);
                self.warn(
                    "L-UNUSED-PARAMETER",
                    &parameter.origin,
                    message,
                    "remove it, or use it",
                );
            }
        }
        for (index, fact) in set.facts.iter().enumerate().filter(|(_, f)| !f.finding) {
            if !self.used.facts.contains(&index) {
                let message = format!("no rule reads the fact `{}`", fact.id);
                self.warn(
                    "L-UNUSED-FACT",
                    &fact.origin,
                    message,
                    "do not ask for what decides nothing",
                );
            }
        }
        for (index, formula) in set.formulas.iter().enumerate() {
            if !self.used.formulas.contains(&index) {
                let message = format!("the formula `{}` is never read and not shown", formula.id);
                self.warn(
                    "L-UNUSED-FORMULA",
                    &formula.origin,
                    message,
                    "remove it, or list it in `figures`",
                );
            }
        }
        for instrument in set.instruments.values() {
            if !self.used.instruments.contains(&instrument.id) {
                let message = format!("nothing cites the instrument `{}`", instrument.id);
                self.warn(
                    "L-UNUSED-INSTRUMENT",
                    &instrument.origin,
                    message,
                    "cite it where it is the ground, or remove it",
                );
            }
        }
        for (index, list) in set.lists.iter().enumerate() {
            // the first list is built in; a setting's own list goes with the setting
            if index > 0
                && !self.used.lists.contains(&index)
                && !set.params_by_id.contains_key(&list.id)
            {
                let message = format!("nothing uses the code list `{}`", list.id);
                self.warn("L-UNUSED-CODES", &list.origin, message, "remove it");
            }
        }
    }

    fn title(&mut self, what: &str, id: &str, words: &Words, origin: &Origin) {
        if words.zh.is_empty() || words.en.is_empty() {
            let lacks = if words.zh.is_empty() { "zh" } else { "en" };
            let message = format!("the {what} `{id}` has no title in {lacks}");
            self.warn(
                "L-TITLE",
                origin,
                message,
                "write title = { zh = \"…\", en = \"…\" }",
            );
        }
    }

    fn words(&mut self) {
        let set = self.set;
        for fact in set.facts.iter().filter(|f| !f.finding) {
            self.title("fact", &fact.id, &fact.title, &fact.origin);
            if fact.question.zh.is_empty() || fact.question.en.is_empty() {
                let lacks = if fact.question.zh.is_empty() {
                    "zh"
                } else {
                    "en"
                };
                let message = format!("the fact `{}` has no question in {lacks}", fact.id);
                self.warn(
                    "L-QUESTION",
                    &fact.origin,
                    message,
                    "write question = { zh = \"…？\", en = \"…?\" }",
                );
            }
        }
        for parameter in &set.parameters {
            self.title(
                "parameter",
                &parameter.id,
                &parameter.title,
                &parameter.origin,
            );
        }
        for formula in &set.formulas {
            let what = if formula.id.contains('/') {
                "condition"
            } else {
                "formula"
            };
            self.title(what, &formula.id, &formula.title, &formula.origin);
        }
        for programme in &set.programmes {
            self.title(
                "programme",
                &programme.id,
                &programme.title,
                &programme.span.origin,
            );
        }
        for list in set.lists.iter().skip(1) {
            if !set.params_by_id.contains_key(&list.id) {
                self.title("code list", &list.id, &list.title, &list.origin);
            }
            for code in &list.codes {
                self.title("code", &code.id, &code.words, &list.origin);
            }
        }
    }

    fn parameters(&mut self) {
        for parameter in self.set.parameters.iter().filter(|p| !p.is_setting) {
            let setter = !parameter.setter.zh.is_empty() && !parameter.setter.en.is_empty();
            if parameter.rows.is_empty() && !setter {
                let message = format!(
                    "the parameter `{}` has no value and does not say who sets it",
                    parameter.id
                );
                self.warn(
                    "L-NO-VALUE",
                    &parameter.origin,
                    message,
                    "write setter = { zh = \"…\", en = \"…\" }",
                );
            }
            let only_reference = parameter.rows.iter().all(|r| r.status == Status::Reference);
            if let Some(row) = parameter.rows.first().filter(|_| only_reference) {
                let message = format!(
                    "`{}` has reference rows only: nothing is decided with it",
                    parameter.id
                );
                self.warn(
                    "L-REFERENCE",
                    &row.origin,
                    message,
                    "a figure that decides needs another status",
                );
            }
            let above = parameter.set_by.iter().any(|s| s.level != Level::Nation);
            if above && parameter.place_fact.is_none() {
                let message = format!(
                    "places may set `{}`, but it does not say which place to look at",
                    parameter.id
                );
                self.warn(
                    "L-PLACE",
                    &parameter.origin,
                    message,
                    "write place = \"…\", a place fact of the root entity",
                );
            }
        }
    }

    /// A day between two versions on which no rule holds.
    fn gaps(&mut self) {
        let set = self.set;
        for formula in &set.formulas {
            let last_start = formula
                .versions
                .iter()
                .map(|v| v.from)
                .max()
                .unwrap_or(Day::MIN);
            for version in formula.versions.iter().filter(|v| v.place.is_none()) {
                let Some((last, _)) = version.until else {
                    continue;
                };
                let day = last.next();
                let held = formula
                    .versions
                    .iter()
                    .any(|v| v.place == version.place && v.holds(day, Day::MAX));
                if !held && day < last_start {
                    let message = format!(
                        "`{}` has no rule from {day} until its next version",
                        formula.id
                    );
                    self.warn(
                        "L-GAP",
                        &version.origin,
                        message,
                        "a gap leaves the answer undetermined; mend `until` or `from`",
                    );
                }
            }
        }
    }
}
