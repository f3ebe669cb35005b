//! Warning models over tables and over one household.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use minzheng::warning::reconcile::Class;
use minzheng::warning::{Direction, Models, Outcome as Said, Sources, Warning, Warnings};
use minzheng::{Engine, Lang};
use minzheng_arrow::{
    Earlier, ExportOptions, ModelTally, Progress, RunOptions, Summary, WarnOptions, warn,
};
use minzheng_rules::facts::FactStatus;
use serde_json::json;

use crate::args::{Warn, WarnCommand, WarnExplain};
use crate::clock::Timings;
use crate::output::{bold, dim, marks, pick};
use crate::tables::{self, Bar};
use crate::{Failure, Outcome, input, output, warn_review, warn_work};

/// Does what was asked.
pub(crate) fn run(asked: &Warn, packs: &[PathBuf], lang: Lang) -> Outcome {
    match &asked.command {
        Some(WarnCommand::Explain(asked)) => explain(asked, packs, lang),
        Some(WarnCommand::Review(asked)) => warn_review::run(asked, packs, lang),
        Some(WarnCommand::Tasks(asked)) => warn_work::tasks(asked, packs, lang),
        Some(WarnCommand::Overdue(asked)) => warn_work::overdue(asked, packs, lang),
        Some(WarnCommand::Shadow(asked)) => warn_work::shadow(asked, packs, lang),
        None => over_tables(asked, packs, lang),
    }
}

/// Holds the models against tables and prints what they come to.
fn over_tables(asked: &Warn, packs: &[PathBuf], lang: Lang) -> Outcome {
    let (given, parts) = asked.over();
    let (working, asked) = (&asked.working, &asked.chosen);
    let engine = input::engine(packs)?;
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    let models = engine.models().map_err(told)?;
    let sources = if asked.verified {
        Sources::of_records(engine.basis().map_err(told)?, asked.as_of)
    } else {
        Sources::declared(asked.as_of)
    };
    let stop = tables::stop();
    let mut import = tables::import(given, asked.days.on, lang)?;
    if asked.verified {
        import.status = FactStatus::Verified;
    }
    let options = RunOptions {
        import,
        export: ExportOptions {
            known_on: tables::day(asked.days.known_on)?,
            ..ExportOptions::default()
        },
        ..tables::options(working, parts, &stop)
    };
    let chosen = WarnOptions {
        only: asked.only.clone(),
        without: asked.without.clone(),
        groups: asked.group.clone(),
        figures: asked.figures.clone(),
        words: !asked.no_words,
        sources: Arc::new(sources),
        earlier: match (&asked.before, &asked.alerts) {
            (Some(path), _) => Earlier::Hits(path.clone()),
            (None, Some(kept)) => Earlier::Alerts {
                kept: kept.clone(),
                suppressions: asked.suppressions.clone(),
            },
            (None, None) => Earlier::Nothing,
        },
    };
    let rules = engine.rules();
    let bar = Bar::new(rules.packs(), lang);
    let mut timings = Timings::default();
    let mut progress = |step: Progress| match step {
        Progress::Spent { phase, time, rows } => timings.add(phase, time, rows),
        step => bar.step(step),
    };
    let inputs = tables::inputs(given);
    let warned = warn(
        rules,
        models,
        &inputs,
        &parts.out,
        &options,
        &chosen,
        &mut progress,
    );
    bar.end();
    let summary = warned.map_err(|e| tables::told(&e, lang))?;
    if parts.timings {
        tables::say(timings.words(lang).trim_end());
    }
    let text = if parts.json {
        output::json(&json!(summary))
    } else {
        words(&summary, &engine, lang)
    };
    let fails = parts.fail_findings && !summary.findings.is_empty();
    if fails {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// Hits by league and direction, then every model.
fn words(summary: &Summary, engine: &Engine, lang: Lang) -> String {
    let set = engine.packs();
    let Ok(models) = engine.models() else {
        return String::new();
    };
    let mut heads = vec![pick(("盟市", "league"), lang).to_owned()];
    heads.extend(Direction::ALL.iter().map(|d| d.words(lang).to_owned()));
    let mut rows = vec![heads];
    for (code, league) in &summary.leagues {
        let mut row = vec![tables::league_name(code, set, lang)];
        for direction in Direction::ALL {
            let of = models.all().iter().filter(|m| m.direction == *direction);
            let hits = of.filter_map(|m| league.models.get(&m.id)).map(|t| t.hit);
            row.push(hits.fold(0_u64, u64::saturating_add).to_string());
        }
        rows.push(row);
    }
    let mut out = tables::headed(&rows);
    out.push('\n');
    let heads = [
        ("模型", "model"),
        ("方向", "direction"),
        ("等级", "level"),
        ("命中", "hits"),
        ("无法判断", "cannot tell"),
        ("未命中", "no hit"),
        ("不在范围", "not looked at"),
        ("未启用", "switched off"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    let all = summary.models();
    for model in models.all() {
        let Some(tally) = all.get(&model.id) else {
            continue;
        };
        let ModelTally {
            hit,
            unknown,
            miss,
            outside,
            off,
        } = tally;
        let mut row = vec![
            format!("{} {}", model.id, model.title.of(lang)),
            model.direction.words(lang).to_owned(),
            model.level.words(lang).to_owned(),
        ];
        row.extend([hit, unknown, miss, outside, off].map(ToString::to_string));
        rows.push(row);
    }
    out.push_str(&tables::headed(&rows));
    out.push_str(&since_before(summary, models, engine, lang));
    out.push_str(&tables::in_all(
        summary,
        ("未作判断", "not looked at"),
        lang,
    ));
    let _ = writeln!(
        out,
        "{}",
        pick(
            (
                "命中只是疑点，须由人核实。",
                "A hit is a suspicion for a person to check."
            ),
            lang
        )
    );
    out.push_str(&tables::wrong_rows(&summary.findings, lang));
    out
}

/// What became of the hits or alerts of the period before, by league and by model; nothing where none were given.
fn since_before(summary: &Summary, models: &Models, engine: &Engine, lang: Lang) -> String {
    let all = summary.classes();
    let named = Class::ALL.iter().map(|c| (c.word(), c.words(lang)));
    let named = named.chain([
        ("suppressed", pick(("静默", "held back"), lang)),
        (
            "left_out",
            pick(("缺地区或期限", "without place or last day"), lang),
        ),
    ]);
    let met = |word: &str| all.values().any(|classes| classes.contains_key(word));
    let named: Vec<(&str, &str)> = named.filter(|(word, _)| met(word)).collect();
    if named.is_empty() {
        return String::new();
    }
    let heads = |first: (&str, &str)| {
        let mut row = vec![pick(first, lang).to_owned()];
        row.extend(named.iter().map(|(_, words)| (*words).to_owned()));
        row
    };
    let many = |of: &mut dyn Iterator<Item = &BTreeMap<String, u64>>| -> Vec<String> {
        let mut sums = vec![0_u64; named.len()];
        for classes in of {
            for (sum, (word, _)) in sums.iter_mut().zip(&named) {
                *sum = sum.saturating_add(classes.get(*word).copied().unwrap_or(0));
            }
        }
        sums.iter().map(ToString::to_string).collect()
    };
    let mut rows = vec![heads(("盟市", "league"))];
    for (code, league) in &summary.leagues {
        let mut row = vec![tables::league_name(code, engine.packs(), lang)];
        row.extend(many(&mut league.classes.values()));
        rows.push(row);
    }
    let mut out = format!("\n{}\n", tables::headed(&rows));
    let mut rows = vec![heads(("模型", "model"))];
    for (id, classes) in &all {
        let title = models.get(id).map_or("", |m| m.title.of(lang));
        let mut row = vec![format!("{id} {title}").trim_end().to_owned()];
        row.extend(many(&mut core::iter::once(classes)));
        rows.push(row);
    }
    out.push_str(&tables::headed(&rows));
    out
}

/// What the models say of one household.
fn explain(asked: &WarnExplain, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = input::engine(packs)?;
    let told = |e: minzheng::Error| Failure::Refused(e.lines(lang));
    if let Some(id) = &asked.model {
        engine.models().map_err(told)?.get(id).map_err(told)?;
    }
    let household = input::household(&asked.case, lang)?;
    let warnings = engine.warn(&household).map_err(told)?;
    if let Some(id) = &asked.person
        && !warnings.all().any(|w| w.person() == Some(id))
    {
        let message = format!(
            "error[E-ROW-KEY]: {}: the household has no person `{id}`",
            asked.case.file.display()
        );
        return Err(Failure::Refused(message));
    }
    let is_wanted = |w: &Warning<'_>| {
        asked.model.as_ref().is_none_or(|id| w.model().id == *id)
            && asked
                .person
                .as_ref()
                .is_none_or(|id| w.person().is_none_or(|p| p == id))
    };
    let text = if asked.json {
        let one = |w: Warning<'_>| {
            let mut out = w.to_json();
            if let Some(fields) = out.as_object_mut() {
                fields.insert("explanation".to_owned(), w.explanation().to_json());
            }
            out
        };
        let list: Vec<_> = warnings
            .all()
            .filter(is_wanted)
            .filter(|w| asked.all || matches!(w.outcome(), Said::Hit | Said::Unknown))
            .map(one)
            .collect();
        output::json(&json!(list))
    } else {
        told_of(&warnings, asked, is_wanted, lang)
    };
    let is_hit = warnings.hits().any(|w| is_wanted(&w));
    if asked.fail_hits && is_hit {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// Hits with their reasons, then what cannot be told.
fn told_of(
    warnings: &Warnings,
    asked: &WarnExplain,
    is_wanted: impl Fn(&Warning<'_>) -> bool,
    lang: Lang,
) -> String {
    let l = |zh, en| pick((zh, en), lang);
    let mut out = String::new();
    let who = |w: &Warning<'_>| w.person().map_or_else(String::new, |p| format!(" [{p}]"));
    let head = |w: &Warning<'_>| {
        let model = w.model();
        let title = format!("{}{}", model.title.of(lang), who(w));
        format!("{} ({})", bold(&title), model.id)
    };
    let mut hits = 0_usize;
    for warning in warnings.hits().filter(|w| is_wanted(w)) {
        hits = hits.saturating_add(1);
        let model = warning.model();
        let due = warning.due().map_or_else(
            || l("办理期限未知", "no last day known").to_owned(),
            |day| format!("{} {day}", l("办理至", "by")),
        );
        let _ = writeln!(
            out,
            "{}: {} · {} · {due}",
            head(&warning),
            model.direction.words(lang),
            model.level.words(lang)
        );
        let _ = writeln!(out, "  {}", warning.sentence(lang));
        let mut line = |label: &str, text: &str| {
            if !text.is_empty() {
                let _ = writeln!(out, "  {}: {text}", dim(label));
            }
        };
        line(l("含义", "it means"), model.meaning.of(lang));
        line(l("不等于", "it does not mean"), model.not_meaning.of(lang));
        for words in &model.false_alarms {
            line(l("常见误报", "often instead"), words.of(lang));
        }
        for threshold in warning.thresholds() {
            let shown = threshold.shown.of(lang);
            let ground = threshold.cite.join(l("；", "; "));
            let text = format!(
                "{} {shown} [{}] {ground} {}",
                threshold.title.of(lang),
                threshold.status,
                threshold.note.of(lang)
            );
            line(l("预警线", "threshold"), text.trim());
        }
        let open = warning.unconfirmed();
        line(l("未经确认", "not confirmed"), &open.join(", "));
        let because = marks(&warning.explanation().render_text(lang));
        for text in because.lines() {
            out.push_str("  ");
            out.push_str(text);
            out.push('\n');
        }
        out.push('\n');
    }
    let open: Vec<Warning<'_>> = warnings
        .all()
        .filter(|w| w.outcome() == Said::Unknown && is_wanted(w))
        .collect();
    for warning in &open {
        let missing: Vec<String> = warning
            .missing()
            .iter()
            .map(|m| {
                let row = m
                    .row
                    .as_ref()
                    .filter(|r| Some(r.as_str()) != warning.person());
                let row = row.map_or_else(String::new, |r| format!(" [{r}]"));
                format!("{}{row}", m.title.of(lang))
            })
            .collect();
        let _ = writeln!(
            out,
            "{}: {} · {}: {}",
            head(warning),
            l("无法判断", "cannot tell"),
            l("尚缺", "missing"),
            missing.join(l("、", ", "))
        );
    }
    if asked.all {
        for warning in warnings.all().filter(|w| is_wanted(w)) {
            if !matches!(warning.outcome(), Said::Hit | Said::Unknown) {
                let _ = writeln!(out, "{}: {}", head(&warning), warning.outcome().words(lang));
            }
        }
    }
    let _ = writeln!(
        out,
        "{}",
        match lang {
            Lang::Zh => format!(
                "{hits} 项命中，{} 项无法判断。命中只是疑点，须由人核实。",
                open.len()
            ),
            Lang::En => format!(
                "{hits} hits, {} that cannot be told. A hit is a suspicion for a person to check.",
                open.len()
            ),
        }
    );
    out
}
