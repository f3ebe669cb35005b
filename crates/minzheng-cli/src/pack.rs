//! Packs of law: check, test, compare, show.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minzheng::packs::BuiltIn;
use minzheng::{Engine, Lang};
use minzheng_rules::date::Day;
use minzheng_rules::error::Severity;
use minzheng_rules::export::{Dialect, ExportRequest};
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{Dated, Parameter, Programme};

use crate::args::{self, PackCommand};
use crate::output::{bold, table};
use crate::{Failure, Outcome, input, params};

/// Does what was asked.
pub(crate) fn run(command: PackCommand, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = |dirs: &[PathBuf]| input::engine_with_tests(&[packs, dirs].concat());
    match command {
        PackCommand::Lint { dirs } => lint(&engine(&dirs)?),
        PackCommand::Test { dirs } => test(&engine(&dirs)?),
        PackCommand::Diff { old, new } => diff(&old, &new, packs, lang),
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
                steps,
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
    match (root, lang) {
        (true, Lang::Zh) => "家庭",
        (true, Lang::En) => "household",
        (false, Lang::Zh) => "个人",
        (false, Lang::En) => "person",
    }
}

fn programme_rows(set: &PackSet, index: Option<usize>, lang: Lang) -> Vec<Vec<String>> {
    own(set, index)
        .map(|p| {
            let pays = match (p.amount.is_some(), lang) {
                (true, Lang::Zh) => "有金额",
                (true, Lang::En) => "amount",
                (false, Lang::Zh) => "身份认定",
                (false, Lang::En) => "status",
            };
            vec![
                p.id.clone(),
                p.title.of(lang).to_owned(),
                who(set, p, lang).to_owned(),
                pays.to_owned(),
                p.conditions.len().to_string(),
                params::cites(set, &p.span),
            ]
        })
        .collect()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn markdown_table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!(
        "| {} |\n|{}\n",
        heads.join(" | "),
        "---|".repeat(heads.len())
    );
    for row in rows {
        let cells: Vec<String> = row.iter().map(|c| cell(c)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}

/// The table of programmes of the README.
fn programme_table(set: &PackSet, index: Option<usize>, lang: Lang) -> String {
    let heads = match lang {
        Lang::Zh => ["编号", "项目", "对象", "结果", "条件数", "依据"],
        Lang::En => ["id", "programme", "for", "gives", "conditions", "law"],
    };
    let mut rows = programme_rows(set, index, lang);
    for row in &mut rows {
        if let Some(id) = row.first_mut() {
            *id = format!("`{id}`");
        }
    }
    markdown_table(&heads, rows)
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
            .map(|(en, zh, value)| {
                vec![
                    format!("  {}", if lang == Lang::Zh { zh } else { en }),
                    value,
                ]
            })
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

/// Every rule and figure of a pack.
fn markdown_of(set: &PackSet, index: Option<usize>, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let say = |zh_words: &'static str, en: &'static str| if zh { zh_words } else { en };
    let both = |w: &minzheng_rules::pack::model::Words| {
        let second = if zh { &w.en } else { &w.zh };
        if second.is_empty() {
            w.of(lang).to_owned()
        } else {
            format!("{} · {second}", w.of(lang))
        }
    };
    let mut out = String::new();
    for (at, pack) in set
        .packs()
        .iter()
        .enumerate()
        .filter(|(i, _)| index.is_none_or(|own| own == *i))
    {
        let at = Some(at);
        let _ = write!(out, "# {}: {}\n\n", pack.id, both(&pack.title));
        let _ = writeln!(
            out,
            "{} {} · {} {} · {} {}",
            say("版本", "version"),
            pack.version,
            say("发布", "publisher"),
            pack.publisher,
            say("通读", "reviewed on"),
            pack.reviewed_on
        );
        if own(set, at).next().is_some() {
            let _ = write!(
                out,
                "\n## {}\n\n{}",
                say("救助项目", "Programmes"),
                programme_table(set, at, lang)
            );
        }
        for programme in own(set, at) {
            let _ = write!(
                out,
                "\n### `{}` {}\n\n",
                programme.id,
                both(&programme.title)
            );
            let rows = programme
                .conditions
                .iter()
                .filter_map(|c| set.formulas().get(*c))
                .flat_map(|f| {
                    f.versions.iter().map(|v| {
                        vec![
                            format!("`{}`", f.id),
                            both(&f.title),
                            format!(
                                "`{}`",
                                v.value
                                    .text
                                    .split_whitespace()
                                    .collect::<Vec<_>>()
                                    .join(" ")
                            ),
                            params::span(v, lang),
                            v.status.word().to_owned(),
                            params::cites(set, v),
                        ]
                    })
                });
            let heads = [
                say("条件", "condition"),
                say("名称", "words"),
                say("规则", "rule"),
                say("时间", "in force"),
                say("性质", "status"),
                say("依据", "law"),
            ];
            out.push_str(&markdown_table(&heads, rows));
        }
        for (settings, title) in [
            (false, say("参数", "Figures")),
            (true, say("设定", "Settings")),
        ] {
            let rows: Vec<Vec<String>> = set
                .parameters()
                .iter()
                .filter(|p| p.is_setting == settings)
                .flat_map(|p| figures(set, p, at, lang))
                .collect();
            if !rows.is_empty() {
                let heads = [
                    say("参数", "parameter"),
                    say("名称", "words"),
                    say("地区", "place"),
                    say("键", "keys"),
                    say("数值", "value"),
                    say("时间", "in force"),
                    say("性质", "status"),
                    say("依据", "law"),
                ];
                let _ = write!(out, "\n## {title}\n\n{}", markdown_table(&heads, rows));
            }
        }
        let rules: Vec<Vec<String>> = set
            .formulas()
            .iter()
            .filter(|f| !f.id.contains('/'))
            .flat_map(|f| {
                f.versions.iter().filter(|v| stands(v, at)).map(|v| {
                    vec![
                        format!("`{}`", f.id),
                        both(&f.title),
                        set.type_word(f.ty),
                        format!(
                            "`{}`",
                            v.value
                                .text
                                .split_whitespace()
                                .collect::<Vec<_>>()
                                .join(" ")
                        ),
                        params::span(v, lang),
                        v.status.word().to_owned(),
                        params::cites(set, v),
                    ]
                })
            })
            .collect();
        if !rules.is_empty() {
            let heads = [
                say("公式", "formula"),
                say("名称", "words"),
                say("类型", "type"),
                say("规则", "rule"),
                say("时间", "in force"),
                say("性质", "status"),
                say("依据", "law"),
            ];
            let _ = write!(
                out,
                "\n## {}\n\n{}",
                say("公式", "Formulas"),
                markdown_table(&heads, rules)
            );
        }
        let facts: Vec<Vec<String>> = set
            .facts()
            .filter(|f| at.is_none_or(|i| f.origin.pack == i))
            .map(|f| {
                let entity = set.entities().get(f.entity).map_or("", |e| e.id.as_str());
                vec![
                    format!("`{}`", f.id),
                    entity.to_owned(),
                    both(&f.title),
                    set.type_word(f.ty),
                    f.answered_by.join(", "),
                ]
            })
            .collect();
        if !facts.is_empty() {
            let heads = [
                say("事实", "fact"),
                say("表", "table"),
                say("名称", "words"),
                say("类型", "type"),
                say("由谁答复", "answered by"),
            ];
            let _ = write!(
                out,
                "\n## {}\n\n{}",
                say("事实", "Facts"),
                markdown_table(&heads, facts)
            );
        }
        let texts: Vec<Vec<String>> = set
            .instruments()
            .filter(|i| at.is_none_or(|own| i.origin.pack == own))
            .map(|i| {
                vec![
                    i.title.clone(),
                    i.number.clone(),
                    i.issuer.clone(),
                    i.in_force.map(|d| d.to_string()).unwrap_or_default(),
                ]
            })
            .collect();
        if !texts.is_empty() {
            let heads = [
                say("文件", "instrument"),
                say("文号", "number"),
                say("制定机关", "issuer"),
                say("施行", "in force"),
            ];
            let _ = write!(
                out,
                "\n## {}\n\n{}",
                say("文件", "Instruments"),
                markdown_table(&heads, texts)
            );
        }
    }
    out
}

fn figures(
    set: &PackSet,
    parameter: &Parameter,
    at: Option<usize>,
    lang: Lang,
) -> Vec<Vec<String>> {
    let everywhere = if lang == Lang::Zh {
        "各地"
    } else {
        "everywhere"
    };
    parameter
        .rows
        .iter()
        .filter(|r| stands(r, at))
        .map(|r| {
            vec![
                format!("`{}`", parameter.id),
                parameter.title.of(lang).to_owned(),
                r.place
                    .map_or_else(|| everywhere.to_owned(), |p| set.places().name(p)),
                params::keys(set, parameter, &r.value),
                params::value(set, parameter, &r.value, lang),
                params::span(r, lang),
                r.status.word().to_owned(),
                params::cites(set, r),
            ]
        })
        .collect()
}

/// Everything of one pack by a key that stays when its words change.
fn contents(
    text: &str,
    packs: &[PathBuf],
    lang: Lang,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut sources = packs
        .iter()
        .map(|d| input::pack(d))
        .collect::<Result<Vec<_>, _>>()?;
    let id = if let Some(built_in) = BuiltIn::from_id(text).filter(|_| !Path::new(text).is_dir()) {
        built_in.id().to_owned()
    } else {
        let source = input::pack(Path::new(text))?;
        let id = input::id(&source).unwrap_or_default();
        sources.push(source);
        id
    };
    let set = input::set(&sources, true)?;
    let at = set.packs().iter().position(|p| p.id == id);
    let mut out = BTreeMap::new();
    for p in own(&set, at) {
        out.insert(
            format!("programme {}", p.id),
            format!("{}, {}", p.title.of(lang), params::span(&p.span, lang)),
        );
    }
    for f in set.formulas() {
        for v in f.versions.iter().filter(|v| stands(v, at)) {
            let rule: Vec<&str> = v.value.text.split_whitespace().collect();
            let end = v
                .until
                .map(|(last, _)| format!(" … {last}"))
                .unwrap_or_default();
            out.insert(
                format!("rule {} {}{}", f.id, v.from, place(&set, v)),
                format!(
                    "{}{end} [{}] {}",
                    rule.join(" "),
                    v.status.word(),
                    params::cites(&set, v)
                ),
            );
        }
    }
    for p in set.parameters() {
        for r in p.rows.iter().filter(|r| stands(r, at)) {
            let keys = params::keys(&set, p, &r.value);
            let end = r
                .until
                .map(|(last, _)| format!(" … {last}"))
                .unwrap_or_default();
            out.insert(
                format!(
                    "figure {}{} {}{} ({})",
                    p.id,
                    if keys.is_empty() {
                        String::new()
                    } else {
                        format!("[{keys}]")
                    },
                    r.from,
                    place(&set, r),
                    r.published
                ),
                format!(
                    "{}{end} [{}] {}",
                    params::value(&set, p, &r.value, lang),
                    r.status.word(),
                    params::cites(&set, r)
                ),
            );
        }
    }
    Ok(out)
}

fn place<T>(set: &PackSet, row: &Dated<T>) -> String {
    row.place
        .map(|p| format!(" @{}", set.places().name(p)))
        .unwrap_or_default()
}

fn diff(old: &str, new: &str, packs: &[PathBuf], lang: Lang) -> Outcome {
    let (old, new) = (contents(old, packs, lang)?, contents(new, packs, lang)?);
    let mut out = String::new();
    let (mut added, mut removed, mut changed) = (0_usize, 0_usize, 0_usize);
    for (key, value) in &old {
        match new.get(key) {
            None => {
                removed = removed.saturating_add(1);
                let _ = writeln!(out, "- {key}: {value}");
            }
            Some(other) if other != value => {
                changed = changed.saturating_add(1);
                let _ = writeln!(out, "~ {key}: {value}\n  → {other}");
            }
            Some(_) => {}
        }
    }
    for (key, value) in new.iter().filter(|(k, _)| !old.contains_key(*k)) {
        added = added.saturating_add(1);
        let _ = writeln!(out, "+ {key}: {value}");
    }
    let _ = writeln!(out, "{added} added, {removed} removed, {changed} changed");
    Ok(out)
}
