//! Checking the households of tables against the tables of their sources.

use std::fmt::Write as _;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use minzheng::{Engine, Lang};
use minzheng_arrow::matching::{VerifyInputs, VerifyOptions, VerifyStep, VerifySummary, verify};
use serde_json::json;

use crate::args::Verify;
use crate::output::{self, bold, dim, pick, table};
use crate::{Failure, Outcome, tables};

/// Verifies the tables and prints what they come to.
pub(crate) fn run(command: &Verify, engine: &Engine, lang: Lang) -> Outcome {
    let asked = &command.tables;
    // what is typed was checked by the parser: with people all four are there
    let given = |path: &Option<PathBuf>| path.clone().unwrap_or_default();
    let as_of = tables::day(asked.as_of)?;
    let as_of = as_of.ok_or_else(|| Failure::Refused("error[E-DOC-DATE]: give --as-of".into()))?;
    let told = |e: minzheng::Error| tables::told(&e, lang);
    let stop = tables::stop();
    let options = VerifyOptions {
        declared_on: tables::day(asked.declared_on)?,
        mapping: tables::mapping(asked.mapping.as_deref(), lang)?,
        ignore_unknown: asked.ignore_unknown,
        format: tables::format(asked.format),
        encoding: tables::encoding(asked.encoding),
        cancel: Some(&stop),
        ..VerifyOptions::new(as_of)
    };
    let inputs = VerifyInputs {
        households: given(&asked.households),
        people: given(&asked.people),
        items: given(&asked.items),
        answers: asked.answers.clone(),
    };
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} {elapsed}") {
        bar.set_style(style);
    }
    let mut progress = |step: VerifyStep| {
        let (what, rows) = match step {
            VerifyStep::Matched { item, rows } => (item, rows),
            VerifyStep::Adopted { table, rows } => (table.to_owned(), rows),
            _ => return,
        };
        bar.set_message(what);
        bar.set_position(rows);
    };
    let basis = engine.basis().map_err(told)?;
    let out = given(&asked.out);
    let verified = verify(
        engine.packs(),
        basis,
        &inputs,
        &out,
        &options,
        &mut progress,
    );
    bar.finish_and_clear();
    let summary = verified.map_err(told)?;
    let text = if command.form.json {
        output::json(&json!(summary))
    } else {
        words(&summary, engine, lang)
    };
    let is_awaited = summary.items.values().any(|i| i.pending > 0);
    if command.fail_awaited && is_awaited {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// The tables of items and facts.
fn words(summary: &VerifySummary, engine: &Engine, lang: Lang) -> String {
    let l = |zh, en| pick((zh, en), lang);
    let title = |id: &str| {
        let items = engine.basis().ok().map(|b| &b.catalog);
        let item = items.and_then(|c| c.resource(id));
        item.map_or_else(|| id.to_owned(), |r| r.title.of(lang).to_owned())
    };
    let heads = [
        l("数据项", "item"),
        l("记录", "rows"),
        l("匹配", "matched"),
        l("有记录的人", "people"),
        l("外人", "of others"),
        l("号码有误", "bad keys"),
        l("未答复", "not answered"),
        l("已过期", "stale"),
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for (id, item) in &summary.items {
        let open = [item.pending, item.refused, item.unavailable];
        let open = open.into_iter().fold(0_u64, u64::saturating_add);
        let numbers = [
            item.rows,
            item.matched,
            item.people,
            item.unmatched,
            item.bad_keys,
            open,
            item.stale,
        ];
        let mut row = vec![title(id)];
        row.extend(numbers.map(|n| n.to_string()));
        rows.push(row);
    }
    let mut out = headed(&rows);
    let heads = [
        l("事实", "fact"),
        l("已核实", "verified"),
        l("仍为申报", "declared"),
        l("未知", "unknown"),
        l("重大差异", "material"),
        l("有无不符", "existence"),
        l("较小差异", "minor"),
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for (fact, tally) in &summary.facts {
        let grade = |word: &str| tally.grades.get(word).copied().unwrap_or(0);
        let numbers = [
            tally.verified,
            tally.declared,
            tally.unknown,
            grade("material"),
            grade("existence"),
            grade("minor"),
        ];
        let mut row = vec![fact.clone()];
        row.extend(numbers.map(|n| n.to_string()));
        rows.push(row);
    }
    out.push('\n');
    out.push_str(&headed(&rows));
    // writing to a string cannot fail
    let _ = match lang {
        Lang::Zh => writeln!(
            out,
            "{} 户 {} 人；身份证号重复 {} 人，无法匹配 {} 人",
            summary.households,
            summary.people,
            summary.duplicate_people,
            summary.unmatchable_people
        ),
        Lang::En => writeln!(
            out,
            "{} households, {} people; {} people share an identity number, {} cannot be matched",
            summary.households,
            summary.people,
            summary.duplicate_people,
            summary.unmatchable_people
        ),
    };
    if !summary.findings.is_empty() {
        let list: Vec<String> = summary
            .findings
            .iter()
            .map(|(code, many)| format!("{code} {many}"))
            .collect();
        let title = l("数据问题（见 findings）：", "wrong rows (see findings): ");
        let _ = writeln!(out, "{}", dim(&format!("{title}{}", list.join(", "))));
    }
    out
}

fn headed(rows: &[Vec<String>]) -> String {
    let mut out = table(rows);
    if let Some(head) = out.find('\n') {
        let rest = out.split_off(head);
        out = format!("{}{rest}", bold(&out));
    }
    out
}
