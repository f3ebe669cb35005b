//! Checking the households of tables against the tables of their sources.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use indicatif::{ProgressBar, ProgressStyle};
use minzheng::{Engine, Lang};
use minzheng_arrow::matching::{
    Apart, Explained, ToExplain, Verified, VerifyInputs, VerifyOptions, VerifyStep, VerifySummary,
    verify,
};
use minzheng_arrow::{Clock, RunInputs, RunOptions, Summary, run as decide};
use minzheng_rules::facts::FactStatus;
use serde_json::{Value, json};

use crate::args::Verify;
use crate::clock::{self, Timings};
use crate::output::{self, bold, dim, pick};
use crate::tables::{self, Bar};
use crate::{Failure, Outcome, province};

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
        format: tables::format(asked.working.format),
        encoding: tables::encoding(asked.working.encoding),
        threads: asked.working.threads,
        explain: ToExplain {
            persons: asked.explain.clone(),
            sample: asked.explain_sample,
        },
        cancel: Some(&stop),
        clock: asked.timings.then(|| Clock::new(&clock::of_thread)),
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
    let mut timings = Timings::default();
    let mut progress = |step: VerifyStep| {
        let (what, rows) = match step {
            VerifyStep::Matched { item, rows } => (item, rows),
            VerifyStep::Adopted { table, rows } => (table.to_owned(), rows),
            VerifyStep::Spent { phase, time, rows } => return timings.add(phase, time, rows),
            _ => return,
        };
        bar.set_message(what);
        bar.set_position(rows);
    };
    let out = given(&asked.out);
    let verified = verify(engine, &inputs, &out, &options, &mut progress);
    bar.finish_and_clear();
    let verified = verified.map_err(told)?;
    if asked.timings {
        tables::say(timings.words(lang).trim_end());
    }
    let mut json = json!(verified.summary);
    let mut text = words(&verified.summary, engine, lang);
    let is_asked = !asked.explain.is_empty() || asked.explain_sample > 0;
    if let (true, Some(fields)) = (is_asked, json.as_object_mut()) {
        let all = verified.explained.iter().map(|e| as_json(e, lang));
        fields.insert("explained".to_owned(), all.collect());
    }
    for explained in &verified.explained {
        text.push_str(&in_words(explained, lang));
    }
    let wrong = verified
        .explained
        .iter()
        .map(|e| e.differing.len())
        .sum::<usize>();
    if command.assess && wrong == 0 {
        let decided = assess(command, engine, &verified, &stop, lang)?;
        if let Some(fields) = json.as_object_mut() {
            fields.insert("assessed".to_owned(), json!(decided));
        }
        text.push('\n');
        text.push_str(&province::words(&decided, engine.rules().packs(), lang));
    }
    let text = if command.form.json {
        output::json(&json)
    } else {
        text
    };
    if wrong > 0 {
        tables::print(&text);
        let words = pick(
            (
                "项事实逐户核对与批量核对的结果不一致：请勿使用本次结果，并报告此问题",
                "facts came out otherwise in columns than for the household alone: do not use what was written, and report it",
            ),
            lang,
        );
        return Err(Failure::Refused(format!(
            "error[E-MATCH-FAULT]: {wrong} {words}"
        )));
    }
    let is_awaited = verified.summary.items.values().any(|i| i.pending > 0);
    if command.fail_awaited && is_awaited {
        return Err(Failure::Undetermined(text));
    }
    Ok(text)
}

/// Decides the adopted tables, as `run` does. Where that was begun in this folder, over the same tables, it goes on.
fn assess(
    command: &Verify,
    engine: &Engine,
    verified: &Verified,
    stop: &AtomicBool,
    lang: Lang,
) -> Result<Summary, Failure> {
    let asked = &command.tables;
    let out = asked.out.clone().unwrap_or_default();
    let format = tables::format(asked.working.format);
    let table = |name: &str| out.join(format!("{name}.{}", format.extension()));
    let inputs = RunInputs {
        households: table("households"),
        people: table("people"),
        records: asked.records.clone(),
    };
    let mut options = RunOptions {
        format,
        encoding: tables::encoding(asked.working.encoding),
        threads: asked.working.threads,
        resume: true,
        cancel: Some(stop),
        ..RunOptions::default()
    };
    options.import.on = tables::day(asked.as_of)?;
    options.import.mapping = verified.mapping.clone();
    options.import.ignore_unknown = asked.ignore_unknown;
    let bar = Bar::new(engine.packs(), lang);
    let mut progress = |step| bar.step(step);
    let decided = decide(
        engine.rules(),
        &inputs,
        &out.join("assessed"),
        &options,
        &mut progress,
    );
    bar.end();
    decided.map_err(|e| tables::told(&e, lang))
}

/// A household in words: the report, and what it cannot say.
fn in_words(explained: &Explained, lang: Lang) -> String {
    let l = |zh, en| pick((zh, en), lang);
    let mut out = format!(
        "\n{}\n",
        bold(&format!(
            "{} {}",
            l("家庭", "household"),
            explained.household
        ))
    );
    match &explained.verified {
        Ok(verification) => out.push_str(&verification.report().render_text(lang)),
        Err(error) => out.push_str(&error.lines(lang)),
    }
    let of = |apart: &Apart| {
        let person = apart
            .person
            .as_deref()
            .unwrap_or_else(|| l("家庭", "household"));
        format!("{person} {}", apart.fact)
    };
    for apart in &explained.contradicted {
        let words = l(
            "记录与答复或记录之间相互矛盾，批量核对不予采信",
            "its records contradict each other or their answer; nothing was taken from them",
        );
        // writing to a string cannot fail
        let _ = writeln!(out, "  {}: {words}", of(apart));
    }
    for differing in &explained.differing {
        let (alone, columns) = (&differing.alone, &differing.in_columns);
        let words = l("结果不一致", "DIFFERS");
        let _ = writeln!(
            out,
            "  {words} {}: {alone:?} / {columns:?}",
            of(&differing.of)
        );
    }
    out
}

/// A household as JSON.
fn as_json(explained: &Explained, lang: Lang) -> Value {
    let of = |apart: &Apart| json!({ "person": apart.person, "fact": apart.fact });
    let contradicted: Vec<Value> = explained.contradicted.iter().map(of).collect();
    let differing = explained.differing.iter().map(|d| {
        let said = |(value, status, reason): &(Option<i64>, FactStatus, &str)| json!({ "value": value, "status": status.word(), "reason": reason });
        json!({ "of": of(&d.of), "alone": said(&d.alone), "in_columns": said(&d.in_columns) })
    });
    let differing: Vec<Value> = differing.collect();
    let (report, refused) = match &explained.verified {
        Ok(verification) => (verification.report().to_json(), Value::Null),
        Err(error) => (Value::Null, json!(error.lines(lang))),
    };
    json!({
        "household": explained.household,
        "report": report,
        "refused": refused,
        "contradicted": contradicted,
        "differing": differing,
    })
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
    let mut out = tables::headed(&rows);
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
    out.push_str(&tables::headed(&rows));
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
