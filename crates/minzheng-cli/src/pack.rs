//! Packs of law: check, test, compare, show.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minzheng::packs::BuiltIn;
use minzheng::{Engine, Lang};
use minzheng_rules::date::Day;
use minzheng_rules::error::Severity;
use minzheng_rules::export::{Dialect, ExportRequest, Form};
use minzheng_rules::pack::model::{Dated, Programme, Rule, Words};
use minzheng_rules::pack::{PackSet, PackSource};

use crate::args::{self, PackCommand};
use crate::output::{bold, markdown_table, pick, table};
use crate::{Failure, Outcome, input, params};

const RULE: (&str, &str) = ("规则", "rule");
const SPAN: (&str, &str) = ("时间", "in force");
const STATUS: (&str, &str) = ("性质", "status");
const LAW: (&str, &str) = ("依据", "law");

/// Does what was asked.
pub(crate) fn run(command: PackCommand, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = |dirs: &[PathBuf]| input::engine_with_tests(&[packs, dirs].concat());
    match command {
        PackCommand::Lint { dirs } => lint(&engine(&dirs)?),
        PackCommand::Test { dirs } => test(&engine(&dirs)?),
        PackCommand::Diff { old, new } => diff(&old, &new, packs),
        PackCommand::Show {
            pack,
            markdown,
            programmes,
        } => {
            let engine = engine(&[])?;
            let set = engine.packs();
            let index = match &pack {
                None => None,
                Some(id) => Some(set.packs().iter().position(|p| p.id == *id).ok_or_else(
                    || {
                        let known: Vec<&str> = set.packs().iter().map(|p| p.id.as_str()).collect();
                        Failure::Refused(format!(
                            "error[E-PACK-ID]: there is no such pack (the packs are: {})",
                            known.join(", ")
                        ))
                    },
                )?),
            };
            Ok(match (programmes, markdown) {
                (true, true) => programme_table(set, index, lang),
                (true, false) => table(&programme_rows(set, index, lang)),
                (false, true) => markdown_of(set, index, lang),
                (false, false) => overview(set, index, lang),
            })
        }
        PackCommand::Export {
            dialect,
            on,
            known_on,
            place,
            outputs,
            steps,
            nulls,
            lows,
        } => {
            let dialect = match dialect {
                args::Dialect::Duckdb => Dialect::DuckDb,
                args::Dialect::Polars => Dialect::Polars,
            };
            let day = |d| Day::from_date(d).unwrap_or(Day::MAX);
            let request = ExportRequest {
                dialect,
                on: day(on),
                known_on: known_on.map_or(Day::MAX, day),
                place: &place,
                outputs: &outputs,
                form: match (steps, nulls) {
                    (_, true) => Form::Nulls,
                    (true, false) => Form::Steps,
                    (false, false) => Form::Intervals,
                },
                lows: &lows,
            };
            let exported = engine(&[])?.rules().export(&request);
            Ok(exported.map_err(minzheng::Error::from)?.text)
        }
        PackCommand::Coverage { dirs, deny_unmet } => coverage(&engine(&dirs)?, deny_unmet),
    }
}

fn lint(engine: &Engine) -> Outcome {
    let findings = engine.packs().lint();
    let mut out = String::new();
    for finding in &findings {
        let _ = writeln!(out, "{finding}");
    }
    let errors = findings
        .iter()
        .filter(|d| d.severity() == Severity::Error)
        .count();
    let warnings = findings.iter().count().saturating_sub(errors);
    let packs = engine.packs().packs().len();
    let _ = writeln!(out, "{packs} packs, {errors} errors, {warnings} warnings");
    if errors > 0 {
        Err(Failure::Refused(out))
    } else {
        Ok(out)
    }
}

fn test(engine: &Engine) -> Outcome {
    let checks = engine.rules().run_tests();
    let failed: Vec<_> = checks.iter().filter(|c| !c.passed).collect();
    let mut out = String::new();
    for c in &failed {
        let _ = writeln!(
            out,
            "failed: {}: {}: wanted {}, found {}",
            c.test, c.path, c.wanted, c.found
        );
    }
    let passed = checks.len().saturating_sub(failed.len());
    let _ = writeln!(
        out,
        "{} tests: {passed} checks passed, {} failed",
        engine.packs().tests().len(),
        failed.len()
    );
    if failed.is_empty() {
        Ok(out)
    } else {
        Err(Failure::Refused(out))
    }
}

fn coverage(engine: &Engine, deny_unmet: bool) -> Outcome {
    let coverage = engine.rules().coverage();
    let out = coverage.to_text();
    let open = !coverage.unmet().is_empty() || coverage.half_taken().next().is_some();
    if deny_unmet && open {
        Err(Failure::Refused(out))
    } else {
        Ok(out)
    }
}

/// Whether a row stands in the pack asked for.
fn stands<T>(row: &Dated<T>, index: Option<usize>) -> bool {
    index.is_none_or(|i| row.origin.pack == i)
}

fn own(set: &PackSet, index: Option<usize>) -> impl Iterator<Item = &Programme> {
    set.programmes()
        .iter()
        .filter(move |p| stands(&p.span, index))
}

fn who(set: &PackSet, programme: &Programme, lang: Lang) -> &'static str {
    let root = set
        .entities()
        .get(programme.entity)
        .is_none_or(|e| e.parent.is_none());
    let words = if root {
        ("家庭", "household")
    } else {
        ("个人", "person")
    };
    pick(words, lang)
}

fn programme_rows(set: &PackSet, index: Option<usize>, lang: Lang) -> Vec<Vec<String>> {
    own(set, index)
        .map(|p| {
            let pays = if p.amount.is_some() {
                ("有金额", "amount")
            } else {
                ("身份认定", "status")
            };
            vec![
                p.id.clone(),
                p.title.of(lang).to_owned(),
                who(set, p, lang).to_owned(),
                pick(pays, lang).to_owned(),
                p.conditions.len().to_string(),
                params::cites(set, &p.span),
            ]
        })
        .collect()
}

/// The table of programmes of the README.
fn programme_table(set: &PackSet, index: Option<usize>, lang: Lang) -> String {
    let heads = [
        ("编号", "id"),
        ("项目", "programme"),
        ("对象", "for"),
        ("结果", "gives"),
        ("条件数", "conditions"),
        ("依据", "law"),
    ];
    let mut rows = programme_rows(set, index, lang);
    for row in &mut rows {
        if let Some(id) = row.first_mut() {
            *id = code(id);
        }
    }
    markdown_table(&heads, rows, lang)
}

/// Words of a pack or of a rule as Markdown shows code, in one line.
fn code(text: &str) -> String {
    format!(
        "`{}`",
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

fn overview(set: &PackSet, index: Option<usize>, lang: Lang) -> String {
    let mut out = String::new();
    for (at, pack) in set
        .packs()
        .iter()
        .enumerate()
        .filter(|(i, _)| index.is_none_or(|own| own == *i))
    {
        out.push_str(&bold(&format!(
            "{} {} — {}",
            pack.id,
            pack.version,
            pack.title.of(lang)
        )));
        out.push('\n');
        let cells: usize = set
            .parameters()
            .iter()
            .map(|p| p.rows.iter().filter(|r| r.origin.pack == at).count())
            .sum();
        let versions: usize = set
            .formulas()
            .iter()
            .map(|f| f.versions.iter().filter(|r| r.origin.pack == at).count())
            .sum();
        let conditions: usize = own(set, Some(at)).map(|p| p.conditions.len()).sum();
        let settings = set
            .parameters()
            .iter()
            .filter(|p| p.is_setting && p.origin.pack == at)
            .count();
        let parameters = set
            .parameters()
            .iter()
            .filter(|p| !p.is_setting && p.origin.pack == at)
            .count();
        let rows = [
            ("digest", "摘要", pack.digest.clone()),
            ("reviewed on", "通读日期", pack.reviewed_on.to_string()),
            ("programmes", "项目", own(set, Some(at)).count().to_string()),
            ("conditions", "条件", conditions.to_string()),
            ("rules", "规则版本", versions.to_string()),
            ("parameters", "参数", parameters.to_string()),
            ("values", "数值", cells.to_string()),
            ("settings", "设定", settings.to_string()),
            (
                "facts",
                "事实",
                set.facts()
                    .filter(|f| f.origin.pack == at)
                    .count()
                    .to_string(),
            ),
            (
                "instruments",
                "文件",
                set.instruments()
                    .filter(|i| i.origin.pack == at)
                    .count()
                    .to_string(),
            ),
            (
                "tests",
                "测试",
                set.tests()
                    .iter()
                    .filter(|t| t.origin.pack == at)
                    .count()
                    .to_string(),
            ),
        ];
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|(en, zh, value)| vec![format!("  {}", pick((zh, en), lang)), value])
            .collect();
        out.push_str(&table(&rows));
    }
    let programmes = programme_rows(set, index, lang);
    if !programmes.is_empty() {
        out.push('\n');
        out.push_str(&table(&programmes));
    }
    out
}

/// Everything of one pack for readers: a section for each kind of thing.
struct Reference<'a> {
    set: &'a PackSet,
    at: usize,
    lang: Lang,
    out: String,
}

/// Every rule and figure of packs.
fn markdown_of(set: &PackSet, index: Option<usize>, lang: Lang) -> String {
    let mut reference = Reference {
        set,
        at: 0,
        lang,
        out: String::new(),
    };
    for at in (0..set.packs().len()).filter(|at| index.is_none_or(|own| own == *at)) {
        reference.at = at;
        reference.pack();
    }
    reference.out
}

impl Reference<'_> {
    fn both(&self, words: &Words) -> String {
        let first = words.of(self.lang);
        let second = words.of(match self.lang {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        });
        if second.is_empty() {
            first.to_owned()
        } else {
            format!("{first} · {second}")
        }
    }

    /// A heading and a table; nothing where there are no rows.
    fn section(
        &mut self,
        title: (&str, &str),
        heads: &[(&str, &str)],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_some() {
            let title = pick(title, self.lang);
            let table = markdown_table(heads, rows, self.lang);
            let _ = write!(self.out, "\n## {title}\n\n{table}");
        }
    }

    /// A version of a rule: the rule, when it is in force, its standing and its ground.
    fn rule(&self, version: &Dated<Rule>) -> [String; 4] {
        let [span, status, cites] = self.ground(version);
        [code(&version.value.text), span, status, cites]
    }

    /// When a row is in force, its standing and its ground.
    fn ground<T>(&self, row: &Dated<T>) -> [String; 3] {
        [
            params::span(row, self.lang),
            row.status.word().to_owned(),
            params::cites(self.set, row),
        ]
    }

    fn pack(&mut self) {
        let (set, at, lang) = (self.set, Some(self.at), self.lang);
        let Some(pack) = set.packs().get(self.at) else {
            return;
        };
        let say = |zh, en| pick((zh, en), lang);
        let _ = write!(self.out, "# {}: {}\n\n", pack.id, self.both(&pack.title));
        let _ = writeln!(
            self.out,
            "{} {} · {} {} · {} {}",
            say("版本", "version"),
            pack.version,
            say("发布", "publisher"),
            pack.publisher,
            say("通读", "reviewed on"),
            pack.reviewed_on
        );
        if own(set, at).next().is_some() {
            let title = say("救助项目", "Programmes");
            let table = programme_table(set, at, lang);
            let _ = write!(self.out, "\n## {title}\n\n{table}");
        }
        for programme in own(set, at) {
            self.conditions(programme);
        }
        self.figures(false, ("参数", "Figures"));
        self.figures(true, ("设定", "Settings"));
        self.formulas();
        self.facts();
        self.instruments();
    }

    fn conditions(&mut self, programme: &Programme) {
        let heads = [
            ("条件", "condition"),
            ("名称", "words"),
            RULE,
            SPAN,
            STATUS,
            LAW,
        ];
        let conditions = programme.conditions.iter();
        let conditions = conditions.filter_map(|c| self.set.formulas().get(*c));
        let rows = conditions.flat_map(|f| {
            f.versions.iter().map(|v| {
                let mut row = vec![code(&f.id), self.both(&f.title)];
                row.extend(self.rule(v));
                row
            })
        });
        let table = markdown_table(&heads, rows, self.lang);
        let title = self.both(&programme.title);
        let _ = write!(self.out, "\n### `{}` {title}\n\n{table}", programme.id);
    }

    fn figures(&mut self, settings: bool, title: (&str, &str)) {
        let heads = [
            ("参数", "parameter"),
            ("名称", "words"),
            ("地区", "place"),
            ("键", "keys"),
            ("数值", "value"),
            SPAN,
            STATUS,
            LAW,
        ];
        let (set, lang) = (self.set, self.lang);
        let parameters = set.parameters().iter().filter(|p| p.is_setting == settings);
        let rows: Vec<Vec<String>> = parameters
            .flat_map(|p| p.rows.iter().map(move |r| (p, r)))
            .filter(|(_, r)| stands(r, Some(self.at)))
            .map(|(p, r)| {
                let everywhere = || pick(("各地", "everywhere"), lang).to_owned();
                let mut row = vec![
                    code(&p.id),
                    p.title.of(lang).to_owned(),
                    r.place.map_or_else(everywhere, |c| set.places().name(c)),
                    params::keys(set, p, &r.value),
                    params::value(set, p, &r.value, lang),
                ];
                row.extend(self.ground(r));
                row
            })
            .collect();
        self.section(title, &heads, rows);
    }

    fn formulas(&mut self) {
        let heads = [
            ("公式", "formula"),
            ("名称", "words"),
            ("类型", "type"),
            RULE,
            SPAN,
            STATUS,
            LAW,
        ];
        let formulas = self.set.formulas().iter().filter(|f| !f.id.contains('/'));
        let rows: Vec<Vec<String>> = formulas
            .flat_map(|f| f.versions.iter().map(move |v| (f, v)))
            .filter(|(_, v)| stands(v, Some(self.at)))
            .map(|(f, v)| {
                let mut row = vec![code(&f.id), self.both(&f.title), self.set.type_word(f.ty)];
                row.extend(self.rule(v));
                row
            })
            .collect();
        self.section(("公式", "Formulas"), &heads, rows);
    }

    fn facts(&mut self) {
        let heads = [
            ("事实", "fact"),
            ("表", "table"),
            ("名称", "words"),
            ("类型", "type"),
            ("由谁答复", "answered by"),
        ];
        let facts = self.set.facts().filter(|f| f.origin.pack == self.at);
        let rows: Vec<Vec<String>> = facts
            .map(|f| {
                let entity = self.set.entities().get(f.entity);
                vec![
                    code(&f.id),
                    entity.map_or_else(String::new, |e| e.id.clone()),
                    self.both(&f.title),
                    self.set.type_word(f.ty),
                    f.answered_by.join(", "),
                ]
            })
            .collect();
        self.section(("事实", "Facts"), &heads, rows);
    }

    fn instruments(&mut self) {
        let heads = [
            ("文件", "instrument"),
            ("文号", "number"),
            ("制定机关", "issuer"),
            ("施行", "in force"),
        ];
        let texts = self.set.instruments().filter(|i| i.origin.pack == self.at);
        let rows: Vec<Vec<String>> = texts
            .map(|i| {
                vec![
                    i.title.clone(),
                    i.number.clone(),
                    i.issuer.clone(),
                    i.in_force.map(|d| d.to_string()).unwrap_or_default(),
                ]
            })
            .collect();
        self.section(("文件", "Instruments"), &heads, rows);
    }
}

/// The files of a pack that holds together with the built-in ones: a folder, or the id of a built-in pack.
fn checked(text: &str, packs: &[PathBuf]) -> Result<PackSource, Failure> {
    let mut sources = packs
        .iter()
        .map(|d| input::pack(d))
        .collect::<Result<Vec<_>, _>>()?;
    let built_in = BuiltIn::from_id(text).filter(|_| !Path::new(text).is_dir());
    let source = if let Some(built_in) = built_in {
        built_in.source_with_tests()
    } else {
        let source = input::pack(Path::new(text))?;
        sources.push(source.clone());
        source
    };
    input::set(&sources, true)?;
    Ok(source)
}

fn diff(old: &str, new: &str, packs: &[PathBuf]) -> Outcome {
    let (old, new) = (checked(old, packs)?, checked(new, packs)?);
    let differences = old
        .differences(&new)
        .map_err(|e| Failure::from(minzheng::Error::from(e)))?;
    let mut out = String::new();
    let (mut added, mut removed, mut changed) = (0_usize, 0_usize, 0_usize);
    for d in &differences {
        let (mark, count) = match (d.in_old, d.in_new) {
            (false, _) => ("+", &mut added),
            (_, false) => ("-", &mut removed),
            _ => ("~", &mut changed),
        };
        *count = count.saturating_add(1);
        let _ = writeln!(out, "{mark} {} {}", d.kind, d.name);
        for f in &d.fields {
            let _ = match (&f.before, &f.after) {
                (Some(before), Some(after)) => {
                    writeln!(out, "    {}: {before} → {after}", f.field)
                }
                (before, after) => {
                    let mark = if after.is_some() { "+" } else { "-" };
                    let value = after.as_ref().or(before.as_ref()).map_or("", |v| v);
                    writeln!(out, "  {mark} {}: {value}", f.field)
                }
            };
        }
    }
    let _ = writeln!(out, "{added} added, {removed} removed, {changed} changed");
    Ok(out)
}
