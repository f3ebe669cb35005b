//! The command about a province.

use std::fmt::Write as _;
use std::path::PathBuf;

use minzheng::Lang;
use minzheng_arrow::{
    Error, ExportOptions, ImportOptions, Progress, RunOptions, Summary, run as decide,
};
use minzheng_rules::pack::PackSet;
use serde_json::json;

use crate::args::Province;
use crate::output::pick;
use crate::tables::{Watch, amount, day, headed, import, inputs, league_name, wrong_rows};
use crate::{Failure, Outcome, input, output};

/// Decides the tables and prints what they come to.
pub(crate) fn run(asked: &Province, packs: &[PathBuf], lang: Lang) -> Outcome {
    let told = |e: Error| Failure::Refused(e.lines(lang));
    let engine = input::engine(packs)?;
    let rules = engine.rules();
    let options = RunOptions {
        import: ImportOptions {
            on: day(asked.on)?,
            ..import(&asked.tables, lang)?
        },
        export: ExportOptions {
            known_on: day(asked.known_on)?,
            programmes: asked.programmes.clone(),
            conditions: asked.conditions,
            reasons: asked.reasons,
            formulas: asked.formulas.clone(),
        },
        format: asked.format.into(),
        households_per_part: asked.part_households,
        threads: asked.threads,
        explain: asked.explain_sample,
        resume: asked.resume,
        cancel: None,
    };
    let mut watch = Watch::new(rules.packs(), lang);
    let mut progress = |step: Progress| match step {
        Progress::Part { part } if asked.stop_after_part == Some(part) => std::process::abort(),
        other => watch.step(other),
    };
    let summary = decide(
        rules,
        &inputs(&asked.tables),
        &asked.out,
        &options,
        &mut progress,
    )
    .map_err(told)?;
    watch.end();
    let text = if asked.json {
        output::json(&json!(summary))
    } else {
        words(&summary, rules.packs(), lang)
    };
    if asked.fail_findings && !summary.findings.is_empty() {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// The table of outcomes by league and programme, in the order of the packs.
fn words(summary: &Summary, set: &PackSet, lang: Lang) -> String {
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
        let mut name = league_name(code, set, lang);
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
                ty.map_or_else(String::new, |ty| amount(tally.amount, ty, lang)),
            ]);
        }
    }
    let mut out = headed(&rows);
    let _ = writeln!(
        out,
        "{}",
        match lang {
            Lang::Zh => format!(
                "共 {} 户 {} 人；{} 户因数据有误未作认定",
                summary.households, summary.people, summary.set_aside
            ),
            Lang::En => format!(
                "{} households, {} people; {} households not decided because of wrong rows",
                summary.households, summary.people, summary.set_aside
            ),
        }
    );
    out.push_str(&wrong_rows(&summary.findings, lang));
    out
}
