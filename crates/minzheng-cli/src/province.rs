//! The command about a province.

use std::path::PathBuf;

use minzheng::Lang;
use minzheng_arrow::{ExportOptions, Progress, RunOptions, Summary, run as decide};
use minzheng_rules::pack::PackSet;
use serde_json::json;

use crate::args::Province;
use crate::clock::Timings;
use crate::output::pick;
use crate::tables::{self, Bar};
use crate::{Failure, Outcome, input, output};

/// Decides the tables and prints what they come to.
pub(crate) fn run(asked: &Province, packs: &[PathBuf], lang: Lang) -> Outcome {
    let engine = input::engine(packs)?;
    let rules = engine.rules();
    let (given, deciding) = (&asked.tables, &asked.deciding);
    let parts = &asked.parts;
    let stop = tables::stop();
    let options = RunOptions {
        import: tables::import(given, deciding.days.on, lang)?,
        export: ExportOptions {
            known_on: tables::day(deciding.days.known_on)?,
            programmes: deciding.programmes.clone(),
            conditions: asked.conditions,
            reasons: asked.reasons,
            missing: asked.missing,
            formulas: formulas(asked, rules.packs()),
            overlays: Vec::new(),
        },
        ..tables::options(&asked.working, parts, &stop)
    };
    let bar = Bar::new(rules.packs(), lang);
    let mut timings = Timings::default();
    let mut progress = |step: Progress| match step {
        Progress::Spent { phase, time, rows } => timings.add(phase, time, rows),
        Progress::Part { part } if asked.stop_after_part == Some(part) => std::process::abort(),
        step => bar.step(step),
    };
    let inputs = tables::inputs(given);
    let decided = decide(rules, &inputs, &parts.out, &options, &mut progress);
    bar.end();
    let summary = decided.map_err(|e| tables::told(&e, lang))?;
    if parts.timings {
        tables::say(timings.words(lang).trim_end());
    }
    let text = if parts.json {
        output::json(&json!(summary))
    } else {
        words(&summary, rules.packs(), lang)
    };
    if parts.fail_findings && !summary.findings.is_empty() {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// The formulas asked for: those by name, or every one.
fn formulas(asked: &Province, set: &PackSet) -> Vec<String> {
    if asked.formulas.iter().any(|id| id == "all") {
        return set.formulas().iter().map(|f| f.id.clone()).collect();
    }
    asked.formulas.clone()
}

/// The table of outcomes by league and programme, in the order of the packs.
pub(crate) fn words(summary: &Summary, set: &PackSet, lang: Lang) -> String {
    let heads = [
        ("盟市", "league"),
        ("项目", "programme"),
        ("符合", "eligible"),
        ("不符合", "not eligible"),
        ("待定", "undetermined"),
        ("金额", "amount"),
    ];
    let mut rows = vec![heads.map(|h| pick(h, lang).to_owned()).to_vec()];
    for (code, league) in &summary.leagues {
        let mut name = tables::league_name(code, set, lang);
        for programme in set.programmes() {
            let Some(tally) = league.programmes.get(&programme.id) else {
                continue;
            };
            let decided = tally.eligible.saturating_add(tally.not_eligible);
            if decided.saturating_add(tally.undetermined) == 0 {
                continue;
            }
            let ty = programme
                .amount
                .and_then(|f| set.formulas().get(f))
                .map(|f| f.ty);
            rows.push(vec![
                std::mem::take(&mut name),
                programme.title.of(lang).to_owned(),
                tally.eligible.to_string(),
                tally.not_eligible.to_string(),
                tally.undetermined.to_string(),
                ty.map_or_else(String::new, |ty| tables::amount(tally.amount, ty, lang)),
            ]);
        }
    }
    let mut out = tables::headed(&rows);
    out.push_str(&tables::in_all(summary, ("未作认定", "not decided"), lang));
    out.push_str(&tables::wrong_rows(&summary.findings, lang));
    out
}
